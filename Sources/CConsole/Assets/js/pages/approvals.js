// Every open question over all runs.

import { get, paths } from "../api.js";
import { h, replace } from "../dom.js";
import { lastParts } from "../format.js";
import { empty, heading } from "../marks.js";
import { questionCard } from "../run/question.js";
import { setOfPage } from "../shortcuts.js";
import { lookAgain, onQuestions } from "../waiting.js";

const key = (item) => `${item.run} ${item.approval}`;

export async function approvalsPage(main) {
  const first = await get(`${paths.approvals}?limit=200`);
  const cards = new Map();
  const list = h("div", { class: "questions" });
  const none = empty("Nobody waits for you.", "Questions of all runs come here as soon as they are asked.");
  replace(main, heading("Approvals", h("p", { class: "soft" }, "Every question that waits for a person, over all runs.")), list, none);

  const link = (item) => h("span", null, h("a", { href: `/runs/${encodeURIComponent(item.run)}`, class: "mono" }, item.run), " ",
    h("span", { class: "soft" }, item.pipeline), " ", h("span", { class: "soft", title: item.project }, lastParts(item.project)));

  const all = () => [...cards.values()];
  const current = () => all().find((card) => card.contains(document.activeElement)) ?? all()[0];

  function step(by) {
    const at = all().findIndex((card) => card.contains(document.activeElement));
    all()[Math.max(0, Math.min(cards.size - 1, at + by))]?.focus();
  }

  /// Cards that stay are left alone: somebody may be writing in one.
  function draw(items) {
    const open = new Map(items.map((item) => [key(item), item]));
    for (const [name, card] of cards) {
      if (open.has(name)) continue;
      const hadFocus = card.contains(document.activeElement);
      const next = card.nextElementSibling ?? card.previousElementSibling;
      card.remove();
      cards.delete(name);
      if (hadFocus) (next ?? main.querySelector("h1")).focus();
    }
    for (const [name, item] of open) {
      if (cards.has(name)) continue;
      const card = questionCard(item, item.run, { link: link(item), answered: () => lookAgain().catch(() => {}) });
      cards.set(name, card);
      list.append(card);
    }
    none.hidden = cards.size > 0;
  }

  draw(first.items);
  setOfPage([
    { keys: "j", text: "Next question", action: () => step(1) },
    { keys: "k", text: "Previous question", action: () => step(-1) },
    { keys: "a", text: "Approve", action: () => current()?.approve() },
    { keys: "r", text: "Reject: write why, then Control Enter", action: () => current()?.reject() },
  ]);
  return { title: "Approvals", leave: onQuestions(draw) };
}
