// Questions to the person in front of the console.

import { button, freshID, h, replace } from "./dom.js";
import { place } from "./problems.js";

/// Shows a dialog with fields. `send` is given their values by name; when it throws, the error is shown at its field
/// and the dialog stays. Answers what `send` answered, or nothing when it was cancelled.
export function ask({ title, text, fields = [], action, kind = "primary", send }) {
  return new Promise((resolve) => {
    const id = freshID("dialog");
    const summary = h("div", { class: "problems", role: "alert" });
    const submit = h("button", { type: "submit", class: kind }, action);
    let result;
    const form = h("form", { novalidate: true },
      h("h2", { id }, title), text && h("p", { class: "soft" }, text), summary, fields.map((field) => field.element),
      h("div", { class: "dialog-end" }, button("Cancel", {}, () => dialog.close()), submit));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (submit.disabled) return;
      submit.disabled = true;
      try {
        result = await send(Object.fromEntries(fields.map((field) => [field.name, field.read()]))) ?? true;
        dialog.close();
      } catch (error) {
        replace(summary, place(error, fields));
      } finally { submit.disabled = false; }
    });
    const dialog = h("dialog", { "aria-labelledby": id }, form);
    dialog.addEventListener("close", () => { dialog.remove(); resolve(result); });
    document.body.append(dialog);
    dialog.showModal();
    fields[0]?.focus();
  });
}
