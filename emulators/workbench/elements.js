// Interactive elements of Block Kit: each becomes a native control that knows its value in the form Slack sends.

import { emojify } from "./emoji.js";
import { add, h, icon, menu, safe, uid } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";

/**
 * Where blocks are drawn, and what pressing does there.
 * @typedef {object} Surface
 * @property {import("./mrkdwn.js").Names} names
 * @property {{id: string, name: string}[]} people
 * @property {{id: string, name: string}[]} channels
 * @property {Map<string, () => any>} fields values of the inputs by action id
 * @property {(element: any, given: {value?: any, selected?: any}, block: any) => Promise<void>} press
 */

/** @typedef {{node: HTMLElement, value: () => any}} Control */

const SELECTS = new Set(["static_select", "external_select", "users_select", "channels_select", "conversations_select"]);
const MULTI = new Set(["multi_static_select", "multi_external_select", "multi_users_select", "multi_channels_select", "multi_conversations_select"]);
const INPUTS = /** @type {Record<string, string>} */ ({
  plain_text_input: "text",
  email_text_input: "email",
  url_text_input: "url",
  number_input: "number",
  datepicker: "date",
  timepicker: "time",
  datetimepicker: "datetime-local",
});

/** The words of a text object. @param {any} text */
export function words(text) {
  return text ? emojify(text.text ?? "") : "";
}

/**
 * Draw one element. In input blocks `label` is the id of its label; outside, changing it presses it.
 * @param {any} element @param {Surface} surface @param {any} block @param {{labelled?: string, described?: string}} [field]
 * @returns {HTMLElement}
 */
export function draw(element, surface, block, field) {
  if (element.type === "button" || element.type === "workflow_button") return button(element, surface, block);
  if (element.type === "overflow") return overflow(element, surface, block);
  if (element.type === "image") return h("img.thumb", { src: safe(element.image_url ?? "") ?? "", alt: element.alt_text ?? "" });
  if (element.type === "feedback_buttons" || element.type === "icon_button") return feedback(element, surface, block);
  const made = control(element, surface, field);
  surface.fields.set(element.action_id, made.value);
  made.node.dataset.action = element.action_id;
  if (!field) made.node.addEventListener("change", () => run(made.node, () => surface.press(element, { selected: made.value() }, block)));
  else if (block.dispatch_action) dispatching(made, element, surface, block);
  if (element.focus_on_load) made.node.dataset.autofocus = "true";
  return made.node;
}

/** @param {Control} made @param {any} element @param {Surface} surface @param {any} block */
function dispatching(made, element, surface, block) {
  const on = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const typed = element.type in INPUTS && !element.type.includes("picker");
  const go = () => run(made.node, () => surface.press(element, typed ? { value: made.value() } : { selected: made.value() }, block));
  if (!typed) made.node.addEventListener("change", go);
  else if (on.includes("on_character_entered")) made.node.addEventListener("input", go);
  else made.node.addEventListener("keydown", (event) => event.key === "Enter" && go());
}

/** @param {any} element @param {Surface} surface @param {{labelled?: string, described?: string}} [field] @returns {Control} */
function control(element, surface, field) {
  const common = {
    "aria-labelledby": field?.labelled ?? null,
    "aria-label": field?.labelled ? null : words(element.placeholder) || element.action_id,
    "aria-describedby": field?.described ?? null,
  };
  if (SELECTS.has(element.type)) return single(element, surface, common);
  if (MULTI.has(element.type)) return several(element, surface, common);
  if (element.type === "radio_buttons") return choices(element, surface, common, "radio");
  if (element.type === "checkboxes") return choices(element, surface, common, "checkbox");
  if (element.type === "rich_text_input") return typed({ ...element, multiline: true, initial_value: "" }, common);
  if (element.type in INPUTS) return typed(element, common);
  return { node: h("span.note", {}, `(${element.type} is not drawn here)`), value: () => undefined };
}

