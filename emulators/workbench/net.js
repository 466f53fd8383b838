// Talking to the site: JSON requests and the live feed.

/** The site does not answer; the feed says so and tries again. */
export class Unreachable extends Error {}

/** @param {string} path @param {RequestInit} how */
async function request(path, how) {
  try {
    return await fetch(path, how);
  } catch (error) {
    throw new Unreachable("The site does not answer.", { cause: error });
  }
}

/** @param {string} path @returns {Promise<any>} */
export async function get(path) {
  const answer = await request(path, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

/** @param {string} path @param {any} body @param {string} [method] @returns {Promise<any>} */
export async function post(path, body, method = "POST") {
  const answer = await request(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const text = await answer.text();
  /** @type {any} */
  let found = {};
  try {
    found = text ? JSON.parse(text) : {};
  } catch {
    found = { error: text };
  }
  if (!answer.ok) throw new Error(found.error || `the stand-in answered ${answer.status}`);
  return found;
}

/** Do what a person does in a Slack client. @param {string} name @param {any} body */
export function act(name, body) {
  return post(`/slack/client/${name}`, body);
}

/**
 * Listen to changes for one person; comes back by itself after the site was gone.
 * @param {string} user @param {(change: any) => void} changed @param {(connected: boolean, again: boolean) => void} state
 * @returns {() => void} stop
 */
export function feed(user, changed, state) {
  let source = /** @type {EventSource | null} */ (null);
  let timer = 0;
  let lost = false;
  let stopped = false;
  const open = () => {
    source = new EventSource(`/workbench/feed?user=${encodeURIComponent(user)}`);
    source.addEventListener("hello", () => {
      state(true, lost);
      lost = false;
    });
    source.onmessage = (event) => changed(JSON.parse(event.data));
    source.onerror = () => {
      source?.close();
      if (stopped) return;
      lost = true;
      state(false, true);
      timer = window.setTimeout(open, 1000);
    };
  };
  open();
  return () => {
    stopped = true;
    source?.close();
    clearTimeout(timer);
  };
}
