// Addresses and the pages behind them, by the history API.

/// Finds the first pattern that fits: `/runs/:run/:tab?`.
export function match(routes, path) {
  const parts = path.split("/").filter(Boolean);
  for (const [pattern, page] of routes) {
    const parameters = fit(pattern.split("/").filter(Boolean), parts);
    if (parameters) return { page, parameters };
  }
  return null;
}

function fit(pattern, parts) {
  if (parts.length > pattern.length) return null;
  const parameters = {};
  for (const [index, name] of pattern.entries()) {
    const part = parts[index];
    if (part === undefined && !name.endsWith("?")) return null;
    if (!name.startsWith(":")) { if (part !== name) return null; continue; }
    if (part !== undefined) parameters[name.slice(1).replace("?", "")] = decode(part);
  }
  return parameters;
}

function decode(part) {
  try { return decodeURIComponent(part); } catch { return part; }
}

let show = () => {};
let shown = "";

const place = () => location.pathname + location.search;

function arrive(options = {}) {
  shown = place();
  show(location.pathname, options);
}

/// Takes over links of the console and the buttons of the browser.
export function start(onPath) {
  show = onPath;
  // A link within the page changes the address too, and nothing of what is shown.
  addEventListener("popstate", () => { if (place() !== shown) arrive(); });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || !isOurs(link, event)) return;
    event.preventDefault();
    go(link.getAttribute("href"));
  });
  arrive({ first: true });
}

function isOurs(link, event) {
  if (event.defaultPrevented || event.button !== 0) return false;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return false;
  const href = link.getAttribute("href");
  // Of a link in a picture, 'target' is an object.
  return !link.getAttribute("target") && !link.hasAttribute("download") && href.startsWith("/") && !/^\/(api|assets)\//.test(href);
}

export function go(path) {
  if (path !== place()) history.pushState(null, "", path);
  arrive();
}

/// Keeps the state of a page in its address, without a new entry in the history.
export function keep(query) {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value)).toString();
  history.replaceState(null, "", location.pathname + (text && `?${text}`));
  shown = place();
}
