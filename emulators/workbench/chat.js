// The Slack side of the page: conversations, the app's home, modals; the messages themselves are the log's.

import { drawBlocks } from "./blocks.js";
import { composer } from "./composer.js";
import { Log, thinking } from "./log.js";
import { confirmed, modals } from "./modal.js";
import { act } from "./net.js";
import { fill, h, icon, menu, refill, toast } from "./dom.js";
import { unescaped } from "./mrkdwn.js";

/** @typedef {import("./elements.js").Surface} Surface */
/** @typedef {{command: string, subcommands: any[], message_shortcuts: any[], global_shortcuts: any[]}} AppFacts */

const DISMISSED = "updraft.workbench.dismissed";
const WARNING_SECONDS = 20;
const NOT_ANSWERING = "Updraft is not responding. Please try again.";

export class Chat {
  /**
   * @param {HTMLElement} place
   * @param {AppFacts} facts what the app's manifest offers
   * @param {(text: string) => void} said told of everything that is sent
   */
  constructor(place, facts, said) {
    this.facts = facts;
    this.said = said;
    this.state = /** @type {any} */ (null);
    this.me = "";
    this.where = "";
    this.home = false;
    /** @type {Map<string, number>} */
    this.read = new Map();
    this.dismissed = new Set(JSON.parse(sessionStorage.getItem(DISMISSED) ?? "[]"));
    this.log = new Log({
      state: () => this.state,
      conversation: () => this.conversation(),
      around: () => this.around(),
      say: (text, thread) => this.say(text, thread),
      save: (message, text) => attempt(() => act("edit", { user: this.me, channel: this.where, ts: message.ts, text })),
      people: () => this.mentionable(),
      empty: () => this.empty(),
      leave: () => this.main.focus(),
    });
    this.main = composer({
      label: "Message",
      placeholder: "Message",
      send: (text) => this.say(text),
      last: () => this.log.editLast(),
      people: () => this.mentionable(),
      commands: facts,
    });
    this.dialogs = modals(
      (viewId) => ({ ...this.seeing(), press: this.presser({ view_id: viewId }) }),
      (viewId, values) => act("submit", { user: this.me, view_id: viewId, values }),
      (viewId) => attempt(() => act("close", { user: this.me, view_id: viewId })),
    );
    this.layOut(place);
  }

  /** @param {HTMLElement} place */
  layOut(place) {
    this.list = h("nav.conversations", { "aria-label": "Conversations" });
    this.heading = h("header.heading");
    this.tabs = h("div.tabs", { role: "tablist", "aria-label": "Updraft" });
    this.homePane = h("div.home", { role: "region", "aria-label": "App Home", hidden: true });
    this.status = h("div.status", { role: "status" });
    this.banner = h("div.banner", { role: "status", hidden: true });
    const keys = h("p.keys", {}, h("kbd", {}, "Enter"), " sends, ", h("kbd", {}, "Shift"), "+", h("kbd", {}, "Enter"), " new line, ", h("kbd", {}, "↑"), " edits, ", h("kbd", {}, "/"), " commands");
    this.foot = h("div.foot", {}, this.log.pill, this.status, this.main.node, keys);
    this.main.node.querySelector(".box")?.prepend(this.shortcuts());
    fill(place, h("div.sidebar", {}, this.list), h("div.conversation", {}, this.heading, this.tabs, this.banner, this.log.node, this.homePane, this.foot));
  }

  shortcuts() {
    const button = h("button.icon-button", { type: "button", "aria-label": "Shortcuts", title: "Shortcuts", "aria-haspopup": "menu", "aria-expanded": "false" }, icon("bolt"));
    const use = (/** @type {any} */ one) => attempt(() => act("shortcut", { user: this.me, callback_id: one.callback_id })).catch(() => undefined);
    button.addEventListener("click", () => menu(button, this.facts.global_shortcuts.map((one) => ({ label: one.name, run: () => use(one) }))));
    return button;
  }

