// What 'sluice bench-models' found: models beside each other, the one that reaches the goal most often first.

import { h, svg } from "../dom.js";
import { duration, moneyText, plural } from "../format.js";
import { ago } from "../marks.js";
import { amount } from "../money.js";

/// More are in the files.
const most = 10;

/// Models in the order in which a person looks for one: by how often the goal was reached, then by what that cost.
export function ranked(models) {
  const rate = ({ achieved, runs }) => (runs.length ? achieved / runs.length : 0);
  const cost = (one) => (one.cost_of_success ? amount(one.cost_of_success) : Infinity);
  return [...models].sort((a, b) => rate(b) - rate(a) || (cost(a) === cost(b) ? 0 : cost(a) - cost(b)));
}

/// How much of a bar each run takes that reached the goal.
function bar({ achieved, runs }) {
  const width = 100, part = runs.length ? (achieved / runs.length) * width : 0;
  return svg("svg", { class: "share", viewBox: `0 0 ${width} 8`, preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "rest", width, height: 8, rx: 2 }), svg("rect", { class: "part", width: part, height: 8, rx: 2 }));
}

const links = (runs) => runs.map(({ run, status, reason }, index) => [index > 0 && " ",
  h("a", { href: `/runs/${run}`, title: reason, class: status === "achieved" ? "good" : "warn" }, run)]);

const row = (one) => h("tr", null, h("th", { scope: "row", class: "wrap" }, one.model),
  h("td", null, bar(one), h("span", { class: "small" }, `${one.achieved} of ${one.runs.length}`)),
  h("td", { class: "number" }, one.cost_of_success ? moneyText(one.cost_of_success) : "–"),
  h("td", { class: "number" }, duration((one.median?.seconds ?? 0) * 1000)),
  h("td", { class: "number" }, one.median?.iterations ?? "–"), h("td", { class: "small wrap" }, links(one.runs)));

const head = ["Model", "Goal reached", "Cost of a success", "Time", "Iterations", "Runs"];

const table = ({ models }) => h("div", { class: "scroller" }, h("table", null,
  h("thead", null, h("tr", null, head.map((name, index) => h("th", { scope: "col", class: [2, 3, 4].includes(index) ? "number" : null }, name)))),
  h("tbody", null, ranked(models).map(row))));

const measurement = (record) => h("section", { class: "stack", "aria-label": `Models, ${record.pipeline}` },
  h("h3", null, record.pipeline, " · ", ago(record.at)),
  h("p", { class: "soft small wrap" }, `${plural(record.n, "run")} of each model on copies of ${record.project}. Time and iterations are medians; the cost of a success counts the runs that failed.`),
  table(record));

/// The newest measurements; nothing where there are none.
export const models = (items) => items.length > 0 && h("section", { class: "stack", "aria-label": "Models" },
  h("h2", null, "Models"), items.slice(0, most).map(measurement));
