// The items of a timeline, and how events change them.

export function add(state, item) {
  item.index = state.items.push(item) - 1;
  return [item];
}

export const note = (state, event, title, text, tone = "plain") =>
  add(state, { kind: "note", key: `e${event.sequence}`, sequence: event.sequence, at: event.at, title, text, tone });

/// Whether something of the run waits for the answer; for what a program outside asks nothing does.
export const holdsUp = (question) => question.subject !== "outside";

export function settle(state) {
  const isOpen = [...state.questions.values()].some((question) => !question.decision && holdsUp(question));
  if (!isOpen && state.status === "waiting") state.status = "running";
}

export function call(state, body, change) {
  const call = state.calls.get(body.call);
  if (!call) return [];
  Object.assign(call, change);
  return [call.item];
}
