// Keys. Single letters can be switched off (WCAG 2.1.4), and are never taken from a field.

import { button, h, isTyping } from "./dom.js";

const place = "sluice.keys";
let everywhere = [];
let ofPage = [];
let prefix = "";
let prefixUntil = 0;

const areOn = () => localStorage.getItem(place) !== "off";

/// `[{keys: "g r", text: "Runs", action}]`
export const setEverywhere = (list) => { everywhere = list; };
export const setOfPage = (list) => { ofPage = list; };

export function setUpShortcuts() {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]") || !areOn()) return;
    const shortcut = find(event.key);
    if (!shortcut) return;
    event.preventDefault();
    shortcut.action();
  });
}

function find(key) {
  const pressed = prefixUntil > Date.now() ? `${prefix} ${key}` : key;
  const all = [...ofPage, ...everywhere];
  prefixUntil = 0;
  if (all.some((one) => one.keys.startsWith(`${pressed} `))) {
    prefix = pressed;
    prefixUntil = Date.now() + 1200;
    return null;
  }
  return all.find((one) => one.keys === pressed);
}

const rows = (list) => list.map(({ keys, text }) => h("div", null,
  h("dt", null, keys.split(" ").map((key) => h("kbd", null, key))), h("dd", null, text)));

const section = (title, list) => list.length > 0 && [h("h3", null, title), h("dl", { class: "keys" }, rows(list))];

export function showHelp() {
  const box = h("input", { type: "checkbox", checked: areOn() });
  box.addEventListener("change", () => localStorage.setItem(place, box.checked ? "on" : "off"));
  const dialog = h("dialog", { "aria-labelledby": "help-title", class: "wide" },
    h("h2", { id: "help-title" }, "Keyboard"),
    h("div", { class: "columns" }, h("div", null, section("On this page", ofPage)),
      h("div", null, section("Everywhere", everywhere))),
    h("label", { class: "check" }, box, "Single-key shortcuts"),
    h("div", { class: "dialog-end" }, button("Close", {}, () => dialog.close())));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
