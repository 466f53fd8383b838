// The page: who is acting, which side is shown, light or dark, and the feed that keeps both sides live.

import { Chat } from "./chat.js";
import { controls } from "./controls.js";
import { announce, fill, h, icon, toast } from "./dom.js";
import { hints } from "./hints.js";
import { jira } from "./jira.js";
import { Unreachable, feed, get } from "./net.js";

const ME = "updraft.workbench.person";
const LOOK = 3000;
const THEME = "updraft.workbench.theme";

/** @param {string} id @returns {any} */
const byId = (id) => document.getElementById(id);

/** Do something at most once in a short while, and once more for what came meanwhile. @param {() => Promise<void>} deed @param {number} pause */
function gathered(deed, pause) {
  let timer = 0;
  let running = false;
  let again = false;
  const run = async () => {
    timer = 0;
    running = true;
    try {
      await deed();
    } catch (error) {
      // The feed notices that the site is gone, says so and loads again when it is back.
      if (!(error instanceof Unreachable)) throw error;
    } finally {
      running = false;
    }
    if (again) {
      again = false;
      start();
    }
  };
  const start = () => {
    if (running) again = true;
    else if (!timer) timer = window.setTimeout(run, pause);
  };
  return start;
}

function themes() {
  const button = byId("theme");
  const dark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const stored = localStorage.getItem(THEME);
  if (stored) document.documentElement.dataset.theme = stored;
  const tell = () => button.setAttribute("aria-label", dark() ? "Use light colours" : "Use dark colours");
  button.append(icon("theme"));
  button.addEventListener("click", () => {
    const next = dark() ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    localStorage.setItem(THEME, next);
    tell();
  });
  tell();
}

/** On a phone one side is shown at a time. */
function sides() {
  const tabs = /** @type {any[]} */ ([byId("tab-chat"), byId("tab-jira")]);
  const show = (/** @type {string} */ name) => {
    document.body.dataset.side = name;
    tabs.forEach((one) => one.setAttribute("aria-selected", String(one.id === `tab-${name}`)));
    byId("tab-jira").classList.remove("news");
  };
  tabs.forEach((one, place) => {
    one.addEventListener("click", () => show(one.id.slice(4)));
    one.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      tabs[1 - place].focus();
      show(tabs[1 - place].id.slice(4));
    });
  });
  show("chat");
  return show;
}

async function start() {
  themes();
  const [about, facts] = await Promise.all([get("/workbench/about"), get("/static/app.json")]);
  const showSide = sides();
  let me = about.people.find((/** @type {any} */ one) => one.id === localStorage.getItem(ME))?.id ?? about.people[0].id;
  let stop = () => {};

  const tried = hints(byId("hints"), byId("hints-button"), facts.hints, (text) => {
    showSide("chat");
    slack.suggest(text).catch(() => undefined);
  });
  const slack = new Chat(byId("chat"), facts, (text) => tried.said(text));
  byId("chat").querySelector(".sidebar").append(byId("hints"));
  const board = jira(byId("jira"), facts.project, move);
  const refreshControls = gathered(showControls, 20);
  const switches = controls(byId("controls"), refreshControls);
  const loadSlack = gathered(async () => slack.update(await get(`/slack/client/state?user=${me}`)), 40);
  // Nobody tells when the app connects or goes: look now and then.
  setInterval(() => document.visibilityState === "visible" && loadSlack(), LOOK);
  const loadJira = gathered(() => board.load(), 80);

  byId("hints-button").append(icon("bulb"), h("span", {}, "Hints"));
  byId("controls-button").append(icon("wrench"), h("span", {}, "Stand-ins"));
  byId("controls-button").addEventListener("click", () => {
    refreshControls();
    byId("controls").showModal();
  });
  choosePerson();
  links();
  listen();
  loadSlack();
  loadJira();
  refreshControls();

  /** Do a transition as the chosen person. @param {string} key @param {string} id @returns {Promise<string | null>} */
  async function move(key, id) {
    const person = about.people.find((/** @type {any} */ one) => one.id === me);
    const answer = await fetch(`/jira/rest/api/3/issue/${key}/transitions`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Basic ${btoa(`${person.email}:${person.token}`)}` },
      body: JSON.stringify({ transition: { id } }),
    });
    if (answer.ok) return null;
    const found = await answer.json().catch(() => ({}));
    return [...(found.errorMessages ?? []), ...Object.values(found.errors ?? {})].join(" ") || `Jira answered ${answer.status}.`;
  }

  /** Say what misbehaves on purpose. */
  async function showControls() {
    const odd = await switches.load();
    const note = byId("odd");
    note.hidden = !odd.length;
    note.textContent = odd.length ? `On purpose — ${odd.join("; ")}` : "";
  }

  function choosePerson() {
    const select = byId("person");
    fill(
      select,
      about.people.map((/** @type {any} */ one) => h("option", { value: one.id, selected: one.id === me }, `${one.name} (${one.title})`)),
    );
    select.addEventListener("change", () => {
      me = select.value;
      localStorage.setItem(ME, me);
      listen();
      loadSlack();
      announce(`You are ${select.selectedOptions[0].textContent}`);
    });
  }

  /** Links to issues open them here. */
  function links() {
    document.addEventListener("click", (event) => {
      const found = event.target instanceof Element ? event.target.closest("a") : null;
      const match = found && !found.dataset.plain && /\/browse\/([A-Z][A-Z0-9_]+-\d+)/.exec(found.href);
      if (!match || event.ctrlKey || event.metaKey || found.closest("dialog")) return;
      event.preventDefault();
      showSide("jira");
      board.open(match[1]);
    });
  }

  function listen() {
    stop();
    stop = feed(
      me,
      (change) => {
        if (change.service === "slack") loadSlack();
        else if (change.service === "jira") {
          loadJira();
          if (document.body.dataset.side === "chat") byId("tab-jira").classList.add("news");
        } else refreshControls();
      },
      (connected, again) => {
        const note = byId("connection");
        note.hidden = connected;
        note.textContent = connected ? "" : "The site does not answer; reconnecting…";
        if (!connected || !again) return;
        toast("Connected again.");
        loadSlack();
        loadJira();
        refreshControls();
      },
    );
  }
}

start().catch((error) => {
  const note = byId("connection");
  note.hidden = false;
  note.textContent = `The page could not start: ${error.message}`;
});
