// Histories to fold, as small as what they show allows.

export const pipeline = {
  name: "pytest", goal: { gate: "pytest" }, model: "openai/gpt-5.2", human: { gate: "after_check" },
  tools: { allow: ["file_read", "file_patch"], ask: ["bash_exec"] }, limits: { iterations: 20, turns: 50 },
  workspace: { isolation: "none" },
};

/// Numbers the events and gives each a moment, a second apart.
export const history = (...events) => events.map(([type, body = {}], index) => ({
  run: "r1", sequence: index + 1, at: new Date(Date.UTC(2026, 10, 21, 9, 0, index)).toISOString(), type, version: 1, body,
}));

export const begun = [
  ["run.started", { run: "r1", pipeline, inputs: { target: "tests" }, project: "/p", origin: "cli", version: "0.2.0" }],
  ["workspace.opened", { path: "/p", project: "/p", snapshot: "s0" }],
  ["check.started", { iteration: 0, round: 1, snapshot: "s0" }],
  ["check.finished", {
    iteration: 0, round: 1, outcome: "failed", reason: "1 of 2 tests fail: t::a.", counts: { passed: 1, failed: 1 },
    failing: [{ id: "t::a", outcome: "failed", message: "assert 1 == 2" }],
  }],
  ["iteration.started", { iteration: 1 }],
];

export const asked = [
  ...begun, ["model.requested", { turn: 1, attempt: 1, model: "openai/gpt-5.2", reserved_tokens: 10, request: "0" }],
];

export const replied = [...asked, ["model.replied", {
  turn: 1, text: "I mend it.", stop: "finished", input_tokens: 100, cached_tokens: 40, output_tokens: 20, cost: "0.0125 USD",
}]];

export const proposed = [...replied, ["tool_call.proposed", {
  call: "1.1", service_id: "x", tool: "bash_exec", arguments: "{\"command\":\"make\"}", reach: ["runs"],
}]];

export const waiting = [...proposed, ["approval.requested", {
  approval: "a1", question: "Run 'make'?", shown: "f0", subject: "call", call: "1.1", on_deadline: "abort",
}]];
