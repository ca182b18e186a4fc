// Starting a run: from a pipeline that is there, or from one that is written here.

import { get, paths, post } from "../api.js";
import { h, replace } from "../dom.js";
import { yamlEditor } from "../editor.js";
import { changedLimits, field, gates, limitFields } from "../fields.js";
import { shortModel } from "../format.js";
import { heading } from "../marks.js";
import { place } from "../problems.js";
import { go } from "../router.js";
import { goalWords } from "../run/plan.js";

const pause = 250;
const draft = "sluice.draft";
const sample = "name: fix-tests\ngoal: pytest\nmodel: openai/gpt-5.2\nlimits: { iterations: 5 }\n";

const isolations = [["", "as the pipeline says"], ["none", "in the project itself"], ["worktree", "in a git worktree beside it"]];
const inputField = ([name, one]) => field({
  name, path: `inputs.${name}`, label: name, type: one.type === "string" ? undefined : one.type, help: one.help,
  value: one.default, required: one.default === undefined,
});

export async function newPage(main) {
  const wanted = new URLSearchParams(location.search).get("pipeline");
  const [{ items }, server] = await Promise.all([get(`${paths.pipelines}?limit=500`), get(paths.server)]);
  const usable = items.filter((item) => !item.problems?.length);
  let source = "file";
  let inputs = [];
  let timer, asked = 0;

  const pipeline = field({ name: "pipeline", label: "Pipeline", choices: usable.map((item) => [item.ref, item.name === item.ref ? item.ref : `${item.name} (${item.ref})`]), value: wanted ?? usable[0]?.ref });
  const roots = server.roots ?? [];
  const cwd = field({ name: "cwd", label: "Project directory", value: roots.length === 1 ? roots[0] : "", help: roots.length ? `Within ${roots.join(", ")}.` : "A path on the server.", placeholder: roots[0] });
  const model = field({ name: "model", label: "Model", help: "provider/name; empty for the pipeline's own" });
  const gate = field({ name: "human_gate", label: "Human gate", choices: [["", "as the pipeline says"], ...gates] });
  const isolation = field({ name: "isolation", label: "Workspace", choices: isolations });
  const id = field({ name: "id", label: "Name of the run", help: "Empty for one that is made up." });
  const limits = limitFields();
  const about = h("div", { class: "pipeline-about" });
  const inputBox = h("fieldset", { hidden: true }, h("legend", null, "Inputs"));
  const editor = yamlEditor({ label: "Pipeline in YAML", value: sessionStorage.getItem(draft) ?? sample, changed: lintSoon });
  const summary = h("div", { class: "problems", role: "alert" });
  const submit = h("button", { type: "submit", class: "primary" }, "Start the run");
  const choice = (value, label) => h("button", { type: "button", "data-source": value, onclick: () => choose(value) }, label);
  const choices = h("div", { class: "segments", role: "group", "aria-label": "Where the pipeline comes from" }, choice("file", "Existing pipeline"), choice("yaml", "Paste YAML"));
  const form = h("form", { novalidate: true, class: "new-run" }, choices, pipeline.element, about, editor.element, inputBox,
    h("fieldset", null, h("legend", null, "Project and model"), h("div", { class: "grid" }, cwd.element, model.element, gate.element, isolation.element)),
    h("details", { class: "more" }, h("summary", null, "Limits and name"), h("div", { class: "grid" }, limits.map((one) => one.element), id.element)),
    summary, h("div", { class: "form-end" }, submit, h("span", { class: "soft" }, "Control Enter starts it from anywhere in the form.")));
  replace(main, heading("New run"), form);

  function offer(declared, normal) {
    const names = JSON.stringify(declared);
    if (names !== inputBox.dataset.names) {
      inputBox.dataset.names = names;
      inputs = Object.entries(declared ?? {}).map(inputField);
      replace(inputBox, h("legend", null, "Inputs"), h("div", { class: "grid" }, inputs.map((one) => one.element)));
      inputBox.hidden = inputs.length === 0;
    }
    for (const one of limits) one.control.placeholder = normal?.limits?.[one.name] ?? "";
    model.control.placeholder = shortModel(normal?.model);
  }

  async function showPipeline() {
    const item = usable.find((one) => one.ref === pipeline.read());
    if (!item) return replace(about, h("p", { class: "soft" }, "There is no pipeline that lints."));
    replace(about, h("p", null, item.description), h("p", { class: "soft" }, `Goal: ${typeof item.goal === "string" ? item.goal : goalWords(item.goal)}`));
    offer(item.inputs, { model: item.model });
    const full = await get(paths.pipeline(item.ref)).catch(() => null);
    if (full && source === "file" && pipeline.read() === item.ref) offer(item.inputs, full.normal);
  }

  function lintSoon(text) {
    sessionStorage.setItem(draft, text);
    clearTimeout(timer);
    timer = setTimeout(lint, pause);
  }

  async function lint() {
    const mine = ++asked;
    const found = await post(paths.lint, { yaml: editor.value() }).catch((error) => ({ valid: false, problems: [{ line: 1, column: 1, severity: "error", message: error.message }] }));
    if (mine !== asked || source !== "yaml") return;
    editor.show(found.problems ?? [], found.valid);
    if (found.normal) offer(found.normal.inputs, found.normal);
  }

  function choose(value) {
    source = value;
    for (const one of choices.children) one.setAttribute("aria-pressed", String(one.dataset.source === value));
    pipeline.element.hidden = about.hidden = value !== "file";
    editor.element.hidden = value !== "yaml";
    return value === "file" ? showPipeline() : lint();
  }

  function order() {
    const body = source === "file" ? { pipeline: pipeline.read() } : { yaml: editor.value() };
    const given = Object.fromEntries(inputs.map((one) => [one.name, one.read()]).filter(([, value]) => value !== undefined));
    const changed = changedLimits(limits);
    if (Object.keys(given).length) body.inputs = given;
    if (Object.keys(changed).length) body.limits = changed;
    for (const one of [cwd, model, gate, isolation, id]) if (one.read()) body[one.name] = one.read();
    return body;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (submit.disabled) return;
    submit.disabled = true;
    const fields = [pipeline, cwd, model, gate, isolation, id, ...limits, ...inputs];
    try { go(`/runs/${encodeURIComponent((await post(paths.runs(), order())).run)}`); } catch (error) {
      replace(summary, place(error, fields));
      const wrong = fields.find((one) => one.isWrong());
      form.querySelector("details.more").open ||= [...limits, id].includes(wrong);
      if (wrong) wrong.focus(); else summary.scrollIntoView({ block: "nearest" });
    } finally { submit.disabled = false; }
  });
  form.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(); });
  pipeline.control.addEventListener("change", showPipeline);
  await choose("file");
  return { title: "New run", leave: () => clearTimeout(timer) };
}
