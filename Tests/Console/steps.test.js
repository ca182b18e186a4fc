import { emptyState, fold } from "../../Sources/CConsole/Assets/js/run/state.js";
import { iterations, layout, nodes, passWords, size, stageOf, stepSentence } from "../../Sources/CConsole/Assets/js/run/steps.js";
import { drawn } from "../../Sources/CConsole/Assets/js/run/plan.js";
import { equal, test, truly } from "./check.js";
import { begun, history, pipeline } from "./history.js";

const steps = [
  { id: "plan" }, { id: "work", needs: ["plan"], each: "${steps.plan.tasks}", retry: { times: 2 }, model: ["a/b", "c/d"] },
  { id: "lint", gate: "ruff", needs: ["plan"], on_failure: "ignore" }, { id: "ship", human: "Ship?", needs: ["work", "plan"], if: "steps.plan.passed" },
  { id: "call", pipeline: { name: "other" } },
];
const normal = { ...pipeline, goal: { gate: "pytest" }, limits: { iterations: 3 }, steps };
const start = [[begun[0][0], { ...begun[0][1], pipeline: normal }], ...begun.slice(1)];
const all = nodes(normal);

function folded(...events) {
  const state = emptyState();
  for (const event of history(...events)) fold(state, event);
  return state;
}

const stages = (...events) => Object.fromEntries(all.map((node) => [node.id, stageOf(node, folded(...start, ...events))]));
const began = (step, runs) => ["step.started", { pass: 1, step, runs }];
const ended = (step, status, more = {}) => ["step.finished", { pass: 1, step, status, summary: "So.", tokens: 30, cost: "0.5 USD", ...more }];
const asked = ["approval.requested", { approval: "a1", question: "Ship?", shown: "f0", subject: "step", pass: 1, step: "ship", on_deadline: "abort" }];

test("steps, the goal and the end say what they do", () => {
  equal(all.map((node) => [node.id, node.detail, node.needs]), [
    ["plan", "model openai/gpt-5.2", []], ["work", "model a/b, else c/d", ["plan"]], ["lint", "gate ruff", ["plan"]],
    ["ship", "question: Ship?", ["work", "plan"]], ["call", "pipeline other", []], ["(goal)", "pytest", ["lint", "ship", "call"]], ["(end)", "", ["(goal)"]],
  ]);
  equal(all[1].remarks, ["needs plan", "each of ${steps.plan.tasks}", "retry 2"]);
  equal([all[2].remarks[1], all[3].remarks[1]], ["on_failure: ignore", "if steps.plan.passed"]);
  equal(nodes({ ...normal, goal: undefined }).at(-1).needs, ["lint", "ship", "call"]);
});

test("a step is not begun, under way, waiting, or ended as it ended", () => {
  equal(stages(), { plan: "later", work: "later", lint: "later", ship: "later", call: "later", "(goal)": "later", "(end)": "later" });
  const some = stages(began("plan", ["r1-1-1"]), ended("plan", "passed"), began("work", ["r1-1-2-1"]), began("lint"), ended("lint", "failed"), began("ship"), asked, ended("call", "skipped"));
  equal(some, { plan: "passed", work: "now", lint: "failed", ship: "held", call: "skipped", "(goal)": "later", "(end)": "later" });
});

test("what was under way when the run ended has not finished", () => {
  const stopped = stages(began("plan", ["r1-1-1"]), ["run.finished", { status: "aborted", reason: "x" }]);
  equal([stopped.plan, stopped.work, stopped["(end)"]], ["cut", "later", "failed"]);
  equal(stages(["run.finished", { status: "achieved", reason: "x" }])["(end)"], "passed");
});

test("the goal is judged in each pass", () => {
  const check = ["check.started", { iteration: 1, round: 1, snapshot: "s" }];
  const over = ["check.finished", { iteration: 1, round: 1, outcome: "failed", reason: "no" }];
  equal([stages(check), stages(check, over), stages(check, over, ["iteration.started", { iteration: 2 }])].map((one) => one["(goal)"]), ["now", "failed", "later"]);
  const subject = ["approval.requested", { approval: "a2", question: "?", shown: "f0", subject: "check", iteration: 1, round: 1, on_deadline: "abort" }];
  equal(stages(check, over, subject)["(goal)"], "held");
});

