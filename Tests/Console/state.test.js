import { emptyState, finishedChecks, fold, foldPiece, openQuestions } from "../../Sources/CConsole/Assets/js/run/state.js";
import { equal, test, truly } from "./check.js";
import { asked, begun, history, pipeline, proposed, replied, waiting } from "./history.js";

function folded(...events) {
  const state = emptyState();
  for (const event of history(...events)) fold(state, event);
  return state;
}

test("a run begins with what it was started with", () => {
  const state = folded(begun[0]);
  equal([state.run, state.project, state.origin, state.model, state.gate], ["r1", "/p", "cli", "openai/gpt-5.2", "after_check"]);
  equal([state.inputs, state.limits, state.step], [{ target: "tests" }, pipeline.limits, "workspace"]);
});

test("the step goes along with the events", () => {
  const steps = [[1, "workspace"], [2, "baseline"], [3, "baseline"], [6, "model"], [8, "tools"], [9, "person"]];
  for (const [count, step] of steps) equal([count, folded(...waiting.slice(0, count)).step], [count, step]);
});

test("an event that was taken already changes nothing", () => {
  const events = history(...replied);
  const state = emptyState();
  for (const event of [...events, ...events, events[2]]) fold(state, event);
  equal(state.usage.input, 100);
  equal(state.items.length, folded(...replied).items.length);
  equal(fold(state, events[0]), []);
});

test("tokens and cost are counted over all replies", () => {
  const state = folded(...replied, ["model.requested", { turn: 2, attempt: 1, model: "m", reserved_tokens: 1, request: "0" }],
    ["model.replied", { turn: 2, text: "", stop: "finished", input_tokens: 300, cached_tokens: 0, output_tokens: 5, cost: "0.0005 USD" }]);
  equal(state.usage, { input: 400, cached: 40, output: 25, unanswered: 0, cost: 0.013000000000000001, currency: "USD" });
  equal(state.points.map((point) => [point.turn, point.tokens]), [[1, 120], [2, 425]]);
});

test("what may have been charged for no reply counts with what was reserved", () => {
  const request = (turn) => ["model.requested", { turn, attempt: 1, model: "m", reserved_tokens: 500, reserved_cost: "0.5 USD", request: "0" }];
  const failure = { kind: "unavailable", message: "It was cut." };
  const lost = folded(request(1), ["model.failed", { turn: 1, attempt: 1, failure: { ...failure, may_have_cost: true } }]);
  equal([lost.usage.unanswered, lost.usage.cost], [500, 0.5]);
  const free = folded(request(1), ["model.failed", { turn: 1, attempt: 1, failure }]);
  equal([free.usage.unanswered, free.usage.cost], [0, 0]);
});

test("another model and a summary are told", () => {
  const state = folded(["model.fell_back", { from: "a/b", to: "c/d" }], ["conversation.compacted", { dropped: 9, text: "It was long." }]);
  equal(state.items.map((item) => item.text), ["c/d stands in for a/b.", "It grew too long; this stands for its first 9 messages.\n\nIt was long."]);
});

test("the first of several models is shown", () => {
  const [type, body] = begun[0];
  equal(folded([type, { ...body, pipeline: { ...body.pipeline, model: ["a/b", "c/d"] } }]).model, "a/b");
});

test("pieces are shown until the reply is whole, and replaced by it", () => {
  const state = folded(...asked);
  equal(foldPiece(state, { kind: "model", turn: 1, text: "I me" }).length, 1);
  foldPiece(state, { kind: "model", turn: 1, text: "nd" });
  equal(state.turns.get(1).text, "I mend");
  fold(state, history(...replied).at(-1));
  equal(state.turns.get(1).text, "I mend it.");
  equal(foldPiece(state, { kind: "model", turn: 1, text: "late" }), []);
  equal(state.turns.get(1).text, "I mend it.");
});

test("pieces of what is not known are no mistake", () => {
  const state = emptyState();
  equal(foldPiece(state, { kind: "model", turn: 7, text: "x" }), []);
  equal(foldPiece(state, { kind: "call", call: "7.1", output: "x" }), []);
  equal(foldPiece(state, { kind: "check", output: "x" }), []);
});

test("output of a call grows, and only its end is kept", () => {
  const state = folded(...proposed, ["tool_call.started", { call: "1.1" }]);
  for (let index = 0; index < 3; index++) foldPiece(state, { kind: "call", call: "1.1", output: `${index}`.repeat(40_000) });
  const { output, stage } = state.calls.get("1.1");
  equal([output.length, output.at(-1), stage], [64_000, "2", "running"]);
});

test("a call ends as it ended", () => {
  const stage = (...event) => folded(...proposed, event).calls.get("1.1").stage;
  equal(stage("tool_call.finished", { call: "1.1", text: "" }), "finished");
  equal(stage("tool_call.finished", { call: "1.1", text: "", exit_code: 0 }), "finished");
  equal(stage("tool_call.finished", { call: "1.1", text: "", exit_code: 2 }), "failed");
  equal(stage("tool_call.finished", { call: "1.1", text: "", is_error: true }), "failed");
  equal(stage("tool_call.refused", { call: "1.1", reason: "no" }), "refused");
});

