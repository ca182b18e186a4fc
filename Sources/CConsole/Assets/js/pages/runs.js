// All runs; those that changed last stand first.

import { get, paths } from "../api.js";
import { button, h, isTyping, replace } from "../dom.js";
import { count, duration, hasEnded, lastParts, moneyText, shortModel, short } from "../format.js";
import { ago, badge, empty, heading } from "../marks.js";
import { failure } from "../problems.js";
import { keep } from "../router.js";
import { setOfPage } from "../shortcuts.js";

const interval = 2500;
const statuses = [
  ["", "All"], ["running", "Running"], ["waiting", "Waiting"], ["achieved", "Achieved"],
  ["not_achieved", "Not achieved"], ["failed", "Failed"], ["aborted", "Aborted"],
];

const age = (run) => duration(new Date(hasEnded(run.status) ? run.updated_at : Date.now()) - new Date(run.started_at));

const why = (run) => {
  if (run.status === "waiting" && run.questions?.length) return run.questions[0].question.split("\n")[0];
  return run.reason ?? run.last_reason ?? "";
};

function row(run) {
  const link = h("a", { href: `/runs/${encodeURIComponent(run.run)}`, class: "mono strong" }, run.run);
  return h("tr", { "data-run": run.run, class: run.status },
    h("td", null, badge(run.status)),
    h("th", { scope: "row" }, link),
    h("td", null, h("span", { class: "strong" }, run.pipeline), h("span", { class: "second", title: run.project }, lastParts(run.project))),
    h("td", { class: "why", title: why(run) }, why(run)),
    h("td", { class: "number" }, `${run.iteration ?? 0}/${run.iterations ?? "–"}`),
    h("td", { class: "number", title: run.tokens === undefined ? null : count(run.tokens) }, short(run.tokens ?? 0)),
    h("td", { class: "number" }, moneyText(run.cost)),
    h("td", { class: "fit soft", title: run.model }, shortModel(run.model)),
    h("td", { class: "fit" }, ago(run.started_at), h("span", { class: "second" }, age(run))));
}

const head = () => h("thead", null, h("tr", null, [
  "Status", "Run", "Pipeline", "Last word", ["Iteration", "number"], ["Tokens", "number"], ["Cost", "number"], "Model", "Started",
].map((one) => h("th", { scope: "col", class: Array.isArray(one) ? one[1] : null }, Array.isArray(one) ? one[0] : one))));

export async function runsPage(main) {
  const query = new URLSearchParams(location.search);
  const filter = { status: query.get("status") ?? "", pipeline: query.get("pipeline") ?? "", text: query.get("text") ?? "" };
  let runs = new Map();
  let next = null;
  let timer;
  let shown = "";

  const search = h("input", { type: "search", placeholder: "Filter: text in what is shown", "aria-label": "Filter by text", value: filter.text });
  const pipeline = h("input", { type: "search", placeholder: "Pipeline", "aria-label": "Pipeline", value: filter.pipeline, list: "pipeline-names", class: "narrow" });
  const names = h("datalist", { id: "pipeline-names" });
  const tabs = h("div", { class: "segments", role: "group", "aria-label": "Status" }, statuses.map(([status, label]) =>
    h("button", { type: "button", "data-status": status, onclick: () => choose({ status }) }, label)));
  const body = h("tbody");
  const table = h("table", { class: "runs" }, h("caption", { class: "unseen" }, "Runs, the last changed first"), head(), body);
  const list = h("div", { class: "scroller" }, table);
  const more = button("Older runs", { class: "quiet", hidden: true }, () => load(next));
  const foot = h("p", { class: "soft foot" });
  replace(main, heading("Runs"), h("div", { class: "filters" }, tabs, search, pipeline, names), list, more, foot);

  function choose(change) {
    Object.assign(filter, change);
    keep(filter);
    runs = new Map();
    return load();
  }

  function draw() {
    for (const tab of tabs.children) tab.setAttribute("aria-pressed", String(tab.dataset.status === filter.status));
    const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
    const visible = [...runs.values()].filter((run) => {
      const text = [run.run, run.pipeline, run.project, run.model, why(run), run.origin].join(" ").toLowerCase();
      return words.every((word) => text.includes(word));
    });
    more.hidden = !next;
    const key = JSON.stringify(visible);
    if (key === shown) return;
    shown = key;
    const focused = document.activeElement?.closest?.("tr")?.dataset.run;
    if (visible.length) replace(body, visible.map(row));
    else replace(body, h("tr", null, h("td", { colspan: 9 }, nothing())));
    if (focused) body.querySelector(`tr[data-run="${CSS.escape(focused)}"] a`)?.focus({ preventScroll: true });
    replace(names, [...new Set([...runs.values()].map((run) => run.pipeline))].map((value) => h("option", { value })));
    replace(foot, `${count(visible.length)} shown${next ? ", and there are older ones" : ""}`);
  }

  const nothing = () => (filter.status || filter.text || filter.pipeline
    ? empty("No run fits these filters.", "Take one away to see more.")
    : empty("No run yet.", h("span", null, "Start the first with ", h("a", { href: "/new" }, "New run"), " or ", h("code", null, "sluice run"), ".")));

  async function load(cursor) {
    const page = await get(paths.runs({ status: filter.status, pipeline: filter.pipeline, limit: 50, cursor }));
    const fresh = page.items.map((run) => [run.run, run]);
    // The first page is what there is now; what was loaded before stays only where it is older than that.
    const last = page.items.at(-1)?.updated_at;
    const older = page.next ? [...runs].filter(([, run]) => run.updated_at < last) : [];
    if (cursor || older.length === 0) next = page.next;
    runs = new Map(cursor ? [...runs, ...fresh] : [...fresh, ...older]);
    draw();
  }

  async function refresh() {
    try { if (!document.hidden) await load(); } catch (error) { replace(foot, failure(error)); }
    timer = setTimeout(refresh, interval);
  }

  function step(by) {
    const links = [...body.querySelectorAll("th a")];
    const at = links.indexOf(document.activeElement);
    links[Math.max(0, Math.min(links.length - 1, at < 0 ? 0 : at + by))]?.focus();
  }

  search.addEventListener("input", () => { filter.text = search.value; keep(filter); draw(); });
  pipeline.addEventListener("change", () => choose({ pipeline: pipeline.value.trim() }));
  search.addEventListener("keydown", (event) => { if (event.key === "Escape" && isTyping(event.target)) search.blur(); });
  setOfPage([
    { keys: "j", text: "Next run", action: () => step(1) },
    { keys: "k", text: "Previous run", action: () => step(-1) },
    { keys: "/", text: "Filter", action: () => search.focus() },
  ]);
  await load();
  timer = setTimeout(refresh, interval);
  return { title: "Runs", leave: () => clearTimeout(timer) };
}
