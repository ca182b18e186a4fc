import { fits } from "../../Sources/CConsole/Assets/js/run/entries.js";
import { emptyState, fold, openQuestions } from "../../Sources/CConsole/Assets/js/run/state.js";
import { equal, test } from "./check.js";
import { asked, history, waiting } from "./history.js";

function folded(...events) {
  const state = emptyState();
  for (const event of history(...events)) fold(state, event);
  return state;
}

const question = ["approval.requested", {
  approval: "a2", question: "May it run?", shown: "f1", subject: "outside", key: "k1", tool: "Bash", about: { command: "make" }, on_deadline: "abort",
}];
const no = ["approval.resolved", { approval: "a2", decision: "rejected", by: "maria" }];
const told = (body) => ["outside.reported", body];
const begun = told({ what: "call_begun", call: "c1", tool: "Bash", input: { command: "make" } });
const ended = told({ what: "call_ended", call: "c1", tool: "Bash", milliseconds: 1500 });

test("nothing of the run waits for what a program outside asks", () => {
  const open = folded(...asked, question);
  equal([open.status, open.step, openQuestions(open).map((one) => [one.approval, one.tool, one.about])],
    ["running", "model", [["a2", "Bash", { command: "make" }]]]);
  const answered = folded(...asked, question, no);
  equal([answered.status, answered.step, openQuestions(answered)], ["running", "model", []]);
});

test("a run that waits for something else waits on, whatever is answered outside", () => {
  equal([folded(...waiting, question, no).status, folded(...waiting, question, no).step], ["waiting", "person"]);
  const yes = ["approval.resolved", { approval: "a1", decision: "approved", by: "maria" }];
  const state = folded(...waiting, question, yes);
  equal([state.status, state.step, openQuestions(state).length], ["running", "tools", 1]);
});

test("a call that a program tells of ends as it ended, after the time it took", () => {
  const item = (...events) => folded(...asked, ...events).items.findLast((one) => one.kind === "outcall");
  equal([item(begun).call.stage, item(begun).call.arguments, fits(item(begun), "calls")], ["running", "{\"command\":\"make\"}", true]);
  const { stage, startedAt, endedAt } = item(begun, ended).call;
  equal([stage, new Date(endedAt) - new Date(startedAt)], ["finished", 1500]);
  const failed = item(begun, told({ what: "call_ended", call: "c1", tool: "Bash", milliseconds: 1, is_error: true, error: "No." }));
  equal([failed.call.stage, failed.call.output, fits(failed, "trouble"), fits(failed, "checks")], ["failed", "No.", true, false]);
  const cut = item(begun, ["run.finished", { status: "aborted", reason: "No." }]);
  equal([cut.call.stage, item(ended)], ["cut", undefined]);
});

test("what is no object stands as it is in the arguments", () => {
  const inputs = ["text", null, 5, [1]].map((input) => folded(...asked, told({ what: "call_begun", call: "c1", tool: "t", input })).items.at(-1).call.arguments);
  equal(inputs, ["text", "", "5", "[1]"]);
});

test("pieces of output that follow each other are one entry", () => {
  const piece = (stream, text) => told({ what: "output", stream, text });
  const state = folded(...asked, piece("stdout", "a"), piece("stdout", "b"), piece("stderr", "c"), begun, piece("stderr", "d"));
  equal(state.items.slice(-4).map((one) => one.text ?? one.call.tool), ["ab", "c", "Bash", "d"]);
  const long = folded(...asked, piece("stdout", "a".repeat(60_000)), piece("stdout", "b".repeat(60_000)));
  equal([long.items.at(-1).text.length, long.items.at(-1).text.at(0)], [64_000, "a"]);
});

// The card and the entries are drawn where there is a document.
const drawn = (element) => [...element.querySelectorAll("h2, .tool, .question-text, pre.output:not([hidden])")].map((one) => one.textContent);
const about = "{\n  \"command\": \"make\"\n}";

test("a question of a program is drawn with the tool and what it is about", async () => {
  const { questionCard } = await import("../../Sources/CConsole/Assets/js/run/question.js");
  const { entry } = await import("../../Sources/CConsole/Assets/js/run/entries.js");
  const item = openQuestions(folded(...asked, question))[0];
  const card = questionCard(item, "r1");
  equal(drawn(card), ["A program asks", "May it run?", "Bash", about]);
  equal([...card.querySelectorAll("button")].map((one) => one.textContent), ["Approve", "Reject"]);
  equal(drawn(entry(item, { opened: new Set() })), ["May it run?", "Bash", about]);
});

test("where the list leaves out what it is about, the run is asked", async () => {
  const { questionCard } = await import("../../Sources/CConsole/Assets/js/run/question.js");
  const { fetch } = globalThis;
  const paths = [];
  globalThis.fetch = async (path) => {
    paths.push(path);
    return new Response(JSON.stringify({ items: [{ approval: "a1", about: 1 }, { approval: "a2", about: { command: "make" } }] }));
  };
  try {
    const subject = { kind: "outside", key: "k1", tool: "Bash" };
    const listed = { run: "r1", approval: "a2", question: "May it run?", shown: "f1", subject, requested_at: "2026-11-21T09:30:00.250Z" };
    const card = questionCard(listed, "r1");
    const place = card.querySelector("pre");
    await new Promise((shown) => { new MutationObserver(shown).observe(place, { attributes: true }); });
    equal([drawn(card), paths], [["A program asks", "May it run?", "Bash", about], ["/api/v1/runs/r1/approvals"]]);
  } finally {
    globalThis.fetch = fetch;
  }
});

test("calls and output of a program are drawn", async () => {
  const { entry } = await import("../../Sources/CConsole/Assets/js/run/entries.js");
  const output = folded(...asked, told({ what: "output", stream: "stderr", text: "<b>Hm.</b>" })).items.at(-1);
  equal(drawn(entry(output, { opened: new Set() })), ["<b>Hm.</b>"]);
  const call = folded(...asked, begun, ended).items.at(-1);
  equal(drawn(entry(call, { opened: new Set() })), ["Bash"]);
});
