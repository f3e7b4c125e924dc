// What part of an SVG is seen: pan by drag or arrow keys, zoom by wheel, pinch, keys or buttons.

const ZOOM_STEP = 1.4;
const PAN_STEP_PX = 60;
const TAP_PX_MAX = 5;
const UNIT_MIN = 0.2; // metres per pixel, closest
const UNIT_MAX = 400;

export class Viewport {
  #svg;
  #centre = { x: 0, y: 0 };
  #unit = 20; // user units per pixel
  #bounds = null;
  #isMoved = false; // by the reader: then nothing else moves it
  #pointers = new Map();
  #movedPx = 0;
  #pressed = null;

  /**
   * `onView(unit)` hears of every change, `onTap(element)` of a press that was no drag. One unit
   * of the drawing is `1 / unit` pixels.
   */
  constructor(svg, { onView, onTap }) {
    this.#svg = svg;
    this.onView = onView;
    this.onTap = onTap;
    svg.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    svg.addEventListener("keydown", (event) => this.#keyDown(event));
    svg.addEventListener("pointerdown", (event) => this.#down(event));
    svg.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) {
      svg.addEventListener(end, (event) => this.#up(event, end === "pointerup"));
    }
    new ResizeObserver(() => this.#apply()).observe(svg);
  }

  /**
   * Shows all of `{ left, top, right, bottom }` on `reset`, and now where the drawing has outgrown
   * what was shown and the reader has not moved it.
   */
  fit(bounds) {
    const outgrown = !this.#bounds || !isWithin(bounds, this.#bounds);
    if (outgrown) this.#bounds = bounds;
    if (outgrown && !this.#isMoved) this.reset();
  }

  /** Forgets what there was to show. */
  clear() {
    this.#bounds = null;
    this.#isMoved = false;
  }

  reset() {
    if (!this.#bounds) return;
    this.#isMoved = false;
    const { left, top, right, bottom } = this.#bounds;
    const { width, height } = this.#size();
    const wanted = Math.max((right - left) / width, (bottom - top) / height) * 1.12;
    this.#centre = { x: (left + right) / 2, y: (top + bottom) / 2 };
    this.#view(wanted || 20);
  }

  zoomIn() {
    this.#zoomTo(this.#unit / ZOOM_STEP);
  }

  zoomOut() {
    this.#zoomTo(this.#unit * ZOOM_STEP);
  }

  #size() {
    return { width: this.#svg.clientWidth || 1, height: this.#svg.clientHeight || 1 };
  }

  #apply() {
    const { width, height } = this.#size();
    const [w, h] = [width * this.#unit, height * this.#unit];
    const corner = [this.#centre.x - w / 2, this.#centre.y - h / 2];
    this.#svg.setAttribute("viewBox", [...corner, w, h].join(" "));
    this.onView(this.#unit);
  }

  // What is at `at` (pixels from the middle) stays there.
  #zoomTo(unit, at = { x: 0, y: 0 }) {
    const next = Math.min(UNIT_MAX, Math.max(UNIT_MIN, unit));
    this.#centre.x += at.x * (this.#unit - next);
    this.#centre.y += at.y * (this.#unit - next);
    this.#isMoved = true;
    this.#view(next);
  }

  #view(unit) {
    this.#unit = unit;
    this.#apply();
  }

  #pan(dxPx, dyPx) {
    this.#centre.x += dxPx * this.#unit;
    this.#centre.y += dyPx * this.#unit;
    this.#isMoved = true;
    this.#apply();
  }

  #fromMiddle({ x, y }) {
    const box = this.#svg.getBoundingClientRect();
    return { x: x - box.left - box.width / 2, y: y - box.top - box.height / 2 };
  }

  #wheel(event) {
    event.preventDefault();
    const at = this.#fromMiddle({ x: event.clientX, y: event.clientY });
    this.#zoomTo(this.#unit * Math.exp(Math.sign(event.deltaY) * 0.18), at);
  }

  #keyDown(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const actions = {
      ArrowLeft: () => this.#pan(-PAN_STEP_PX, 0),
      ArrowRight: () => this.#pan(PAN_STEP_PX, 0),
      ArrowUp: () => this.#pan(0, -PAN_STEP_PX),
      ArrowDown: () => this.#pan(0, PAN_STEP_PX),
      "+": () => this.zoomIn(),
      "=": () => this.zoomIn(),
      "-": () => this.zoomOut(),
      0: () => this.reset(),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  #down(event) {
    if (event.button !== 0) return;
    this.#svg.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.#pressed = event.target;
    this.#movedPx = 0;
  }

  #move(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const after = { x: event.clientX, y: event.clientY };
    this.#movedPx += Math.hypot(after.x - before.x, after.y - before.y);
    const [other] = [...this.#pointers].filter(([id]) => id !== event.pointerId);
    this.#pointers.set(event.pointerId, after);
    if (other) this.#pinch(before, after, other[1]);
    else if (event.pointerType !== "touch") this.#pan(before.x - after.x, before.y - after.y);
  }

  // One finger scrolls the page; two move and zoom the map.
  #pinch(before, after, other) {
    const distance = (point) => Math.hypot(point.x - other.x, point.y - other.y) || 1;
    this.#pan((before.x - after.x) / 2, (before.y - after.y) / 2);
    const middle = { x: (after.x + other.x) / 2, y: (after.y + other.y) / 2 };
    this.#zoomTo((this.#unit * distance(before)) / distance(after), this.#fromMiddle(middle));
  }

  #up(event, isDone) {
    const wasDown = this.#pointers.delete(event.pointerId);
    if (isDone && wasDown && this.#movedPx <= TAP_PX_MAX) this.onTap(this.#pressed);
  }
}

const isWithin = (inner, outer) =>
  inner.left >= outer.left &&
  inner.top >= outer.top &&
  inner.right <= outer.right &&
  inner.bottom <= outer.bottom;
