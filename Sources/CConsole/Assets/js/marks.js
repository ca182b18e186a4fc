// Small things that stand on many pages.

import { h } from "./dom.js";
import { exactTime, fromNow, statusWords, timeOfDay } from "./format.js";

/// A status in words, with a shape of its own beside its colour.
export const badge = (status) => h("span", { class: `badge ${status}` }, h("i", { "aria-hidden": "true" }), statusWords(status));

export const ago = (at) => h("time", { datetime: at, title: exactTime(at), class: "ago" }, fromNow(at));
export const clock = (at) => h("time", { datetime: at, title: exactTime(at) }, timeOfDay(at));

/// Rewrites all relative times now and then.
export function keepTimes() {
  setInterval(() => {
    for (const element of document.querySelectorAll("time.ago")) element.textContent = fromNow(element.dateTime);
  }, 10_000);
}

/// A term and what stands for it, several times.
export const facts = (pairs) => h("dl", { class: "facts" },
  pairs.filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([term, value]) => h("div", null, h("dt", null, term), h("dd", null, value))));

export const empty = (title, text) => h("div", { class: "empty" }, h("p", { class: "empty-title" }, title), h("p", null, text));

/// A page's heading; it takes the focus when the page is opened.
export const heading = (text, ...others) => h("div", { class: "page-head" }, h("h1", { tabindex: "-1" }, text), others);
