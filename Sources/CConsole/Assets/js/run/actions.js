// What a person can do with a run.

import { patch, paths, post, remove } from "../api.js";
import { announce } from "../announce.js";
import { ask } from "../dialogs.js";
import { changedLimits, field, gates, limitFields } from "../fields.js";
import { hasEnded } from "../format.js";
import { go } from "../router.js";

const message = {
  title: "Tell the model something", action: "Send",
  text: "It reads this with its next question. What it is doing now goes on.",
};

export function sendMessage(run) {
  const text = field({ name: "text", label: "Message", lines: 4, type: "text", required: true });
  return ask({ ...message, fields: [text], send: (body) => post(paths.run(run, "/messages"), body) });
}

export function abort(run) {
  const reason = field({ name: "reason", label: "Reason", help: "Written into the history." });
  const text = "What runs now is stopped. The files stay as they are, and the run can be resumed later.";
  return ask({ title: `Abort ${run}?`, text, fields: [reason], action: "Abort the run", kind: "danger", send: (body) => post(paths.run(run, "/cancel"), body) });
}

/// Limits, model and human gate; only what was changed is sent.
export function settings(run, state) {
  const limits = limitFields(state.limits);
  const model = field({ name: "model", label: "Model", value: state.model ?? "", help: "provider/name" });
  const gate = field({ name: "human_gate", label: "Human gate", choices: gates, value: state.gate });
  const send = (values) => {
    const body = {};
    const changed = changedLimits(limits, state.limits);
    if (Object.keys(changed).length) body.limits = changed;
    if (values.model && values.model !== state.model) body.model = values.model;
    if (values.human_gate !== state.gate) body.human_gate = values.human_gate;
    return Object.keys(body).length ? patch(paths.run(run), body) : true;
  };
  return ask({ title: "Settings of this run", text: "They hold from the next step on. An empty field is left as it is.", fields: [model, gate, ...limits], action: "Change", send });
}

export function resume(run, state) {
  const limits = limitFields(state.limits);
  const send = () => {
    const changed = changedLimits(limits, state.limits);
    return post(paths.run(run, "/resume"), Object.keys(changed).length ? { limits: changed } : {});
  };
  const text = "It goes on where it ended. Limits count over the whole history, so one that is used up has to be raised.";
  return ask({ title: `Resume ${run}`, text, fields: limits, action: "Resume", send });
}

export function rollBack(run, done) {
  const choices = done.map((number) => [String(number), number === 0 ? "the start" : `after iteration ${number}`]);
  const to = field({ name: "to", label: "The files as they were", choices, value: choices.at(-2)?.[0] ?? choices[0]?.[0] });
  const send = async (values) => {
    const { replaced } = await post(paths.run(run, "/rollback"), { to: Number(values.to) });
    announce(`The files were set back. What was there is kept as ${replaced}.`);
    return true;
  };
  const text = "What is there now is kept as a snapshot, and the history says so.";
  return ask({ title: "Roll the files back", text, fields: [to], action: "Roll back", kind: "danger", send });
}

export async function removeRun(run) {
  const text = "Its history, its questions and what it used are gone for good. The files in the project stay.";
  const gone = await ask({ title: `Delete ${run}?`, text, action: "Delete for good", kind: "danger", send: async () => { await remove(paths.run(run)); return true; } });
  if (gone) go("/");
}

/// `[{name, label, key, kind?, action}]`, as far as they make sense now.
export function actionsFor(run, state, done) {
  const ended = hasEnded(state.status);
  const all = [
    !ended && { label: "Message", key: "m", action: () => sendMessage(run) },
    !ended && { label: "Settings", key: "s", action: () => settings(run, state) },
    ended && state.status !== "achieved" && { label: "Resume", key: "u", action: () => resume(run, state) },
    ended && done().length > 0 && { label: "Roll back", key: "b", action: () => rollBack(run, done()) },
    !ended && { label: "Abort", key: "X", kind: "danger", action: () => abort(run) },
    ended && { label: "Delete", key: "D", kind: "danger", action: () => removeRun(run) },
  ];
  return all.filter(Boolean);
}
