// The steps of a pipeline: what each does, how far it is, and where it stands in the picture. Pure.

import { hasEnded, shortModel } from "../format.js";
import { goalWords } from "./plan.js";
import { openQuestions } from "./state.js";

export const stageWords = {
  later: "not begun", now: "under way", held: "waits for a person", passed: "passed", failed: "failed",
  skipped: "left out", cut: "not finished",
};

/// What a step does, in some words.
export function work(step, normal) {
  if (step.race) return `race of ${step.race.models.map(shortModel).join(", ")}`;
  if (step.gate) return `gate ${step.gate}`;
  if (step.human) return `question: ${step.human}`;
  if (step.pipeline) return `pipeline ${step.pipeline.name ?? step.pipeline}`;
  const models = [step.model ?? normal.model ?? []].flat().map(shortModel);
  return models.length ? `model ${models.join(", else ")}` : "model of the run";
}

/// What else is said of a step, as it is written.
export function remarks(step) {
  const { each, retry } = step;
  const list = typeof each === "string" ? each : JSON.stringify(each);
  return [
    step.needs?.length && `needs ${step.needs.join(", ")}`, step.if !== undefined && step.if !== null && `if ${step.if}`, each && `each of ${list}`,
    step.goal && `until ${goalWords(step.goal)}`, retry && `retry ${retry.times ?? 1}`, step.on_failure === "ignore" && "on_failure: ignore",
  ].filter(Boolean);
}

/// `[{id, title, detail, needs, remarks, kind}]`: the steps, and the goal and the end behind them. Their ids are no names
/// that a step can have.
export function nodes(normal) {
  const steps = normal.steps.map((step) => ({
    id: step.id, title: step.id, detail: work(step, normal), needs: step.needs ?? [], remarks: remarks(step), kind: "step",
  }));
  const needed = new Set(steps.flatMap((step) => step.needs));
  const last = steps.map((step) => step.id).filter((id) => !needed.has(id));
  const goal = normal.goal ? [{ id: "(goal)", title: "Goal", detail: goalWords(normal.goal), needs: last, remarks: [], kind: "goal" }] : [];
  return [...steps, ...goal, { id: "(end)", title: "End", detail: "", needs: goal.length ? ["(goal)"] : last, remarks: [], kind: "end" }];
}

const asksAbout = (state, test) => openQuestions(state).some(test);

function stageOfStep(id, state) {
  const known = state.steps.get(id);
  if (known?.status) return known.status;
  if (!known) return "later";
  if (asksAbout(state, (question) => question.subject === "step" && question.step === id)) return "held";
  return hasEnded(state.status) ? "cut" : "now";
}

function stageOfGoal(state) {
  if (asksAbout(state, (question) => question.subject === "check")) return "held";
  const check = state.items.findLast((item) => item.kind === "check");
  if (!check || check.iteration === 0 || check.iteration !== state.iteration) return "later";
  if (!check.outcome) return hasEnded(state.status) ? "cut" : "now";
  return check.outcome === "passed" ? "passed" : "failed";
}

/// How far a step is in this pass: a name of `stageWords`.
export function stageOf(node, state) {
  if (node.kind === "goal") return stageOfGoal(state);
  if (node.kind === "step") return stageOfStep(node.id, state);
  if (!hasEnded(state.status)) return "later";
  return state.status === "achieved" ? "passed" : "failed";
}

/// How many iterations the run may take: those of the limits are of each model in a race, which is one pass.
export const iterations = (state) => (state.pipeline?.race ? 1 : state.limits?.iterations);

/// The pass in words: `pass 2 of 20`.
export function passWords(state) {
  const total = iterations(state);
  return state.iteration ? `pass ${state.iteration}${total ? ` of ${total}` : ""}` : `${total ? `up to ${total}` : "several"} passes`;
}

/// One sentence for those who do not see the picture.
export function stepSentence(all, state) {
  if (hasEnded(state.status)) return `The run has ended: ${state.status.replaceAll("_", " ")}.`;
  const words = ["now", "held"].flatMap((stage) => {
    const titles = all.filter((node) => stageOf(node, state) === stage).map((node) => node.title);
    return titles.length ? [`${titles.join(", ")}: ${stageWords[stage]}`] : [];
  });
  const pass = passWords(state);
  return `${pass[0].toUpperCase()}${pass.slice(1)}. ${words.length ? `${words.join("; ")}.` : "No step is under way."}`;
}

