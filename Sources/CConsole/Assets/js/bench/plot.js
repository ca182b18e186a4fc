// One figure's history as a line. A person goes along it with the pointer or the arrow keys, and is told what stands there.

import { h, replace, svg } from "../dom.js";
import { dayAndTime } from "../format.js";
import { roundUp } from "../run/scale.js";
import { changeText, line, nearest, quantity } from "./history.js";

const width = 300, height = 60;
const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, Home: -Infinity, End: Infinity };

function picture(places, top, unit) {
  const dot = svg("circle", { class: "dot-at", r: 3.5 });
  const path = `M${places.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`;
  const drawing = svg("svg", { viewBox: `-5 -14 ${width + 10} ${height + 19}`, "aria-hidden": "true" },
    svg("path", { class: "grid", d: `M0 0H${width}M0 ${height}H${width}` }),
    svg("path", { class: "area", d: `${path}V${height}H${places[0].x.toFixed(1)}Z` }), svg("path", { class: "line", d: path }), dot,
    svg("text", { x: 0, y: -4 }, quantity(top, unit)));
  return { drawing, dot };
}

/// `{title, unit, points, change, verdict}` as a figure.
export function plot(series) {
  const { title, unit, points } = series;
  const values = points.map((point) => point.value);
  const top = roundUp(Math.max(...values));
  const places = line(values, { top, width, height });
  const { drawing, dot } = picture(places, top, unit);
  const told = h("p", { class: "soft small told", "aria-hidden": "true" });
  const slider = h("div", {
    class: "plot", role: "slider", tabindex: "0", "aria-label": `${title}, history`, "aria-orientation": "horizontal",
    "aria-valuemin": 1, "aria-valuemax": points.length,
  }, drawing);
  let at = points.length - 1;

  function show(index) {
    at = Math.min(points.length - 1, Math.max(0, index));
    const point = points[at], day = dayAndTime(point.at);
    dot.setAttribute("cx", places[at].x);
    dot.setAttribute("cy", places[at].y);
    slider.setAttribute("aria-valuenow", at + 1);
    slider.setAttribute("aria-valuetext", `${quantity(point.value, unit)}, ${day}, version ${point.version}`);
    replace(told, h("span", { class: "strong" }, quantity(point.value, unit)), " · ", h("span", null, day), " · ", h("span", null, point.version));
  }

  const showLast = () => show(points.length - 1);
  slider.addEventListener("pointermove", (event) => {
    const box = slider.getBoundingClientRect();
    show(nearest((event.clientX - box.left) / box.width, points.length));
  });
  slider.addEventListener("pointerleave", showLast);
  slider.addEventListener("blur", showLast);
  slider.addEventListener("keydown", (event) => {
    if (!(event.key in steps)) return;
    event.preventDefault();
    show(at + steps[event.key]);
  });
  showLast();
  return h("figure", { class: "chart bench-figure" },
    h("figcaption", null, h("span", null, title), h("span", { class: "strong" }, quantity(values.at(-1), unit))),
    h("p", { class: `small change ${series.verdict}` }, changeText(series)), slider, told);
}
