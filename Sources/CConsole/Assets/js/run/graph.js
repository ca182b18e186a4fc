// The standard loop as a picture, with the step that the run is at; and the same as a list for those who do not see it.
// A pipeline with steps of its own has another picture.

import { h, replace, svg } from "../dom.js";
import { shortModel, statusWords } from "../format.js";
import { drawn, sentence, stage, steps } from "./plan.js";
import { StepGraph } from "./stepgraph.js";

const width = 128, height = 52, gap = 30, top = 4, loopDrop = 28;

const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
const x = (index) => 8 + index * (width + gap);

function box(step, index, all, state) {
  const now = stage(step, all, state);
  const outcome = step.id === "end" && now === "now" ? state.status : "";
  const detail = outcome ? statusWords(outcome) : step.id === "model" ? shortModel(step.detail) : step.detail;
  return svg("g", { class: `step ${now} ${step.id} ${outcome}${step.optional ? " optional" : ""}` },
    svg("rect", { x: x(index), y: top, width, height, rx: 8 }),
    svg("circle", { cx: x(index) + 14, cy: top + 19, r: 4 }),
    svg("text", { x: x(index) + 25, y: top + 23, class: "step-title" }, step.title),
    svg("text", { x: x(index) + 12, y: top + 41, class: "step-detail" }, svg("title", null, detail), cut(detail, 18)));
}

function arrow(index) {
  const y = top + height / 2, from = x(index) + width, to = x(index + 1);
  return svg("path", { class: "edge", d: `M${from + 3} ${y}H${to - 4}m-6 -4l6 4l-6 4` });
}

/// From the last step of the loop back to its first.
function loop(all, state) {
  const first = all.findIndex((step) => step.loop), last = all.findLastIndex((step) => step.loop);
  const from = x(last) + width / 2, to = x(first) + width / 2, y = top + height;
  const total = state.limits?.iterations;
  const text = state.iteration ? `iteration ${state.iteration}${total ? ` of ${total}` : ""}` : "until the goal holds";
  return [
    svg("path", { class: "edge back", d: `M${from} ${y + 3}v${loopDrop - 16}q0 10 -10 10H${to + 10}q-10 0 -10 -10V${y + 5}m-4 6l4 -6l4 6` }),
    svg("text", { class: "loop-text", x: (from + to) / 2, y: y + loopDrop + 10, "text-anchor": "middle" }, text),
  ];
}

const lookups = { done: "done", now: "now", later: "not yet", held: "held" };

export class Graph {
  #picture = h("div", { class: "graph-scroll", "aria-hidden": "true" });
  #list = h("ol", { class: "unseen" });
  #line = h("p", { class: "unseen" });
  #key = "";
  #steps = null;
  element = h("section", { class: "graph", "aria-label": "Steps of the run" }, this.#picture, this.#line, this.#list);

  draw(state) {
    if (drawn(state.pipeline)?.steps) return this.#drawSteps(state);
    const key = [state.step, state.status, state.iteration, state.gate, state.model, state.sequence > 0].join();
    if (key === this.#key || !state.pipeline) return;
    this.#key = key;
    const all = steps({ ...state.pipeline, model: state.model }, state.gate);
    const size = { w: x(all.length) - gap + 8, h: top + height + loopDrop + 15 };
    replace(this.#picture, svg("svg", { viewBox: `0 0 ${size.w} ${size.h}`, width: size.w, height: size.h, focusable: "false" },
      all.slice(1).map((_, index) => arrow(index)), loop(all, state), all.map((step, index) => box(step, index, all, state))));
    const now = all.findIndex((step) => step.id === state.step);
    this.#picture.scrollLeft = x(now) - (this.#picture.clientWidth - width) / 2;
    replace(this.#line, sentence(state));
    replace(this.#list, all.map((step) => {
      const now = stage(step, all, state);
      return h("li", { "aria-current": now === "now" ? "step" : null }, `${step.title}, ${step.detail}: ${lookups[now]}`);
    }));
  }

  #drawSteps(state) {
    if (!this.#steps) replace(this.element, (this.#steps = new StepGraph()).element);
    this.#steps.draw(state);
  }
}
