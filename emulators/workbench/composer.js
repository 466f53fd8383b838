// Where a person writes: Enter sends, Shift+Enter breaks the line, / offers commands, @ offers people, ↑ edits the last message.

import { fill, h, icon, uid } from "./dom.js";

/**
 * @typedef {object} Writing
 * @property {string} label for screen readers
 * @property {string} placeholder
 * @property {(text: string) => Promise<void>} send rejects when it was not sent; the text then comes back
 * @property {() => void} [last] edit the last message
 * @property {() => {name: string, id: string}[]} people
 * @property {{command: string, subcommands: {name: string, takes: string, does: string}[]} | null} commands
 */

/** @param {Writing} writing */
export function composer(writing) {
  const list = h("ul.suggestions", { role: "listbox", id: uid("suggestions"), hidden: true });
  const field = h("textarea", {
    rows: 1,
    "aria-label": writing.label,
    placeholder: writing.placeholder,
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": list.id,
    "aria-autocomplete": "list",
    oninput: () => (grow(), suggest()),
    onkeydown: keys,
    onblur: () => setTimeout(hide, 150),
  });
  const button = h("button.send", { type: "submit", "aria-label": "Send" }, icon("send"));
  const form = h("form.composer", { onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), send()) }, list, h("div.box", {}, field, button));
  let options = /** @type {{put: string, from: number, node: HTMLElement}[]} */ ([]);
  let at = -1;

  function grow() {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 180)}px`;
    button.classList.toggle("ready", !!field.value.trim());
  }

  async function send() {
    const text = field.value;
    if (!text.trim()) return;
    hide();
    field.value = "";
    grow();
    try {
      await writing.send(mentions(text));
    } catch {
      if (!field.value) field.value = text;
      grow();
    }
  }

  /** @param {string} text */
  function mentions(text) {
    return text.replace(/(^|[\s(])@(\w+)/g, (whole, before, name) => {
      const found = writing.people().find((one) => one.name.toLowerCase() === name.toLowerCase());
      return found ? `${before}<@${found.id}>` : whole;
    });
  }

  /** @param {KeyboardEvent} event */
  function keys(event) {
    if (event.isComposing) return;
    if (!list.hidden && navigate(event)) return event.preventDefault();
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === "ArrowUp" && !field.value && writing.last) {
      event.preventDefault();
      writing.last();
    }
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the list took the key */
  function navigate(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      choose((at + (event.key === "ArrowDown" ? 1 : options.length - 1)) % options.length);
      return true;
    }
    if (event.key === "Escape") {
      hide();
      event.stopPropagation();
      return true;
    }
    const exact = options[at] && field.value.slice(options[at].from).trim() === options[at].put.trim();
    if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !exact)) {
      if (at < 0) return false;
      take(options[at]);
      return true;
    }
    return false;
  }

  /** @param {number} place */
  function choose(place) {
    at = place;
    options.forEach((one, number) => one.node.setAttribute("aria-selected", String(number === place)));
    field.setAttribute("aria-activedescendant", options[place]?.node.id ?? "");
    options[place]?.node.scrollIntoView({ block: "nearest" });
  }

  /** @param {{put: string, from: number}} option */
  function take(option) {
    field.value = field.value.slice(0, option.from) + option.put;
    hide();
    grow();
    field.focus();
    suggest();
  }

  function hide() {
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
    options = [];
    at = -1;
  }

  function suggest() {
    const found = [...commands(field.value), ...people(field.value)];
    if (!found.length) return hide();
    options = found.map((one) => ({
      ...one,
      node: h(
        "li",
        { role: "option", id: uid("option"), "aria-selected": "false", onmousedown: (/** @type {Event} */ event) => (event.preventDefault(), take(one)) },
        h("strong", {}, one.shown),
        h("span.note", {}, one.note),
      ),
    }));
    fill(list, options.map((one) => one.node));
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    choose(0);
  }

  /** @param {string} text @returns {{put: string, from: number, shown: string, note: string}[]} */
  function commands(text) {
    if (!writing.commands || !text.startsWith("/") || text.includes("\n")) return [];
    const { command, subcommands } = writing.commands;
    if (command.startsWith(text)) {
      const all = { put: `${command} `, from: 0, shown: command, note: "tell Updraft what happened" };
      return [all, ...subcommands.map((one) => line(command, one))];
    }
    const match = new RegExp(`^${command} (\\w*)$`).exec(text);
    return match ? subcommands.filter((one) => one.name.startsWith(match[1]) && one.name !== match[1]).map((one) => line(command, one)) : [];
  }

  /** @param {string} command @param {{name: string, takes: string, does: string}} one */
  function line(command, one) {
    return { put: `${command} ${one.name}${one.takes ? " " : ""}`, from: 0, shown: `${command} ${one.name} ${one.takes}`.trim(), note: one.does };
  }

  /** @param {string} text */
  function people(text) {
    const match = /(?:^|\s)@(\w*)$/.exec(text);
    if (!match) return [];
    const begun = match[1].toLowerCase();
    const from = text.length - match[1].length - 1;
    return writing
      .people()
      .filter((one) => one.name.toLowerCase().startsWith(begun) && one.name.toLowerCase() !== begun)
      .map((one) => ({ put: `@${one.name} `, from, shown: `@${one.name}`, note: "" }));
  }

  return {
    node: form,
    focus: () => field.focus(),
    /** @param {string} text */
    set: (text) => {
      field.value = text;
      grow();
      field.focus();
    },
    grow,
    /** @param {string} label @param {string} placeholder */
    rename: (label, placeholder) => {
      field.setAttribute("aria-label", label);
      field.placeholder = placeholder;
    },
  };
}