  /** Names and choices that everything drawn needs. */
  seeing() {
    const people = this.state.users.map((/** @type {any} */ one) => ({ id: one.id, name: one.real_name || one.name }));
    const channels = this.state.channels.filter((/** @type {any} */ one) => one.kind !== "im");
    const nameOf = (/** @type {any[]} */ list, /** @type {string} */ id) => list.find((one) => one.id === id)?.name ?? id;
    const names = { user: (/** @type {string} */ id) => nameOf(people, id), channel: (/** @type {string} */ id) => nameOf(channels, id), me: this.me };
    return { names, people, channels };
  }

  mentionable() {
    return this.state ? this.seeing().people.filter((/** @type {any} */ one) => one.id !== this.me) : [];
  }

  conversation() {
    return this.state.channels.find((/** @type {any} */ one) => one.id === this.where) ?? this.state.channels[0];
  }

  own() {
    return this.state.channels.find((/** @type {any} */ one) => one.kind === "im");
  }

  /** A surface on which pressing tells the app. @param {any} target a message or a view */
  surface(target) {
    /** @type {Surface} */
    const surface = { ...this.seeing(), fields: new Map(), press: async () => {} };
    surface.press = this.presser(target, surface);
    return surface;
  }

  /** Press: confirm first, carry the other inputs, tell when the app did not answer. @param {any} target @param {Surface} [surface] */
  presser(target, surface) {
    return async (/** @type {any} */ element, /** @type {any} */ given) => {
      if (!(await confirmed(element.confirm, { ...this.seeing(), fields: new Map(), press: async () => {} }))) return;
      /** @type {Record<string, any>} */
      const entered = {};
      for (const [action, value] of surface?.fields ?? []) {
        const now = value();
        if (action !== element.action_id && now !== undefined && now !== null && now !== "") entered[action] = now;
      }
      const answer = await act("press", { user: this.me, ...target, action_id: element.action_id, ...given, state: entered });
      if (answer.ok === false) throw new Error(NOT_ANSWERING);
    };
  }

  around() {
    return {
      me: this.me,
      names: this.seeing().names,
      surface: (/** @type {any} */ message) => this.surface({ channel: this.where, ts: message.ts }),
      choices: (/** @type {any} */ message) => this.choices(message),
      reply: (/** @type {any} */ message) => this.log.reply(message.thread_ts ?? message.ts),
      dismiss: (/** @type {any} */ message) => this.dismiss(message),
      stop: (/** @type {any} */ message) => attempt(() => act("stop_stream", { user: this.me, channel: this.where, thread_ts: message.thread_ts })).catch(() => undefined),
      repaint: () => this.paint(),
    };
  }

  /** What a message's menu offers. @param {any} message */
  choices(message) {
    const here = { user: this.me, channel: this.where, ts: message.ts };
    const tell = (/** @type {string} */ name, /** @type {any} */ body) => () => void attempt(() => act(name, body)).catch(() => undefined);
    const own = message.user === this.me && !message.bot_id;
    return [
      ...this.facts.message_shortcuts.map((one) => ({ label: one.name, run: tell("shortcut", { ...here, callback_id: one.callback_id }) })),
      { label: "Copy text", run: () => void navigator.clipboard?.writeText(unescaped(message.text ?? "")) },
      ...(own ? [{ label: "Edit message", run: () => this.log.edit(message) }] : []),
      ...(own ? [{ label: "Delete message", danger: true, run: tell("delete", here) }] : []),
    ];
  }

  /** @param {any} message */
  dismiss(message) {
    this.dismissed.add(message.ts);
    sessionStorage.setItem(DISMISSED, JSON.stringify([...this.dismissed]));
    this.paint();
  }

