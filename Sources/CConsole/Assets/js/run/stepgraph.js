// The steps of a pipeline as a picture that goes along with the run; and the same as a list for those who do not see it.
// Where a step stands follows from the pipeline alone, so it is drawn once, and then only what has become of it.

import { h, replace, svg } from "../dom.js";
import { statusWords } from "../format.js";
import { drawn } from "./plan.js";
import { layout, nodes, passWords, size, stageOf, stageWords, stepSentence } from "./steps.js";

const margin = 10, loopDrop = 30, mostLinks = 5;
const marks = { later: "○", now: "●", held: "◆", passed: "✓", failed: "✕", skipped: "–", cut: "◌" };

const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/// What became of it, in words; of the end, how the run ended.
const outcome = (node, stage, state) =>
  node.kind === "end" ? (stage === "later" ? "" : statusWords(state.status)) : stageWords[stage];

/// Links to the runs that do the work of a step; where there is no room for all, the last leads to the list of them.
function links(node, known) {
  const runs = known?.runs ?? [];
  const shown = runs.length > mostLinks ? runs.slice(0, mostLinks - 1) : runs;
  const all = shown.map((run, index) => ({
    href: `/runs/${encodeURIComponent(run)}`, text: runs.length === 1 ? "run" : `${index + 1}`, label: `Run ${run} of step ${node.title}`,
  }));
  if (shown.length < runs.length) {
    all.push({ href: `#${known.key}`, text: `+${runs.length - shown.length}`, label: `All ${runs.length} runs of step ${node.title}, in the timeline` });
  }
  return all;
}

class StepBox {
  #node;
  #key = "";
  #mark = svg("text", { x: 12, y: 21, class: "mark" });
  #outcome = svg("text", { x: 12, y: 53, class: "step-outcome" });
  #body;
  #links = svg("g", {});

  constructor(node, place) {
    this.#node = node;
    const told = [node.title, node.detail, ...node.remarks].filter(Boolean).join("\n");
    this.#body = svg("g", { "aria-hidden": "true" }, svg("title", null, told),
      svg("rect", { width: size.boxWidth, height: size.boxHeight, rx: 8 }), this.#mark,
      svg("text", { x: 29, y: 21, class: "step-title" }, cut(node.title, 19)),
      svg("text", { x: 12, y: 37, class: "step-detail" }, cut(node.detail, 25)), this.#outcome);
    this.element = svg("g", { transform: `translate(${place.x} ${place.y})`, "data-step": node.id }, this.#body, this.#links);
  }

  draw(state) {
    const stage = stageOf(this.#node, state), known = state.steps.get(this.#node.id);
    const all = links(this.#node, known);
    const key = `${stage} ${state.status} ${all.map((one) => one.href)}`;
    if (key === this.#key) return;
    this.#key = key;
    const conditional = this.#node.remarks.some((remark) => remark.startsWith("if "));
    this.element.setAttribute("class", `step ${stage} ${this.#node.kind}${conditional ? " optional" : ""}`);
    this.element.setAttribute("data-stage", stage);
    replace(this.#mark, marks[stage]);
    replace(this.#outcome, outcome(this.#node, stage, state));
    let right = size.boxWidth - 12;
    const drawn = all.toReversed().map((one) => {
      const link = svg("a", { href: one.href, "aria-label": one.label }, svg("text", { x: right, y: 53, "text-anchor": "end" }, one.text));
      right -= 8 + 7 * one.text.length;
      return link;
    });
    replace(this.#links, drawn.reverse());
  }
}

/// From the end of a pass back to its beginning, with the number of the pass.
function back(all, placed, height) {
  const ends = all.filter((node) => node.kind === "end" || node.kind === "goal");
  const from = placed.places.get(ends[0].id);
  const first = all.map((node) => placed.places.get(node.id)).filter((place) => place.x === 0).sort((one, other) => other.y - one.y)[0];
  const half = size.boxWidth / 2, low = height + loopDrop - 14;
  return svg("path", { class: "edge back", d: `M${from.x + half} ${from.y + size.boxHeight + 3}V${low - 8}q0 8 -8 8H${half + 8}q-8 0 -8 -8V${first.y + size.boxHeight + 5}m-4 6l4 -6l4 6` });
}

export class StepGraph {
  #boxes = [];
  #all = [];
  #key = "";
  #pass = svg("text", { class: "loop-text", "text-anchor": "middle", "aria-hidden": "true" });
  #picture = h("div", { class: "graph-scroll steps", tabindex: "0", role: "region", "aria-label": "Picture of the steps" });
  #list = h("ol", { class: "unseen" });
  #line = h("p", { class: "unseen" });
  element = h("div", null, this.#picture, this.#line, this.#list);

  draw(state) {
    if (!this.#boxes.length) this.#build(drawn(state.pipeline));
    for (const box of this.#boxes) box.draw(state);
    const stages = this.#all.map((node) => stageOf(node, state));
    const key = [state.iteration, state.limits?.iterations, state.status, ...stages].join();
    if (key === this.#key) return;
    this.#key = key;
    replace(this.#pass, passWords(state));
    this.#show(stages);
    replace(this.#line, stepSentence(this.#all, state));
    replace(this.#list, this.#all.map((node, index) => h("li", { "aria-current": ["now", "held"].includes(stages[index]) ? "step" : null },
      `${[node.title, node.detail, ...node.remarks].filter(Boolean).join(", ")}: ${outcome(node, stages[index], state) || stageWords.later}`)));
  }

  #build(normal) {
    this.#all = nodes(normal);
    const placed = layout(this.#all);
    const w = placed.width + 2 * margin, height = placed.height + loopDrop + 2 * margin;
    this.#boxes = this.#all.map((node) => new StepBox(node, placed.places.get(node.id)));
    this.#pass.setAttribute("x", placed.width / 2);
    this.#pass.setAttribute("y", placed.height + loopDrop + 2);
    const repeats = normal.limits?.iterations !== 1;
    const lines = [placed.edges.map((d) => svg("path", { class: "edge", d: `${d}m-6 -4l6 4l-6 4` })), repeats && back(this.#all, placed, placed.height)];
    replace(this.#picture, svg("svg", { viewBox: `${-margin} ${-margin} ${w} ${height}`, width: w, height, focusable: "false" },
      svg("g", { "aria-hidden": "true" }, lines), this.#boxes.map((box) => box.element), this.#pass));
    this.placed = placed;
  }

  /// Brings what is under way into sight, unless a person is at work in the picture.
  #show(stages) {
    const at = this.#all.findIndex((_, index) => stages[index] === "held" || stages[index] === "now");
    if (at < 0 || this.#picture.contains(document.activeElement)) return;
    const { x, y } = this.placed.places.get(this.#all[at].id);
    this.#picture.scrollTo(x - (this.#picture.clientWidth - size.boxWidth) / 2, y - (this.#picture.clientHeight - size.boxHeight) / 2);
  }
}
