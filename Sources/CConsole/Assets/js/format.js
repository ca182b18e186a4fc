// How values are told to people. Everything here is pure but for the browser's own language.

import { amount } from "./money.js";

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
const whole = new Intl.NumberFormat();
const compact = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });

export const timeOfDay = (at) => clock.format(new Date(at));
export const dayAndTime = (at) => day.format(new Date(at));
/// For titles: the moment in words, and as it is recorded.
export const exactTime = (at) => `${exact.format(new Date(at))} (${new Date(at).toISOString()})`;
export const count = (number) => whole.format(number);
export const short = (number) => compact.format(number);
export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

/// `5 min. ago`, `in 2 hr.`
export function fromNow(at, now = Date.now()) {
  const seconds = (new Date(at).getTime() - now) / 1000;
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  return relative.format(Math.trunc(seconds / size), unit);
}

/// `2.1 s`, `3 m 05 s`, `1 h 12 m`
export function duration(milliseconds) {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 1) return `${Math.round(milliseconds)} ms`;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} m`;
}

/// `0.0123 USD` from a sum; small amounts keep the digits that tell them apart.
export function money(sum, currency = "USD") {
  const digits = sum >= 1 ? 2 : sum >= 0.01 ? 3 : 4;
  return `${sum.toFixed(digits)} ${currency}`;
}

/// `0.011446 USD` as a person reads it.
export const moneyText = (text) => (text ? money(amount(text), text.split(" ")[1] ?? "USD") : "");

/// The end of a path says what it is.
export const lastParts = (path, parts = 2) => (path ?? "").split("/").filter(Boolean).slice(-parts).join("/");

/// `scripted//a/b/script.json` is `scripted/…/script.json` where there is little room.
export function shortModel(model) {
  const parts = (model ?? "").split("/");
  return parts.length > 3 ? `${parts[0]}/…/${parts.at(-1)}` : model ?? "";
}

const statuses = {
  running: "running", waiting: "waiting", achieved: "achieved", not_achieved: "not achieved", aborted: "aborted",
  failed: "failed", queued: "queued",
};
export const statusWords = (status) => statuses[status] ?? String(status ?? "unknown").replaceAll("_", " ");
export const hasEnded = (status) => ["achieved", "not_achieved", "aborted", "failed"].includes(status);
