// Asks for a key when the server wants one. It is kept for this tab, until it is closed.

import { ask } from "./dialogs.js";
import { field } from "./fields.js";

let open = null;

/// One dialog, however many requests wait for its answer.
export function askForKey(refusal) {
  open ??= ask({
    title: "This server wants a key",
    text: refusal || "Its operator makes one with 'sluice keys add NAME'. It is kept in this tab until it is closed.",
    fields: [field({ name: "key", label: "Key", secret: true, placeholder: "slk_…" })],
    action: "Use this key",
    send: ({ key }) => key ?? null,
  }).finally(() => { open = null; });
  return open.then((key) => (typeof key === "string" ? key : null));
}
