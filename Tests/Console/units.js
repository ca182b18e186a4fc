import { runAll } from "./check.js";
import "./state.test.js";
import "./pure.test.js";
import "./steps.test.js";
import "./outside.test.js";
import "./bench.test.js";

document.documentElement.dataset.results = JSON.stringify(await runAll());
