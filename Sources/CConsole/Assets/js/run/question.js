// An open question, and its answer. The same card stands on a run's page and in the list of all questions.

import { get, paths, post } from "../api.js";
import { announce } from "../announce.js";
import { button, freshID, h, replace } from "../dom.js";
import { dayAndTime, fromNow } from "../format.js";
import { ago } from "../marks.js";
import { lookAgain } from "../waiting.js";
import { formOf } from "./form.js";

const about = {
  call: "A call of a tool", repetition: "A call that may already have run", input: "Something to answer", check: "After a check", plan: "A plan", limit: "A limit", step: "A step of the pipeline",
  outside: "A program asks",
};

// As RunState+decide.swift has it.
const means = {
  call: "Yes carries the call out. No refuses this one call; the model reads the message, and goes on.",
  repetition: "Yes carries the call out once more. No leaves it as it is, and the model goes on.",
  input: "The call goes on with what you answer. Decline leaves it to the tool and the model to go on without.",
  check: "Yes goes on, or ends the run when the goal holds. No with a message goes on with what you say; no without one aborts the run.",
  plan: "Yes lets the model work. No with a message asks for another plan; no without one aborts the run.",
  step: "Yes passes the step. No with a message fails it, and the next pass is told; no without one aborts the run.",
  stepRun: "The run of the step goes on with what you answer.",
  limit: "Yes raises the limit by as much as the pipeline gave it. No ends the run.",
  outside: "The program that asks is told what you answer. The run goes on meanwhile, and a no ends nothing of it.",
};

const subjectName = (question) => (typeof question.subject === "string" ? question.subject : question.subject?.kind);

// What the run of a step asks is asked through the run that the step is of.
const meaning = (question) => means[question.form && subjectName(question) === "step" ? "stepRun" : subjectName(question)];

function deadline(question) {
  if (!question.deadline) return null;
  const then = question.on_deadline === "approve" ? "then it counts as yes" : "then the run is aborted";
  return h("span", { class: "soft", title: dayAndTime(question.deadline) }, `answer ${fromNow(question.deadline)}, ${then}`);
}

/// What exactly a program outside of the run asks about. The list of all questions leaves it out.
function details(question, run) {
  if (subjectName(question) !== "outside") return null;
  const place = h("pre", { class: "output", tabindex: "0", role: "region", "aria-label": "What it is about", hidden: true });
  const show = (text) => { if (text !== undefined) { replace(place, text); place.hidden = false; } };
  const find = ({ items }) => items.find((one) => one.approval === question.approval)?.about;
  if (question.subject === "outside") show(JSON.stringify(question.about, null, 2));
  else get(paths.run(run, "/approvals")).then((all) => show(JSON.stringify(find(all), null, 2)), (error) => show(error.message));
  return [h("p", null, h("span", { class: "tool" }, question.tool ?? question.subject.tool)), place];
}

/// The arguments of the call that is asked about, as Decider+turns.swift ends the question with them.
function argumentsOf(question) {
  const start = question.question.indexOf("? ");
  return start < 0 ? null : question.question.slice(start + 2);
}

/// - question: as the events or the list of questions tell it; `run` names the run.
export function questionCard(question, run, { link = null, answered = () => {} } = {}) {
  const id = freshID("question");
  const summary = h("p", { class: "wrong", role: "alert" });
  const reader = subjectName(question) === "outside" ? "program" : "model";
  const message = h("textarea", { rows: 1, id: `${id}-message`, placeholder: `Message to the ${reader}, if you like` });
  const written = subjectName(question) === "call" ? argumentsOf(question) : null;
  const edited = h("textarea", { rows: 4, id: `${id}-arguments`, spellcheck: "false" });
  edited.value = written ?? "";
  const pattern = h("input", { id: `${id}-like`, placeholder: "or what a pattern stands for: git status *" });
  const form = formOf(question.form);
  const send = async (decision, more = {}) => {
    try {
      const body = { decision, message: message.value.trim() || undefined, shown: question.shown, ...more };
      if (decision === "approve" && written !== null && edited.value !== written) body.arguments = JSON.parse(edited.value);
      if (decision === "approve" && form) body.answer = form.read();
      await post(paths.answer(run, question.approval), body);
      announce(decision === "approve" ? (form ? "Answered." : "Approved.") : form ? "Declined." : "Rejected.");
      answered(decision);
      lookAgain().catch(() => {});
    } catch (error) { replace(summary, error.message); }
  };
  const approve = button(form ? "Answer" : "Approve", { class: "primary", "aria-keyshortcuts": "a" }, () => send("approve"));
  const sendForRun = () => send("approve", pattern.value.trim() ? { like: pattern.value.trim() } : { for_run: true });
  const forRun = button("Approve for this run", {}, sendForRun);
  const change = written === null ? null : h("details", { class: "change" }, h("summary", {}, "Change the arguments, or allow more"),
    h("label", { class: "field-label", for: edited.id }, "Arguments"), edited,
    h("label", { class: "field-label", for: pattern.id }, "For this run: exactly this call"), pattern, h("div", { class: "answer-buttons" }, forRun));
  const reject = button(form ? "Decline" : "Reject", { class: "danger", "aria-keyshortcuts": "r" }, () => send("reject"));
  const card = h("section", { class: "question-card", "aria-labelledby": id, tabindex: "-1" },
    h("div", { class: "question-head" }, h("h2", { id }, about[subjectName(question)] ?? "A question"), link,
      h("span", { class: "soft end" }, "asked ", ago(question.requested_at ?? question.at)), deadline(question)),
    h("div", { class: "question-text", tabindex: "0", role: "region", "aria-label": "Question" }, question.question),
    details(question, run),
    h("p", { class: "soft small" }, meaning(question)), form?.element,
    h("div", { class: "answer" }, h("label", { class: "unseen", for: message.id }, `Message to the ${reader}`), message,
      h("div", { class: "answer-buttons" }, approve, h("kbd", { "aria-hidden": "true" }, "a"), reject, h("kbd", { "aria-hidden": "true" }, "r"))), change, summary);
  // The first time it leads to what is to be filled in.
  card.approve = () => { if (form && !form.element.contains(document.activeElement)) form.focus(); else approve.click(); };
  card.reject = () => { if (message.value.trim() || document.activeElement === message) reject.click(); else { message.focus(); } };
  // In the field the letters are text; with Control they answer.
  message.addEventListener("keydown", (event) => {
    if (event.key === "Escape") card.focus();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) reject.click();
  });
  return card;
}
