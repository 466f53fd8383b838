// The Jira side of the page: the board, and one issue with its comments and history, live.

import { adf } from "./adf.js";
import { ago, announce, fill, h, hue, icon, toast } from "./dom.js";
import { get } from "./net.js";

const TYPES = /** @type {Record<string, [string, string]>} */ ({
  Bug: ["B", "bug"],
  Story: ["S", "story"],
  Task: ["T", "task"],
  Epic: ["E", "epic"],
  "Sub-task": ["s", "subtask"],
});
const FIRST_SHOWN = 8;

/** @param {string} type */
function typeIcon(type) {
  const [letter, kind] = TYPES[type] ?? [type[0], "task"];
  return h(`span.type.${kind}`, { title: type, role: "img", "aria-label": type }, letter);
}

/** @param {string} priority */
function priorityIcon(priority) {
  const shape = /high/i.test(priority) ? icon("up") : /low/i.test(priority) ? icon("down") : icon("minus");
  return h("span.priority", { class: priority.toLowerCase(), title: `${priority} priority`, role: "img", "aria-label": `${priority} priority` }, shape);
}

/** @param {string | null} name */
function person(name) {
  const made = h("span.avatar.round", { title: name ?? "Unassigned", role: "img", "aria-label": name ? `Assignee ${name}` : "Unassigned" }, name ? name[0] : "–");
  made.style.setProperty("--hue", String(hue(name ?? "")));
  if (!name) made.classList.add("nobody");
  return made;
}

/** @param {string} status @param {string} category */
const lozenge = (status, category) => h("span.lozenge", { class: `category-${category}` }, status);

/**
 * @param {HTMLElement} place @param {string} project
 * @param {(key: string, transition: string) => Promise<string | null>} move does a transition as the person; returns why not
 */
