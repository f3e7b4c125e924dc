// Builds and updates elements without inline styles, which the page's policy refuses.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element: `h("p", { class: "note" }, "text", child)`. */
export const h = (name, attributes, ...children) =>
  filled(document.createElement(name), attributes, children);

/** The same for SVG. */
export const s = (name, attributes, ...children) =>
  filled(document.createElementNS(SVG, name), attributes, children);

export const byId = (id) => document.getElementById(id);

// `vars` are CSS custom properties; a value of null or false leaves an attribute out.
function filled(element, attributes, children) {
  const { vars, ...plain } = attributes ?? {};
  for (const [name, value] of Object.entries(vars ?? {})) element.style.setProperty(name, value);
  for (const [name, value] of Object.entries(plain)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** Replaces what is in an element; the focus stays on the child with the same `data-key`. */
export function replaceInside(element, ...children) {
  const key = element.contains(document.activeElement) && document.activeElement.dataset.key;
  element.replaceChildren(...children.flat().filter((child) => child !== null));
  if (key) focusKey(element, key);
}

/**
 * Makes the children of `parent` those of `items`, in their order. A child lives on as long as its
 * item's key does, so that a click or a focus on it survives an update.
 */
export function keyed(parent, items, keyOf, make, update) {
  const focused = parent.contains(document.activeElement) && document.activeElement.dataset.key;
  const known = new Map([...parent.children].map((child) => [child.dataset.item, child]));
  items.forEach((item, at) => {
    const key = keyOf(item);
    const child = known.get(key) ?? make(item);
    known.delete(key);
    child.dataset.item = key;
    update(child, item);
    if (parent.children[at] !== child) parent.insertBefore(child, parent.children[at] ?? null);
  });
  for (const gone of known.values()) gone.remove();
  if (focused && !parent.contains(document.activeElement)) focusKey(parent, focused);
}

function focusKey(element, key) {
  element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}
