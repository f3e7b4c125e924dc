// The day as lanes: one for each shift, from its start to its end.

import { byId, h, keyed, s } from "./dom.js";
import { clockTime, clockTimeIn, duration, instant, span } from "./format.js";
import { text } from "./strings.js";

const HOUR_MS = 3_600_000;
const LANE = 20; // units: a lane's height
const PROMISE = 5; // units: what a promised window adds to the selected lane

export class Timeline {
  #lanes = byId("lanes");
  #axis = byId("axis");

  constructor(onSelect) {
    this.#lanes.addEventListener("click", ({ target }) => {
      const lane = target.closest("[data-route]");
      if (lane) onSelect(lane.dataset.route);
    });
  }

  show(couriers, selected, zone) {
    const range = rangeOf(couriers);
    this.#axis.replaceChildren(...(range ? ticks(range, zone) : []));
    keyed(
      this.#lanes,
      couriers,
      ({ route }) => route.id,
      ({ route }) => lane(route),
      (item, of) => update(item, of, of.route.id === selected, range),
    );
  }
}

/** The whole hours around all shifts and stops, in milliseconds. */
function rangeOf(couriers) {
  if (couriers.length === 0) return null;
  const ends = couriers.flatMap(({ route }) => [
    instant(route.shift.end),
    ...route.stops.map(({ leave_at }) => instant(leave_at)),
  ]);
  const starts = couriers.map(({ route }) => instant(route.shift.start));
  const from = Math.floor(Math.min(...starts) / HOUR_MS) * HOUR_MS;
  return { from, to: Math.ceil(Math.max(...ends) / HOUR_MS) * HOUR_MS };
}

function ticks({ from, to }, zone) {
  const hours = Array.from({ length: (to - from) / HOUR_MS + 1 }, (_, at) => from + at * HOUR_MS);
  return hours.map((hour, at) => {
    const left = `${(100 * (hour - from)) / (to - from)}%`;
    const kind = at % 2 ? "tick odd" : "tick";
    return h("span", { class: kind, vars: { "--left": left } }, clockTimeIn(zone, hour));
  });
}

function lane(route) {
  const button = h("button", { type: "button", "data-key": `lane ${route.id}` });
  return h("li", { class: "lane", "data-route": route.id }, button, s("svg", {}));
}

function update(item, { route, number, hue, visits }, isSelected, range) {
  const { name } = route.courier;
  const [button, drawing] = item.children;
  button.setAttribute("aria-pressed", String(isSelected));
  button.replaceChildren(
    h("span", { class: "swatch", vars: { "--hue": hue } }, String(number)),
    h("span", { class: "name" }, name),
  );
  const words = [clockTime(route.shift.start), clockTime(route.shift.end), visits.length];
  item.classList.toggle("selected", isSelected);
  drawing.replaceWith(draw(route, visits, isSelected, range, text.lane(name, ...words)));
}

function draw(route, visits, isSelected, range, label) {
  const x = (moment) => (instant(moment) - range.from) / 1000;
  const width = (range.to - range.from) / 1000;
  const height = LANE + (isSelected ? visits.length * PROMISE : 0);
  const block = (kind, start, end, top, tall, title) =>
    s(
      "rect",
      { class: kind, x: x(start), y: top, width: Math.max(0, x(end) - x(start)), height: tall },
      title && s("title", {}, title),
    );
  const view = { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none" };
  const rows = isSelected ? visits.flatMap((stop, at) => promise(block, stop, at)) : [];
  return s(
    "svg",
    { ...view, role: "img", "aria-label": label, vars: { "--lane-height": `${height}px` } },
    block("shift", route.shift.start, route.shift.end, 0, height),
    route.stops.flatMap((stop) => blocks(block, stop)),
    rows,
  );
}

/** The way to a stop, and what is done there. */
function blocks(block, stop) {
  const times = [clockTime(stop.start_at), clockTime(stop.leave_at)];
  const parts = [];
  if (stop.travel_s > 0) {
    const until = clockTime(stop.arrive_at);
    const leaves = new Date(instant(stop.arrive_at) - stop.travel_s * 1000).toISOString();
    parts.push(block("road", leaves, stop.arrive_at, 8, 4, text.blockTravel(duration(stop.travel_s), until)));
  }
  if (stop.kind === "break") {
    parts.push(block("rest", stop.start_at, stop.leave_at, 5, 10, text.blockBreak(...times)));
  }
  if (stop.kind === "visit") {
    const status = text.statuses[stop.status] ?? stop.status;
    const title = text.blockVisit(...times, span(stop.promise), status);
    const kind = ["visit", stop.status === "held" && "held", isLate(stop) && "late"];
    parts.push(block(kind.filter(Boolean).join(" "), stop.start_at, stop.leave_at, 2, 16, title));
  }
  return parts;
}

/** A line for the promised window of a visit, and on it when the courier is there. */
function promise(block, stop, at) {
  const top = LANE + at * PROMISE;
  const { start, end } = stop.promise;
  return [
    block("window", start, end, top + 1, PROMISE - 2, span(stop.promise)),
    block("there", stop.start_at, stop.leave_at, top, PROMISE, span(stop.promise)),
  ];
}

const isLate = (stop) => instant(stop.start_at) > instant(stop.promise.end);
