// JSON schemas, as people read them. Pure.

function typeOf(schema) {
  if (schema.enum) return schema.enum.join(" | ");
  if (schema.anyOf ?? schema.oneOf) return (schema.anyOf ?? schema.oneOf).map(typeOf).join(" or ");
  if (schema.type === "array") return `list of ${schema.items ? typeOf(schema.items) : "anything"}`;
  const type = Array.isArray(schema.type) ? schema.type.filter((one) => one !== "null").join(" or ") : schema.type;
  return { string: "text", integer: "whole number", boolean: "true or false" }[type] ?? type ?? "anything";
}

/// `[{name, type, default, help, required}]`
export function rows(schema) {
  const required = new Set(schema?.required ?? []);
  return Object.entries(schema?.properties ?? {}).map(([name, one]) => ({
    name, type: typeOf(one), help: one.description ?? "", required: required.has(name),
    default: one.default === undefined ? "" : JSON.stringify(one.default),
  }));
}
