// A test is a name and a function that throws. What they say is read by test_units.py.

export const tests = [];
export const test = (name, body) => tests.push({ name, body });

const plain = (value) => JSON.stringify(value, (_, one) => (one instanceof Map ? [...one] : one));

export function equal(found, wanted) {
  if (plain(found) !== plain(wanted)) throw new Error(`found ${plain(found)}, wanted ${plain(wanted)}`);
}

export const truly = (value, text) => { if (!value) throw new Error(text); };

export async function runAll() {
  const results = [];
  for (const { name, body } of tests) {
    try { await body(); results.push({ name, error: null }); } catch (error) { results.push({ name, error: String(error.stack ?? error) }); }
  }
  return results;
}
