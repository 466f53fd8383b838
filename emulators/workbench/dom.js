// Making elements without ever parsing markup: text is always text.

/** @typedef {Node | string | number | null | undefined | false} Child */

const PROPERTIES = new Set(["value", "checked", "disabled", "selected", "hidden", "open", "multiple", "required"]);

/**
 * Make an element. `on…` attributes are listeners, `dataset` an object, the rest attributes (false and null are left out).
 * @param {string} name tag, with classes after dots: "button.primary"
 * @param {Record<string, any>} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {any}
 */
export function h(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "dataset") Object.assign(element.dataset, value);
    else if (key === "class") element.className = `${element.className} ${value}`.trim();
    else if (PROPERTIES.has(key)) /** @type {any} */ (element)[key] = value;
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  add(element, children);
  return element;
}

/** @param {Node} parent @param {(Child | Child[])[]} children */
export function add(parent, children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** @param {Node} parent @param {...(Child | Child[])} children */
export function fill(parent, ...children) {
  parent.replaceChildren();
  add(parent, children);
}

/** Make these the children, moving nothing that is in its place already: what is typed, selected or focused stays. @param {Node} parent @param {Node[]} nodes */
export function reconcile(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) parent.removeChild(child);
  let next = parent.firstChild;
  for (const node of nodes) {
    if (node === next) next = next.nextSibling;
    else parent.insertBefore(node, next);
  }
}

/** @type {WeakMap<Node, string>} */
const marks = new WeakMap();

/** Fill only when the facts are others than last time. @param {Node} parent @param {any} facts @param {() => (Child | Child[])[]} make */
export function refill(parent, facts, make) {
  const mark = JSON.stringify(facts);
  if (marks.get(parent) === mark) return;
  marks.set(parent, mark);
  fill(parent, ...make());
}

const SVG = "http://www.w3.org/2000/svg";

/** Draw one of our icons from its path. @param {keyof typeof ICONS} name @returns {SVGElement} */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.appendChild(path);
  return svg;
}

const ICONS = {
  send: "M3 10 L17 3 L12.5 17 L9.5 11 Z M9.5 11 L17 3",
  more: "M4.4 10a.6.6 0 1 0 1.2 0a.6.6 0 1 0-1.2 0 M9.4 10a.6.6 0 1 0 1.2 0a.6.6 0 1 0-1.2 0 M14.4 10a.6.6 0 1 0 1.2 0a.6.6 0 1 0-1.2 0",
  close: "M5 5 L15 15 M15 5 L5 15",
  reply: "M3.5 4.5h13v9h-8l-3.5 3v-3h-1.5z",
  bulb: "M7.5 15h5 M8.5 17.5h3 M10 2.5a5 5 0 0 0-3 9c.6.6 1 1.4 1 2.2h4c0-.8.4-1.6 1-2.2a5 5 0 0 0-3-9z",
  theme: "M10 3a7 7 0 1 0 0 14z M10 3a7 7 0 0 1 0 14",
  wrench: "M12.5 3.5a4 4 0 0 0-4.5 5.5l-4.5 4.5 3 3 4.5-4.5a4 4 0 0 0 5.5-4.5l-2.5 2.5-2.5-.5-.5-2.5z",
  back: "M12 4 L6 10 L12 16",
  home: "M3.5 9.5 10 3.5l6.5 6v7h-4.5v-4.5h-4v4.5h-4.5z",
  warn: "M10 3.5 17.5 16.5h-15z M10 8v4 M10 14.2h.01",
  up: "M10 15.5V5 M5.5 9.5 10 5l4.5 4.5",
  down: "M10 4.5V15 M5.5 10.5 10 15l4.5-4.5",
  minus: "M5 10h10",
  bolt: "M11 2.5 4.5 11.5h4.5l-1 6 6.5-9h-4.5z",
};

let counter = 0;

/** A new id for tying labels to fields. @param {string} name */
export function uid(name) {
  counter += 1;
  return `${name}-${counter}`;
}

