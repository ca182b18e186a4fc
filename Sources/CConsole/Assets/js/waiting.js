// How many questions wait, over all runs; asked every few seconds while somebody looks.

import { get, paths } from "./api.js";
import { alertNow, setWaiting } from "./announce.js";

const interval = 4000;
let known = null;
const listeners = new Set();

/// Calls with the open questions each time they were asked for; answers how to end that.
export function onQuestions(listener) {
  listeners.add(listener);
  if (known) listener(known);
  return () => listeners.delete(listener);
}

const name = (item) => `${item.run} ${item.approval}`;

export async function lookAgain() {
  const { items } = await get(`${paths.approvals}?limit=200`);
  const earlier = new Set((known ?? []).map(name));
  const fresh = items.filter((item) => !earlier.has(name(item)));
  if (known && fresh.length) alertNow(`${fresh.length === 1 ? "A question waits" : `${fresh.length} questions wait`}: ${fresh[0].question.slice(0, 160)}`);
  known = items;
  setWaiting(items.length);
  for (const listener of listeners) listener(items);
}

export async function watchQuestions() {
  if (!document.hidden) await lookAgain().catch(() => {});
  setTimeout(watchQuestions, interval);
}
