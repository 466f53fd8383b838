// Block Kit's blocks, drawn as Slack draws them.

import { draw, words } from "./elements.js";
import { h, link, safe, uid } from "./dom.js";
import { markdown } from "./markdown.js";
import { mrkdwn } from "./mrkdwn.js";
import { richText } from "./richtext.js";

/** @typedef {import("./elements.js").Surface} Surface */

/** Draw blocks in order. @param {any[]} blocks @param {Surface} surface @returns {Node[]} */
export function drawBlocks(blocks, surface) {
  return blocks.map((block) => {
    const how = DRAWN[block.type];
    const node = how ? how(block, surface) : h("div.note", {}, `(a ${block.type} block)`);
    node.classList.add("block");
    node.dataset.block = block.block_id ?? "";
    return node;
  });
}

/** Draw a text object of either kind. @param {any} text @param {Surface} surface @returns {(Node | string)[]} */
export function text(text, surface) {
  if (!text) return [];
  return text.type === "mrkdwn" ? mrkdwn(text.text, surface.names) : [words(text)];
}

/** @type {Record<string, (block: any, surface: Surface) => HTMLElement>} */
const DRAWN = {
  section: (block, surface) =>
    h(
      "div.section",
      {},
      h(
        "div.body",
        {},
        block.text ? h("div.text", {}, text(block.text, surface)) : null,
        block.fields ? h("div.fields", {}, block.fields.map((/** @type {any} */ one) => h("div", {}, text(one, surface)))) : null,
      ),
      block.accessory ? h("div.accessory", {}, draw(block.accessory, surface, block)) : null,
    ),
  context: (block, surface) =>
    h(
      "div.context",
      {},
      block.elements.map((/** @type {any} */ one) =>
        one.type === "image" ? draw(one, surface, block) : h("span", {}, text(one, surface)),
      ),
    ),
  actions: elements,
  context_actions: elements,
  header: (block) => h("h3.header", {}, words(block.text)),
  divider: () => h("hr"),
  image: (block) =>
    h(
      "figure.image",
      {},
      block.title ? h("figcaption", {}, words(block.title)) : null,
      h("img", { src: safe(block.image_url ?? "") ?? "", alt: block.alt_text ?? "" }),
    ),
  markdown: (block) => h("div.markdown", {}, markdown(block.text ?? "")),
  rich_text: (block, surface) => h("div.text", {}, richText(block, surface.names)),
  input: input,
  table: (block, surface) => table(block.rows ?? [], surface),
  data_table: (block, surface) => table(block.rows ?? [], surface, words(block.caption) || block.caption),
  alert: (block, surface) => h("div.panel", { class: `panel-${block.level ?? "info"}` }, text(block.text, surface)),
  video: (block) => h("div.text", {}, link(block.title_url ?? block.video_url ?? "", words(block.title))),
  file: () => h("div.note", {}, "📎 a file"),
  card: (block, surface) =>
    h(
      "div.card-block",
      {},
      block.title ? h("strong", {}, text(block.title, surface)) : null,
      block.subtitle ? h("div.note", {}, text(block.subtitle, surface)) : null,
      block.body ? h("div", {}, text(block.body, surface)) : null,
      block.actions ? elements({ elements: block.actions }, surface) : null,
    ),
};

/** @param {any} block @param {Surface} surface */
function elements(block, surface) {
  return h("div.actions", {}, block.elements.map((/** @type {any} */ one) => draw(one, surface, block)));
}

/** @param {any} block @param {Surface} surface */
function input(block, surface) {
  const labelled = uid("label");
  const described = uid("hint");
  return h(
    "div.input",
    {},
    h("span.label", { id: labelled }, words(block.label), block.optional ? h("span.note", {}, " (optional)") : null),
    draw(block.element, surface, block, { labelled, described }),
    h("div", { id: described }, block.hint ? h("small.hint", {}, words(block.hint)) : null, h("div.error", { role: "alert" })),
  );
}

/** @param {any[][]} rows @param {Surface} surface @param {string} [caption] */
function table(rows, surface, caption) {
  const cell = (/** @type {any} */ one) => {
    if (one.type === "rich_text") return richText(one, surface.names);
    return [one.text ?? String(one.value ?? "")];
  };
  const [head, ...rest] = rows;
  return h(
    "div.scroll",
    {},
    h(
      "table",
      {},
      caption ? h("caption", {}, caption) : null,
      head ? h("thead", {}, h("tr", {}, head.map((one) => h("th", { scope: "col" }, cell(one))))) : null,
      h("tbody", {}, rest.map((row) => h("tr", {}, row.map((one) => h("td", {}, cell(one)))))),
    ),
  );
}
