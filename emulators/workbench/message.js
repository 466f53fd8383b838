// One message as Slack shows it.

import { drawBlocks } from "./blocks.js";
import { clock, h, hue, icon, link, menu } from "./dom.js";
import { markdown } from "./markdown.js";
import { mrkdwn } from "./mrkdwn.js";

/**
 * What a message can ask of the conversation it is in.
 * @typedef {object} Around
 * @property {string} me
 * @property {import("./mrkdwn.js").Names} names
 * @property {(message: any) => import("./elements.js").Surface} surface
 * @property {(message: any) => {label: string, run: () => void, danger?: boolean}[]} choices
 * @property {(message: any) => void} reply
 * @property {(message: any) => void} dismiss
 * @property {(message: any) => void} stop a message that is being written
 * @property {() => void} repaint
 */

/** A square with the first letter, in a colour of the person's own. @param {string} name @param {boolean} app */
export function avatar(name, app) {
  if (app) return h("span.avatar.app", { "aria-hidden": "true" }, icon("bolt"));
  const made = h("span.avatar", { "aria-hidden": "true" }, (name[0] ?? "?").toUpperCase());
  made.style.setProperty("--hue", String(hue(name)));
  return made;
}

/** Whether the app wrote it. @param {any} message */
export const byApp = (message) => !!message.bot_id;

/** Draw a message. @param {any} message @param {Around} around @param {boolean} follows whether the one before is by the same hand */
export function drawMessage(message, around, follows) {
  const app = byApp(message);
  const name = app ? message.username || message.bot_profile?.name || "Updraft" : around.names.user(message.user);
  if (message.subtype === "tombstone") return h("article.message.gone", { dataset: { ts: message.ts } }, h("div.side"), h("div.main", {}, "This message was deleted."));
  const time = h("time", { title: new Date(message.ts * 1000).toLocaleString() }, clock(Number(message.ts)));
  return h(
    "article.message",
    {
      class: [follows ? "follows" : "", message.is_ephemeral ? "ephemeral" : ""].join(" ").trim(),
      dataset: { ts: message.ts },
      "aria-label": `${name}, ${clock(Number(message.ts))}`,
    },
    h("div.side", {}, follows ? time : avatar(name, app)),
    h(
      "div.main",
      {},
      message.is_ephemeral ? h("div.only", {}, "👁 Only visible to you") : null,
      follows ? null : h("div.who", {}, h("strong", {}, name), app ? h("span.badge", {}, "APP") : null, time),
      body(message, around),
      message.edited ? h("span.note.edited", {}, "(edited)") : null,
      message.is_ephemeral ? h("button.quiet", { type: "button", onclick: () => around.dismiss(message) }, "Dismiss message") : null,
    ),
    message.is_ephemeral ? null : toolbar(message, around),
  );
}

/** @param {any} message @param {Around} around */
function body(message, around) {
  const surface = around.surface(message);
  if (message.streaming) return streamed(message, around, surface);
  // What people type is stored as plain rich text; Slack's composer formats it, so it is drawn from its text.
  const blocks = byApp(message) ? message.blocks ?? [] : [];
  const parts = blocks.length ? drawBlocks(blocks, surface) : message.text ? [h("div.text", {}, mrkdwn(message.text, around.names))] : [];
  return h(
    "div.body",
    {},
    parts,
    (message.attachments ?? []).map((/** @type {any} */ one) => attachment(one, surface)),
    (message.files ?? []).map((/** @type {any} */ one) => h("div.file", {}, "📎 ", one.name ?? one.title ?? "file")),
  );
}

/** A message that the app is still writing. @param {any} message @param {Around} around @param {import("./elements.js").Surface} surface */
function streamed(message, around, surface) {
  return h(
    "div.body",
    { "aria-busy": "true" },
    h("div.markdown", {}, markdown(message.text ?? "")),
    drawBlocks(message.streaming.extra ?? [], surface),
    h("button.quiet", { type: "button", onclick: () => around.stop(message) }, "◼ Stop"),
  );
}

/** @param {any} one @param {import("./elements.js").Surface} surface */
function attachment(one, surface) {
  const made = h(
    "div.attachment",
    {},
    one.pretext ? h("div.text", {}, mrkdwn(one.pretext, surface.names)) : null,
    one.title ? h("strong", {}, one.title_link ? link(one.title_link, one.title) : one.title) : null,
    one.text ? h("div.text", {}, mrkdwn(one.text, surface.names)) : null,
    one.blocks ? drawBlocks(one.blocks, surface) : null,
    one.footer ? h("div.note", {}, one.footer) : null,
  );
  const colour = /^#?([0-9a-f]{6})$/i.exec(one.color ?? "");
  if (colour) made.style.borderLeftColor = `#${colour[1]}`;
  return made;
}

/** @param {any} message @param {Around} around */
function toolbar(message, around) {
  const more = h("button.icon-button", { type: "button", "aria-label": "More actions", "aria-haspopup": "menu", "aria-expanded": "false" }, icon("more"));
  more.addEventListener("click", () => menu(more, around.choices(message)));
  return h(
    "div.toolbar",
    { role: "group", "aria-label": "Message actions" },
    h("button.icon-button", { type: "button", "aria-label": "Reply in thread", title: "Reply in thread", onclick: () => around.reply(message) }, icon("reply")),
    more,
  );
}
