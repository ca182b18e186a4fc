import { EventReader } from "../../Sources/CConsole/Assets/js/events.js";
import { duration, money, moneyText, shortModel } from "../../Sources/CConsole/Assets/js/format.js";
import { match } from "../../Sources/CConsole/Assets/js/router.js";
import { goalWords, sentence, stage, steps } from "../../Sources/CConsole/Assets/js/run/plan.js";
import { quantity, roundUp, stairs } from "../../Sources/CConsole/Assets/js/run/scale.js";
import { parseDiff } from "../../Sources/CConsole/Assets/js/run/unified.js";
import { rows } from "../../Sources/CConsole/Assets/js/schema.js";
import { equal, test } from "./check.js";
import { pipeline } from "./history.js";

function read(...pieces) {
  const messages = [];
  const reader = new EventReader((message) => messages.push(message));
  for (const piece of pieces) reader.read(piece);
  return messages;
}

test("server-sent events are read however they are cut", () => {
  const text = ": beat\n\nid: 7\ndata: {\"a\":\ndata: 1}\n\nevent: piece\r\ndata: x\r\n\r\ndata:y\n\n";
  const whole = read(text);
  equal(whole, [
    { id: "7", event: "message", data: "{\"a\":\n1}" }, { event: "piece", data: "x" }, { event: "message", data: "y" },
  ]);
  for (let cut = 1; cut < text.length; cut++) equal(read(text.slice(0, cut), text.slice(cut)), whole);
  equal(read(...text), whole);
});

test("a message that is not over is not told", () => equal(read("data: x\n"), []));

test("addresses find their page", () => {
  const routes = [["/", "runs"], ["/runs/:run/:tab?", "run"], ["/new", "new"]];
  equal(match(routes, "/"), { page: "runs", parameters: {} });
  equal(match(routes, "/runs/a%2Fb"), { page: "run", parameters: { run: "a/b" } });
  equal(match(routes, "/runs/r1/diff"), { page: "run", parameters: { run: "r1", tab: "diff" } });
  equal(match(routes, "/runs/%zz"), { page: "run", parameters: { run: "%zz" } });
  equal([match(routes, "/runs"), match(routes, "/new/x"), match(routes, "/runs/a/b/c")], [null, null, null]);
});

test("a diff is files, hunks and lines with their numbers", () => {
  const [file, gone] = parseDiff([
    "diff --git a/a b.py b/a b.py", "--- a/a b.py", "+++ b/a b.py", "@@ -3,3 +3,4 @@ def f", " same", "--- removed", "+++ added", "+two", " end",
    "\\ No newline at end of file", "diff --git a/x b/x", "deleted file mode 100644", "--- a/x", "+++ /dev/null", "@@ -1 +0,0 @@", "-all", "",
  ].join("\n"));
  equal([file.path, file.kind, file.added, file.removed], ["a b.py", "modified", 2, 1]);
  equal(file.hunks[0].lines.map((line) => [line.mark, line.old, line.new, line.text]), [
    [" ", 3, 3, "same"], ["-", 4, null, "-- removed"], ["+", null, 4, "++ added"], ["+", null, 5, "two"], [" ", 5, 6, "end"],
    ["\\", null, null, " No newline at end of file"],
  ]);
  equal([gone.path, gone.kind, gone.hunks[0].lines.length], ["x", "deleted", 1]);
  equal(parseDiff(""), []);
});

const names = (normal, gate) => steps(normal, gate).map((step) => step.id).join(" ");

test("the person stands where the pipeline asks", () => {
  const quiet = { ...pipeline, tools: { allow: ["file_read"] } };
  equal(names(pipeline, "after_check"), "workspace baseline model tools check person end");
  equal(names(pipeline, "before_writes"), "workspace baseline model person tools check end");
  equal(names(pipeline, "never"), "workspace baseline model person tools check end");
  equal(names(quiet, "never"), "workspace baseline model tools check person end");
  equal(steps(quiet, "never").find((step) => step.id === "person").optional, true);
  equal(steps(undefined).length, 7);
});

test("goals are told in words", () => {
  equal(goalWords({ all: [{ gate: "pytest" }, { any: [{ gate: "command" }, { not: { gate: "x" } }] }] }), "pytest and command or not x");
  equal([goalWords("pytest"), goalWords(undefined)], ["pytest", "no goal"]);
});

test("what lies before the step is done, and the step is lit", () => {
  const state = { step: "tools", status: "running", iteration: 2, questions: new Map() };
  const all = steps(pipeline, "after_check");
  equal(all.map((step) => stage(step, all, state)), ["done", "done", "done", "now", "later", "later", "later"]);
  equal(sentence(state), "Iteration 2: tool calls run.");
  equal(sentence({ step: "end", status: "not_achieved" }), "The run has ended: not achieved.");
});

test("values are told shortly", () => {
  equal([0, 640, 2100, 65_000, 3_725_000].map(duration), ["0 ms", "640 ms", "2.1 s", "1 m 05 s", "1 h 02 m"]);
  equal([money(0.0123), money(0.00012), money(12.5), moneyText("0.011446 USD"), moneyText(undefined)],
    ["0.012 USD", "0.0001 USD", "12.50 USD", "0.011 USD", ""]);
  equal(shortModel("scripted//a/b/script.json"), "scripted/…/script.json");
  equal(shortModel("openai/gpt-5.2"), "openai/gpt-5.2");
});

test("charts have round tops and steps", () => {
  equal([0, 1, 3, 248_000, 0.3].map(roundUp), [1, 1, 5, 250_000, 0.5]);
  equal(["400k", "2M", 12, undefined, "x"].map(quantity), [400_000, 2_000_000, 12, undefined, undefined]);
  equal(stairs([{ at: 5, value: 1 }], { from: 0, to: 10, top: 2, width: 100, height: 10 }), "M0 10.0H50.0V5.0H100.0");
});

test("schemas are rows", () => {
  const schema = { properties: { a: { type: "array", items: { type: "string" }, default: [], description: "d" }, b: { enum: ["x", "y"] } }, required: ["b"] };
  equal(rows(schema), [
    { name: "a", type: "list of text", help: "d", required: false, default: "[]" },
    { name: "b", type: "x | y", help: "", required: true, default: "" },
  ]);
  equal(rows(undefined), []);
});
