// What each type of event does to the state; by the names of Docs/Events.md. Each answers the items it changed.

import { amount } from "../money.js";
import { agentTakers, outsideTakers, questionTakers, stepTakers } from "./asked.js";
import { add, call, note, settle } from "./items.js";
import { drawn } from "./plan.js";

// What a reply used, and cost.
function charge({ usage }, body) {
  usage.input += body.input_tokens;
  usage.cached += body.cached_tokens ?? 0;
  usage.output += body.output_tokens;
  usage.cost += amount(body.cost);
  usage.currency = body.cost?.split(" ")[1] ?? usage.currency;
}

// Nobody knows whether the service charged: then what was reserved counts, as in the run's own account.
function reserve({ usage }, { failure }, reserved) {
  if (!failure.may_have_cost || !reserved) return;
  usage.unanswered += reserved.reserved_tokens;
  usage.cost += amount(reserved.reserved_cost);
}

export const takers = {
  ...agentTakers,
  ...outsideTakers,
  ...questionTakers,
  ...stepTakers,
  "run.started"(state, body, event) {
    const { pipeline } = body;
    Object.assign(state, {
      run: body.run, pipeline, inputs: body.inputs, project: body.project, origin: body.origin, version: body.version,
      startedAt: event.at, model: [pipeline.model].flat()[0] ?? null, gate: pipeline.human?.gate ?? "never", limits: pipeline.limits,
    });
  },
  "workspace.opened"(state, body, event) {
    state.workspace = body;
    state.step = "baseline";
    if (body.sandbox?.confined !== false) return note(state, event, "Workspace opened", body.path);
    return note(state, event, "Workspace opened", `${body.path}\nCommands are not confined: ${body.sandbox.reason}`, "held");
  },
  "network.used"(state, body, event) {
    const places = (allowed) => body.hosts.filter((host) => host.allowed === allowed).map((host) => `${host.host}:${host.port}`);
    const [refused, reached] = [places(false), places(true)];
    const lines = [reached.length && `Let through ${reached.join(", ")}`, refused.length && `Refused ${refused.join(", ")}`];
    return note(state, event, "Network", lines.filter(Boolean).join("\n"), refused.length ? "held" : "plain");
  },
  "check.started"(state, body, event) {
    state.step = body.iteration === 0 ? "baseline" : "check";
    // Without a goal there is nothing to say of how it is at the start.
    if (body.iteration === 0 && !state.pipeline?.goal) return [];
    const key = `c${body.iteration}.${body.round}`;
    const earlier = state.checks.get(key);
    if (earlier && !earlier.outcome) return Object.assign(earlier, { at: event.at, live: "" }) && [earlier];
    const { iteration, round } = body;
    const item = { kind: "check", key: `e${event.sequence}`, sequence: event.sequence, at: event.at, iteration, round };
    state.checks.set(key, Object.assign(item, { live: "", outcome: null }));
    return add(state, item);
  },
  "check.finished"(state, body, event) {
    const item = state.checks.get(`c${body.iteration}.${body.round}`);
    if (!item) return [];
    const result = { failing: [], refused: [], counts: {}, ...body };
    Object.assign(item, result, { endedAt: event.at, live: "" });
    state.refused += item.refused.length;
    return [item];
  },
  "judge.requested"(state, body) {
    state.judging = body;
    return [];
  },
  "judge.replied"(state, body, event) {
    charge(state, body);
    return note(state, event, `Judged by ${state.judging?.model ?? "a model"}`, body.text);
  },
  "judge.failed"(state, body, event) {
    reserve(state, body, state.judging);
    return note(state, event, "A model that judges gave no answer", body.failure.message, "held");
  },
  "iteration.started"(state, body, event) {
    const { iteration } = body;
    state.iteration = iteration;
    // A pass of the steps begins with none of them.
    if (drawn(state.pipeline)?.steps) Object.assign(state, { steps: new Map(), step: "steps" });
    return add(state, { kind: "iteration", key: `e${event.sequence}`, sequence: event.sequence, at: event.at, iteration });
  },
  "model.requested"(state, body, event) {
    Object.assign(state, { step: "model", model: body.model, turn: body.turn, reserved: body });
    settle(state);
    const earlier = state.turns.get(body.turn);
    if (earlier) return Object.assign(earlier, { attempt: body.attempt, text: "", failure: null }) && [earlier];
    const item = {
      kind: "turn", key: `e${event.sequence}`, sequence: event.sequence, at: event.at, turn: body.turn, text: "",
      attempt: body.attempt, model: body.model, calls: [], repliedAt: null, failure: null,
    };
    state.turns.set(body.turn, item);
    return add(state, item);
  },
  "model.replied"(state, body, event) {
    const item = state.turns.get(body.turn);
    if (!item) return [];
    Object.assign(item, { ...body, repliedAt: event.at });
    charge(state, body);
    const { usage } = state;
    const { turn } = body;
    state.points.push({ at: event.at, turn, tokens: usage.input + usage.output + usage.unanswered, cost: usage.cost });
    return [item];
  },
  "model.failed"(state, body, event) {
    const item = state.turns.get(body.turn);
    if (!item) return [];
    Object.assign(item, { failure: body.failure, retryAt: body.retry_at ?? null, failedAt: event.at });
    if (body.retry_at) state.status = "waiting";
    reserve(state, body, state.reserved);
    return [item];
  },
  "model.fell_back": (state, body, event) => note(state, event, "Another model", `${body.to} stands in for ${body.from}.`),
  "conversation.compacted": (state, body, event) =>
    note(state, event, "Conversation summarised", `It grew too long; this stands for its first ${body.dropped} messages.\n\n${body.text}`),
  "tool_call.proposed"(state, body, event) {
    const item = state.turns.get(Number.parseInt(body.call, 10)) ?? state.items.findLast((one) => one.kind === "turn");
    if (!item) return [];
    const call = { ...body, at: event.at, stage: "proposed", output: "", item, startedAt: null, endedAt: null };
    state.calls.set(body.call, call);
    item.calls.push(call);
    state.step = "tools";
    return [item];
  },
  "tool_call.assessed": (state, body) => call(state, body, body.arguments ? { arguments: body.arguments } : {}),
  "tool_call.started": (state, body, event) => call(state, body, { stage: "running", startedAt: event.at }),
  "tool_call.finished": (state, body, event) => call(state, body, {
    stage: body.is_error || body.exit_code ? "failed" : "finished", endedAt: event.at, output: body.text,
    exitCode: body.exit_code, isError: body.is_error === true, whole: body.whole,
  }),
  "tool_call.refused"(state, body, event) {
    state.refused += 1;
    return call(state, body, { stage: "refused", endedAt: event.at, output: body.reason });
  },
  "message.added": (state, body, event) => note(state, event, `Message from ${body.by}`, body.text, "person"),
  "settings.changed"(state, body, event) {
    if (body.model) state.model = body.model;
    if (body.gate ?? body.human_gate) state.gate = body.gate ?? body.human_gate;
    const parts = [body.model && `model ${body.model}`, (body.gate ?? body.human_gate) && `human gate ${state.gate}`];
    return note(state, event, `Settings changed by ${body.by}`, parts.filter(Boolean).join(", "), "person");
  },
  "limits.changed"(state, body, event) {
    const changed = Object.entries(body.limits).filter(([name, value]) => state.limits?.[name] !== value);
    state.limits = body.limits;
    const text = changed.map(([name, value]) => `${name} ${value}`).join(", ");
    return note(state, event, `Limits changed by ${body.by}`, text, "person");
  },
  "best.chosen"(state, body, event) {
    return note(state, event, "The best is kept", body.reason, "check");
  },
  "workspace.rolled_back"(state, body, event) {
    const place = body.iteration === 0 ? "at the start" : `after iteration ${body.iteration}`;
    return note(state, event, `Rolled back by ${body.by}`, `The files are as they were ${place}.`, "person");
  },
  "run.finished"(state, body, event) {
    Object.assign(state, { status: body.status, reason: body.reason, step: "end", endedAt: event.at });
    const { status, reason } = body;
    const left = [...state.questions.values()].filter((question) => !question.decision);
    for (const question of left) Object.assign(question, { decision: "expired", by: "the end of the run", resolvedAt: event.at });
    const cut = [...state.outside.values()];
    for (const item of cut) Object.assign(item.call, { stage: "cut", endedAt: event.at });
    state.outside.clear();
    return [...left, ...cut, ...add(state, { kind: "end", key: `e${event.sequence}`, sequence: event.sequence, at: event.at, status, reason })];
  },
  "run.reopened"(state, body, event) {
    Object.assign(state, { status: "running", reason: null, endedAt: null, step: "model" });
    const open = (state.turns.get(state.turn)?.calls ?? []).filter((call) => !call.endedAt);
    const output = "The run ended before the call was carried out.";
    for (const call of open) Object.assign(call, { stage: "refused", endedAt: event.at, output });
    return [...open.map((call) => call.item), ...note(state, event, `Taken up again by ${body.by}`, "", "person")];
  },
};
