// Numbers for drawing. Pure.

/// A round number that is not less: 1, 2, 2.5 or 5 times a power of ten.
export function roundUp(number) {
  if (!(number > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(number));
  return [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((round) => round >= number * (1 - 1e-9));
}

/// The points of a staircase, from the first moment to the last: a value holds until the next.
export function stairs(points, { from, to, top, width, height }) {
  const span = Math.max(1, to - from);
  const x = (at) => ((at - from) / span) * width;
  const y = (value) => height - (value / top) * height;
  let path = `M0 ${height.toFixed(1)}`;
  for (const { at, value } of points) path += `H${x(at).toFixed(1)}V${y(value).toFixed(1)}`;
  return `${path}H${width.toFixed(1)}`;
}

/// Tokens as limits are written: `400k`, `2M`; nothing for what is no number.
export function quantity(text) {
  if (typeof text === "number") return text;
  const parts = /^([\d.]+)\s*([kKmM]?)/.exec(text ?? "");
  return parts ? Number(parts[1]) * { "": 1, k: 1e3, m: 1e6 }[parts[2].toLowerCase()] : undefined;
}
