// A field for YAML: numbers of lines at its side, and marks at those with problems.

import { freshID, h, replace } from "./dom.js";

export function yamlEditor({ label, value, changed }) {
  const id = freshID("yaml");
  const gutter = h("div", { class: "gutter", "aria-hidden": "true" });
  const area = h("textarea", { id, class: "mono", spellcheck: "false", autocapitalize: "off", rows: 18, wrap: "off", value, "aria-describedby": `${id}-problems` });
  const list = h("ul", { class: "lint", id: `${id}-problems`, "aria-live": "polite" });
  let problems = [];

  function number() {
    const worst = new Map();
    for (const one of problems) if (worst.get(one.line) !== "error") worst.set(one.line, one.severity);
    const lines = area.value.split("\n").length;
    replace(gutter, Array.from({ length: lines }, (_, index) => h("span", { class: worst.get(index + 1) }, index + 1)));
    gutter.scrollTop = area.scrollTop;
  }

  function jump({ line, column }) {
    const before = area.value.split("\n").slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    area.focus();
    area.setSelectionRange(before + column - 1, before + column - 1);
  }

  // Two blanks, as YAML wants them; Escape first, and Tab leaves the field as everywhere.
  let leaves = false;
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { leaves = true; return; }
    if (event.key === "Tab" && !event.shiftKey && !leaves) {
      event.preventDefault();
      area.setRangeText("  ", area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input"));
    }
    leaves = false;
  });
  area.addEventListener("input", () => { number(); changed(area.value); });
  area.addEventListener("scroll", () => { gutter.scrollTop = area.scrollTop; });
  number();

  return {
    element: h("div", { class: "field" }, h("label", { for: id }, label), h("div", { class: "editor" }, gutter, area),
      h("span", { class: "help" }, "Checked as you type. Escape, then Tab leaves the field."), list),
    value: () => area.value,
    focus: () => area.focus(),
    show(found, isValid) {
      problems = found;
      number();
      if (found.some((one) => one.severity === "error")) area.setAttribute("aria-invalid", "true"); else area.removeAttribute("aria-invalid");
      replace(list, isValid && !found.length ? h("li", { class: "fine" }, "No problem found.") : found.map((one) => h("li", { class: one.severity },
        h("button", { type: "button", class: "link mono", onclick: () => jump(one) }, `${one.line}:${one.column}`), " ", h("span", null, one.message))));
    },
  };
}
