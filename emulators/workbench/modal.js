// Modals and confirmations as native dialogs: they trap focus and close on Escape by themselves.

import { drawBlocks, text } from "./blocks.js";
import { words } from "./elements.js";
import { announce, fill, h, icon } from "./dom.js";

/** @typedef {import("./elements.js").Surface} Surface */

/** Ask as a confirm object asks. @param {any} confirm @param {Surface} surface @returns {Promise<boolean>} */
export function confirmed(confirm, surface) {
  if (!confirm) return Promise.resolve(true);
  return new Promise((resolve) => {
    const box = h("dialog.modal.small", { "aria-label": words(confirm.title), onclose: () => finish(false) });
    const finish = (/** @type {boolean} */ yes) => {
      box.remove();
      resolve(yes);
    };
    fill(
      box,
      h("header", {}, h("h2", {}, words(confirm.title))),
      h("div.content", {}, text(confirm.text, surface)),
      h(
        "footer",
        {},
        h("button.button.plain", { type: "button", onclick: () => finish(false) }, words(confirm.deny)),
        h(`button.button.${confirm.style === "danger" ? "danger" : "primary"}`, { type: "button", onclick: () => finish(true) }, words(confirm.confirm)),
      ),
    );
    document.body.appendChild(box);
    box.showModal();
  });
}

/**
 * The stack of one person's modals on screen.
 * @param {(viewId: string) => Omit<Surface, "fields">} surfaceOf
 * @param {(viewId: string, values: Record<string, any>) => Promise<any>} submit
 * @param {(viewId: string) => Promise<any>} close
 */
export function modals(surfaceOf, submit, close) {
  const box = h("dialog.modal", { "aria-labelledby": "modal-title" });
  document.body.appendChild(box);
  let shown = "";
  let view = /** @type {any} */ (null);
  let surface = /** @type {Surface | null} */ (null);
  let busy = false;
  let before = /** @type {Element | null} */ (null);

  box.addEventListener("cancel", (/** @type {Event} */ event) => {
    event.preventDefault();
    if (view && !busy) close(view.id);
  });

  /** Show what is open now. @param {any[]} views */
  function update(views) {
    const top = views[views.length - 1] ?? null;
    const mark = top ? `${top.id} ${top.hash} ${views.length}` : "";
    if (mark === shown) return;
    const typed = top && view && top.id === view.id && surface ? gathered(view, surface) : {};
    shown = mark;
    view = top;
    busy = false;
    if (!top) {
      box.close();
      fill(box);
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      return;
    }
    render(views.length > 1, typed);
    if (!box.open) {
      before = document.activeElement;
      box.showModal();
      announce(`${words(top.title)} opened`);
    }
    (box.querySelector("[data-autofocus]") ?? box.querySelector(".input .field, .input input") ?? box.querySelector("footer button"))?.focus?.();
  }

  /** @param {boolean} nested @param {Record<string, any>} typed */
  function render(nested, typed) {
    surface = { ...surfaceOf(view.id), fields: new Map() };
    const blocks = view.blocks.map((/** @type {any} */ block) => kept(block, typed));
    fill(
      box,
      h(
        "form",
        { novalidate: true, onsubmit: send },
        h(
          "header",
          {},
          nested ? h("button.icon-button", { type: "button", "aria-label": "Back", onclick: () => close(view.id) }, icon("back")) : null,
          h("h2", { id: "modal-title" }, words(view.title)),
          h("button.icon-button", { type: "button", "aria-label": "Close", onclick: () => close(view.id) }, icon("close")),
        ),
        h("div.content", { tabindex: "-1" }, drawBlocks(blocks, surface)),
        h("div.trouble", { role: "alert" }),
        view.submit || view.close
          ? h(
              "footer",
              {},
              h("button.button.plain", { type: "button", onclick: () => close(view.id) }, words(view.close) || "Cancel"),
              view.submit ? h("button.button.primary", { type: "submit" }, h("span.label", {}, words(view.submit))) : null,
            )
          : null,
      ),
    );
  }

  /** @param {SubmitEvent} event */
  async function send(event) {
    event.preventDefault();
    if (!surface || busy) return;
    const values = gathered(view, surface);
    const missing = required(view, values);
    if (Object.keys(missing).length) return blame(missing);
    const button = box.querySelector("button[type=submit]");
    busy = true;
    button?.setAttribute("aria-busy", "true");
    blame({});
    try {
      const answer = await submit(view.id, values);
      if (answer?.errors) blame(answer.errors);
      else if (answer?.error) trouble(answer.error);
    } catch (error) {
      trouble(error instanceof Error ? error.message : String(error));
    } finally {
      busy = false;
      button?.removeAttribute("aria-busy");
    }
  }

  /** @param {string} why */
  function trouble(why) {
    const plain = why === "timeout" ? "We had some trouble connecting. Try again?" : why;
    fill(box.querySelector(".trouble"), icon("warn"), plain);
  }

  /** Show errors by block. @param {Record<string, string>} errors */
  function blame(errors) {
    const place = box.querySelector(".trouble");
    if (place) fill(place);
    let first = /** @type {HTMLElement | null} */ (null);
    for (const block of box.querySelectorAll(".block.input")) {
      const why = errors[block.dataset.block ?? ""];
      fill(block.querySelector(".error"), why ?? "");
      block.classList.toggle("wrong", !!why);
      const field = block.querySelector("input, textarea, select, summary");
      field?.setAttribute("aria-invalid", String(!!why));
      if (why && !first) first = field;
    }
    first?.focus();
  }

  return { update };
}

/** @param {any} view @param {Surface} surface @returns {Record<string, any>} values by action id */
function gathered(view, surface) {
  /** @type {Record<string, any>} */
  const values = {};
  for (const block of view.blocks) {
    for (const element of [block.element, block.accessory, ...(block.elements ?? [])]) {
      const read = element && surface.fields.get(element.action_id);
      if (read) values[element.action_id] = read();
    }
  }
  return values;
}

/** @param {any} view @param {Record<string, any>} values */
function required(view, values) {
  /** @type {Record<string, string>} */
  const missing = {};
  for (const block of view.blocks) {
    if (block.type !== "input" || block.optional) continue;
    const value = values[block.element.action_id];
    if (value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length))
      missing[block.block_id] = "Please complete this required field.";
  }
  return missing;
}

/** A block with what was typed before an update, as Slack keeps it. @param {any} block @param {Record<string, any>} typed */
function kept(block, typed) {
  const value = block.element && typed[block.element.action_id];
  if (block.type !== "input" || value === undefined || value === null) return block;
  const element = { ...block.element };
  if (element.type.endsWith("_input")) element.initial_value = value;
  else if (element.type === "datepicker") element.initial_date = value;
  else if (element.type === "static_select" || element.type === "radio_buttons") {
    const all = element.options ?? element.option_groups.flatMap((/** @type {any} */ one) => one.options);
    element.initial_option = all.find((/** @type {any} */ one) => one.value === value);
  } else return block;
  return { ...block, element };
}
