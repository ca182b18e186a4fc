// The head of a run's page: how it stands, in figures, and what can be done.

import { button, h, replace } from "../dom.js";
import { count, duration, hasEnded, money, short } from "../format.js";
import { badge, facts } from "../marks.js";
import { actionsFor } from "./actions.js";
import { goalWords } from "./plan.js";
import { iterations } from "./steps.js";

const connections = {
  connecting: "connecting", live: "live", lost: "connection lost", ended: "history complete", refused: "refused",
};

const figure = (label, value, title) => h("div", { title }, h("dt", null, label), h("dd", null, value));

export class Head {
  #run;
  #done;
  #acted;
  #key = "";
  #title = h("div", { class: "run-title" });
  #figures = h("dl", { class: "figures" });
  #actions = h("div", { class: "actions", role: "group", "aria-label": "Actions" });
  #connection = h("span", { class: "connection" });
  #reason = h("p", { class: "reason" });

  /// - Calls `acted` when a person has done something with the run.
  constructor(run, done, acted) {
    this.#run = run;
    this.#done = done;
    this.#acted = acted;
    this.element = h("header", { class: "run-head" }, h("div", { class: "run-top" }, this.#title, this.#actions), this.#reason, this.#figures);
  }

  draw(state) {
    const key = `${state.status} ${this.#done().length} ${state.sequence > 0}`;
    if (key !== this.#key) {
      this.#key = key;
      const focused = document.activeElement === this.#title.querySelector("h1");
      replace(this.#title, h("h1", { tabindex: "-1" }, h("span", null, state.pipeline?.name ?? "Run"), " ", h("span", { class: "mono soft" }, this.#run)),
        badge(state.status), this.#connection);
      if (focused) this.#title.querySelector("h1").focus({ preventScroll: true });
      replace(this.#actions, actionsFor(this.#run, state, this.#done).map((one) =>
        button(one.label, { class: one.kind ? `quiet ${one.kind}` : "", "aria-keyshortcuts": one.key }, () => this.act(one))));
      replace(this.#reason, hasEnded(state.status) ? state.reason : "");
      this.#reason.hidden = !hasEnded(state.status);
    }
    this.tick(state);
  }

  /// What changes with the time alone, too.
  tick(state) {
    if (!state.startedAt) return;
    const { usage, limits } = state;
    const most = iterations(state);
    const used = usage.input + usage.output + usage.unanswered + (usage.agents ?? 0);
    const age = duration((state.endedAt ? Date.parse(state.endedAt) : Date.now()) - Date.parse(state.startedAt));
    replace(this.#figures,
      figure("Iteration", `${state.iteration}${most ? ` of ${most}` : ""}`),
      figure("Replies", count(state.points.length)),
      figure("Tokens", `${short(used)}${limits?.tokens ? ` of ${limits.tokens}` : ""}`, count(used)),
      usage.currency && figure("Cost", `${money(usage.cost, usage.currency)}${limits?.cost ? ` of ${limits.cost}` : ""}`),
      figure("Time", `${age}${limits?.wall ? ` of ${limits.wall}` : ""}`));
  }

  async act(one) {
    await one.action();
    if (this.element.isConnected) this.#acted();
  }

  connection(name, detail) {
    this.#connection.className = `connection ${name}`;
    const text = name === "lost" ? `connection lost, again in ${Math.ceil(detail / 1000)} s` : name === "refused" ? detail.message : connections[name];
    replace(this.#connection, h("i", { "aria-hidden": "true" }), text);
  }
}

/// Whether commands are confined, and what they reach then; a run of an older version does not say.
function sandbox(opened, asked) {
  if (!opened?.sandbox) return "–";
  if (!opened.sandbox.confined) return "off";
  const hosts = asked?.network?.allow;
  return `on, ${hosts ? `network: ${hosts.join(", ")}` : asked?.network === "allow" ? "with network" : "no network"}`;
}

/// What a run is made of, for the side of its page.
export function about(state) {
  const normal = state.pipeline ?? {};
  return facts([
    ["Model", h("span", { class: "mono wrap" }, state.model ?? "–")], ["Goal", goalWords(normal.goal)],
    ["Human gate", state.gate.replaceAll("_", " ")], ["Project", h("span", { class: "mono wrap" }, state.project)],
    ["Workspace", state.workspace && state.workspace.path !== state.project ? h("span", { class: "mono wrap" }, state.workspace.path) : normal.workspace?.isolation === "worktree" ? "worktree" : "the project itself"],
    ...Object.entries(state.inputs ?? {}).map(([name, value]) => [`Input ${name}`, String(value)]),
    ["Sandbox", sandbox(state.workspace, normal.workspace)], ["Started by", state.origin], ["Version", state.version],
  ]);
}