export function jira(place, project, move) {
  let opened = "";
  let board = /** @type {any} */ (null);
  /** @type {Map<string, string>} */
  const known = new Map();
  /** @type {Set<string>} */
  const unfolded = new Set();
  let before = /** @type {string} */ ("");
  const heading = h("header.heading");
  const counts = h("nav.counts", { "aria-label": "Statuses" });
  const columns = h("div.board", { role: "region", "aria-label": "Board", tabindex: "-1" });
  const pane = h("aside.issue", { "aria-label": "Issue", hidden: true, tabindex: "-1", onkeydown: (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && close() });
  fill(place, heading, counts, columns, pane);

  /** @param {any} one @param {boolean} changed */
  function card(one, changed) {
    return h(
      "button.card",
      { type: "button", class: changed ? "changed" : "", dataset: { key: one.key }, "aria-label": `${one.key} ${one.summary}, ${one.status}`, "aria-current": opened === one.key ? "true" : null, onclick: () => open(one.key) },
      h("span.summary", {}, one.summary),
      h(
        "span.facts",
        {},
        typeIcon(one.type),
        h("span.key", {}, one.key),
        h("span.space"),
        one.comments ? h("span.comments", { title: `${one.comments} comments` }, `💬 ${one.comments}`) : null,
        priorityIcon(one.priority),
        person(one.assignee),
      ),
    );
  }

  /** @param {any} column @param {Set<string>} changed */
  function column(column, changed) {
    const all = column.issues;
    const shown = unfolded.has(column.status) ? all : all.slice(0, FIRST_SHOWN);
    const rest = all.length - shown.length;
    return h(
      "section.column",
      { "aria-label": `${column.status}, ${all.length}`, dataset: { status: column.status } },
      h("h3", {}, column.status, h("span.count", {}, String(all.length))),
      h("div.cards", {}, shown.map((/** @type {any} */ one) => card(one, changed.has(one.key)))),
      rest > 0 ? h("button.quiet", { type: "button", onclick: () => (unfolded.add(column.status), paint(new Set())) }, `Show ${rest} more`) : null,
    );
  }

  /** @param {any} one */
  function count(one) {
    const show = () => [...columns.children].find((column_) => column_.dataset.status === one.status)?.scrollIntoView({ behavior: "smooth", block: "nearest", inline: "start" });
    return h("button.chip", { type: "button", class: `category-${one.category}`, onclick: show }, one.status, h("strong", {}, String(one.issues.length)));
  }

  /** @param {Set<string>} changed */
  function paint(changed) {
    const active = /** @type {HTMLElement | null} */ (document.activeElement);
    const focused = active && columns.contains(active) ? active.dataset.key : undefined;
    const issues = board.columns.flatMap((/** @type {any} */ one) => one.issues);
    const done = board.columns.filter((/** @type {any} */ one) => one.category === "done").flatMap((/** @type {any} */ one) => one.issues).length;
    fill(heading, h("h1", {}, board.project.name), h("span.note", {}, `${board.project.key} · ${issues.length} issues, ${done} done`));
    fill(counts, board.columns.map(count));
    fill(columns, board.columns.map((/** @type {any} */ one) => column(one, changed)));
    if (focused) /** @type {any} */ (columns.querySelector(`[data-key="${focused}"]`))?.focus();
    for (const key of changed) {
      const one = issues.find((/** @type {any} */ issue) => issue.key === key);
      if (one) announce(`${key} changed: ${one.status}, ${one.comments} comments`);
    }
    columns.querySelector(".changed")?.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "smooth" });
  }

  async function load() {
    board = await get(`/jira/_board?project=${project}`);
    const issues = board.columns.flatMap((/** @type {any} */ one) => one.issues);
    const changed = new Set(/** @type {string[]} */ ([]));
    for (const one of issues) {
      if (known.size && known.get(one.key) !== one.updated) changed.add(one.key);
    }
    known.clear();
    for (const one of issues) known.set(one.key, one.updated);
    paint(changed);
    if (opened) await detail(changed.has(opened));
  }

  /** @param {string} key */
  async function open(key) {
    if (!opened) before = key;
    opened = key;
    for (const one of columns.querySelectorAll(".card")) one.toggleAttribute("aria-current", one.dataset.key === key);
    await detail(false);
    pane.scrollTop = 0;
    pane.focus();
  }

  function close() {
    opened = "";
    pane.hidden = true;
    place.classList.remove("with-issue");
    for (const one of columns.querySelectorAll("[aria-current]")) one.removeAttribute("aria-current");
    /** @type {any} */ (columns.querySelector(`[data-key="${before}"]`))?.focus();
  }

  /** @param {boolean} changed */
  async function detail(changed) {
    let issue;
    try {
      issue = await get(`/jira/_issue/${encodeURIComponent(opened)}`);
    } catch {
      toast(`There is no issue ${opened}.`, "error");
      return close();
    }
    const old = new Set([...pane.querySelectorAll("[data-comment]")].map((one) => one.dataset.comment));
    const same = pane.dataset.key === issue.key;
    pane.dataset.key = issue.key;
    fill(pane, ...paneOf(issue));
    if (same && changed) {
      pane.querySelector(".facts-list")?.classList.add("changed");
      for (const one of pane.querySelectorAll("[data-comment]")) one.classList.toggle("changed", !old.has(one.dataset.comment));
      pane.querySelector("[data-comment].changed")?.scrollIntoView({ block: "nearest", behavior: "smooth" });
    }
    pane.hidden = false;
    place.classList.add("with-issue");
  }

  /** @param {any} issue */
  function paneOf(issue) {
    const fact = (/** @type {string} */ name, /** @type {any} */ value) => (value ? [h("dt", {}, name), h("dd", {}, value)] : []);
    return [
      h(
        "header",
        {},
        typeIcon(issue.type),
        h("a.key", { href: `/jira/browse/${issue.key}`, target: "_blank", rel: "noreferrer", dataset: { plain: "true" } }, issue.key),
        h("span.space"),
        h("button.icon-button", { type: "button", "aria-label": "Close issue", onclick: close }, icon("close")),
      ),
      h("h2", {}, issue.summary),
      h("div.moves", {}, lozenge(issue.status, issue.category), transitions(issue)),
      h(
        "dl.facts-list",
        {},
        fact("Assignee", issue.assignee ?? "Unassigned"),
        fact("Reporter", issue.reporter),
        fact("Priority", issue.priority),
        fact("Resolution", issue.resolution),
        fact("Parent", issue.parent && other(issue.parent)),
        fact("Labels", (issue.labels ?? []).join(", ")),
        fact("Due", issue.due),
        fact("Updated", ago(new Date(issue.updated))),
      ),
      issue.description ? h("section.adf", { "aria-label": "Description" }, adf(issue.description)) : null,
      issue.subtasks?.length ? h("section", {}, h("h3", {}, "Sub-tasks"), h("ul.plain", {}, issue.subtasks.map((/** @type {any} */ one) => h("li", {}, other(one), " ", lozenge(one.status, one.category))))) : null,
      h("section", { "aria-label": "Comments" }, h("h3", {}, "Comments", h("span.count", {}, String(issue.commentList.length))), issue.commentList.map(comment), issue.commentList.length ? null : h("p.note", {}, "None yet.")),
      h("details.history", {}, h("summary", {}, `History (${issue.history.length})`), h("ol.plain", {}, [...issue.history].reverse().map(change))),
    ];
  }

  /** @param {any} issue */
  function other(issue) {
    return h("button.quiet.inline", { type: "button", onclick: () => open(issue.key) }, `${issue.key} ${issue.summary ?? ""}`);
  }

  /** @param {any} issue */
  function transitions(issue) {
    return issue.transitions.filter((/** @type {any} */ one) => one.to !== issue.status).map((/** @type {any} */ one) =>
      h(
        "button.move",
        {
          type: "button",
          title: `${one.name}: to ${one.to}`,
          onclick: async () => {
            const why = await move(issue.key, one.id);
            if (why) toast(why, "error");
          },
        },
        one.name === one.to ? `→ ${one.to}` : `${one.name} → ${one.to}`,
      ),
    );
  }

  /** @param {any} one */
  function comment(one) {
    const changed = one.updated !== one.created;
    return h(
      "article.comment",
      { dataset: { comment: one.id } },
      person(one.author),
      h("div", {}, h("div.who", {}, h("strong", {}, one.author), h("time", { title: new Date(one.created).toLocaleString() }, ago(new Date(one.created)), changed ? " (edited)" : "")), h("div.adf", {}, adf(one.body))),
    );
  }

  /** @param {any} one */
  function change(one) {
    return h(
      "li",
      {},
      h("strong", {}, one.author),
      h("span.note", {}, ` ${ago(new Date(one.created))}`),
      one.items.map((/** @type {any} */ item) => h("div", {}, `${item.field}: `, item.from ? h("s", {}, item.from) : "none", " → ", item.to ?? "none")),
    );
  }

  return { load, open, close, opened: () => opened };
}
