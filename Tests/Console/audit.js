// What can be told of a page's accessibility without a person. Answers sentences; none is good.
// Contrast is that of WCAG 2.2, 1.4.3; names are those of the accessible name computation, as far as they are plain.

const problems = [];
const tell = (element, text) => problems.push(`${element.tagName.toLowerCase()}${element.id && `#${element.id}`}.${element.getAttribute("class") ?? ""} '${element.textContent.trim().slice(0, 40)}': ${text}`);
const isSeen = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;

const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
function rgba(color) {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = color;
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
  return { parts: [red, green, blue], alpha: alpha / 255 };
}

function ground(element) {
  for (let one = element; one; one = one.parentElement) {
    const { parts, alpha } = rgba(getComputedStyle(one).backgroundColor);
    if (alpha > 0.99) return parts;
  }
  return [255, 255, 255];
}

const light = (parts) => parts.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);

function contrast(element) {
  const [one, other] = [light(rgba(getComputedStyle(element).color).parts), light(ground(element))].sort((a, b) => b - a);
  return (one + 0.05) / (other + 0.05);
}

for (const element of document.body.querySelectorAll("*")) {
  const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  if (!hasText || !isSeen(element) || element.closest("svg, .unseen, .skip, [aria-disabled=true], :disabled")) continue;
  const ratio = contrast(element);
  if (ratio < 4.5) tell(element, `contrast ${ratio.toFixed(2)}, 4.5 is the least`);
}

const nameOf = (element) => element.getAttribute("aria-label") || element.labels?.[0]?.textContent
  || document.getElementById(element.getAttribute("aria-labelledby"))?.textContent || (/^(A|BUTTON|SUMMARY)$/.test(element.tagName) && element.textContent);
for (const element of document.querySelectorAll("a[href], button, input, select, textarea, summary, dialog, nav, section[aria-labelledby]")) {
  if (isSeen(element) && !nameOf(element)?.trim()) tell(element, "has no name");
}
for (const element of document.querySelectorAll("[aria-labelledby], [aria-describedby], label[for]")) {
  const ids = ["aria-labelledby", "aria-describedby", "for"].flatMap((name) => (element.getAttribute(name) ?? "").split(" ").filter(Boolean));
  for (const id of ids) if (!document.getElementById(id)) tell(element, `points to '${id}', which is not there`);
}
const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) problems.push(`the id '${id}' is there twice`);
for (const table of document.querySelectorAll("table:not(.diff)")) if (!table.querySelector("th[scope]")) tell(table, "has no headers");
if (document.querySelectorAll("main").length !== 1) problems.push("there is not one main");
if (document.querySelectorAll("h1").length !== 1) problems.push(`there are ${document.querySelectorAll("h1").length} h1`);
if (!document.documentElement.lang) problems.push("the page has no language");
if (document.querySelector("[tabindex]:not([tabindex='0'], [tabindex='-1'])")) problems.push("a tabindex changes the order");
if (document.documentElement.scrollWidth > innerWidth) problems.push(`the page is ${document.documentElement.scrollWidth} wide in a window of ${innerWidth}`);
return problems;
