// What the work asks of others: of people, and of agents and steps in runs of their own. And what programs ask and tell
// that work in its directory and are no part of it.

import { amount } from "../money.js";
import { add, call, holdsUp, note, settle } from "./items.js";

export const agentTakers = {
  "agent.started"(state, body, event) {
    const { run, agent } = body;
    return [...call(state, body, { agent: run }), ...note(state, event, `The agent ${agent} works`, `in run ${run}`)];
  },
  "agent.finished"(state, body) {
    spend(state, body);
    return [];
  },
};

export const stepTakers = {
  "step.started"(state, body, event) {
    state.step = "steps";
    settle(state);
    const earlier = state.steps.get(body.step);
    if (earlier && !earlier.status) return Object.assign(earlier, { at: event.at, runs: body.runs ?? [] }) && [earlier];
    return stepItem(state, body, event);
  },
  "race.decided"(state, { rule, winner, entrants }, event) {
    const won = entrants.find((one) => one.run === winner);
    const title = won ? `${won.model} has won the race` : "Nobody has won the race";
    const spent = entrants.map((one) => `${one.model}: ${one.cost ?? `${one.tokens} tokens`}, run ${one.run}`);
    return note(state, event, title, [`By the rule '${rule}'. Spent by then:`, ...spent].join("\n"), "check");
  },
  // A step that is left out ends without having begun.
  "step.finished"(state, body, event) {
    state.step = "steps";
    spend(state, body);
    const added = state.steps.has(body.step) ? [] : stepItem(state, body, event);
    const item = state.steps.get(body.step);
    Object.assign(item, body, { endedAt: event.at });
    return added.length ? added : [item];
  },
};

function stepItem(state, { pass, step, runs = [] }, event) {
  const key = `e${event.sequence}`;
  const item = { kind: "step", key, sequence: event.sequence, at: event.at, pass, step, runs, status: null, summary: "" };
  state.steps.set(step, item);
  return add(state, item);
}

// What runs used that worked for this one.
function spend({ usage }, body) {
  usage.agents = (usage.agents ?? 0) + (body.tokens ?? 0);
  usage.cost += amount(body.cost);
  usage.currency = body.cost?.split(" ")[1] ?? usage.currency;
}

export const questionTakers = {
  "approval.requested"(state, body, event) {
    const subject = body.call ? state.calls.get(body.call) : null;
    const item = { kind: "question", key: `e${event.sequence}`, sequence: event.sequence, at: event.at, ...body };
    Object.assign(item, { decision: null, stepBefore: state.step, subjectCall: subject });
    if (holdsUp(item)) Object.assign(state, { status: "waiting", step: "person" });
    state.questions.set(body.approval, item);
    return add(state, item);
  },
  "approval.resolved"(state, body, event) {
    const item = state.questions.get(body.approval);
    if (!item) return [];
    Object.assign(item, { decision: body.decision, by: body.by, message: body.message, answer: body.answer, resolvedAt: event.at });
    if (holdsUp(item)) state.step = item.stepBefore;
    settle(state);
    return [item];
  },
};

const longestOutput = 64_000;

export const outsideTakers = {
  "outside.reported"(state, body, event) {
    if (body.what === "output") return output(state, body, event);
    if (body.what === "call_begun") return begin(state, body, event);
    const item = state.outside.get(body.call);
    if (!item) return [];
    state.outside.delete(body.call);
    const startedAt = new Date(Date.parse(event.at) - body.milliseconds).toISOString();
    Object.assign(item.call, { stage: body.is_error ? "failed" : "finished", startedAt, endedAt: event.at, output: body.error ?? "" });
    return [item];
  },
};

// Pieces that follow each other are one entry.
function output(state, { stream, text }, event) {
  const last = state.items.at(-1);
  if (last?.kind === "output" && last.stream === stream) {
    last.text = (last.text + text).slice(-longestOutput);
    return [last];
  }
  return add(state, { kind: "output", key: `e${event.sequence}`, sequence: event.sequence, at: event.at, stream, text });
}

function begin(state, body, event) {
  const key = `e${event.sequence}`;
  const told = body.input !== null && typeof body.input === "object" ? JSON.stringify(body.input) : String(body.input ?? "");
  const call = { call: key, tool: body.tool, arguments: told, stage: "running", output: "", at: event.at, startedAt: event.at, endedAt: null };
  const item = { kind: "outcall", key, sequence: event.sequence, at: event.at, call };
  state.outside.set(body.call, item);
  return add(state, item);
}
