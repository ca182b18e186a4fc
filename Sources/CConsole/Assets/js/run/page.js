// One run, live.

import { get, paths } from "../api.js";
import { alertNow, announce, setTitle } from "../announce.js";
import { h, replace } from "../dom.js";
import { hasEnded, statusWords } from "../format.js";
import { setOfPage } from "../shortcuts.js";
import { actionsFor } from "./actions.js";
import { Changes } from "./changes.js";
import { Usage } from "./chart.js";
import { Follower } from "./follow.js";
import { Goal } from "./goal.js";
import { Graph } from "./graph.js";
import { about, Head } from "./head.js";
import { questionCard } from "./question.js";
import { emptyState, fold, foldPiece, openQuestions } from "./state.js";
import { stageWords } from "./steps.js";
import { Timeline } from "./timeline.js";

const tabs = [["", "Timeline"], ["diff", "Changes"], ["pipeline", "Pipeline"]];

/// Everything of the page that is drawn from the state.
class RunView {
  state = emptyState();
  done = [];

  constructor(main, run, details) {
    this.run = run;
    this.done = details.iterations_done ?? [];
    this.head = new Head(run, () => this.done, () => this.lookUp());
    this.graph = new Graph();
    this.timeline = new Timeline(this.state);
    this.goal = new Goal();
    this.usage = new Usage();
    this.changes = new Changes(run);
    this.about = h("section", { class: "panel", "aria-label": "About this run" });
    this.questions = h("div", { class: "questions" });
    this.normal = h("section", { "aria-label": "Pipeline" });
    this.nav = h("nav", { class: "tabs", "aria-label": "Parts of this run" }, tabs.map(([tab, label]) =>
      h("a", { href: `/runs/${encodeURIComponent(run)}${tab && `/${tab}`}`, "data-tab": tab }, label)));
    this.parts = { "": this.timeline.element, diff: this.changes.element, pipeline: this.normal };
    const side = h("aside", { class: "side", "aria-label": "Standing" }, this.goal.element, this.usage.element, this.about);
    replace(main, this.head.element, this.questions, this.graph.element, this.nav,
      h("div", { class: "run-columns" }, h("div", { class: "run-main" }, Object.values(this.parts)), side));
    this.follower = new Follower(run, {
      onEvent: (event) => this.take(event), onPiece: (piece) => this.timeline.update(foldPiece(this.state, piece)),
      onState: (name, detail) => this.connected(name, detail), hasEnded: () => hasEnded(this.state.status),
    });
    this.clock = setInterval(() => this.head.tick(this.state), 1000);
    // A run that has ended tells nothing more; somebody may have taken it up, or set its files back.
    this.watch = setInterval(() => { if (this.ended && !document.hidden) this.lookUp(); }, 4000);
  }

  take(event) {
    const { status } = this.state;
    this.timeline.update(fold(this.state, event));
    if (this.isLive) this.tell(event, status);
    this.drawing ??= requestAnimationFrame(() => this.draw());
  }

  tell(event, before) {
    if (event.type === "approval.requested") alertNow(`A question: ${event.body.question.slice(0, 200)}`);
    else if (event.type === "check.finished") announce(event.body.reason);
    else if (event.type === "step.finished") announce(`Step ${event.body.step}: ${stageWords[event.body.status]}.`);
    else if (this.state.status !== before) announce(`The run is ${statusWords(this.state.status)}.`);
    if (event.type === "check.finished" || event.type === "run.finished") this.lookUp();
  }

  draw() {
    this.drawing = undefined;
    const { state } = this;
    this.head.draw(state);
    this.graph.draw(state);
    this.goal.draw(state);
    this.usage.draw(state);
    this.drawQuestions();
    if (state.pipeline && !this.normal.firstChild) replace(this.normal, h("pre", { class: "output tall", tabindex: "0" }, JSON.stringify(state.pipeline, null, 2)));
    const told = `${state.model} ${state.gate} ${state.workspace?.path}`;
    if (told !== this.told && state.pipeline) replace(this.about, h("h2", null, "About"), about(state));
    this.told = told;
    setTitle(`${statusWords(state.status)}: ${state.pipeline?.name ?? "run"} ${this.run}`);
  }

  drawQuestions() {
    const open = openQuestions(this.state);
    const key = open.map((one) => one.approval).join();
    if (key === this.asked) return;
    const hadFocus = this.questions.contains(document.activeElement);
    this.asked = key;
    this.cards = open.map((question) => questionCard(question, this.run));
    replace(this.questions, this.cards);
    if (hadFocus) (this.cards[0] ?? this.head.element.querySelector("h1")).focus();
  }

  connected(name, detail) {
    this.head.connection(name, detail);
    // What is told before the first pause is the past; nobody wants it read out.
    if (name === "live") setTimeout(() => { this.isLive = true; }, 1500);
    if (name === "ended") this.isLive = true;
    this.ended = name === "ended";
  }

  /// Which iterations there is a snapshot of is known to the server alone.
  async lookUp() {
    const details = await get(paths.run(this.run)).catch(() => null);
    if (!details) return;
    this.done = details.iterations_done ?? [];
    this.changes.offer(this.done);
    this.head.draw(this.state);
    if (details.events > this.state.sequence) this.restart();
    if (this.tab === "diff" && !this.ended) this.changes.load();
  }

  restart() {
    if (!this.ended) return;
    this.ended = false;
    this.follower.start();
  }

  show(tab = "") {
    this.tab = this.parts[tab] ? tab : "";
    for (const [name, part] of Object.entries(this.parts)) part.hidden = name !== this.tab;
    for (const link of this.nav.children) {
      if (link.dataset.tab === this.tab) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
    }
    if (this.tab === "diff") { this.changes.offer(this.done); this.changes.load(); }
  }

  act(key) {
    const found = actionsFor(this.run, this.state, () => this.done).find((one) => one.key === key);
    if (found) this.head.act(found);
  }

  leave() {
    this.follower.stop();
    this.timeline.leave();
    clearInterval(this.clock);
    clearInterval(this.watch);
    cancelAnimationFrame(this.drawing);
  }
}

const acts = [["m", "Send a message"], ["s", "Settings: limits, model, human gate"], ["u", "Resume"], ["b", "Roll back"], ["X", "Abort"], ["D", "Delete"]];

export async function runPage(main, { run, tab }) {
  const details = await get(paths.run(run));
  const view = new RunView(main, run, details);
  view.show(tab);
  setOfPage([
    { keys: "a", text: "Approve", action: () => view.cards?.[0]?.approve() },
    { keys: "r", text: "Reject: write why, then Control Enter", action: () => view.cards?.[0]?.reject() },
    { keys: "j", text: "Next entry", action: () => view.timeline.step(1) },
    { keys: "k", text: "Previous entry", action: () => view.timeline.step(-1) },
    { keys: "o", text: "Open or close all tool calls", action: () => view.timeline.toggleAll() },
    { keys: ".", text: "To the newest", action: () => view.timeline.toEnd() },
    ...acts.map(([keys, text]) => ({ keys, text, action: () => view.act(keys) })),
  ]);
  view.follower.start();
  return { title: `Run ${run}`, leave: () => view.leave(), move: (parameters) => view.show(parameters.tab) };
}
