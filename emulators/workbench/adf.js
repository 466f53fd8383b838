// Atlassian Document Format, drawn.

import { h, link } from "./dom.js";

/** @typedef {{type: string, attrs?: any, content?: AdfNode[], text?: string, marks?: {type: string, attrs?: any}[]}} AdfNode */

/** Draw a document; words alone are accepted too. @param {AdfNode | string | null | undefined} document_ @returns {Node[]} */
export function adf(document_) {
  if (!document_) return [];
  if (typeof document_ === "string") return document_.split(/\n{2,}/).map((one) => h("p", {}, one));
  return (document_.content ?? []).map(draw);
}

/** @param {AdfNode} node @returns {Node[]} */
const inside = (node) => (node.content ?? []).map(draw);

/** @type {Record<string, (node: AdfNode) => Node>} */
const DRAWN = {
  paragraph: (node) => h("p", {}, inside(node)),
  heading: (node) => h(`h${Math.min(6, (node.attrs?.level ?? 1) + 2)}`, {}, inside(node)),
  bulletList: (node) => h("ul", {}, inside(node)),
  orderedList: (node) => h("ol", { start: node.attrs?.order ?? 1 }, inside(node)),
  listItem: (node) => h("li", {}, inside(node)),
  taskList: (node) => h("ul.tasks", {}, inside(node)),
  taskItem: (node) => h("li", {}, h("input", { type: "checkbox", disabled: true, checked: node.attrs?.state === "DONE" }), inside(node)),
  decisionList: (node) => h("ul.tasks", {}, inside(node)),
  decisionItem: (node) => h("li", {}, "⤷ ", inside(node)),
  codeBlock: (node) => h("pre", { "data-language": node.attrs?.language ?? "" }, inside(node)),
  blockquote: (node) => h("blockquote", {}, inside(node)),
  rule: () => h("hr"),
  panel: (node) => h("div.panel", { class: `panel-${node.attrs?.panelType ?? "info"}` }, inside(node)),
  expand: (node) => h("details", {}, h("summary", {}, node.attrs?.title || "More"), inside(node)),
  nestedExpand: (node) => h("details", {}, h("summary", {}, node.attrs?.title || "More"), inside(node)),
  table: (node) => h("div.scroll", {}, h("table", {}, h("tbody", {}, inside(node)))),
  tableRow: (node) => h("tr", {}, inside(node)),
  tableHeader: (node) => h("th", {}, inside(node)),
  tableCell: (node) => h("td", {}, inside(node)),
  hardBreak: () => h("br"),
  mention: (node) => h("span.mention", {}, node.attrs?.text || "@someone"),
  emoji: (node) => h("span.emoji", {}, node.attrs?.text || node.attrs?.shortName || ""),
  date: (node) => h("time", {}, new Date(Number(node.attrs?.timestamp)).toLocaleDateString([], { dateStyle: "medium" })),
  status: (node) => h("span.lozenge", { class: `lozenge-${node.attrs?.color ?? "neutral"}` }, node.attrs?.text ?? ""),
  inlineCard: (node) => link(node.attrs?.url ?? "", node.attrs?.url ?? ""),
  mediaSingle: (node) => h("div", {}, inside(node)),
  mediaGroup: (node) => h("div", {}, inside(node)),
  media: (node) => h("span.note", {}, `📎 ${node.attrs?.alt || "attachment"}`),
};

const MARKS = { strong: "strong", em: "em", strike: "s", underline: "u", code: "code" };

/** @param {AdfNode} node @returns {Node} */
function draw(node) {
  if (node.type === "text") return text(node);
  const how = DRAWN[node.type];
  return how ? how(node) : h("div", {}, inside(node));
}

/** @param {AdfNode} node @returns {Node} */
function text(node) {
  /** @type {Node} */
  let made = document.createTextNode(node.text ?? "");
  for (const mark of node.marks ?? []) {
    if (mark.type in MARKS) made = h(MARKS[/** @type {keyof typeof MARKS} */ (mark.type)], {}, made);
    else if (mark.type === "link") made = link(mark.attrs?.href ?? "", made);
    else if (mark.type === "subsup") made = h(mark.attrs?.type === "sup" ? "sup" : "sub", {}, made);
  }
  return made;
}
