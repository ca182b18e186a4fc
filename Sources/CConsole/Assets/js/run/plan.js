// The steps of a pipeline, from its normal form, and which of them a run is at. Pure.

const asks = {
  after_check: "after each check", after_failed_check: "after failed check", before_writes: "before each write",
  plan: "about the plan",
};

/// What judges, in words: `pytest and command`.
export function goalWords(goal) {
  if (!goal) return "no goal";
  if (typeof goal === "string") return goal;
  if (goal.gate) return goal.gate;
  if (goal.not) return `not ${goalWords(goal.not)}`;
  const word = goal.all ? " and " : " or ";
  return (goal.all ?? goal.any ?? []).map(goalWords).join(word);
}

/// `[{id, title, detail, loop, optional}]` in the order of the run.
export function steps(normal, gate = normal?.human?.gate ?? "never") {
  const tools = normal?.tools ?? {};
  const asked = tools.ask ?? [];
  const number = (tools.allow ?? []).length + asked.length;
  const goal = goalWords(normal?.goal);
  const person = { id: "person", title: "Person", loop: true, optional: gate === "never" };
  person.detail = asks[gate] ?? (asked.length ? `for ${asked.join(", ")}` : "for limits only");
  const early = gate === "before_writes" || gate === "plan" || (gate === "never" && asked.length > 0);
  const check = { id: "check", title: "Check", detail: goal, loop: true };
  const work = [
    { id: "model", title: "Ask model", detail: [normal?.model ?? []].flat().join(", "), loop: true },
    { id: "tools", title: "Tool calls", detail: `${number} ${number === 1 ? "tool" : "tools"}`, loop: true },
  ];
  return [
    { id: "workspace", title: "Workspace", detail: normal?.workspace?.isolation ?? "none" },
    { id: "baseline", title: "Baseline", detail: goal },
    ...(early ? [work[0], person, work[1], check] : [...work, check, person]),
    { id: "end", title: "End", detail: "" },
  ];
}

/// What a step is: `done`, `now`, or `later`; the steps of the loop are done in the iteration they belong to.
export function stage(step, all, state) {
  const at = all.findIndex((one) => one.id === state.step);
  const here = all.indexOf(step);
  if (here === at) return state.status === "waiting" && step.id !== "person" ? "held" : "now";
  return here < at && !(step.optional && state.questions.size === 0) ? "done" : "later";
}

const verbs = {
  workspace: "opening the workspace", baseline: "judging the goal before any work", model: "the model is asked",
  tools: "tool calls run", check: "the goal is judged", person: "waiting for a person",
};

/// One sentence for those who do not see the graph.
export function sentence(state) {
  if (state.step === "end") return `The run has ended: ${state.status.replaceAll("_", " ")}.`;
  const where = state.iteration ? `Iteration ${state.iteration}: ` : "";
  const text = `${where}${verbs[state.step]}.`;
  return text[0].toUpperCase() + text.slice(1);
}

/// A race is one step whose models work side by side.
export const drawn = (normal) => (normal?.race && !normal.steps ? { ...normal, steps: [{ id: "race", race: normal.race }] } : normal);
