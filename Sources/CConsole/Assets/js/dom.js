// Elements from values. What is not an element goes in as text, so nothing that a run says becomes markup.

const svgSpace = "http://www.w3.org/2000/svg";

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) set(element, name, value);
  append(element, children);
  return element;
}

function set(element, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "value" || name === "checked" || name === "open") element[name] = value;
  else element.setAttribute(name, value === true ? "" : value);
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/// `h("p", {class: "note"}, "text", h("b", null, "more"))`
export const h = (tag, props, ...children) => fill(document.createElement(tag), props, children);

/// The same for elements of SVG.
export const svg = (tag, props, ...children) => fill(document.createElementNS(svgSpace, tag), props, children);

export const replace = (element, ...children) => {
  element.replaceChildren();
  append(element, children);
  return element;
};

/// A button that shows that it is at work, and that cannot be pressed twice meanwhile.
export function button(label, props, action) {
  const { class: kind = "", ...others } = props ?? {};
  const element = h("button", { type: "button", class: kind, ...others }, label);
  element.addEventListener("click", async () => {
    if (element.ariaDisabled === "true") return;
    element.ariaDisabled = "true";
    try { await action(element); } finally { element.ariaDisabled = null; }
  });
  return element;
}

let ids = 0;
/// A name for an element that a label or a description points to.
export const freshID = (prefix) => `${prefix}-${++ids}`;

/// Whether keys that a person presses are text for a field.
export const isTyping = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
