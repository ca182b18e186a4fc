// What a run has changed: the diff between two of its iterations.

import { paths, text } from "../api.js";
import { button, freshID, h, replace } from "../dom.js";
import { plural } from "../format.js";
import { empty } from "../marks.js";
import { failure } from "../problems.js";
import { parseDiff } from "./unified.js";

const mostLines = 2000;
const marks = { "+": "added", "-": "removed", " ": "same", "\\": "remark" };
const said = { "+": "added: ", "-": "removed: " };

function line(entry) {
  return h("tr", { class: marks[entry.mark] ?? "same" }, h("td", { class: "line-number" }, entry.old), h("td", { class: "line-number" }, entry.new),
    h("td", { class: "mark", "aria-hidden": "true" }, entry.mark), h("td", { class: "code" }, said[entry.mark] && h("span", { class: "unseen" }, said[entry.mark]), entry.text || " "));
}

const hunk = (one) => [h("tr", { class: "hunk" }, h("td", { colspan: 4 }, one.header)), one.lines.map(line)];

function file(one) {
  const id = freshID("file");
  const numbers = h("span", { class: "end small" }, h("span", { class: "plus" }, `+${one.added}`), " ", h("span", { class: "minus" }, `−${one.removed}`));
  const body = h("div", { class: "scroller" });
  const lines = one.hunks.reduce((sum, each) => sum + each.lines.length, 0);
  const fill = () => replace(body, h("table", { class: "diff", "aria-labelledby": id }, h("tbody", null, one.hunks.map(hunk))));
  if (one.binary) replace(body, h("p", { class: "soft pad" }, "Not text."));
  else if (lines > mostLines) replace(body, button(`Show ${plural(lines, "line")}`, { class: "quiet" }, fill));
  else fill();
  return h("details", { class: "file", open: true }, h("summary", { id }, h("span", { class: "mono" }, one.path), one.kind !== "modified" && h("span", { class: "tag" }, one.kind), numbers), body);
}

export class Changes {
  #run;
  #done = [];
  #from = h("select", { id: freshID("from"), onchange: () => this.load() });
  #to = h("select", { id: freshID("to"), onchange: () => this.load() });
  #body = h("div");
  #summary = h("span", { class: "soft end", role: "status" });
  #asked = 0;

  constructor(run) {
    this.#run = run;
    const copy = h("a", { class: "button quiet", download: `${run}.patch` }, "Download");
    this.download = copy;
    this.element = h("section", { "aria-label": "Changes" }, h("div", { class: "filters" }, h("label", { for: this.#from.id }, "From"), this.#from,
      h("label", { for: this.#to.id }, "to"), this.#to, this.#summary, copy), this.#body);
  }

  /// The iterations there is a snapshot of; 0 is the start.
  offer(done) {
    if (done.join() === this.#done.join() && this.#from.options.length) return;
    this.#done = done;
    const name = (number) => (number === 0 ? "the start" : `iteration ${number}`);
    const options = (list, chosen) => list.map(([value, label]) => h("option", { value, selected: value === chosen }, label));
    const from = this.#from.value || "0", to = this.#to.value;
    const all = done.length ? done : [0];
    replace(this.#from, options(all.map((number) => [String(number), name(number)]), from));
    replace(this.#to, options([["", "now"], ...all.filter((number) => number > 0).map((number) => [String(number), name(number)])], to));
  }

  async load() {
    const mine = ++this.#asked;
    const query = new URLSearchParams({ from: this.#from.value || "0", ...(this.#to.value && { to: this.#to.value }) });
    try {
      const diff = await text(paths.run(this.#run, `/diff?${query}`));
      if (mine === this.#asked) this.#draw(diff);
    } catch (error) { if (mine === this.#asked) replace(this.#body, failure(error, () => this.load())); }
  }

  #draw(diff) {
    const files = parseDiff(diff);
    const sum = (name) => files.reduce((total, one) => total + one[name], 0);
    replace(this.#summary, files.length ? `${plural(files.length, "file")}, +${sum("added")} −${sum("removed")}` : "");
    if (this.download.href) URL.revokeObjectURL(this.download.href);
    this.download.href = URL.createObjectURL(new Blob([diff], { type: "text/x-diff" }));
    replace(this.#body, files.length ? files.map(file) : empty("Nothing differs.", "Between these two the files are the same."));
  }
}