/** @param {any} element @param {Record<string, any>} common @returns {Control} */
function typed(element, common) {
  const initial = element.initial_value ?? element.initial_date ?? element.initial_time ?? "";
  const bounds = { maxlength: element.max_length, minlength: element.min_length, min: element.min_value, max: element.max_value };
  const attributes = { ...common, ...bounds, placeholder: words(element.placeholder) || null };
  const node = element.multiline
    ? h("textarea.field", { ...attributes, rows: 5 })
    : h("input.field", { ...attributes, type: INPUTS[element.type], step: element.is_decimal_allowed ? "any" : null });
  node.value = element.type === "datetimepicker" ? stamp(element.initial_date_time) : initial;
  const value = () => (element.type === "datetimepicker" ? Math.round(new Date(node.value).getTime() / 1000) || null : node.value || null);
  if (!element.max_length || !element.multiline) return { node, value };
  const left = h("span.count", { "aria-hidden": "true" });
  const tell = () => (left.textContent = `${element.max_length - node.value.length}`);
  node.addEventListener("input", tell);
  tell();
  return { node: h("div.counted", {}, node, left), value };
}

/** @param {number | undefined} seconds */
function stamp(seconds) {
  if (!seconds) return "";
  const when = new Date(seconds * 1000);
  return new Date(when.getTime() - when.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** @param {any} element @param {Surface} surface @returns {{label?: string, options: {value: string, text: string}[]}[]} */
function groups(element, surface) {
  const plain = (/** @type {any[]} */ list) => list.map((one) => ({ value: one.value, text: words(one.text) }));
  const people = surface.people.map((one) => ({ value: one.id, text: one.name }));
  const channels = surface.channels.map((one) => ({ value: one.id, text: `#${one.name}` }));
  if (element.type.includes("users")) return [{ options: people }];
  if (element.type.includes("channels") || element.type.includes("conversations")) return [{ options: channels }];
  if (element.option_groups) return element.option_groups.map((/** @type {any} */ one) => ({ label: words(one.label), options: plain(one.options) }));
  return [{ options: plain(element.options ?? []) }];
}

/** @param {any} element @param {Surface} surface @param {Record<string, any>} common @returns {Control} */
function single(element, surface, common) {
  const initial = element.initial_option?.value ?? element.initial_user ?? element.initial_channel ?? element.initial_conversation;
  const node = h("select.field", common, h("option", { value: "" }, words(element.placeholder) || "Choose…"));
  for (const group of groups(element, surface)) {
    const options = group.options.map((one) => h("option", { value: one.value, selected: one.value === initial }, one.text));
    add(node, group.label === undefined ? options : [h("optgroup", { label: group.label }, options)]);
  }
  return { node, value: () => node.value || null };
}

/** @param {any} element @param {Surface} surface @param {Record<string, any>} common @returns {Control} */
function several(element, surface, common) {
  const initial = new Set([
    ...(element.initial_options ?? []).map((/** @type {any} */ one) => one.value),
    ...(element.initial_users ?? element.initial_channels ?? element.initial_conversations ?? []),
  ]);
  const summary = h("summary.field", {});
  const boxes = /** @type {HTMLInputElement[]} */ ([]);
  const list = groups(element, surface).flatMap((group) => [
    group.label === undefined ? null : h("div.group", {}, group.label),
    ...group.options.map((one) => {
      const box = h("input", { type: "checkbox", value: one.value, checked: initial.has(one.value), dataset: { label: one.text } });
      boxes.push(box);
      return h("label.choice", {}, box, one.text);
    }),
  ]);
  const node = h("details.several", { ...common, "aria-label": null }, summary, h("div.options", { role: "group", ...common }, list));
  const chosen = () => boxes.filter((box) => box.checked);
  const tell = () => {
    const most = element.max_selected_items ?? Infinity;
    for (const box of boxes) box.disabled = !box.checked && chosen().length >= most;
    summary.textContent = chosen().map((box) => box.dataset.label).join(", ") || words(element.placeholder) || "Choose…";
  };
  node.addEventListener("change", tell);
  tell();
  return { node, value: () => chosen().map((box) => box.value) };
}

/** @param {any} element @param {Surface} surface @param {Record<string, any>} common @param {"radio" | "checkbox"} type @returns {Control} */
function choices(element, surface, common, type) {
  const initial = new Set([element.initial_option, ...(element.initial_options ?? [])].filter(Boolean).map((one) => one.value));
  const name = uid("choices");
  const label = (/** @type {any} */ text) => (text?.type === "mrkdwn" ? mrkdwn(text.text, surface.names) : words(text));
  const boxes = element.options.map((/** @type {any} */ one) => h("input", { type, name, value: one.value, checked: initial.has(one.value) }));
  const node = h(
    "div.choices",
    { ...common, role: type === "radio" ? "radiogroup" : "group" },
    element.options.map((/** @type {any} */ one, /** @type {number} */ place) =>
      h("label.choice", {}, boxes[place], h("span", {}, label(one.text), one.description && h("small", {}, label(one.description)))),
    ),
  );
  const chosen = () => boxes.filter((/** @type {any} */ box) => box.checked).map((/** @type {any} */ box) => box.value);
  return { node, value: () => (type === "radio" ? chosen()[0] ?? null : chosen()) };
}

/** @param {any} element @param {Surface} surface @param {any} block */
function button(element, surface, block) {
  const style = element.style === "primary" || element.style === "danger" ? element.style : "plain";
  const made = h(
    `button.button.${style}`,
    {
      type: "button",
      "aria-label": element.accessibility_label ?? null,
      dataset: { action: element.action_id },
      onclick: () => {
        if (element.url && safe(element.url)) open(element.url, "_blank", "noreferrer");
        run(made, () => surface.press(element, { value: element.value }, block));
      },
    },
    h("span.label", {}, words(element.text)),
    element.url ? h("span.outside", { "aria-label": "(opens a page)" }, "↗") : null,
  );
  return made;
}

/** Show a press in progress, and a warning when it failed. @param {HTMLElement} made @param {() => Promise<void>} press */
async function run(made, press) {
  if (made.getAttribute("aria-busy") === "true") return;
  made.setAttribute("aria-busy", "true");
  made.parentElement?.querySelector(".failed")?.remove();
  try {
    await press();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    made.after(h("span.failed", { role: "alert", title: why }, icon("warn"), why));
  } finally {
    made.removeAttribute("aria-busy");
  }
}

/** @param {any} element @param {Surface} surface @param {any} block */
function overflow(element, surface, block) {
  const made = h("button.icon-button", { type: "button", "aria-label": "More actions", "aria-haspopup": "menu", dataset: { action: element.action_id } }, icon("more"));
  made.addEventListener("click", () =>
    menu(
      made,
      element.options.map((/** @type {any} */ one) => ({
        label: words(one.text),
        run: () => {
          if (one.url && safe(one.url)) open(one.url, "_blank", "noreferrer");
          run(made, () => surface.press(element, { selected: one.value }, block));
        },
      })),
    ),
  );
  return made;
}

/** @param {any} element @param {Surface} surface @param {any} block */
function feedback(element, surface, block) {
  const one = (/** @type {string} */ face, /** @type {string} */ label, /** @type {any} */ value) => {
    const made = h("button.icon-button", { type: "button", "aria-label": label, title: label, dataset: { action: element.action_id } }, face);
    made.addEventListener("click", () => run(made, () => surface.press(element, { value }, block)));
    return made;
  };
  if (element.type === "icon_button") return one("🗑", words(element.text) || "Delete", element.value);
  const good = element.positive_button;
  const bad = element.negative_button;
  return h("span.feedback", {}, one("👍", words(good.text), good.value), one("👎", words(bad.text), bad.value));
}
