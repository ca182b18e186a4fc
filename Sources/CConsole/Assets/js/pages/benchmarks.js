// What 'sluice bench all --json' found on this machine, run after run, and 'sluice bench-models'.

import { get, paths } from "../api.js";
import { changeText, history, median, others, quantity } from "../bench/history.js";
import { models } from "../bench/models.js";
import { plot } from "../bench/plot.js";
import { h, replace } from "../dom.js";
import { plural } from "../format.js";
import { ago, empty, heading } from "../marks.js";
import { setOfPage } from "../shortcuts.js";

const titles = {
  engine: "Engine", sqlite: "SQLite alone", start: "Start of a command", load: "Loading", serve: "Server",
};
const command = h("code", null, "sluice bench all --json");

const row = (one) => h("tr", null, h("th", { scope: "row" }, one.title),
  h("td", { class: "number" }, quantity(one.points.at(-1).value, one.unit)),
  h("td", { class: "number" }, one.points.length > 1 ? quantity(median(one.points.slice(0, -1).map((point) => point.value)), one.unit) : "–"),
  h("td", null, changeText(one)), h("td", { class: "number" }, one.points.length));

/// The same in figures, made when somebody opens it.
function table(kind, series) {
  const place = h("div", { class: "scroller" });
  const head = ["Figure", "Last", "Median before", "Change", "Runs"].map((name, index) => h("th", { scope: "col", class: [1, 2, 4].includes(index) ? "number" : null }, name));
  const details = h("details", { class: "small" }, h("summary", null, `${titles[kind] ?? kind} as a table`), place);
  details.addEventListener("toggle", () => {
    if (details.open) replace(place, h("table", null, h("thead", null, h("tr", null, head)), h("tbody", null, series.map(row))));
  });
  return details;
}

const section = ({ kind, series }) => h("section", { class: "stack", "aria-label": titles[kind] ?? kind },
  h("h2", null, titles[kind] ?? kind), h("div", { class: "bench-grid" }, series.map(plot)), table(kind, series));

function lead([newest, ...rest]) {
  const { machine = {} } = newest;
  const where = [machine.cores && plural(machine.cores, "core"), machine.memory_mb && quantity(machine.memory_mb, "MB"), machine.filesystem].filter(Boolean).join(", ");
  const left = others([newest, ...rest]);
  return h("p", { class: "lead" }, `${plural(rest.length + 1, "run")} of `, command.cloneNode(true), ", the last ", ago(newest.at),
    `: version ${newest.version}, ${newest.build ?? "unknown"} build${where && `, ${where}`}. A change is that of the last run against the median of those before it.`,
    left > 0 && ` ${plural(left, "run")} of another build ${left === 1 ? "is" : "are"} left out.`);
}

const notes = (title, list) => list.length > 0 && h("details", { class: "small pad" }, h("summary", { class: "warn" }, title), h("ul", null, list.map((text) => h("li", { class: "wrap" }, text))));

export async function benchmarksPage(main) {
  const [{ items, skipped }, measured] = await Promise.all([get(paths.benchmarks), get(paths.modelBenchmarks)]);
  const unreadable = [...skipped, ...measured.skipped];
  const unread = notes(`${plural(unreadable.length, "file")} could not be read`, unreadable.map(({ file, reason }) => `${file}: ${reason}`));
  const title = heading("Benchmarks");
  if (!items.length) {
    replace(main, title, unread, models(measured.items), empty("Nothing has been measured here yet.", ["Run ", command.cloneNode(true), " on this machine; each run adds a point to every line."]));
    return { title: "Benchmarks" };
  }
  const groups = history(items);
  const search = h("input", { type: "search", placeholder: "Filter: text in names", "aria-label": "Filter figures" });
  const list = h("div");
  replace(main, title, lead(items), unread, notes("The last run did not measure everything", items[0].problems ?? []), models(measured.items), h("div", { class: "filters" }, search), list);

  function draw() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (one) => words.every((word) => one.name.toLowerCase().includes(word));
    const some = groups.map(({ kind, series }) => ({ kind, series: series.filter(fits) })).filter(({ series }) => series.length);
    replace(list, some.length ? some.map(section) : empty("No figure fits.", "Try another word."));
  }

  search.addEventListener("input", draw);
  setOfPage([{ keys: "/", text: "Filter", action: () => search.focus() }]);
  draw();
  return { title: "Benchmarks" };
}
