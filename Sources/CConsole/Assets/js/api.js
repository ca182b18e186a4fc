// What the server is asked. Errors are RFC 9457 problems, and become one kind of error here.

const place = "sluice.key";
let askForKey = async () => null;

/// Who asks a person for a key when the server wants one; answers the key, or nothing.
export const setKeyDoor = (door) => { askForKey = door; };
export const hasKey = () => sessionStorage.getItem(place) !== null;
export const forgetKey = () => sessionStorage.removeItem(place);

export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || `The server answered ${status}.`);
    this.status = status;
    this.code = body.code ?? "";
    this.errors = body.errors ?? [];
  }
}

/// The fields that every request carries.
export function headers(more = {}) {
  const key = sessionStorage.getItem(place);
  return key ? { ...more, authorization: `Bearer ${key}` } : more;
}

async function problem(response) {
  const text = await response.text();
  try { return new Problem(response.status, JSON.parse(text)); } catch {
    return new Problem(response.status, { detail: text.slice(0, 300) });
  }
}

async function send(path, options) {
  try {
    return await fetch(path, { ...options, headers: headers(options.headers) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, { detail: "The server cannot be reached. Is 'sluice serve' still running?" });
  }
}

/// A response that is no error; a person is asked for a key as often as the server asks for one.
export async function request(path, options = {}) {
  for (;;) {
    const response = await send(path, options);
    if (response.ok) return response;
    const error = await problem(response);
    if (response.status !== 401) throw error;
    const key = await askForKey(hasKey() ? error.message : "");
    if (!key) throw error;
    sessionStorage.setItem(place, key);
  }
}

const asJSON = async (response) => (response.status === 204 ? null : response.json());

export const get = async (path, options) => asJSON(await request(path, options));
export const text = async (path, options) => (await request(path, options)).text();

async function write(method, path, body) {
  const options = { method, headers: { "content-type": "application/json" } };
  if (body !== undefined) options.body = JSON.stringify(body);
  return asJSON(await request(path, options));
}

export const post = (path, body = {}) => write("POST", path, body);
export const patch = (path, body) => write("PATCH", path, body);
export const remove = (path) => write("DELETE", path);

const base = "/api/v1";
const part = encodeURIComponent;

export const paths = {
  server: `${base}/server`,
  pipelines: `${base}/pipelines`,
  pipeline: (ref) => `${base}/pipelines/${part(ref)}`,
  lint: `${base}/pipelines/lint`,
  modules: `${base}/modules`,
  benchmarks: `${base}/benchmarks`,
  modelBenchmarks: `${base}/benchmarks/models`,
  runs: (query = {}) => {
    const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value)).toString();
    return `${base}/runs${text && `?${text}`}`;
  },
  run: (run, rest = "") => `${base}/runs/${part(run)}${rest}`,
  approvals: `${base}/approvals`,
  answer: (run, approval) => `${base}/runs/${part(run)}/approvals/${part(approval)}`,
  artifact: (digest) => `${base}/artifacts/${part(digest)}`,
};