/** Say something to screen readers. @param {string} text */
export function announce(text) {
  const region = document.getElementById("announcer");
  if (region) region.textContent = text;
}

/** Show a short notice at the bottom. @param {string} text @param {"info" | "error"} [kind] */
export function toast(text, kind = "info") {
  const place = document.getElementById("toasts");
  const one = h(`div.toast.${kind}`, { role: kind === "error" ? "alert" : "status" }, text);
  place?.appendChild(one);
  setTimeout(() => one.remove(), 6000);
}

/** Offer choices in a small menu below a button; resolves when closed. @param {HTMLElement} button @param {{label: string, run: () => void, danger?: boolean}[]} choices */
export function menu(button, choices) {
  document.querySelector(".menu")?.remove();
  const items = choices.map((one) =>
    h("button", { type: "button", role: "menuitem", class: one.danger ? "danger" : "", onclick: () => (close(), one.run()) }, one.label),
  );
  const box = h("div.menu", { role: "menu", onkeydown: keys }, items);
  const place = button.getBoundingClientRect();
  const host = button.closest("dialog") ?? document.body;
  host.appendChild(box);
  const width = box.offsetWidth;
  box.style.left = `${Math.max(8, Math.min(place.right - width, innerWidth - width - 8))}px`;
  const below = place.bottom + box.offsetHeight + 8 < innerHeight;
  box.style.top = `${below ? place.bottom + 4 : Math.max(8, place.top - box.offsetHeight - 4)}px`;
  button.setAttribute("aria-expanded", "true");
  setTimeout(() => document.addEventListener("click", outside), 0);
  items[0]?.focus();

  function close() {
    box.remove();
    button.setAttribute("aria-expanded", "false");
    document.removeEventListener("click", outside);
  }
  /** @param {MouseEvent} event */
  function outside(event) {
    if (!box.contains(/** @type {Node} */ (event.target))) close();
  }
  /** @param {KeyboardEvent} event */
  function keys(event) {
    const at = items.indexOf(/** @type {any} */ (document.activeElement));
    if (event.key === "Escape" || event.key === "Tab") {
      close();
      button.focus();
    } else if (event.key === "ArrowDown") items[(at + 1) % items.length].focus();
    else if (event.key === "ArrowUp") items[(at + items.length - 1) % items.length].focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** "09:41" in the reader's zone. @param {number} seconds */
export function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

/** "Today", "Yesterday" or the date. @param {Date} when */
export function day(when) {
  const midnight = new Date(new Date().setHours(0, 0, 0, 0)).getTime();
  const days = Math.ceil((midnight - when.getTime()) / 86_400_000);
  if (days <= 0 && when.getTime() < midnight + 86_400_000) return "Today";
  if (days === 1) return "Yesterday";
  return when.toLocaleDateString([], { weekday: "long", month: "long", day: "numeric" });
}

/** "3 h ago" and the like. @param {Date} when */
export function ago(when) {
  const minutes = Math.round((Date.now() - when.getTime()) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 60 * 24) return `${Math.round(minutes / 60)} h ago`;
  const days = Math.round(minutes / 60 / 24);
  return days < 30 ? `${days} day${days > 1 ? "s" : ""} ago` : when.toLocaleDateString([], { month: "short", day: "numeric" });
}

/** An address that may be followed: http, https, mailto; anything else is null. @param {string} url */
export function safe(url) {
  return /^(https?:\/\/|mailto:)/i.test(url) ? url : null;
}

/** A link that opens elsewhere, or its words when the address may not be followed. @param {string} url @param {Child | Child[]} words */
export function link(url, words) {
  const href = safe(url);
  return href ? h("a", { href, target: "_blank", rel: "noreferrer noopener" }, words) : h("span", {}, words);
}

/** A person's colour, as a hue. @param {string} name */
export function hue(name) {
  return ([...name].reduce((total, letter) => total + letter.charCodeAt(0), 0) * 97) % 360;
}
