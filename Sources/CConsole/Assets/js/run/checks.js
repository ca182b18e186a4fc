// What the gate said: how many cases, which fail and why, and what did not count.

import { h } from "../dom.js";
import { plural } from "../format.js";
import { reveal } from "./artifact.js";

const order = [["passed", "good"], ["failed", "bad"], ["error", "bad"], ["skipped", "soft"]];

const total = (counts) => Object.values(counts ?? {}).reduce((sum, number) => sum + number, 0);

/// A bar of all cases, told in words beside it.
export function casesBar(counts) {
  const all = total(counts);
  if (!all) return null;
  const parts = order.filter(([name]) => counts[name]);
  const pieces = parts.map(([name, tone]) => {
    const piece = h("span", { class: tone });
    piece.style.flexGrow = counts[name];
    return piece;
  });
  return h("div", { class: "cases" }, h("span", { class: "bar-line", "aria-hidden": "true" }, pieces),
    h("span", null, parts.map(([name]) => `${counts[name]} ${name}`).join(", ")));
}

/// The cases that fail; the first few are open.
export function failingList(failing, opened = 1) {
  if (!failing?.length) return null;
  return h("ul", { class: "failing" }, failing.map((one, index) => h("li", null, one.message
    ? h("details", { open: index < opened }, h("summary", null, h("span", { class: "mono" }, one.id)), h("pre", null, one.message))
    : h("span", { class: "mono" }, one.id))));
}

export function refusedList(refused) {
  if (!refused?.length) return null;
  return h("div", { class: "not-counted" },
    h("p", null, `${plural(refused.length, "change")} did not count: the goal protects ${refused.length === 1 ? "this file" : "these files"}.`),
    h("ul", null, refused.map((one) => h("li", null, h("span", { class: "soft" }, one.kind), " ", h("span", { class: "mono" }, one.path)))));
}

/// What the files that are held out found, which the model is not told.
function heldOutPart(held) {
  if (!held || held.outcome === "passed") return null;
  return h("div", { class: "not-counted" },
    h("p", null, "With the files that are held out, for you alone: ", held.reason), casesBar(held.counts), failingList(held.failing, 0));
}

export function checkBody(item) {
  if (!item.outcome) return item.live && h("pre", { class: "output live-output" }, item.live);
  const failing = failingList(item.failing);
  const cases = h("pre", { class: "output", hidden: true, tabindex: "0", role: "region", "aria-label": "All cases" });
  return [
    h("p", { class: "said" }, item.reason), casesBar(item.counts),
    item.failure && item.failure.message !== item.reason && h("p", { class: "wrong" }, item.failure.message),
    failing, !failing && item.details && h("details", null, h("summary", null, "Output"), h("pre", { class: "output" }, item.details)),
    heldOutPart(item.held_out), refusedList(item.refused), item.report && h("div", null, reveal("All cases", item.report, cases), cases),
  ];
}
