// Slack's rich_text blocks, drawn.

import { emoji } from "./emoji.js";
import { h, link } from "./dom.js";
import { formatted, mention } from "./mrkdwn.js";

/** @typedef {import("./mrkdwn.js").Names} Names */

/** Draw the elements of a rich_text block. @param {any} block @param {Names} names @returns {Node[]} */
export function richText(block, names) {
  /** @type {Node[]} */
  const nodes = [];
  for (const part of block.elements ?? []) {
    const inside = () => (part.elements ?? []).map((/** @type {any} */ one) => inline(one, names));
    if (part.type === "rich_text_section") nodes.push(h("div.rich", {}, inside()));
    else if (part.type === "rich_text_quote") nodes.push(h("blockquote", {}, inside()));
    else if (part.type === "rich_text_preformatted") nodes.push(h("pre", {}, inside()));
    else if (part.type === "rich_text_list") nodes.push(listed(part, names));
  }
  return nodes;
}

/** @param {any} part @param {Names} names */
function listed(part, names) {
  const items = (part.elements ?? []).map((/** @type {any} */ one) => h("li", {}, (one.elements ?? []).map((/** @type {any} */ piece) => inline(piece, names))));
  const list = h(part.style === "ordered" ? "ol" : "ul", part.style === "ordered" ? { start: (part.offset ?? 0) + 1 } : {}, items);
  list.style.marginLeft = `${(part.indent ?? 0) * 22}px`;
  return list;
}

/** @param {any} one @param {Names} names @returns {Node} */
function inline(one, names) {
  return styled(content(one, names), one.style);
}

/** @param {any} one @param {Names} names @returns {Node} */
function content(one, names) {
  switch (one.type) {
    case "text":
      return document.createTextNode(one.text);
    case "link":
      return link(one.url, one.text || one.url);
    case "emoji":
      return h("span.emoji", { title: `:${one.name}:` }, emoji(one.name) ?? `:${one.name}:`);
    case "user":
      return mention(`@${names.user(one.user_id)}`, one.user_id === names.me);
    case "channel":
      return mention(`#${names.channel(one.channel_id)}`, false);
    case "broadcast":
      return mention(`@${one.range}`, true);
    case "usergroup":
      return mention("@group", false);
    case "date":
      return h("time", { title: one.fallback ?? "" }, formatted(new Date(one.timestamp * 1000), one.format ?? "{date}"));
    case "color":
      return h("code", {}, one.value);
    default:
      return document.createTextNode(one.text ?? "");
  }
}

/** @param {Node} node @param {any} style @returns {Node} */
function styled(node, style) {
  let made = node;
  if (style?.code) made = h("code", {}, made);
  if (style?.bold) made = h("strong", {}, made);
  if (style?.italic) made = h("em", {}, made);
  if (style?.strike) made = h("s", {}, made);
  if (style?.underline) made = h("u", {}, made);
  return made;
}
