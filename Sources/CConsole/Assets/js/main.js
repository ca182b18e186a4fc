// The console: which page stands at which address, and what is there on all of them.

import { setKeyDoor } from "./api.js";
import { setTitle } from "./announce.js";
import { replace } from "./dom.js";
import { askForKey } from "./keydoor.js";
import { keepTimes } from "./marks.js";
import { failure } from "./problems.js";
import { go, match, start } from "./router.js";
import { setEverywhere, setOfPage, setUpShortcuts, showHelp } from "./shortcuts.js";
import { setUpTheme } from "./theme.js";
import { watchQuestions } from "./waiting.js";
import { approvalsPage } from "./pages/approvals.js";
import { benchmarksPage } from "./pages/benchmarks.js";
import { modulesPage } from "./pages/modules.js";
import { newPage } from "./pages/new.js";
import { pipelinesPage } from "./pages/pipelines.js";
import { runsPage } from "./pages/runs.js";
import { runPage } from "./run/page.js";

const routes = [
  ["/", runsPage], ["/runs", runsPage], ["/runs/:run/:tab?", runPage], ["/approvals", approvalsPage],
  ["/new", newPage], ["/pipelines/:ref?", pipelinesPage], ["/modules", modulesPage],
  ["/benchmarks", benchmarksPage],
];

let leave = () => {};
let here = "";

/// A page is a function of its element and parameters that answers its title and what to do when it is left. A page
/// that only shows another part of itself at a new address answers `move` too.
let move = null;

async function show(path, { first = false }) {
  const found = match(routes, path) ?? { page: missing, parameters: {} };
  const key = `${found.page.name} ${found.parameters.run ?? path}`;
  if (move && key === here) return move(found.parameters);
  leave();
  leave = () => {};
  move = null;
  here = key;
  setOfPage([]);
  markSection(path);
  const main = document.getElementById("main");
  replace(main);
  try {
    const page = await found.page(main, found.parameters);
    if (key !== here) return page.leave?.();
    leave = page.leave ?? leave;
    move = page.move ?? null;
    setTitle(page.title);
  } catch (error) {
    if (key !== here) return;
    replace(main, failure(error, () => { here = ""; move = null; show(path, {}); }));
    setTitle("Error");
  }
  scrollTo(0, 0);
  if (!first) (main.querySelector("[data-first]") ?? main.querySelector("h1") ?? main).focus({ preventScroll: true });
}

async function missing() { throw new Error("There is no page at this address."); }

function markSection(path) {
  const root = `/${path.split("/")[1]}`;
  for (const link of document.querySelectorAll("#sections a, .bar-end a, .site-foot a")) {
    const href = link.getAttribute("href");
    if (href === root || (href === "/" && root === "/runs")) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

setEverywhere([
  { keys: "g r", text: "Runs", action: () => go("/") },
  { keys: "g a", text: "Approvals", action: () => go("/approvals") },
  { keys: "g p", text: "Pipelines", action: () => go("/pipelines") },
  { keys: "g m", text: "Modules", action: () => go("/modules") },
  { keys: "g b", text: "Benchmarks", action: () => go("/benchmarks") },
  { keys: "n", text: "New run", action: () => go("/new") },
  { keys: "?", text: "This help", action: showHelp },
]);
document.getElementById("help").addEventListener("click", showHelp);
setKeyDoor(askForKey);
setUpTheme(document.getElementById("theme"));
setUpShortcuts();
keepTimes();
start(show);
watchQuestions();
