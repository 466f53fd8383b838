// The messages of one conversation with their threads; what has not changed keeps its element, so nothing typed is lost.

import { composer } from "./composer.js";
import { drawMessage } from "./message.js";
import { announce, clock, day, h, reconcile } from "./dom.js";
import { unescaped } from "./mrkdwn.js";

/** @typedef {import("./message.js").Around} Around */

/**
 * What the log needs of the conversation around it.
 * @typedef {object} Host
 * @property {() => any} state
 * @property {() => any} conversation
 * @property {() => Around} around
 * @property {(text: string, thread?: string) => Promise<void>} say
 * @property {(message: any, text: string) => Promise<any>} save an edit
 * @property {() => {id: string, name: string}[]} people
 * @property {() => Node} empty
 * @property {() => void} leave give the focus back to the main composer
 */

const SHOWN = 100;
const FOLLOWING_SECONDS = 300;

export class Log {
  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    this.node = h("div.log", { role: "log", "aria-label": "Messages", tabindex: "0", onscroll: () => this.near() && this.hint(null) });
    this.pill = h("button.pill", { type: "button", hidden: true, onclick: () => this.toNews() }, "↓ New message");
    this.news = /** @type {HTMLElement | null} */ (null);
    /** @type {Map<string, {mark: string, node: HTMLElement}>} */
    this.drawn = new Map();
    /** @type {Map<string, ReturnType<typeof composer>>} */
    this.replies = new Map();
    /** @type {Set<string>} */
    this.folded = new Set();
    this.editing = "";
    this.first = true;
    this.follow = false;
    this.earlier = 0;
    this.newest = "";
  }

  /** Begin another conversation. */
  clear() {
    this.drawn.clear();
    this.editing = "";
    this.first = true;
    this.earlier = 0;
    this.newest = "";
    this.hint(null);
  }

  /** Draw the messages. @param {any[]} whispers messages only this person sees, here */
  paint(whispers) {
    const about = this.host.around();
    const stay = !(this.near() || this.first || this.follow);
    const all = [...this.host.conversation().messages, ...whispers.filter((one) => !one.thread_ts)].sort(byTime);
    const hidden = Math.max(0, all.length - SHOWN - this.earlier);
    const shown = all.slice(hidden);
    /** @type {Node[]} */
    const nodes = hidden ? [this.once("more", hidden, () => this.more(hidden))] : [];
    let date = "";
    shown.forEach((message, place) => {
      const today = day(new Date(message.ts * 1000));
      if (today !== date) nodes.push(this.once(`d ${message.ts}`, today, () => h("div.day", {}, h("span", {}, today))));
      nodes.push(this.row(message, today === date ? shown[place - 1] : null, about));
      const thread = message.is_ephemeral ? null : this.thread(message, whispers, about);
      if (thread) nodes.push(thread);
      date = today;
    });
    if (!shown.length) nodes.push(this.host.empty());
    reconcile(this.node, nodes);
    const last = this.speak(all);
    if (!stay) this.node.scrollTop = this.node.scrollHeight;
    else if (last) this.hint(last);
    this.first = this.follow = false;
  }

  /** Whether the end is in sight. */
  near() {
    return this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < 120;
  }

  /** Offer to go to a message that came while the person reads elsewhere. @param {string | null} ts */
  hint(ts) {
    this.news = ts ? this.node.querySelector(`.message[data-ts="${ts}"]`) : null;
    const box = this.news?.getBoundingClientRect();
    const shown = this.node.getBoundingClientRect();
    this.pill.hidden = !box || (box.top >= shown.top && box.bottom <= shown.bottom);
  }

  toNews() {
    this.news?.scrollIntoView({ block: "center", behavior: "smooth" });
    this.hint(null);
  }

  repaint() {
    this.host.around().repaint();
  }

  /** @param {number} hidden */
  more(hidden) {
    const show = () => {
      this.earlier += SHOWN;
      this.repaint();
    };
    return h("button.quiet.earlier", { type: "button", onclick: show }, `Show ${Math.min(hidden, SHOWN)} earlier messages`);
  }

  /** Keep what has not changed. @param {string} key @param {any} facts @param {() => HTMLElement} make */
  once(key, facts, make) {
    const mark = JSON.stringify(facts);
    const old = this.drawn.get(key);
    if (old && old.mark === mark) return old.node;
    const node = make();
    if (!old && !this.first) node.classList.add("fresh");
    this.drawn.set(key, { mark, node });
    return node;
  }

  /** @param {any} message @param {any} before @param {Around} about */
  row(message, before, about) {
    const key = `m ${message.ts}`;
    if (this.editing === message.ts) return this.once(key, "editing", () => this.editor(message));
    const { replies: _r, reply_count: _c, latest_reply: _l, reply_users: _u, reply_users_count: _n, subscribed: _s, is_locked: _k, ...own } = message;
    const follows = !!before && continues(before, message);
    return this.once(key, [own, follows], () => drawMessage(message, about, follows));
  }

  /** @param {any} root @param {any[]} whispers @param {Around} about */
  thread(root, whispers, about) {
    const state = this.host.state();
    const inside = [...(root.replies ?? []), ...whispers.filter((one) => one.thread_ts === root.ts)].sort(byTime);
    const typing = state.status.find((/** @type {any} */ one) => one.channel === this.host.conversation().id && one.thread_ts === root.ts && one.status);
    const box = this.replies.get(root.ts);
    if (!inside.length && !typing && !box) return null;
    const shut = this.folded.has(root.ts);
    const place = this.once(`t ${root.ts}`, null, () => h("div.thread", { dataset: { thread: root.ts } }));
    const rows = shut ? [] : inside.map((one, at) => this.row(one, inside[at - 1], about));
    const fold = inside.length ? [this.once(`f ${root.ts}`, [inside.length, shut], () => this.fold(root, inside, shut))] : [];
    const status = typing ? [this.once(`s ${root.ts}`, typing, () => thinking(typing))] : [];
    const open = () => h("button.quiet", { type: "button", onclick: () => this.reply(root.ts) }, "Reply…");
    const answer = shut ? [] : [box ? box.node : this.once(`r ${root.ts}`, null, open)];
    reconcile(place, [...fold, ...rows, ...status, ...answer]);
    return place;
  }

  /** @param {any} root @param {any[]} inside @param {boolean} shut */
  fold(root, inside, shut) {
    const words = `${inside.length} ${inside.length === 1 ? "reply" : "replies"}`;
    const turn = () => {
      if (shut) this.folded.delete(root.ts);
      else this.folded.add(root.ts);
      this.repaint();
    };
    const label = shut ? `${words}, last at ${clock(Number(inside[inside.length - 1].ts))}` : words;
    return h("button.quiet.fold", { type: "button", "aria-expanded": String(!shut), onclick: turn }, label);
  }

  /** Open the composer of a thread. @param {string} root */
  reply(root) {
    this.folded.delete(root);
    if (!this.replies.has(root)) {
      const made = composer({
        label: "Reply in thread",
        placeholder: "Reply…",
        send: (text) => this.host.say(text, root),
        last: () => this.editLast(root),
        people: this.host.people,
        commands: null,
      });
      this.replies.set(root, made);
    }
    this.repaint();
    this.replies.get(root)?.focus();
    this.replies.get(root)?.node.scrollIntoView({ block: "nearest" });
  }

  /** Begin to edit the newest own message. @param {string} [root] of a thread */
  editLast(root) {
    const { messages } = this.host.conversation();
    const all = root ? messages.find((/** @type {any} */ one) => one.ts === root)?.replies ?? [] : messages;
    const { me } = this.host.around();
    const mine = all.filter((/** @type {any} */ one) => one.user === me && !one.bot_id && one.subtype !== "tombstone").pop();
    if (mine) this.edit(mine);
  }

  /** @param {any} message */
  edit(message) {
    this.editing = message.ts;
    this.drawn.delete(`m ${message.ts}`);
    this.repaint();
  }

  /** @param {any} message */
  editor(message) {
    const stop = () => {
      this.editing = "";
      this.drawn.delete(`m ${message.ts}`);
      this.repaint();
      this.host.leave();
    };
    const field = composer({
      label: "Edit message",
      placeholder: "Edit message",
      send: async (text) => {
        await this.host.save(message, text);
        stop();
      },
      people: this.host.people,
      commands: null,
    });
    field.node.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && stop());
    const { names } = this.host.around();
    requestAnimationFrame(() => field.set(typed(message.text, names)));
    return h("article.message.editing", { dataset: { ts: message.ts } }, h("div.side"), h("div.main", {}, field.node, h("p.note", {}, "Esc to cancel, Enter to save")));
  }

  /** Tell screen readers what others newly said. @param {any[]} top @returns {string | null} the ts of the new message */
  speak(top) {
    const { me, names } = this.host.around();
    const all = top.flatMap((one) => [one, ...(one.replies ?? [])]).filter((one) => one.user !== me || one.bot_id);
    const last = all.sort(byTime).pop();
    if (!last || this.newest === last.ts) return null;
    this.newest = last.ts;
    if (this.first) return null;
    announce(`${last.bot_id ? "Updraft" : names.user(last.user)}: ${unescaped(last.text ?? "").slice(0, 300)}`);
    return last.ts;
  }
}

