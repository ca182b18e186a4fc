// Tokens and cost over time, as two small charts, and as a table.

import { h, replace, svg } from "../dom.js";
import { count, duration, money, short, timeOfDay } from "../format.js";
import { amount } from "../money.js";
import { quantity, roundUp, stairs } from "./scale.js";

const width = 300, height = 64;

function chart({ title, points, from, to, limit, text }) {
  const last = points.at(-1)?.value ?? 0;
  // The limit is drawn where what was used comes near it; far above, it would press the line to the ground.
  const near = limit && limit <= last * 4;
  const top = roundUp(near ? Math.max(last, limit) : last);
  const line = stairs(points, { from, to, top, width, height });
  const at = height - (near ? (limit / top) * height : 0);
  return h("figure", { class: "chart" },
    h("figcaption", null, h("span", null, title), h("span", { class: "strong" }, text(last)), limit && h("span", { class: "soft" }, ` of ${text(limit)}`)),
    svg("svg", { viewBox: `-1 -4 ${width + 2} ${height + 18}`, role: "img", "aria-label": `${title}: ${text(last)}${limit ? ` of ${text(limit)}` : ""} after ${duration(to - from)}, in ${points.length} replies` },
      svg("path", { class: "grid", d: `M0 0H${width}M0 ${height / 2}H${width}M0 ${height}H${width}` }),
      svg("path", { class: "area", d: `${line}V${height}Z` }), svg("path", { class: "line", d: line }),
      near && svg("path", { class: "limit", d: `M0 ${at}H${width}` }),
      svg("text", { x: 0, y: height + 12 }, "0"), svg("text", { x: width, y: height + 12, "text-anchor": "end" }, duration(to - from)),
      svg("text", { x: 0, y: 9 }, text(top))));
}

const row = (point, currency) => h("tr", null, h("th", { scope: "row" }, point.turn), h("td", null, timeOfDay(point.at)),
  h("td", { class: "number" }, count(point.tokens)), h("td", { class: "number" }, currency ? money(point.cost, currency) : "–"));

/// The same in figures, made when somebody opens it.
function table(points, currency, open) {
  const place = h("div", { class: "scroller low" });
  const details = h("details", { class: "small", open }, h("summary", null, "As a table"), place);
  const head = ["Reply", "At", "Tokens", "Cost"].map((name) => h("th", { scope: "col" }, name));
  const fill = () => { if (details.open) replace(place, h("table", null, h("thead", null, h("tr", null, head)), h("tbody", null, points.slice(-500).map((point) => row(point, currency))))); };
  details.addEventListener("toggle", fill);
  fill();
  return details;
}

/// A drawing needs no more points than it has places.
export function thin(points, most = 300) {
  if (points.length <= most) return points;
  const step = points.length / most;
  return Array.from({ length: most }, (_, index) => points[Math.min(points.length - 1, Math.floor((index + 1) * step) - 1)]);
}

export class Usage {
  element = h("section", { class: "panel", "aria-labelledby": "usage-title" });
  #key = "";

  draw(state) {
    const { points, usage, limits } = state;
    const key = `${points.length} ${state.status} ${JSON.stringify(limits)}`;
    if (key === this.#key) return;
    this.#key = key;
    const isOpen = this.element.querySelector("details")?.open ?? false;
    const from = Date.parse(state.startedAt), to = Date.parse(state.endedAt ?? state.updatedAt);
    const common = { from, to };
    const line = (name) => thin(points).map((point) => ({ at: Date.parse(point.at), value: point[name] }));
    const parts = points.length === 0 ? h("p", { class: "soft" }, "No reply yet.") : [
      chart({ ...common, title: "Tokens", points: line("tokens"), limit: quantity(limits?.tokens), text: short }),
      usage.currency && chart({ ...common, title: "Cost", points: line("cost"), limit: amount(limits?.cost) || undefined, text: (sum) => money(sum, usage.currency) }),
      h("p", { class: "soft small" }, `${count(usage.input)} read (${count(usage.cached)} from the cache) · ${count(usage.output)} written${usage.unanswered ? ` · up to ${count(usage.unanswered)} without an answer` : ""}`),
      table(points, usage.currency, isOpen),
    ];
    replace(this.element, h("h2", { id: "usage-title" }, "Usage"), parts);
  }
}
