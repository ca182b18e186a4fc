// Figures of benchmarks over time, as series. Pure.

/// A change below this is what the same program shows on another day.
const noise = 0.1;

/// Of what is counted by the second more is better, of all else less.
export const moreIsBetter = (unit) => unit.endsWith("/s");

/// The number in the middle; of an even count, between the two.
export function median(numbers) {
  if (!numbers.length) return null;
  const sorted = [...numbers].sort((a, b) => a - b), half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/// How the last value stands to the median of those before it: `{change, verdict}`, the change as a part of the median.
export function compare(values, unit) {
  const last = values.at(-1), before = median(values.slice(0, -1));
  if (before === null) return { change: null, verdict: "first" };
  if (before === 0) return { change: null, verdict: last === 0 ? "same" : moreIsBetter(unit) ? "better" : "worse" };
  const change = (last - before) / before;
  if (Math.abs(change) < noise) return { change, verdict: "same" };
  return { change, verdict: change > 0 === moreIsBetter(unit) ? "better" : "worse" };
}

/// Records, the newest first, as `[{kind, series}]`. Only records of the newest one's build are compared: what a debug
/// build takes says nothing of a release.
export function history(records) {
  const build = records[0]?.build;
  const all = new Map();
  for (const record of records.filter((one) => one.build === build)) {
    for (const { name, value, unit } of record.figures) {
      const key = `${name} ${unit}`;
      if (!all.has(key)) all.set(key, { name, unit, points: [] });
      all.get(key).points.unshift({ at: record.at, version: record.version, value });
    }
  }
  const groups = new Map();
  for (const one of all.values()) {
    const [kind, ...rest] = one.name.split(", ");
    if (!groups.has(kind)) groups.set(kind, []);
    groups.get(kind).push({ ...one, title: rest.join(" · ") || kind, ...compare(one.points.map((point) => point.value), one.unit) });
  }
  return [...groups].map(([kind, series]) => ({ kind, series }));
}

/// How many records are left out, because they are of another build than the newest.
export const others = (records) => records.filter((one) => one.build !== records[0].build).length;

/// Where the points of a line stand: one after the other at the same distance, as the time between is of no meaning.
export function line(values, { top, width, height }) {
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  return values.map((value, index) => ({ x: values.length > 1 ? index * step : width / 2, y: height - (value / top) * height }));
}

/// The point that is nearest to a place, `part` of the width from the left.
export const nearest = (part, count) => Math.min(count - 1, Math.max(0, Math.round(part * (count - 1))));

const larger = { "µs": ["ms", 1000], ms: ["s", 1000], B: ["kB", 1000], kB: ["MB", 1000], MB: ["GB", 1000] };
const digits = (value) => (value >= 1000 ? Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, "\u202f") : Number(value.toPrecision(3)).toString());

/// `12.3 ms` for 12300 µs; three digits, in the unit that needs no more.
export function quantity(value, unit) {
  while (value >= 1000 && larger[unit]) {
    const [next, factor] = larger[unit];
    [value, unit] = [value / factor, next];
  }
  return `${digits(value)}${unit.startsWith("/") ? "" : "\u00a0"}${unit}`;
}

const verdicts = { better: "better", worse: "worse", same: "as before", first: "measured once" };

/// `+12 %, worse`, as a person reads it.
export function changeText({ change, verdict }) {
  if (change === null) return verdicts[verdict];
  const percent = Math.round(change * 100);
  return `${percent > 0 ? "+" : percent < 0 ? "−" : "±"}${Math.abs(percent)}\u00a0%, ${verdicts[verdict]}`;
}
