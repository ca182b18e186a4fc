// Fields of forms: a label, a control, what helps, and what is wrong with it.

import { freshID, h } from "./dom.js";

function control(spec, id, describedBy) {
  const common = { id, name: spec.name, "aria-describedby": describedBy, required: spec.required };
  if (spec.choices) {
    const options = spec.choices.map(([value, text]) => h("option", { value }, text));
    return h("select", { ...common, value: spec.value }, options);
  }
  if (spec.type === "boolean") return h("input", { ...common, type: "checkbox", checked: spec.value === true });
  const value = spec.value === undefined || spec.value === null ? "" : String(spec.value);
  if (spec.lines) return h("textarea", { ...common, rows: spec.lines, value, class: spec.mono ? "mono" : null });
  const number = spec.type === "integer" || spec.type === "number";
  return h("input", {
    ...common, type: spec.secret ? "password" : "text", inputmode: number ? "decimal" : null, value,
    placeholder: spec.placeholder, autocomplete: "off", spellcheck: "false", list: spec.list,
  });
}

function value(spec, element) {
  if (spec.type === "boolean") return element.checked;
  const text = spec.lines ? element.value : element.value.trim();
  if (text === "" && spec.type !== "text") return undefined;
  // What is no number goes to the server as it is: its error quotes it.
  if (spec.type === "integer" || spec.type === "number") return Number.isNaN(Number(text)) ? text : Number(text);
  return text;
}

/// - spec: `{name, path?, label, type?, help?, value?, choices?, lines?, required?, placeholder?, secret?}`
export function field(spec) {
  const id = freshID("field");
  const help = h("span", { class: "help", id: `${id}-help` }, spec.help);
  const wrong = h("span", { class: "wrong", id: `${id}-wrong` });
  const element = control(spec, id, `${id}-help ${id}-wrong`);
  if (spec.choices && spec.value !== undefined) element.value = spec.value;
  const label = h("label", { for: id }, spec.label, spec.required && h("span", { class: "soft" }, " required"));
  const isBox = spec.type === "boolean";
  const box = h("div", { class: `field${isBox ? " box" : ""}` }, isBox ? [element, label] : [label, element], help, wrong);
  return {
    name: spec.name, path: spec.path ?? spec.name, element: box, control: element,
    read: () => value(spec, element),
    focus: () => element.focus(),
    isWrong: () => wrong.textContent !== "",
    complain(text) {
      wrong.textContent = text;
      if (text) element.setAttribute("aria-invalid", "true"); else element.removeAttribute("aria-invalid");
    },
  };
}

export const limitFields = (limits = {}) => [
  ["iterations", "Iterations", "how often the model may try"],
  ["turns", "Turns", "replies within one iteration"],
  ["cost", "Cost", "such as 2.50 USD"],
  ["tokens", "Tokens", "read and written together, such as 400k"],
  ["wall", "Time", "such as 30m; waiting for a person is not counted"],
  ["reply", "Reply", "tokens of one reply, such as 16k"],
].map(([name, label, help]) => field({ name, path: `limits.${name}`, label, help, value: limits[name] }));

/// What differs from what was there; numbers as numbers.
export function changedLimits(fields, before = {}) {
  const entries = fields.map((field) => [field.name, field.read()]).filter(([name, text]) => {
    return text !== undefined && String(text) !== String(before[name] ?? "");
  });
  return Object.fromEntries(entries.map(([name, text]) => [name, /^\d+$/.test(text) ? Number(text) : text]));
}

export const gates = [
  ["never", "Never: only what the tools ask"], ["after_check", "After each check"],
  ["after_failed_check", "After a check that did not hold"], ["before_writes", "Before each call that writes"],
  ["plan", "About the plan"],
];
