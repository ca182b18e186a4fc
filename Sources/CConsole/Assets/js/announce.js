// What a screen reader is told without being asked: changes of status, and questions. Never every event.

const later = new Map();

function say(id, text) {
  const region = document.getElementById(id);
  // The same sentence twice is only heard twice when the region was empty in between.
  region.textContent = "";
  clearTimeout(later.get(id));
  later.set(id, setTimeout(() => { region.textContent = text; }, 60));
}

export const announce = (text) => say("status-live", text);
export const alertNow = (text) => say("alert-live", text);

let waiting = 0;
let name = null;

function write() { if (name) document.title = `${waiting ? `(${waiting}) ` : ""}${name} · Sluice`; }

/// The title of the page, with the number of waiting questions before it.
export function setTitle(text) { name = text; write(); }
export function setWaiting(number) {
  waiting = number;
  write();
  const badge = document.getElementById("waiting");
  badge.hidden = number === 0;
  badge.textContent = number;
  badge.setAttribute("aria-label", `${number} waiting`);
}
