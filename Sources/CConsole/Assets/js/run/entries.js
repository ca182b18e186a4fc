// What stands in the timeline: one element for each item of the state.

import { h } from "../dom.js";
import { count, duration, moneyText, plural, statusWords } from "../format.js";
import { clock } from "../marks.js";
import { callBox } from "./calls.js";
import { checkBody } from "./checks.js";

const span = (from, to) => (from && to ? duration(new Date(to) - new Date(from)) : "");

function frame(item, label, tone, head, ...body) {
  const mark = h("a", { class: "sequence", href: `#${item.key}`, title: `Event ${item.sequence}` }, item.sequence);
  return h("li", { id: item.key, class: `entry ${tone}`, "data-kind": item.kind },
    h("div", { class: "entry-side" }, clock(item.at), mark),
    h("div", { class: "entry-main" }, h("div", { class: "entry-head" }, h("span", { class: "label" }, label), head), body));
}

function turn(item, context) {
  const live = !item.repliedAt && !item.failure;
  const tokens = item.repliedAt && `${count(item.input_tokens)} in · ${count(item.output_tokens)} out`;
  const facts = item.repliedAt ? [span(item.at, item.repliedAt), tokens, moneyText(item.cost)] : [];
  const attempt = item.attempt > 1 && h("span", { class: "soft" }, `attempt ${item.attempt}`);
  const stop = item.stop && item.stop !== "finished" && h("span", { class: "warn" }, item.stop === "length" ? "cut: too long" : item.stop);
  return frame(item, "Model", live ? "live" : "plain",
    [live && h("span", { class: "working" }, "is asked"), attempt, stop, h("span", { class: "soft end" }, facts.filter(Boolean).join(" · "))],
    item.text && h("div", { class: "said" }, item.text),
    item.failure && h("p", { class: "wrong" }, item.failure.message, item.retryAt && ` It is asked again at ${new Date(item.retryAt).toLocaleTimeString()}.`),
    item.calls.length > 0 && h("div", { class: "calls" }, item.calls.map((call) => callBox(call, context))));
}

function check(item) {
  const name = item.iteration === 0 ? "Baseline check" : "Check";
  const tone = item.outcome === "passed" ? "good" : item.outcome ? (item.outcome === "failed" ? "bad" : "held") : "live";
  const since = item.unchanged_since;
  const round = item.round > 1 ? h("span", { class: "soft" }, `round ${item.round}`)
    : since !== undefined && h("span", { class: "soft" }, `nothing was done since ${since === 0 ? "the start" : `iteration ${since}`}`);
  const state = item.outcome ? h("span", { class: `outcome ${tone}` }, outcomes[item.outcome] ?? item.outcome) : h("span", { class: "working" }, "runs");
  return frame(item, name, tone, [state, round, h("span", { class: "soft end" }, span(item.at, item.endedAt))], checkBody(item));
}

const outcomes = { passed: "holds", failed: "does not hold", flaky: "flaky", unanswered: "no answer" };
const answers = { approved: "Approved", rejected: "Rejected", expired: "Expired" };
const fillings = { approved: "Answered", rejected: "Declined", expired: "Expired" };

// What a program outside of the run calls and puts out.
function outcall(item, context) {
  const { stage } = item.call;
  return frame(item, "Program", stage === "running" ? "live" : "plain", h("span", { class: "soft" }, "tells of a call"),
    h("div", { class: "calls" }, callBox(item.call, context)));
}

function output(item) {
  const label = item.stream === "stderr" ? "Errors of a program" : "Output of a program";
  return frame(item, "Program", "plain", h("span", { class: "soft" }, item.stream),
    h("pre", { class: "output", tabindex: "0", role: "region", "aria-label": label }, item.text));
}

const asker = (item) => item.subject === "outside" && [h("p", null, h("span", { class: "tool" }, item.tool)),
  item.about !== undefined && h("pre", { class: "output", tabindex: "0", role: "region", "aria-label": "What it is about" }, JSON.stringify(item.about, null, 2))];

function question(item) {
  const answer = item.decision && h("p", null, h("span", { class: "strong" }, `${(item.form ? fillings : answers)[item.decision]} by ${item.by}`),
    item.message && `: ${item.message}`, item.answer && h("span", { class: "mono wrap" }, ` ${JSON.stringify(item.answer)}`));
  const tone = item.decision ? (item.decision === "approved" ? "plain" : "bad") : "held";
  return frame(item, "Question", tone, [h("span", { class: "soft" }, item.approval), !item.decision && h("span", { class: "working" }, "waits for a person")],
    h("div", { class: "said question-text" }, item.question), asker(item), answer);
}

const ends = { passed: ["good", "passed"], failed: ["bad", "failed"], skipped: ["plain", "left out"] };

function step(item) {
  const [tone, words] = ends[item.status] ?? ["live", ""];
  const facts = [span(item.at, item.endedAt), item.tokens && `${count(item.tokens)} tokens`, moneyText(item.cost)];
  const state = words ? h("span", { class: `outcome ${tone}` }, words) : h("span", { class: "working" }, "under way");
  const links = item.runs.map((run) => h("li", null, h("a", { class: "mono", href: `/runs/${encodeURIComponent(run)}` }, run)));
  return frame(item, `Step ${item.step}`, tone,
    [state, h("span", { class: "soft" }, `pass ${item.pass}`), h("span", { class: "soft end" }, item.runs.length ? facts.filter(Boolean).join(" · ") : "")],
    links.length > 0 && h("ul", { class: "step-runs", "aria-label": `Runs of step ${item.step}` }, links), item.summary && h("div", { class: "said" }, item.summary));
}

function note(item) {
  return frame(item, item.title, item.tone, null, item.text && h("div", { class: item.tone === "person" ? "said" : "soft mono wrap" }, item.text));
}

function end(item) {
  return frame(item, statusWords(item.status), item.status === "achieved" ? "good" : "bad", null, h("div", { class: "said" }, item.reason));
}

function iteration(item) {
  return h("li", { id: item.key, class: "iteration", "data-kind": "iteration" }, h("h3", null, `Iteration ${item.iteration}`));
}

const kinds = { turn, check, step, question, outcall, output, note, end, iteration };

/// - context: what is kept beside the state: which boxes a person has opened.
export const entry = (item, context) => kinds[item.kind](item, context);

/// Whether an item belongs to what a person wants to see.
export function fits(item, filter) {
  if (filter === "all" || item.kind === "iteration" || item.kind === "end") return true;
  if (filter === "checks") return item.kind === "check";
  if (filter === "people") return item.kind === "question" || item.tone === "person";
  if (filter === "calls") return (item.kind === "turn" && item.calls.length > 0) || item.kind === "outcall";
  if (item.kind === "outcall") return item.call.stage === "failed";
  const trouble = item.kind === "turn" && (item.failure || item.calls.some((call) => call.stage === "failed" || call.stage === "refused"));
  if (item.kind === "step") return item.status === "failed";
  return trouble || (item.kind === "check" && item.outcome && item.outcome !== "passed");
}

export const words = (number) => plural(number, "entry", "entries");
