// What a call asks a person for: a field for each property of the question's form.

import { freshID, h } from "../dom.js";
import { field } from "../fields.js";

const optionsOf = (schema) =>
  schema.enum?.map((value) => [value, value]) ?? (schema.oneOf ?? schema.anyOf)?.map((one) => [one.const, one.title ?? one.const]);

// Several of many: a box for each.
function boxes(name, schema, label) {
  const chosen = new Set(schema.default ?? []);
  const parts = optionsOf(schema.items).map(([value, text]) => {
    const id = freshID("option");
    const box = h("input", { type: "checkbox", id, checked: chosen.has(value) });
    return { value, box, element: h("div", { class: "field box" }, box, h("label", { for: id }, text)) };
  });
  return {
    name, element: h("fieldset", null, h("legend", null, label), h("span", { class: "help" }, schema.description), parts.map((part) => part.element)),
    read: () => parts.filter((part) => part.box.checked).map((part) => part.value), focus: () => parts[0]?.box.focus(),
  };
}

function fieldOf(name, schema, required) {
  const label = schema.title ?? name;
  if (schema.type === "array") return boxes(name, schema, label);
  const choices = optionsOf(schema);
  // Nothing is chosen before somebody has.
  const none = schema.default === undefined ? [["", required ? "choose one" : "nothing"]] : [];
  const isLong = schema.type === "string" && !choices && !schema.format && !(schema.maxLength <= 100);
  return field({
    name, label, required, help: schema.description, value: schema.default, type: schema.type,
    choices: choices && [...none, ...choices], lines: isLong ? 2 : undefined,
  });
}

/// `{element, read, focus}`: what is left empty is left out, as the form's defaults stand for it.
export function formOf(schema) {
  const required = new Set(schema?.required ?? []);
  const names = Object.keys(schema?.properties ?? {}).sort((a, b) => required.has(b) - required.has(a) || (a < b ? -1 : 1));
  if (!names.length) return null;
  const fields = names.map((name) => fieldOf(name, schema.properties[name], required.has(name)));
  return {
    element: h("div", { class: "form" }, fields.map((one) => one.element)),
    read: () => Object.fromEntries(fields.map((one) => [one.name, one.read()]).filter(([, value]) => value !== undefined && value !== "")),
    focus: () => fields[0].focus(),
  };
}