test("a question is open until it is answered, and the run waits as long", () => {
  const open = folded(...waiting);
  equal([open.status, openQuestions(open).map((one) => one.approval)], ["waiting", ["a1"]]);
  const answered = folded(...waiting, ["approval.resolved", { approval: "a1", decision: "rejected", by: "maria", message: "no" }]);
  equal([answered.status, answered.step, openQuestions(answered)], ["running", "tools", []]);
  const { decision, by, message } = answered.questions.get("a1");
  equal([decision, by, message], ["rejected", "maria", "no"]);
});

test("of two questions one answer leaves the run waiting", () => {
  const second = ["approval.requested", { approval: "a2", question: "?", shown: "f1", subject: "limit", limit: "cost", on_deadline: "abort" }];
  const state = folded(...waiting, second, ["approval.resolved", { approval: "a1", decision: "approved", by: "maria" }]);
  equal([state.status, openQuestions(state).length], ["waiting", 1]);
});

test("a check that begins again after a crash is one check", () => {
  const state = folded(...begun.slice(0, 3), begun[2], begun[3]);
  equal(finishedChecks(state).length, 1);
  equal(state.items.filter((item) => item.kind === "check").length, 1);
});

test("what did not count and what was refused is counted", () => {
  const refused = [{ kind: "modified", path: "tests/a.py" }, { kind: "added", path: "conftest.py" }];
  const state = folded(...proposed, ["tool_call.refused", { call: "1.1", reason: "no" }], ["check.started", { iteration: 1, round: 1, snapshot: "s" }],
    ["check.finished", { iteration: 1, round: 1, outcome: "failed", reason: "no", refused }]);
  equal(state.refused, 3);
});

test("a reply that failed waits, and is asked again in its place", () => {
  const failed = [...asked, ["model.failed", { turn: 1, attempt: 1, failure: { kind: "unavailable", message: "503" }, retry_at: 1 }]];
  equal(folded(...failed).status, "waiting");
  const again = folded(...failed, ["model.requested", { turn: 1, attempt: 2, model: "m", reserved_tokens: 1, request: "0" }]);
  equal([again.status, again.items.filter((item) => item.kind === "turn").length, again.turns.get(1).attempt], ["running", 1, 2]);
});

test("settings and limits that a person changes hold at once", () => {
  const state = folded(...begun, ["limits.changed", { limits: { ...pipeline.limits, iterations: 30 }, by: "maria" }],
    ["settings.changed", { model: "openai/other", gate: "never", by: "maria" }]);
  equal([state.limits.iterations, state.model, state.gate], [30, "openai/other", "never"]);
  equal(state.items.slice(-2).map((item) => item.text), ["iterations 30", "model openai/other, human gate never"]);
});

test("a run that ended can go on", () => {
  const ended = folded(...begun, ["run.finished", { status: "not_achieved", reason: "Out of iterations." }]);
  equal([ended.status, ended.step, ended.reason], ["not_achieved", "end", "Out of iterations."]);
  const again = folded(...begun, ["run.finished", { status: "not_achieved", reason: "x" }], ["run.reopened", { by: "maria" }]);
  equal([again.status, again.endedAt, again.reason], ["running", null, null]);
});

test("with the end of a run its questions are over, and what had not run is refused when it goes on", () => {
  const ended = [...waiting, ["run.finished", { status: "aborted", reason: "Cancelled by maria." }]];
  const { decision, by } = folded(...ended).questions.get("a1");
  equal([openQuestions(folded(...ended)), decision, by], [[], "expired", "the end of the run"]);
  const again = folded(...ended, ["run.reopened", { by: "maria" }]);
  equal([again.status, again.calls.get("1.1").stage], ["running", "refused"]);
});

test("an event of a type that is not known yet is shown by its name", () => {
  const state = folded(...begun, ["moon.risen", { phase: "full" }]);
  equal([state.items.at(-1).kind, state.items.at(-1).title], ["note", "moon.risen"]);
});

test("events at once and events one by one give the same", () => {
  const items = (state) => state.items.map((item) => [item.kind, item.key, item.at]);
  const one = emptyState();
  const touched = history(...waiting).flatMap((event) => fold(one, event));
  equal(items(one), items(folded(...waiting)));
  truly(one.items.every((item) => touched.includes(item)), "an item came without being told");
});

test("ten thousand events are folded in well under a second", () => {
  const events = [...begun];
  for (let turn = 1; events.length < 10_000; turn++) {
    events.push(["model.requested", { turn, attempt: 1, model: "m", reserved_tokens: 1, request: "0" }]);
    events.push(["model.replied", { turn, text: "x", stop: "finished", input_tokens: 1, output_tokens: 1 }]);
    events.push(["tool_call.proposed", { call: `${turn}.1`, service_id: "x", tool: "t", arguments: "{}", reach: [] }]);
    events.push(["tool_call.finished", { call: `${turn}.1`, text: "y" }]);
  }
  const all = history(...events);
  const state = emptyState();
  const start = performance.now();
  for (const event of all) fold(state, event);
  const took = performance.now() - start;
  equal(state.sequence, all.length);
  truly(took < 500, `it took ${took} ms`);
});
