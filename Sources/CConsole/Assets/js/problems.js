// Errors of the server, each at the field it is about.

import { h } from "./dom.js";

const named = /(?:Field|Input|Setting|Parameter|Limit) '([^']+)'/;

/// Marks the fields that an error names, and answers what is left to say above all of them.
export function place(error, fields) {
  for (const field of fields) field.complain("");
  const sentences = error.errors?.length ? error.errors : [error.message];
  const left = sentences.map(textOf).filter((sentence) => !mark(sentence, fields));
  fields.find((field) => field.isWrong())?.focus();
  if (left.length) return left.map(({ text }) => h("p", null, text));
  return h("p", null, sentences.length === 1 ? "One field needs another value." : `${sentences.length} fields need other values.`);
}

function textOf(sentence) {
  if (typeof sentence === "string") return { text: sentence, path: named.exec(sentence)?.[1] };
  return { text: sentence.message ?? sentence.detail ?? JSON.stringify(sentence), path: sentence.field ?? sentence.path };
}

function mark({ text, path }, fields) {
  if (!path) return false;
  const name = path.split(/[./]/).filter(Boolean);
  const field = fields.find((field) => field.path === path || field.path === `inputs.${path}` || field.name === name.at(-1));
  field?.complain(text);
  return field !== undefined;
}

/// An error that a whole page shows.
export const failure = (error, again) => h("div", { class: "problems", role: "alert" },
  h("p", null, error.message), again && h("button", { type: "button", onclick: again }, "Try again"));
