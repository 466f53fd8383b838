// Slack's mrkdwn, drawn: bold, italic, strike, code, quotes, links, mentions, dates, emoji. Everything else is words.

import { emoji } from "./emoji.js";
import { h, link } from "./dom.js";

/**
 * Who and where ids stand for.
 * @typedef {{user: (id: string) => string, channel: (id: string) => string, me?: string}} Names
 */

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const MARKS = { "*": "strong", _: "em", "~": "s" };
const OPENING = /[\s([{"'“‘\-–—,.;:!?/*_~|>]/;
const CLOSING = /[\s)\]}"'”’\-–—,.;:!?/*_~|<…]/;

/** Undo Slack's three escapes. @param {string} text */
export function unescaped(text) {
  return text.replace(/&(?:lt|gt|amp);/g, (found) => ENTITIES[/** @type {keyof typeof ENTITIES} */ (found)]);
}

/** Draw mrkdwn. @param {string} text @param {Names} names @returns {Node[]} */
export function mrkdwn(text, names) {
  /** @type {Node[]} */
  const nodes = [];
  const parts = text.split(/```([\s\S]+?)```\n?/);
  parts.forEach((part, place) => {
    if (place % 2) nodes.push(h("pre", {}, plain(part.replace(/^\n|\n$/g, ""))));
    else if (part) nodes.push(...lines(place ? part.replace(/^\n/, "") : part, names));
  });
  return nodes;
}

/** The words of a piece without its markup, for code. @param {string} text */
function plain(text) {
  return unescaped(text.replace(/<([^<>|\s]+)(?:\|([^<>]*))?>/g, (_, target, label) => label ?? target));
}

/** @param {string} text @param {Names} names @returns {Node[]} */
function lines(text, names) {
  /** @type {Node[]} */
  const nodes = [];
  /** @type {string[]} */
  let quoted = [];
  /** @type {string[]} */
  let usual = [];
  const flush = () => {
    if (quoted.length) nodes.push(h("blockquote", {}, inline(quoted.join("\n"), names)));
    if (usual.length) nodes.push(...inline(usual.join("\n"), names));
    quoted = [];
    usual = [];
  };
  for (const line of text.split("\n")) {
    const quote = /^(?:&gt;|>)(?:&gt;&gt;|>>)? ?(.*)$/.exec(line);
    if (quote ? usual.length : quoted.length) flush();
    (quote ? quoted : usual).push(quote ? quote[1] : line);
  }
  flush();
  return nodes;
}

/** Draw one run of text. @param {string} text @param {Names} names @returns {Node[]} */
export function inline(text, names) {
  /** @type {Node[]} */
  const nodes = [];
  let words = "";
  const flush = () => {
    if (words) nodes.push(document.createTextNode(unescaped(words)));
    words = "";
  };
  let at = 0;
  while (at < text.length) {
    const found = special(text, at, names);
    if (found) {
      flush();
      nodes.push(...found.nodes);
      at = found.end;
    } else {
      words += text[at];
      at += 1;
    }
  }
  flush();
  return nodes;
}

/** @param {string} text @param {number} at @param {Names} names @returns {{nodes: Node[], end: number} | null} */
function special(text, at, names) {
  const letter = text[at];
  if (letter === "<") {
    const match = /^<([^<>|\n]+)(?:\|([^<>]*))?>/.exec(text.slice(at, at + 4000));
    return match && { nodes: [angled(match[1], match[2], names)], end: at + match[0].length };
  }
  if (letter === "`") {
    const end = text.indexOf("`", at + 1);
    const inside = text.slice(at + 1, end);
    if (end < 0 || !inside.trim() || inside.includes("\n")) return null;
    return { nodes: [h("code", {}, plain(inside))], end: end + 1 };
  }
  if (letter in MARKS) return marked(text, at, /** @type {keyof typeof MARKS} */ (letter), names);
  if (letter === ":") {
    const match = /^:([a-z0-9_+-]+(?:::skin-tone-\d)?):/.exec(text.slice(at, at + 60));
    const picture = match && emoji(match[1]);
    return picture ? { nodes: [h("span.emoji", { title: match[0] }, picture)], end: at + match[0].length } : null;
  }
  if (letter === "h" && (at === 0 || /[\s(]/.test(text[at - 1]))) {
    const match = /^https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)'"]/.exec(text.slice(at, at + 2000));
    return match && { nodes: [link(unescaped(match[0]), unescaped(match[0]))], end: at + match[0].length };
  }
  return null;
}

/** @param {string} text @param {number} at @param {keyof typeof MARKS} mark @param {Names} names */
function marked(text, at, mark, names) {
  if (at > 0 && !OPENING.test(text[at - 1])) return null;
  if (at + 1 >= text.length || /\s/.test(text[at + 1]) || text[at + 1] === mark) return null;
  for (let end = text.indexOf(mark, at + 2); end > 0; end = text.indexOf(mark, end + 1)) {
    const inside = text.slice(at + 1, end);
    if (inside.includes("\n")) return null;
    const after = text[end + 1];
    if (/\s$/.test(inside) || (after !== undefined && !CLOSING.test(after)) || unbalanced(inside)) continue;
    return { nodes: [h(MARKS[mark], {}, inline(inside, names))], end: end + 1 };
  }
  return null;
}

/** Whether a code span begins inside and ends outside. @param {string} text */
function unbalanced(text) {
  return (text.split("`").length - 1) % 2 === 1 || text.lastIndexOf("<") > text.lastIndexOf(">");
}

/** @param {string} target @param {string | undefined} label @param {Names} names @returns {Node} */
function angled(target, label, names) {
  if (target.startsWith("@")) return mention(`@${names.user(target.slice(1))}`, target.slice(1) === names.me);
  if (target.startsWith("#")) return mention(`#${label || names.channel(target.slice(1))}`, false);
  if (target.startsWith("!date^")) return dated(target, label);
  if (/^!(here|channel|everyone)/.test(target)) return mention(`@${target.slice(1).split("|")[0]}`, true);
  if (target.startsWith("!")) return mention(label ?? target, false);
  const words = label === undefined ? target.replace(/^mailto:/, "") : label;
  return link(unescaped(target), label === undefined ? unescaped(words) : inline(words, names));
}

/** @param {string} words @param {boolean} own */
export function mention(words, own) {
  return h(own ? "span.mention.own" : "span.mention", {}, words);
}

/** @param {string} target `!date^seconds^format^link` @param {string | undefined} fallback */
function dated(target, fallback) {
  const [, seconds, format, url] = target.split("^");
  const when = new Date(Number(seconds) * 1000);
  if (Number.isNaN(when.getTime())) return document.createTextNode(fallback ?? "");
  const words = unescaped(formatted(when, format ?? "{date}"));
  const time = h("time", { datetime: when.toISOString(), title: when.toLocaleString() }, words);
  return url ? link(unescaped(url), time) : time;
}

/** Fill the names of Slack's date format. @param {Date} when @param {string} format */
export function formatted(when, format) {
  const date = (/** @type {Intl.DateTimeFormatOptions} */ how) => when.toLocaleDateString("en", how);
  const near = (/** @type {string} */ otherwise) => {
    const days = Math.round((new Date().setHours(12, 0, 0, 0) - new Date(when).setHours(12, 0, 0, 0)) / 86_400_000);
    return { 0: "today", 1: "yesterday", "-1": "tomorrow" }[days] ?? otherwise;
  };
  const short = date({ month: "short", day: "numeric", year: "numeric" });
  const usual = date({ month: "long", day: "numeric", year: "numeric" });
  const long = date({ weekday: "long", month: "long", day: "numeric", year: "numeric" });
  /** @type {Record<string, string>} */
  const values = {
    date: usual,
    date_num: when.toISOString().slice(0, 10),
    date_slash: when.toISOString().slice(0, 10).replaceAll("-", "/"),
    date_short: short,
    date_long: long,
    date_pretty: near(usual),
    date_short_pretty: near(short),
    date_long_pretty: near(long),
    time: when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }),
    time_secs: when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" }),
    ago: `${Math.round((Date.now() - when.getTime()) / 60_000)} minutes ago`,
  };
  return format.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
