// The Slack side of the page: conversations, messages with their threads, the app's home, modals.

import { drawBlocks } from "./blocks.js";
import { composer } from "./composer.js";
import { confirmed, modals } from "./modal.js";
import { drawMessage } from "./message.js";
import { act } from "./net.js";
import { announce, clock, day, fill, h, icon, menu, toast } from "./dom.js";
import { unescaped } from "./mrkdwn.js";

/** @typedef {import("./elements.js").Surface} Surface */
/** @typedef {{command: string, subcommands: any[], message_shortcuts: any[], global_shortcuts: any[]}} AppFacts */

const OLD = "updraft.workbench.dismissed";
const WARNING_SECONDS = 20;

/**
 * @param {HTMLElement} place
 * @param {AppFacts} facts
 * @param {{said: (text: string) => void, chosen: (conversation: string) => void}} told
 */
export function chat(place, facts, told) {
  let state = /** @type {any} */ (null);
  let me = "";
  let where = "";
  let home = false;
  let editing = "";
  let first = true;
  /** @type {Map<string, {mark: string, node: HTMLElement}>} */
  const drawn = new Map();
  /** @type {Map<string, ReturnType<typeof composer>>} */
  const replies = new Map();
  /** @type {Set<string>} */
  const folded = new Set();
  const dismissed = new Set(JSON.parse(sessionStorage.getItem(OLD) ?? "[]"));
  const seen = /** @type {Map<string, string>} */ (new Map());

  const list = h("nav.conversations", { "aria-label": "Conversations" });
  const heading = h("header.heading");
  const tabs = h("div.tabs", { role: "tablist", "aria-label": "Updraft" });
  const log = h("div.log", { role: "log", "aria-label": "Messages", tabindex: "0" });
  const homePane = h("div.home", { "aria-label": "App Home", hidden: true });
  const status = h("div.status", { role: "status" });
  const banner = h("div.banner", { role: "status", hidden: true });
  const main = composer({
    label: "Message",
    placeholder: "Message",
    send: (text) => say(text),
    last: () => editLast(undefined),
    people: () => mentionable(),
    commands: facts,
  });
  const shortcuts = h("button.icon-button.bolt", { type: "button", "aria-label": "Shortcuts", title: "Shortcuts", "aria-haspopup": "menu", "aria-expanded": "false" }, icon("bolt"));
  shortcuts.addEventListener("click", () =>
    menu(shortcuts, facts.global_shortcuts.map((one) => ({ label: one.name, run: () => attempt(() => act("shortcut", { user: me, callback_id: one.callback_id })) }))),
  );
  main.node.querySelector(".box")?.prepend(shortcuts);
  const foot = h("div.foot", {}, status, main.node, h("p.keys", {}, h("kbd", {}, "Enter"), " sends, ", h("kbd", {}, "Shift"), "+", h("kbd", {}, "Enter"), " new line, ", h("kbd", {}, "↑"), " edits, ", h("kbd", {}, "/"), " commands"));
  fill(place, h("div.sidebar", {}, list), h("div.conversation", {}, heading, tabs, banner, log, homePane, foot));
  const dialogs = modals(
    (viewId) => ({ ...seeing(), press: presser({ view_id: viewId }, () => undefined) }),
    (viewId, values) => act("submit", { user: me, view_id: viewId, values }),
    (viewId) => attempt(() => act("close", { user: me, view_id: viewId })),
  );

  /** What everything drawn needs to know. */
  function seeing() {
    const people = state.users.map((/** @type {any} */ one) => ({ id: one.id, name: one.real_name || one.name }));
    const names = {
      user: (/** @type {string} */ id) => people.find((/** @type {any} */ one) => one.id === id)?.name ?? id,
      channel: (/** @type {string} */ id) => state.channels.find((/** @type {any} */ one) => one.id === id)?.name ?? id,
      me,
    };
    return { names, people, channels: state.channels.filter((/** @type {any} */ one) => one.kind !== "im") };
  }

  const mentionable = () => (state ? state.users.filter((/** @type {any} */ one) => one.id !== me).map((/** @type {any} */ one) => ({ id: one.id, name: one.real_name || one.name })) : []);
  const conversation = () => state.channels.find((/** @type {any} */ one) => one.id === where) ?? state.channels[0];

  /** Press on a surface: confirm first, carry the other inputs, tell when the app did not answer. @param {any} target @param {() => Surface | undefined} surface */
  function presser(target, surface) {
    return async (/** @type {any} */ element, /** @type {any} */ given, /** @type {any} */ _block) => {
      if (!(await confirmed(element.confirm, { ...seeing(), fields: new Map(), press: async () => {} }))) return;
      /** @type {Record<string, any>} */
      const entered = {};
      for (const [action, value] of surface()?.fields ?? []) {
        const now = value();
        if (action !== element.action_id && now !== undefined && now !== null && now !== "") entered[action] = now;
      }
      const answer = await act("press", { user: me, ...target, action_id: element.action_id, ...given, state: entered });
      if (answer.ok === false) throw new Error("Updraft is not responding. Please try again.");
    };
  }

  /** @param {() => Promise<any>} deed */
  async function attempt(deed) {
    try {
      const answer = await deed();
      if (answer?.ok === false) toast(answer.text ?? `Updraft is not responding (${answer.error}).`, "error");
      return answer;
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), "error");
      throw error;
    }
  }

  /** Send what was typed: a command, an edit or a message. @param {string} text @param {string} [thread] */
  async function say(text, thread) {
    const { command } = facts;
    told.said(text);
    if (text === command || text.startsWith(`${command} `)) {
      await act("command", { user: me, channel: where, text: text.slice(command.length).trim(), command });
      return;
    }
    if (text.startsWith("/") && !thread) {
      const name = text.split(/\s/)[0];
      toast(`${name} is not a valid command. In Slack, all messages that start with the “/” character are interpreted as a slash command.`, "error");
      throw new Error("no such command");
    }
    await attempt(() => act("say", { user: me, channel: where, text, thread_ts: thread ?? null }));
    log.scrollTop = log.scrollHeight;
  }

  /** Begin to edit the newest own message. @param {string | undefined} thread */
  function editLast(thread) {
    const all = thread ? conversation().messages.find((/** @type {any} */ one) => one.ts === thread)?.replies ?? [] : conversation().messages;
    const mine = all.filter((/** @type {any} */ one) => one.user === me && !one.bot_id && one.subtype !== "tombstone").pop();
    if (mine) edit(mine);
  }

  /** @param {any} message */
  function edit(message) {
    editing = message.ts;
    drawn.delete(`m ${message.ts}`);
    paint();
    place.querySelector(/** @type {any} */ (".editing textarea"))?.focus();
  }

  /** @param {any} message */
  function editor(message) {
    const stop = () => {
      editing = "";
      drawn.delete(`m ${message.ts}`);
      paint();
      main.focus();
    };
    const field = composer({
      label: "Edit message",
      placeholder: "Edit message",
      send: async (text) => {
        await attempt(() => act("edit", { user: me, channel: where, ts: message.ts, text }));
        stop();
      },
      people: mentionable,
      commands: null,
    });
    field.node.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && stop());
    const names = seeing().names;
    const text = unescaped(message.text.replace(/<@(\w+)>/g, (/** @type {string} */ _, /** @type {string} */ id) => `@${names.user(id)}`).replace(/<(?:mailto:)?([^<>|]+)(?:\|[^<>]*)?>/g, "$1"));
    requestAnimationFrame(() => field.set(text));
    return h("article.message.editing", { dataset: { ts: message.ts } }, h("div.side"), h("div.main", {}, field.node, h("p.note", {}, "Esc to cancel, Enter to save")));
  }

  /** @param {any} message */
  function choices(message) {
    const own = message.user === me && !message.bot_id;
    return [
      ...facts.message_shortcuts.map((one) => ({
        label: one.name,
        run: () => void attempt(() => act("shortcut", { user: me, callback_id: one.callback_id, channel: where, ts: message.ts })),
      })),
      { label: "Copy text", run: () => void navigator.clipboard?.writeText(unescaped(message.text ?? "")) },
      ...(own ? [{ label: "Edit message", run: () => edit(message) }] : []),
      ...(own ? [{ label: "Delete message", danger: true, run: () => void attempt(() => act("delete", { user: me, channel: where, ts: message.ts })) }] : []),
    ];
  }

  /** @param {any} message */
  function dismiss(message) {
    dismissed.add(message.ts);
    sessionStorage.setItem(OLD, JSON.stringify([...dismissed]));
    paint();
  }

  const around = () => ({
    me,
    names: seeing().names,
    surface: (/** @type {any} */ message) => {
      /** @type {Surface} */
      const surface = { ...seeing(), fields: new Map(), press: async () => {} };
      surface.press = presser({ channel: where, ts: message.ts }, () => surface);
      return surface;
    },
    choices,
    reply: (/** @type {any} */ message) => {
      const root = message.thread_ts ?? message.ts;
      folded.delete(root);
      openReply(root);
    },
    dismiss,
  });

  /** @param {string} root */
  function openReply(root) {
    if (!replies.has(root))
      replies.set(
        root,
        composer({
          label: "Reply in thread",
          placeholder: "Reply…",
          send: (text) => say(text, root),
          last: () => editLast(root),
          people: mentionable,
          commands: null,
        }),
      );
    paint();
    replies.get(root)?.focus();
    replies.get(root)?.node.scrollIntoView({ block: "nearest" });
  }

  /** Keep what has not changed. @param {string} key @param {any} facts_ @param {() => HTMLElement} make */
  function once(key, facts_, make) {
    const mark = JSON.stringify(facts_);
    const old = drawn.get(key);
    if (old && old.mark === mark) return old.node;
    const node = make();
    if (!old && !first) node.classList.add("fresh");
    drawn.set(key, { mark, node });
    return node;
  }

  /** @param {any} message @param {any} before @param {ReturnType<typeof around>} about */
  function row(message, before, about) {
    const follows = !!before && !message.is_ephemeral && !before.is_ephemeral && !before.reply_count && before.user === message.user && !!before.bot_id === !!message.bot_id && before.subtype !== "tombstone" && Number(message.ts) - Number(before.ts) < 300;
    const key = `m ${message.ts}`;
    if (editing === message.ts) return once(key, "editing", () => editor(message));
    const { replies: _r, reply_count: _c, latest_reply: _l, reply_users: _u, reply_users_count: _n, subscribed: _s, is_locked: _k, ...own } = message;
    return once(key, [own, follows], () => drawMessage(message, about, follows));
  }

  /** @param {any} root @param {any[]} inside @param {ReturnType<typeof around>} about */
  function thread(root, inside, about) {
    const typing = state.status.find((/** @type {any} */ one) => one.channel === where && one.thread_ts === root.ts && one.status);
    const box = replies.get(root.ts);
    if (!inside.length && !typing && !box) return null;
    const count = inside.length;
    const shut = folded.has(root.ts);
    const words = `${count} ${count === 1 ? "reply" : "replies"}`;
    const nodes = shut ? [] : inside.map((one, place_) => row(one, inside[place_ - 1], about));
    return h(
      "div.thread",
      { dataset: { thread: root.ts } },
      count
        ? h("button.quiet.fold", { type: "button", "aria-expanded": String(!shut), onclick: () => (shut ? folded.delete(root.ts) : folded.add(root.ts), paint()) }, shut ? `${words}, last at ${clock(Number(inside[count - 1].ts))}` : words)
        : null,
      nodes,
      typing ? thinking(typing) : null,
      shut ? null : box ? box.node : h("button.quiet", { type: "button", onclick: () => openReply(root.ts) }, "Reply…"),
    );
  }

  /** @param {any} typing */
  function thinking(typing) {
    const words = typing.loading_messages?.length ? typing.loading_messages[0] : `Updraft ${typing.status}`;
    return h("div.thinking", { role: "status" }, h("span.dots", { "aria-hidden": "true" }, h("i"), h("i"), h("i")), words);
  }

  function paintLog() {
    const about = around();
    const active = document.activeElement;
    const near = log.scrollHeight - log.scrollTop - log.clientHeight < 120;
    const private_ = state.ephemerals.filter((/** @type {any} */ one) => one.channel === where && !dismissed.has(one.ts));
    const top = [...conversation().messages, ...private_.filter((/** @type {any} */ one) => !one.thread_ts)].sort((a, b) => Number(a.ts) - Number(b.ts));
    /** @type {(Node | null)[]} */
    const nodes = [];
    let date = "";
    top.forEach((message, place_) => {
      const today = day(new Date(message.ts * 1000));
      if (today !== date) nodes.push(h("div.day", {}, h("span", {}, today)));
      nodes.push(row(message, today === date ? top[place_ - 1] : null, about));
      const whispers = private_.filter((/** @type {any} */ one) => one.thread_ts === message.ts);
      const inside = [...(message.replies ?? []), ...whispers].sort((a, b) => Number(a.ts) - Number(b.ts));
      nodes.push(message.is_ephemeral ? null : thread(message, inside, about));
      date = today;
    });
    if (!top.length) nodes.push(empty());
    const kept = nodes.filter((one) => one !== null);
    if (kept.length !== log.childNodes.length || kept.some((one, at) => one !== log.childNodes[at])) log.replaceChildren(.../** @type {Node[]} */ (kept));
    if (active instanceof HTMLElement && active !== document.activeElement && active.isConnected) active.focus({ preventScroll: true });
    speak(top);
    if (near || first) log.scrollTop = log.scrollHeight;
  }

  function empty() {
    const dm = conversation().kind === "im";
    return h(
      "div.empty",
      {},
      h("span.avatar.app.big", { "aria-hidden": "true" }, icon("bolt")),
      h("h2", {}, dm ? "This is Updraft" : `#${conversation().name}`),
      h("p", {}, dm ? "Say what happened in your own words. Updraft does the Jira work and asks before it posts." : "Mention @Updraft here, or use a message’s menu to make a Jira comment of it."),
      dm ? promptList() : null,
    );
  }

  /** The app's own suggestions, when it made some. */
  function promptList() {
    const given = state.prompts?.prompts ?? [];
    return given.length ? h("div.prompts", {}, given.map((/** @type {any} */ one) => h("button.chip", { type: "button", onclick: () => say(one.message) }, one.title))) : null;
  }

  /** Tell screen readers what others newly said. @param {any[]} top */
  function speak(top) {
    const all = top.flatMap((one) => [one, ...(one.replies ?? [])]);
    const newest = all.filter((one) => one.user !== me || one.bot_id).reduce((last, one) => (Number(one.ts) > Number(last?.ts ?? 0) ? one : last), null);
    if (!newest) return;
    if (!first && seen.get(where) !== newest.ts) announce(`${newest.bot_id ? "Updraft" : seeing().names.user(newest.user)}: ${unescaped(newest.text ?? "").slice(0, 300)}`);
    seen.set(where, newest.ts);
  }

  function paintHome() {
    const view = state.home;
    const node = once("home", view ? [view.hash, view.id] : null, () => {
      if (!view) return h("div.empty", {}, h("h2", {}, "App Home"), h("p", {}, "Updraft has not published a home yet."));
      /** @type {Surface} */
      const surface = { ...seeing(), fields: new Map(), press: async () => {} };
      surface.press = presser({ view_id: view.id }, () => surface);
      return h("div.home-view", {}, drawBlocks(view.blocks, surface));
    });
    if (homePane.firstChild !== node) homePane.replaceChildren(node);
  }

  function paintList() {
    const entry = (/** @type {any} */ one) => {
      const im = one.kind === "im";
      return h(
        "button.entry",
        { type: "button", "aria-current": one.id === where ? "page" : null, onclick: () => go(one.id) },
        im ? h("span.avatar.app", { "aria-hidden": "true" }, icon("bolt")) : h("span.hash", { "aria-hidden": "true" }, "#"),
        h("span", {}, im ? "Updraft" : one.name),
        im ? h("span.badge", {}, "APP") : null,
      );
    };
    const order = [...state.channels].sort((a, b) => Number(b.kind === "im") - Number(a.kind === "im"));
    const apps = order.filter((one) => one.kind === "im");
    fill(list, h("h2", {}, "Apps"), apps.map(entry), h("h2", {}, "Channels"), order.filter((one) => one.kind !== "im").map(entry));
  }

  function paintHeading() {
    const one = conversation();
    const im = one.kind === "im";
    fill(heading, h("h1", {}, im ? "Updraft" : `#${one.name}`), h("span.note", {}, im ? "Your direct messages with the app" : `${one.members.length} members`));
    tabs.hidden = !im;
    const tab = (/** @type {string} */ label, /** @type {boolean} */ on, /** @type {() => void} */ run) => h("button.tab", { type: "button", role: "tab", "aria-selected": String(on), onclick: run }, label);
    fill(tabs, tab("Messages", !home, () => show(false)), tab("Home", home, () => show(true)));
    main.rename(im ? "Message Updraft" : `Message #${one.name}`, im ? "Message Updraft" : `Message #${one.name}`);
  }

  function paintStatus() {
    const now = Date.now() / 1000;
    const failure = state.failures.filter((/** @type {any} */ one) => (!one.channel || one.channel === where) && !one.ts && now - one.at < WARNING_SECONDS).pop();
    const typing = state.status.filter((/** @type {any} */ one) => one.channel === where && one.status && !conversation().messages.some((/** @type {any} */ m) => m.ts === one.thread_ts));
    fill(status, failure ? h("div.failed", { role: "alert" }, icon("warn"), failure.text) : null, typing.map(thinking));
    banner.hidden = state.connected;
    fill(banner, icon("warn"), "Updraft is not connected. What you write waits until it is.");
  }

  function paint() {
    if (!state) return;
    paintHeading();
    const inHome = home && conversation().kind === "im";
    log.hidden = foot.hidden = inHome;
    homePane.hidden = !inHome;
    if (inHome) paintHome();
    else paintLog();
    paintStatus();
    dialogs.update(state.views);
    first = false;
  }

  /** Tell the app which of its tabs is looked at; nobody waits for it. @param {string} tab */
  function look(tab) {
    act("open_home", { user: me, tab }).catch(() => undefined);
  }

  /** @param {boolean} toHome */
  function show(toHome) {
    home = toHome;
    look(toHome ? "home" : "messages");
    paint();
  }

  /** @param {string} id */
  function go(id) {
    where = id;
    first = true;
    home = false;
    drawn.clear();
    told.chosen(id);
    if (conversation().kind === "im") look("messages");
    paintList();
    paint();
    main.focus();
  }

  return {
    /** Take up new facts. @param {any} fresh */
    update(fresh) {
      const other = fresh.me !== me;
      state = fresh;
      if (other) {
        me = fresh.me;
        drawn.clear();
        replies.clear();
        editing = "";
        first = true;
        const own = fresh.channels.find((/** @type {any} */ one) => one.kind === "im");
        if (!where || conversation().id !== where || where.startsWith("D")) where = own?.id ?? fresh.channels[0].id;
        if (conversation().kind === "im") look(home ? "home" : "messages");
      }
      paintList();
      paint();
    },
    /** Go to the app and say something. @param {string} text */
    async suggest(text) {
      const own = state.channels.find((/** @type {any} */ one) => one.kind === "im");
      if (own && (where !== own.id || home)) go(own.id);
      await say(text);
    },
    focus: () => main.focus(),
  };
}
