// The stand-ins' own switches: how the model answers, what is down, start over.

import { fill, h, icon, toast } from "./dom.js";
import { get, post } from "./net.js";

const MODEL = [
  ["good", "Answers well", {}],
  ["down", "Down", { down: true }],
  ["all_down", "Down, its backup too", { down: true, everywhere: true }],
  ["slow", "Slow (8 s)", { character: "slow" }],
  ["invents", "Invents facts", { character: "invents" }],
  ["obeys", "Obeys orders in the text", { character: "obeys" }],
  ["broken_json", "Breaks its JSON", { character: "broken_json" }],
  ["empty", "Says nothing", { character: "empty" }],
];

const SERVICES = /** @type {const} */ ([
  ["jira", "Jira", [["", "Well"], ["down", "Down (503)"], ["slow", "Slow (5 s)"], ["lost", "Loses one answer after the effect"]]],
  ["slack", "Slack", [["", "Well"], ["limited", "Rate limited once (429)"], ["slow", "Slow (5 s)"]]],
]);

/** @type {Record<string, any>} */
const FAULTS = {
  "jira down": { kind: "status", path: "^/rest/", times: -1, status: 503, body: { errorMessages: ["Jira is unavailable"] } },
  "jira slow": { kind: "slow", path: "^/rest/", times: -1, seconds: 5 },
  "jira lost": { kind: "drop_after", path: "/comment$", method: "POST", times: 1 },
  "slack limited": { kind: "status", path: "^/api/chat\\.", times: 1, status: 429, headers: { "Retry-After": "3" }, body: { ok: false, error: "ratelimited" } },
  "slack slow": { kind: "slow", path: "^/api/chat\\.", times: -1, seconds: 5 },
};

/** @param {HTMLElement} place a dialog @param {() => void} changed */
export function controls(place, changed) {
  const model = h("select.field", { id: "model-behaviour", onchange: setModel }, MODEL.map(([value, label]) => h("option", { value }, label)));
  const services = SERVICES.map(([name, label, choices]) => {
    const select = h("select.field", { id: `${name}-behaviour`, onchange: () => setService(name, select.value) }, choices.map(([value, words]) => h("option", { value }, words)));
    return h("label.row", {}, h("span", {}, label), select);
  });
  fill(
    place,
    h("header", {}, h("h2", { id: "controls-title" }, "Stand-ins"), h("button.icon-button", { type: "button", "aria-label": "Close", onclick: () => place.close() }, icon("close"))),
    h(
      "div.content",
      {},
      h("p.note", {}, "These local services speak the real protocols. Make them misbehave and watch what Updraft does."),
      h("label.row", {}, h("span", {}, "Model (OpenAI)"), model),
      services,
    ),
    h("footer", {}, h("button.button.danger", { type: "button", onclick: reset }, "Start over"), h("button.button.primary", { type: "button", onclick: () => place.close() }, "Done")),
  );

  async function setModel() {
    const body = MODEL.find(([value]) => value === model.value)?.[2] ?? {};
    await tell(() => post("/workbench/model", body));
  }

  /** @param {string} name @param {string} value */
  async function setService(name, value) {
    await tell(async () => {
      await post(`/${name}/_control/faults`, {}, "DELETE");
      if (value) await post(`/${name}/_control/faults`, FAULTS[`${name} ${value}`]);
    });
  }

  async function reset() {
    await tell(async () => {
      for (const [name] of SERVICES) await post(`/${name}/_control/faults`, {}, "DELETE");
      await post("/workbench/reset", {});
    });
    place.close();
    toast("Everything is as it was at first.");
  }

  /** @param {() => Promise<any>} deed */
  async function tell(deed) {
    try {
      await deed();
      changed();
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), "error");
    }
  }

  /** Show how things are. @returns {Promise<string[]>} what misbehaves, in words */
  async function load() {
    const about = await get("/workbench/about");
    model.value = about.model.everywhere ? "all_down" : about.model.down ? "down" : about.model.character;
    const odd = model.value === "good" ? [] : [`the model: ${model.selectedOptions[0]?.textContent ?? model.value}`];
    for (const [name, label] of SERVICES) {
      const active = (await get(`/${name}/_control/faults`)).filter((/** @type {any} */ one) => one.times !== 0);
      const select = /** @type {HTMLSelectElement} */ (place.querySelector(`#${name}-behaviour`));
      const found = active.length && Object.entries(FAULTS).find(([key, fault]) => key.startsWith(name) && fault.kind === active[0].kind && fault.path === active[0].path);
      select.value = found ? found[0].split(" ")[1] : "";
      if (active.length) odd.push(`${label}: ${found ? select.selectedOptions[0]?.textContent : "a fault is set"}`);
    }
    return odd;
  }

  return { load };
}
