// The fold of a run's history into what is shown. Pure: no clock, no document, no network; the same events give the
// same state, whether they come at once or one by one. Docs/Events.md says what the events mean.

import { note } from "./items.js";
import { takers } from "./takers.js";

const longestLive = 64_000;

export function emptyState() {
  return {
    sequence: 0, status: "running", step: "workspace", reason: null, startedAt: null, updatedAt: null, endedAt: null,
    run: null, pipeline: null, inputs: {}, project: null, origin: null, version: null, workspace: null, model: null,
    gate: "never", limits: {}, iteration: 0, turn: 0,
    usage: { input: 0, cached: 0, output: 0, unanswered: 0, cost: 0, currency: null },
    points: [], items: [], calls: new Map(), turns: new Map(), checks: new Map(), questions: new Map(), steps: new Map(), outside: new Map(), refused: 0,
  };
}

/// Takes the next event in; answers the items that look different now. Events that were taken already change nothing.
export function fold(state, event) {
  if (event.sequence <= state.sequence) return [];
  state.sequence = event.sequence;
  state.updatedAt = event.at;
  const take = takers[event.type];
  return (take ? take(state, event.body, event) : note(state, event, event.type, "")) ?? [];
}

/// Takes in a piece of what is still being written; it is replaced by the event that holds all of it.
export function foldPiece(state, piece) {
  if (piece.kind === "model") return grow(state.turns.get(piece.turn), "text", piece.text, (turn) => !turn.repliedAt);
  if (piece.kind === "call") {
    const grown = grow(state.calls.get(piece.call), "output", piece.output, (call) => !call.endedAt);
    return grown.map((call) => call.item);
  }
  const check = state.items.findLast((item) => item.kind === "check");
  return grow(check, "live", piece.output, (check) => !check.outcome);
}

function grow(item, name, text, isOpen) {
  if (!item || !isOpen(item)) return [];
  item[name] = (item[name] + text).slice(-longestLive);
  return [item];
}

export const openQuestions = (state) => [...state.questions.values()].filter((question) => !question.decision);

/// All checks that are over, in order; the first is the baseline.
export const finishedChecks = (state) => state.items.filter((item) => item.kind === "check" && item.outcome);
