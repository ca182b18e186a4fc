// One call of a tool: its arguments in a line, and all of them with the output when it is opened.

import { h, replace } from "../dom.js";
import { duration } from "../format.js";
import { reveal } from "./artifact.js";

const longestShown = 20_000;
const lead = ["path", "command", "pattern", "query", "from", "name"];

/// The arguments as values by name; as they are when they are no JSON.
function read(call) {
  try { return Object.entries(JSON.parse(call.arguments)); } catch { return null; }
}

const rank = (name) => [...lead, "old", "new"].indexOf(name) + 1 || 99;
const kinds = { old: "old", new: "new" };

/// The argument that says most, in one line.
function brief(call) {
  const all = read(call);
  if (!all) return call.arguments;
  const first = lead.map((name) => all.find(([other]) => other === name)).find(Boolean) ?? all[0];
  if (!first) return "";
  const more = all.length > 1 ? ` +${all.length - 1}` : "";
  return `${typeof first[1] === "string" ? first[1] : JSON.stringify(first[1])}`.split("\n")[0].slice(0, 160) + more;
}

const stages = {
  proposed: "proposed", running: "runs", finished: "done", failed: "failed", refused: "refused", cut: "cut off",
};

function outcome(call) {
  if (call.exitCode !== undefined && call.exitCode !== null) return `exit ${call.exitCode}`;
  return stages[call.stage];
}

function argumentList(call) {
  const all = read(call);
  if (!all) return h("pre", null, call.arguments);
  const sorted = all.sort(([one], [other]) => rank(one) - rank(other));
  return h("dl", { class: "arguments" }, sorted.map(([name, value]) => h("div", { class: kinds[name] }, h("dt", null, name),
    h("dd", null, h("pre", null, typeof value === "string" ? value : JSON.stringify(value, null, 2))))));
}

const whole = (call, place) => call.whole && reveal("Show the whole output", call.whole, place);

function body(call) {
  const output = call.output.length > longestShown ? `${call.output.slice(0, longestShown)}\n…` : call.output;
  const place = h("pre", { class: "output", tabindex: "0", role: "region", "aria-label": `Output of ${call.tool}` }, output || "(nothing)");
  return [argumentList(call), h("div", { class: "output-head" }, h("span", { class: "label" }, call.stage === "refused" ? "Refused" : "Output"), whole(call, place)), place];
}

const reaches = {
  writes: "Changes files", runs: "Runs a program", network: "Reaches other machines", outside: "Reaches files outside of the workspace",
};

/// - context.opened: the calls that a person has opened; they stay open when the box is drawn anew.
export function callBox(call, context) {
  const time = call.endedAt ? duration(new Date(call.endedAt) - new Date(call.startedAt ?? call.at)) : "";
  const content = h("div", { class: "call-body" });
  // Every call reads.
  const reach = (call.reach ?? []).filter((one) => one !== "reads");
  const box = h("details", { class: `call ${call.stage}`, open: context.opened.has(call.call) },
    h("summary", null, h("span", { class: `dot ${call.stage}`, "aria-hidden": "true" }), h("span", { class: "tool" }, call.tool),
      h("span", { class: "brief" }, brief(call)), reach.map((one) => h("span", { class: "tag", title: reaches[one] }, one)),
      h("span", { class: "soft number" }, time), h("span", { class: `stage ${call.stage}` }, outcome(call))), content);
  const fill = () => { if (box.open && !content.firstChild) replace(content, body(call)); };
  box.addEventListener("toggle", () => {
    if (box.open) context.opened.add(call.call); else context.opened.delete(call.call);
    fill();
  });
  fill();
  return box;
}