test("a race is a step, and who has won is told with what each has spent", () => {
  const race = drawn({ ...pipeline, goal: { gate: "pytest" }, race: { models: ["a/b", "c/d"], win: "first" } });
  equal(nodes(race).map((node) => [node.id, node.detail]), [["race", "race of a/b, c/d"], ["(goal)", "pytest"], ["(end)", ""]]);
  equal(drawn(normal), normal);
  const entrants = [{ run: "r1-1-1-1", model: "a/b", tokens: 9 }, { run: "r1-1-1-2", model: "c/d", tokens: 9, cost: "0.1 USD" }];
  const state = folded(...start, ["race.decided", { pass: 1, step: "race", rule: "first", winner: "r1-1-1-2", entrants }]);
  const { title, text } = state.items.at(-1);
  equal([title, text], ["c/d has won the race", "By the rule 'first'. Spent by then:\na/b: 9 tokens, run r1-1-1-1\nc/d: 0.1 USD, run r1-1-1-2"]);
});

test("without a goal nothing is said of it at the start", () => {
  const checks = (goal) => folded([begun[0][0], { ...begun[0][1], pipeline: { ...normal, goal } }], ...begun.slice(1),
    ["check.started", { iteration: 1, round: 1, snapshot: "s" }]).items.filter((item) => item.kind === "check").map((item) => item.iteration);
  equal([checks(undefined), checks({ gate: "pytest" })], [[1], [0, 1]]);
});

test("a pass begins with none of its steps", () => {
  const state = folded(...start, began("plan", ["r1-1-1"]), ended("plan", "failed"), ["iteration.started", { iteration: 2 }]);
  equal([state.steps.size, passWords(state)], [0, "pass 2 of 3"]);
  equal(state.items.filter((item) => item.kind === "step").map((item) => [item.step, item.status, item.summary, item.runs]), [["plan", "failed", "So.", ["r1-1-1"]]]);
});

test("a race is one iteration, however many each of its models may take", () => {
  equal([{ models: ["a/b"] }, undefined].map((race) => iterations({ pipeline: { race }, limits: { iterations: 3 } })), [1, 3]);
});

test("what the runs of steps used counts, and a step that begins again is one entry", () => {
  const state = folded(...start, began("plan", ["r1-1-1"]), began("plan", ["r1-1-1"]), ended("plan", "passed"), ended("lint", "skipped", { tokens: 0, cost: undefined }));
  equal([state.usage.agents, state.usage.cost, state.usage.currency], [30, 0.5, "USD"]);
  equal(state.items.filter((item) => item.kind === "step").map((item) => item.step), ["plan", "lint"]);
});

test("those who do not see the picture are told the pass and what is under way", () => {
  equal(stepSentence(all, folded(...start, began("work"), began("lint"), began("ship"), asked)), "Pass 1 of 3. work, lint: under way; ship: waits for a person.");
  equal(stepSentence(all, folded(...start)), "Pass 1 of 3. No step is under way.");
  equal(stepSentence(all, folded(...start, ["run.finished", { status: "not_achieved", reason: "x" }])), "The run has ended: not achieved.");
});

test("lines that need not cross do not", () => {
  const steps = [{ id: "a" }, { id: "b", needs: ["a"] }, { id: "c", needs: ["a"] }, { id: "d", needs: ["c"] }, { id: "e", needs: ["b", "a"] }];
  const { places } = layout(nodes({ ...normal, steps }));
  equal(places.get("c").y < places.get("b").y, places.get("d").y < places.get("e").y);
});

// A pass of the loop is one graph; its numbers come from a generator of Park and Miller.
function graphs() {
  let seed = 40;
  const roll = (most) => (seed = (seed * 48_271) % 2_147_483_647) % most;
  return Array.from({ length: 200 }, () => Array.from({ length: 1 + roll(20) }, (_, index) => ({
    id: `s${index}`, gate: "x", needs: index ? [...new Set(Array.from({ length: roll(4) }, () => `s${roll(index)}`))] : [],
  })));
}

test("in the picture no two boxes touch, and each stands to the right of all that it needs", () => {
  for (const steps of graphs()) {
    const drawn = nodes({ ...normal, steps }), { places, edges, width, height } = layout(drawn);
    equal(edges.length, drawn.reduce((sum, node) => sum + node.needs.length, 0));
    const boxes = drawn.map((node) => ({ node, ...places.get(node.id) }));
    for (const one of boxes) {
      truly(one.x >= 0 && one.y >= 0 && one.x + size.boxWidth <= width && one.y + size.boxHeight <= height, `${one.node.id} stands outside`);
      for (const need of one.node.needs) truly(places.get(need).x + size.boxWidth < one.x, `${one.node.id} stands beside ${need}`);
      for (const other of boxes) {
        const apart = one === other || Math.abs(one.x - other.x) >= size.boxWidth || Math.abs(one.y - other.y) >= size.boxHeight;
        truly(apart, `${one.node.id} touches ${other.node.id}`);
      }
    }
  }
});
