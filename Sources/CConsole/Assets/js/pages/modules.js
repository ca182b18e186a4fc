// What pipelines can use: gates, tools and providers, with their settings.

import { get, paths } from "../api.js";
import { h, replace } from "../dom.js";
import { empty, heading } from "../marks.js";
import { rows } from "../schema.js";
import { setOfPage } from "../shortcuts.js";

const kinds = [["gate", "Gates", "judge whether the goal holds"], ["tool", "Tools", "what the model may call"], ["provider", "Providers", "services with models"]];

const table = (title, schema) => {
  const all = rows(schema);
  if (!all.length) return null;
  return h("div", { class: "scroller" }, h("table", { class: "schema" }, h("caption", null, title),
    h("thead", null, h("tr", null, ["Name", "Type", "Default", "What it is"].map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", null, all.map((row) => h("tr", null, h("th", { scope: "row", class: "mono" }, row.name), h("td", null, row.type),
      h("td", { class: "mono" }, row.required ? h("span", { class: "soft" }, "required") : row.default), h("td", null, row.help))))));
};

const box = (item) => h("details", { class: "module", id: `${item.kind}-${item.id}` },
  h("summary", null, h("span", { class: "mono strong" }, item.id), h("span", { class: "soft" }, item.summary)),
  h("div", { class: "module-body" }, table("Arguments, which the model gives", item.arguments), table("Settings, which the pipeline gives", item.settings),
    !rows(item.arguments).length && !rows(item.settings).length && h("p", { class: "soft" }, "Nothing to set.")));

export async function modulesPage(main) {
  const { items } = await get(`${paths.modules}?limit=500`);
  const search = h("input", { type: "search", placeholder: "Filter: text in names and summaries", "aria-label": "Filter modules" });
  const list = h("div");
  replace(main, heading("Modules"), h("div", { class: "filters" }, search), list);

  function draw() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fit = items.filter((item) => words.every((word) => `${item.id} ${item.summary}`.toLowerCase().includes(word)));
    const sections = kinds.map(([kind, title, text]) => [title, text, fit.filter((item) => item.kind === kind)]).filter(([, , some]) => some.length);
    replace(list, sections.length ? sections.map(([title, text, some]) => h("section", { "aria-label": title, class: "stack" },
      h("h2", null, title, " ", h("span", { class: "soft" }, text)), some.map(box))) : empty("No module fits.", "Try another word."));
  }

  search.addEventListener("input", draw);
  setOfPage([{ keys: "/", text: "Filter", action: () => search.focus() }]);
  draw();
  return { title: "Modules" };
}
