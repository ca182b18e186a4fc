import { changeText, compare, history, line, median, moreIsBetter, nearest, others, quantity } from "../../Sources/CConsole/Assets/js/bench/history.js";
import { ranked } from "../../Sources/CConsole/Assets/js/bench/models.js";
import { equal, test } from "./check.js";

const record = (at, figures, build = "release") => ({ at, version: "1", build, figures: figures.map(([name, value, unit]) => ({ name, value, unit })) });

test("records become a line for each figure, the oldest point first", () => {
  const groups = history([
    record("2026-01-03", [["engine, steps, rate", 90, "steps/s"], ["load, yaml, time", 5, "µs"]]),
    record("2026-01-02", [["load, yaml, time", 4, "µs"]]),
    record("2026-01-01", [["engine, steps, rate", 100, "steps/s"], ["load, yaml, time", 4, "µs"], ["load, gone, time", 1, "µs"]]),
  ]);
  equal(groups.map(({ kind, series }) => [kind, series.map((one) => one.title)]), [["engine", ["steps · rate"]], ["load", ["yaml · time", "gone · time"]]]);
  equal(groups[1].series[0].points.map((point) => [point.at, point.value]), [["2026-01-01", 4], ["2026-01-02", 4], ["2026-01-03", 5]]);
  equal([groups[0].series[0].verdict, groups[1].series[0].verdict, groups[1].series[1].verdict], ["worse", "worse", "first"]);
  equal(history([]), []);
});

test("builds of another kind are not compared", () => {
  const records = [record("3", [["a", 1, "µs"]]), record("2", [["a", 9, "µs"]], "debug"), record("1", [["a", 1, "µs"]])];
  equal(history(records)[0].series[0].points.map((point) => point.at), ["1", "3"]);
  equal(others(records), 1);
});

test("a figure of another unit is another figure", () => {
  const [group] = history([record("2", [["a, b", 1, "ms"]]), record("1", [["a, b", 1000, "µs"]])]);
  equal(group.series.map((one) => [one.unit, one.points.length]), [["ms", 1], ["µs", 1]]);
});

test("a change is told against the median of the earlier ones", () => {
  equal([median([]), median([3]), median([9, 1, 2]), median([1, 2, 3, 10])], [null, 3, 2, 2.5]);
  equal(compare([1, 100, 2, 3], "µs"), { change: 0.5, verdict: "worse" });
  equal(compare([10, 12], "steps/s"), { change: 0.2, verdict: "better" });
  equal(compare([10, 8], "µs"), { change: -0.2, verdict: "better" });
  equal(compare([100, 109], "µs").verdict, "same");
  equal(compare([7], "µs"), { change: null, verdict: "first" });
  equal([compare([0, 0], "steps").verdict, compare([0, 1], "steps").verdict, compare([0, 1], "/s").verdict], ["same", "worse", "better"]);
  equal(["/s", "steps/s", "µs", "steps"].map(moreIsBetter), [true, true, false, false]);
});

test("changes are told in words", () => {
  equal(changeText({ change: 0.123, verdict: "worse" }), "+12\u00a0%, worse");
  equal(changeText({ change: -0.5, verdict: "better" }), "−50\u00a0%, better");
  equal(changeText({ change: 0.001, verdict: "same" }), "±0\u00a0%, as before");
  equal(changeText({ change: null, verdict: "first" }), "measured once");
});

test("points stand at the same distance, a single one in the middle", () => {
  equal(line([0, 5, 10], { top: 10, width: 100, height: 50 }), [{ x: 0, y: 50 }, { x: 50, y: 25 }, { x: 100, y: 0 }]);
  equal(line([10], { top: 10, width: 100, height: 50 }), [{ x: 50, y: 0 }]);
  equal([-1, 0, 0.2, 0.3, 1, 9].map((part) => nearest(part, 3)), [0, 0, 0, 1, 2, 2]);
  equal(nearest(0.5, 1), 0);
});

test("quantities are in the unit that needs few digits", () => {
  equal(quantity(12_345, "µs"), "12.3\u00a0ms");
  equal(quantity(0.00123, "µs"), "0.00123\u00a0µs");
  equal(quantity(2_500_000, "B"), "2.5\u00a0MB");
  equal(quantity(1_234_567, "steps/s"), "1\u202f234\u202f567\u00a0steps/s");
  equal(quantity(950, "/s"), "950/s");
  equal(quantity(0, "steps"), "0\u00a0steps");
});

test("models stand in the order of what they reach, and then of what that costs", () => {
  const model = (model, achieved, cost_of_success, count = 2) => ({ model, achieved, cost_of_success, runs: Array(count).fill({}) });
  const all = [model("none", 0, null), model("dear", 2, "2.50 USD"), model("half", 1, "0.01 USD"), model("cheap", 2, "0.10 USD"), model("left", 0, null, 0)];
  equal(ranked(all).map((one) => one.model), ["cheap", "dear", "half", "none", "left"]);
});