/** @param {any} one @param {any} other */
const byTime = (one, other) => Number(one.ts) - Number(other.ts);

/** Whether a message is shown as part of the one before. @param {any} before @param {any} message */
function continues(before, message) {
  if (message.is_ephemeral || before.is_ephemeral || before.reply_count || before.subtype === "tombstone") return false;
  return before.user === message.user && !before.bot_id === !message.bot_id && Number(message.ts) - Number(before.ts) < FOLLOWING_SECONDS;
}

/** What a person would have typed for a stored text. @param {string} text @param {import("./mrkdwn.js").Names} names */
function typed(text, names) {
  const named = text.replace(/<@(\w+)>/g, (_, id) => `@${names.user(id)}`).replace(/<#(\w+)(?:\|[^<>]*)?>/g, (_, id) => `#${names.channel(id)}`);
  return unescaped(named.replace(/<https?:[^<>|]+\|([^<>]*)>/g, "$1").replace(/<(?:mailto:)?([^<>|]+)(?:\|[^<>]*)?>/g, "$1"));
}

/** The app's status below a thread. @param {any} typing */
export function thinking(typing) {
  const words = typing.loading_messages?.length ? typing.loading_messages[0] : `Updraft ${typing.status}`;
  return h("div.thinking", { role: "status" }, h("span.dots", { "aria-hidden": "true" }, h("i"), h("i"), h("i")), words);
}