  /** Send what was typed: a command or a message. @param {string} text @param {string} [thread] */
  async say(text, thread) {
    const { command } = this.facts;
    const name = text.split(/\s/)[0];
    this.said(text);
    if (name === command && !thread) {
      this.log.follow = true;
      // When the app does not answer, Slack says so above the composer; only what went wrong here is told at once.
      await attempt(async () => void (await act("command", { user: this.me, channel: this.where, text: text.slice(command.length).trim(), command })));
      return;
    }
    if (name.startsWith("/") && !thread) {
      const why = `${name} is not a valid command. In Slack, all messages that start with the “/” character are interpreted as a slash command.`;
      toast(why, "error");
      throw new Error(why);
    }
    await attempt(() => act("say", { user: this.me, channel: this.where, text, thread_ts: thread ?? null }));
    if (!thread) this.log.follow = true;
  }

  empty() {
    const dm = this.conversation().kind === "im";
    const words = dm ? "Say what happened in your own words. Updraft does the Jira work and asks before it posts." : "Mention @Updraft here, or use a message’s menu to make a Jira comment of it.";
    const prompts = dm ? this.state.prompts?.prompts ?? [] : [];
    const chip = (/** @type {any} */ one) => h("button.chip", { type: "button", onclick: () => this.say(one.message).catch(() => undefined) }, one.title);
    return h(
      "div.empty",
      {},
      h("span.avatar.app.big", { "aria-hidden": "true" }, icon("bolt")),
      h("h2", {}, dm ? "This is Updraft" : `#${this.conversation().name}`),
      h("p", {}, words),
      prompts.length ? h("div.prompts", {}, prompts.map(chip)) : null,
    );
  }

  paintHome() {
    const view = this.state.home;
    const node = this.log.once("home", view ? [view.hash, view.id] : null, () => {
      if (!view) return h("div.empty", {}, h("h2", {}, "App Home"), h("p", {}, "Updraft has not published a home yet."));
      return h("div.home-view", {}, drawBlocks(view.blocks, this.surface({ view_id: view.id })));
    });
    if (this.homePane.firstChild !== node) this.homePane.replaceChildren(node);
  }

  paintList() {
    const entry = (/** @type {any} */ one) =>
      h(
        "button.entry",
        { type: "button", "aria-current": one.id === this.where ? "page" : null, onclick: () => this.go(one.id) },
        one.kind === "im" ? h("span.avatar.app", { "aria-hidden": "true" }, icon("bolt")) : h("span.hash", { "aria-hidden": "true" }, "#"),
        h("span", {}, one.kind === "im" ? "Updraft" : one.name),
        this.unread(one) ? h("span.unread", { role: "img", "aria-label": "unread" }) : null,
        one.kind === "im" ? h("span.badge", {}, "APP") : null,
      );
    const apps = this.state.channels.filter((/** @type {any} */ one) => one.kind === "im");
    const channels = this.state.channels.filter((/** @type {any} */ one) => one.kind !== "im");
    const focused = this.list.contains(document.activeElement);
    this.read.set(this.where, latest(this.conversation()));
    const facts = [this.where, this.me, this.state.channels.map((/** @type {any} */ one) => [one.id, one.name, this.unread(one)])];
    refill(this.list, facts, () => [h("h2", {}, "Apps"), apps.map(entry), h("h2", {}, "Channels"), channels.map(entry)]);
    if (focused && !this.list.contains(document.activeElement)) this.list.querySelector("[aria-current]")?.focus();
  }

  /** Whether something was said since the person looked. @param {any} one a conversation */
  unread(one) {
    return latest(one) > (this.read.get(one.id) ?? 0);
  }

  paintHeading() {
    const one = this.conversation();
    const im = one.kind === "im";
    const label = im ? "Message Updraft" : `Message #${one.name}`;
    const about = im ? "Your direct messages with the app" : `${one.members.length} members`;
    refill(this.heading, [one.id, about], () => [h("h1", {}, im ? "Updraft" : `#${one.name}`), h("span.note", {}, about)]);
    this.main.rename(label, label);
    this.tabs.hidden = !im;
    const tab = (/** @type {string} */ name, /** @type {boolean} */ toHome) => h("button.tab", { type: "button", role: "tab", "aria-selected": String(toHome === this.home), onclick: () => this.show(toHome) }, name);
    const focused = this.tabs.contains(document.activeElement);
    refill(this.tabs, this.home, () => [tab("Messages", false), tab("Home", true)]);
    if (focused && !this.tabs.contains(document.activeElement)) this.tabs.querySelector("[aria-selected=true]")?.focus();
  }

