// Five things to try, for the first visit; put away after use, and brought back on request.

import { fill, h, icon } from "./dom.js";

const HIDDEN = "updraft.workbench.hints";

/** @param {HTMLElement} place @param {HTMLElement} opener @param {{say: string, shows: string}[]} list @param {(text: string) => void} say */
export function hints(place, opener, list, say) {
  const tried = new Set(/** @type {string[]} */ (JSON.parse(localStorage.getItem(`${HIDDEN}.tried`) ?? "[]")));

  /** @param {boolean} open @param {boolean} [keep] */
  function show(open, keep = true) {
    place.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    if (keep) localStorage.setItem(HIDDEN, open ? "open" : "hidden");
  }

  function paint() {
    fill(
      place,
      h("header", {}, h("h2", {}, icon("bulb"), "Five things to try"), h("button.icon-button", { type: "button", "aria-label": "Hide hints", onclick: () => show(false) }, icon("close"))),
      h(
        "ol.plain",
        {},
        list.map((one) =>
          h(
            "li",
            {},
            h(
              "button.hint",
              { type: "button", class: tried.has(one.say) ? "tried" : "", onclick: () => say(one.say) },
              h("span.say", {}, `“${one.say}”`),
              h("span.note", {}, tried.has(one.say) ? `✓ ${one.shows}` : one.shows),
            ),
          ),
        ),
      ),
    );
  }

  opener.addEventListener("click", () => show(place.hidden));
  paint();
  show(localStorage.getItem(HIDDEN) !== "hidden", false);
  return {
    /** Note what was said; after the last of the five the hints go. @param {string} text */
    said(text) {
      if (!list.some((one) => one.say === text)) return;
      tried.add(text);
      localStorage.setItem(`${HIDDEN}.tried`, JSON.stringify([...tried]));
      paint();
      if (list.every((one) => tried.has(one.say)) || innerWidth < 760) show(false);
    },
  };
}
