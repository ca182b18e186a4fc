// The goal: how it stands now, and how it has come there.

import { h, replace } from "../dom.js";
import { casesBar, failingList } from "./checks.js";
import { goalWords } from "./plan.js";
import { finishedChecks } from "./state.js";

const outcomes = { passed: "Holds", failed: "Does not hold", flaky: "Flaky", unanswered: "No answer" };
const tones = { passed: "good", failed: "bad" };

const wrong = (check) => (check.counts.failed ?? 0) + (check.counts.error ?? 0);

function trail(checks) {
  if (checks.length < 2) return null;
  const shown = checks.slice(-12);
  return h("ol", { class: "trail", "aria-label": "Checks so far" }, shown.map((check) => {
    const name = check.iteration === 0 ? "Baseline" : `Iteration ${check.iteration}`;
    const text = check.outcome === "passed" ? "✓" : Object.keys(check.counts).length ? wrong(check) : "✕";
    const words = `${name}: ${check.reason}`;
    return h("li", null, h("a", { href: `#${check.key}`, class: tones[check.outcome] ?? "held", title: words, "aria-label": words }, text));
  }));
}

export class Goal {
  element = h("section", { class: "panel first", "aria-labelledby": "goal-title" });
  #key = "";

  draw(state) {
    const checks = finishedChecks(state);
    const running = state.step === "check" || state.step === "baseline";
    const key = `${checks.length} ${running} ${state.sequence > 0}`;
    if (key === this.#key) return;
    this.#key = key;
    const last = checks.at(-1);
    replace(this.element, h("h2", { id: "goal-title" }, "Goal ", h("span", { class: "soft" }, goalWords(state.pipeline?.goal))),
      last ? h("p", null, h("span", { class: `outcome ${tones[last.outcome] ?? "held"}` }, outcomes[last.outcome]), " ", h("span", { class: "soft" }, last.failing.length ? last.reason.split(": ")[0] : last.reason)) : h("p", { class: "soft" }, running ? "It is judged for the first time." : "Not judged yet."),
      last && casesBar(last.counts), trail(checks), last && failingList(last.failing, 0),
      state.refused > 0 && h("p", { class: "soft small" }, `${state.refused} refused; the timeline shows them under Trouble.`));
  }
}