  paintStatus() {
    const now = Date.now() / 1000;
    const one = this.conversation();
    const failure = this.state.failures.filter((/** @type {any} */ it) => (!it.channel || it.channel === one.id) && !it.ts && now - it.at < WARNING_SECONDS).pop();
    const typing = this.state.status.filter((/** @type {any} */ it) => it.channel === one.id && it.status && !one.messages.some((/** @type {any} */ m) => m.ts === it.thread_ts));
    refill(this.status, [failure, typing], () => [failure ? h("div.failed", { role: "alert" }, icon("warn"), failure.text) : null, typing.map(thinking)]);
    const bot = this.state.users.find((/** @type {any} */ it) => it.is_bot);
    const absent = one.kind !== "im" && bot && !one.members.includes(bot.id);
    this.banner.hidden = this.state.connected && !absent;
    const invite = () => attempt(() => act("invite", { user: this.me, channel: one.id })).catch(() => undefined);
    refill(this.banner, [this.state.connected, absent, one.id], () =>
      this.state.connected
        ? ["Updraft is not in this channel.", h("button.quiet", { type: "button", onclick: invite }, "Invite it")]
        : [icon("warn"), "Updraft is not connected. What you write waits until it is."],
    );
  }

  paint() {
    if (!this.state) return;
    const one = this.conversation();
    const inHome = this.home && one.kind === "im";
    this.paintHeading();
    this.log.node.hidden = this.foot.hidden = inHome;
    this.homePane.hidden = !inHome;
    if (inHome) this.paintHome();
    else this.log.paint(this.state.ephemerals.filter((/** @type {any} */ it) => it.channel === one.id && !this.dismissed.has(it.ts)));
    this.paintStatus();
    this.dialogs.update(this.state.views);
  }

  /** Tell the app which of its tabs is looked at; nobody waits for it. @param {string} tab */
  look(tab) {
    act("open_home", { user: this.me, tab }).catch(() => undefined);
  }

  /** @param {boolean} toHome */
  show(toHome) {
    this.home = toHome;
    this.look(toHome ? "home" : "messages");
    this.paint();
  }

  /** Go to a conversation. @param {string} id */
  go(id) {
    this.where = id;
    this.home = false;
    this.log.clear();
    if (this.conversation().kind === "im") this.look("messages");
    this.paintList();
    this.paint();
    this.main.focus();
  }

  /** Take up new facts. @param {any} fresh */
  update(fresh) {
    const other = fresh.me !== this.me;
    const same = !other && JSON.stringify(fresh) === JSON.stringify(this.state);
    if (same) return this.paintStatus();
    this.state = fresh;
    if (other) {
      this.me = fresh.me;
      this.log.clear();
      this.log.replies.clear();
      this.read = new Map(fresh.channels.map((/** @type {any} */ one) => [one.id, latest(one)]));
      if (this.conversation().id !== this.where) this.where = this.own()?.id ?? fresh.channels[0].id;
      if (this.conversation().kind === "im") this.look(this.home ? "home" : "messages");
    }
    this.paintList();
    this.paint();
  }

  /** Go to the app and say something. @param {string} text */
  async suggest(text) {
    const own = this.own();
    if (own && (this.where !== own.id || this.home)) this.go(own.id);
    await this.say(text);
  }
}

/** When the last message of a conversation was written. @param {any} one */
function latest(one) {
  return one.messages.reduce((/** @type {number} */ last, /** @type {any} */ message) => Math.max(last, Number(message.ts), Number(message.latest_reply ?? 0)), 0);
}

/** Do something; tell the person when it did not work. @param {() => Promise<any>} deed */
async function attempt(deed) {
  try {
    const answer = await deed();
    if (answer?.ok === false) toast(answer.text ?? NOT_ANSWERING, "error");
    return answer;
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), "error");
    throw error;
  }
}
