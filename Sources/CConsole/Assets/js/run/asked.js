// What the work asks of others: of people, and of agents in runs of their own.

import { amount } from "../money.js";
import { add, call, note, settle } from "./items.js";

export const agentTakers = {
  "agent.started"(state, body, event) {
    const { run, agent } = body;
    return [...call(state, body, { agent: run }), ...note(state, event, `The agent ${agent} works`, `in run ${run}`)];
  },
  "agent.finished"(state, body) {
    state.usage.agents = (state.usage.agents ?? 0) + body.tokens;
    state.usage.cost += amount(body.cost);
    state.usage.currency = body.cost?.split(" ")[1] ?? state.usage.currency;
    return [];
  },
};

export const questionTakers = {
  "approval.requested"(state, body, event) {
    const subject = body.call ? state.calls.get(body.call) : null;
    const item = { kind: "question", key: `e${event.sequence}`, sequence: event.sequence, at: event.at, ...body };
    Object.assign(item, { decision: null, stepBefore: state.step, subjectCall: subject });
    Object.assign(state, { status: "waiting", step: "person" });
    state.questions.set(body.approval, item);
    return add(state, item);
  },
  "approval.resolved"(state, body, event) {
    const item = state.questions.get(body.approval);
    if (!item) return [];
    Object.assign(item, { decision: body.decision, by: body.by, message: body.message, answer: body.answer, resolvedAt: event.at });
    state.step = item.stepBefore;
    settle(state);
    return [item];
  },
};
