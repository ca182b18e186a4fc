// The pipelines there are, and one of them in full.

import { get, paths } from "../api.js";
import { h, replace } from "../dom.js";
import { empty, facts, heading } from "../marks.js";
import { drawn, goalWords } from "../run/plan.js";
import { emptyState } from "../run/state.js";
import { StepGraph } from "../run/stepgraph.js";

const sources = { built_in: "built in", file: "file" };
const address = (item) => `/pipelines/${encodeURIComponent(item.ref)}`;
const start = (item) => h("a", { class: "button", href: `/new?pipeline=${encodeURIComponent(item.ref)}`, "aria-label": `Start a run of ${item.name ?? item.ref}` }, "Start");
const goalOf = (item) => (typeof item.goal === "string" ? item.goal : goalWords(item.goal));

function card(item) {
  const wrong = item.problems?.length;
  return h("li", { class: "card" },
    h("div", { class: "card-main" }, h("h2", null, h("a", { href: address(item) }, item.name ?? item.ref)),
      h("p", null, item.description ?? (wrong ? "" : h("span", { class: "soft" }, "No description."))),
      wrong && h("ul", { class: "wrong" }, item.problems.map((problem) => h("li", null, problem))),
      !wrong && facts([["Goal", goalOf(item)], ["Model", item.model], ["Inputs", Object.keys(item.inputs ?? {}).join(", ")], ["From", item.source === "file" ? h("span", { class: "mono" }, item.ref) : sources[item.source]]])),
    !wrong && start(item));
}

const inputTable = (inputs) => h("table", { class: "schema" }, h("caption", null, "Inputs"),
  h("thead", null, h("tr", null, ["Name", "Type", "Default", "What it is"].map((name) => h("th", { scope: "col" }, name)))),
  h("tbody", null, Object.entries(inputs).map(([name, one]) => h("tr", null, h("th", { scope: "row", class: "mono" }, name), h("td", null, one.type),
    h("td", { class: "mono" }, one.default === undefined ? h("span", { class: "soft" }, "required") : String(one.default)), h("td", null, one.help)))));

/// The steps as they stand before any run.
function picture(normal) {
  const graph = new StepGraph();
  graph.draw({ ...emptyState(), pipeline: normal, limits: normal.limits });
  return h("section", { class: "graph", "aria-label": "Steps" }, graph.element);
}

async function one(main, ref) {
  const item = await get(paths.pipeline(ref));
  replace(main, heading(item.name ?? ref, !item.problems?.length && start(item)), h("p", { class: "lead" }, item.description),
    item.problems?.length && h("ul", { class: "problems" }, item.problems.map((problem) => h("li", null, problem))),
    Object.keys(item.inputs ?? {}).length > 0 && inputTable(item.inputs),
    drawn(item.normal)?.steps && picture(item.normal),
    item.normal && [h("h2", null, "Normal form ", h("span", { class: "soft" }, "with every default written out")), h("pre", { class: "output tall", tabindex: "0" }, JSON.stringify(item.normal, null, 2))]);
  return { title: item.name ?? ref };
}

export async function pipelinesPage(main, { ref }) {
  if (ref) return one(main, ref);
  const { items } = await get(`${paths.pipelines}?limit=500`);
  const none = empty("No pipeline.", "Put a file into one of the server's directories.");
  replace(main, heading("Pipelines"), items.length ? h("ul", { class: "cards" }, items.map(card)) : none);
  return { title: "Pipelines" };
}
