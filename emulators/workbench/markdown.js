// Standard Markdown, as Slack's markdown block takes it: a small, safe reader that draws elements.

import { emojify } from "./emoji.js";
import { h, link } from "./dom.js";

const ITEM = /^(\s*)([-*+]|\d{1,3}[.)])\s+(.*)$/;

/** @typedef {{lines: string[], at: number}} Reader */

/** Draw Markdown. @param {string} text @returns {Node[]} */
export function markdown(text) {
  const reader = { lines: text.replace(/\r/g, "").split("\n"), at: 0 };
  /** @type {Node[]} */
  const nodes = [];
  while (reader.at < reader.lines.length) {
    const node = block(reader);
    if (node) nodes.push(node);
  }
  return nodes;
}

/** @param {Reader} reader @returns {Node | null} */
function block(reader) {
  const line = reader.lines[reader.at];
  const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
  if (!line.trim()) return skip(reader, null);
  if (/^\s*```/.test(line)) return fenced(reader);
  if (heading) return skip(reader, h(`h${Math.min(6, heading[1].length + 2)}`, {}, words(heading[2])));
  if (/^\s*([-*_])(?:\s*\1){2,}\s*$/.test(line)) return skip(reader, h("hr"));
  if (/^\s*>/.test(line)) return h("blockquote", {}, markdown(while_(reader, (one) => /^\s*>/.test(one)).map((one) => one.replace(/^(?:\s*>)+ ?/, "")).join("\n")));
  if (ITEM.test(line)) return list(reader);
  if (line.includes("|") && /^\s*\|?[\s:|-]+\|[\s:|-]*$/.test(reader.lines[reader.at + 1] ?? "")) return table(reader);
  const own = while_(reader, (one, place) => !!one.trim() && (place === 0 || !/^(#{1,6}\s|\s*>|\s*```)/.test(one) && !ITEM.test(one)));
  return h("p", {}, own.flatMap((one, place) => (place ? [h("br"), ...words(one)] : words(one))));
}

/** @param {Reader} reader @param {Node | null} node */
function skip(reader, node) {
  reader.at += 1;
  return node;
}

/** Take lines for as long as they belong. @param {Reader} reader @param {(line: string, place: number) => boolean} belongs */
function while_(reader, belongs) {
  const from = reader.at;
  while (reader.at < reader.lines.length && belongs(reader.lines[reader.at], reader.at - from)) reader.at += 1;
  return reader.lines.slice(from, reader.at);
}

/** @param {Reader} reader */
function fenced(reader) {
  reader.at += 1;
  const inside = while_(reader, (line) => !/^\s*```/.test(line));
  reader.at += 1;
  return h("pre", {}, inside.join("\n"));
}

/** @param {Reader} reader */
function list(reader) {
  const [, indent, sign] = /** @type {RegExpExecArray} */ (ITEM.exec(reader.lines[reader.at]));
  const made = /\d/.test(sign) ? h("ol", { start: parseInt(sign, 10) }) : h("ul");
  while (reader.at < reader.lines.length) {
    const match = ITEM.exec(reader.lines[reader.at]);
    if (!match || match[1].length < indent.length) break;
    if (match[1].length > indent.length + 1) {
      (made.lastElementChild ?? made).appendChild(list(reader));
      continue;
    }
    const task = /^\[([ xX])\]\s+(.*)$/.exec(match[3]);
    const box = task && h("input", { type: "checkbox", checked: task[1] !== " ", disabled: true });
    made.appendChild(h("li", {}, box, words(task ? task[2] : match[3])));
    reader.at += 1;
  }
  return made;
}

/** @param {Reader} reader */
function table(reader) {
  const cells = (/** @type {string} */ line) => line.trim().replace(/^\||\|$/g, "").split("|").map((one) => one.trim());
  const [head, , ...rows] = while_(reader, (line) => line.includes("|"));
  return h(
    "div.scroll",
    {},
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, cells(head).map((one) => h("th", {}, words(one))))),
      h("tbody", {}, rows.map((row) => h("tr", {}, cells(row).map((one) => h("td", {}, words(one)))))),
    ),
  );
}

const INLINE =
  /(`+)([^`]+?)\1|!?\[([^\]]*)\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)?)\)|\*\*(?=\S)(.+?)(?<=\S)\*\*|__(?=\S)(.+?)(?<=\S)__|~~(?=\S)(.+?)(?<=\S)~~|(?<![\w*])\*(?=[^\s*])(.+?)(?<=[^\s*])\*(?!\*)|(?<!\w)_(?=\S)(.+?)(?<=\S)_(?!\w)|<(https?:\/\/[^<>\s]+)>|(https?:\/\/[^\s<>]+[^\s<>.,;:!?)'"])|\\([\\`*_{}[\]()#+\-.!~|<>])/;

/** Draw one line's words. @param {string} text @returns {Node[]} */
export function words(text) {
  /** @type {Node[]} */
  const nodes = [];
  let rest = text;
  for (let match = INLINE.exec(rest); match; match = INLINE.exec(rest)) {
    if (match.index) nodes.push(document.createTextNode(emojify(rest.slice(0, match.index))));
    nodes.push(styled(match));
    rest = rest.slice(match.index + match[0].length);
  }
  if (rest) nodes.push(document.createTextNode(emojify(rest)));
  return nodes;
}

/** @param {RegExpExecArray} match @returns {Node} */
function styled(match) {
  const [, , code, label, url, bold, bold2, struck, slanted, slanted2, angled, bare, escaped] = match;
  if (code !== undefined) return h("code", {}, code);
  if (url !== undefined) return link(url, words(label || url));
  if (bold ?? bold2) return h("strong", {}, words(bold ?? bold2));
  if (struck) return h("s", {}, words(struck));
  if (slanted ?? slanted2) return h("em", {}, words(slanted ?? slanted2));
  if (angled ?? bare) return link(angled ?? bare, angled ?? bare);
  return document.createTextNode(escaped);
}