const boxWidth = 172, boxHeight = 62, columnGap = 40, rowGap = 12, laneHeight = 8;
export const size = { boxWidth, boxHeight };

/// How many stand before each in the longest chain.
export function depths(all) {
  const found = new Map();
  const depth = (id) => {
    if (!found.has(id)) {
      found.set(id, 0);
      const needs = all.find((node) => node.id === id)?.needs ?? [];
      found.set(id, Math.max(0, ...needs.map((need) => depth(need) + 1)));
    }
    return found.get(id);
  };
  return new Map(all.map((node) => [node.id, depth(node.id)]));
}

/// Columns of what stands in them: nodes, and lanes for lines that only pass through.
function columns(all) {
  const depth = depths(all);
  const filled = Array.from({ length: Math.max(...depth.values()) + 1 }, () => []);
  const known = new Map();
  const add = (key, at, node = null) => {
    const one = { key, node, from: [], to: [] };
    known.set(key, one);
    filled[at].push(one);
  };
  for (const node of all) add(node.id, depth.get(node.id), node);
  const chains = all.flatMap((node) => node.needs.filter((need) => depth.has(need)).map((need) => {
    const chain = [need];
    for (let at = depth.get(need) + 1; at < depth.get(node.id); at++) {
      chain.push(`${need} ${node.id} ${at}`);
      add(chain.at(-1), at);
    }
    chain.push(node.id);
    for (const [index, key] of chain.slice(1).entries()) {
      known.get(key).from.push(chain[index]);
      known.get(chain[index]).to.push(key);
    }
    return chain;
  }));
  return { filled, chains };
}

/// Each about beside what leads to it and what it leads to, so that few lines cross.
function sort(filled) {
  const middle = new Map();
  const order = (column, side) => {
    const wanted = (one) => {
      const near = one[side].map((key) => middle.get(key));
      return near.length ? near.reduce((sum, number) => sum + number, 0) / near.length : middle.get(one.key) ?? 0;
    };
    const places = new Map(column.map((one) => [one, wanted(one)]));
    column.sort((one, other) => places.get(one) - places.get(other));
    column.forEach((one, index) => middle.set(one.key, (index + 0.5) / column.length));
  };
  for (let sweep = 0; sweep < 3; sweep++) {
    for (const column of filled) order(column, "from");
    for (const column of filled.toReversed()) order(column, "to");
  }
  for (const column of filled) order(column, "from");
}

const heightOf = (one) => (one.node ? boxHeight : laneHeight);

/// Where everything stands: `{places: Map(id -> {x, y}), edges: [path], width, height}`.
export function layout(all) {
  const { filled, chains } = columns(all);
  sort(filled);
  const tall = filled.map((column) => column.reduce((sum, one) => sum + heightOf(one) + rowGap, -rowGap));
  const height = Math.max(...tall);
  const places = new Map();
  filled.forEach((column, index) => {
    let y = (height - tall[index]) / 2;
    for (const one of column) {
      places.set(one.key, { x: index * (boxWidth + columnGap), y, height: heightOf(one) });
      y += heightOf(one) + rowGap;
    }
  });
  const edges = chains.map((chain) => path(chain.map((key) => places.get(key))));
  return { places, edges, width: filled.length * (boxWidth + columnGap) - columnGap, height };
}

const round = (number) => Math.round(number * 10) / 10;

function path(places) {
  const middle = ({ y, height }) => round(y + height / 2);
  const parts = places.slice(1).map((place, index) => {
    const before = places[index], half = columnGap / 2, from = before.x + boxWidth;
    const start = index ? `H${from}` : `M${from} ${middle(before)}`;
    return `${start}C${from + half} ${middle(before)} ${place.x - half} ${middle(place)} ${place.x - 3} ${middle(place)}`;
  });
  return parts.join("");
}
