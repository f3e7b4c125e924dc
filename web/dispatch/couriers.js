// The couriers' list: who has how much to do, and room for what.

import { byId, h, keyed, s } from "./dom.js";
import { count, duration, instant, money } from "./format.js";
import { text } from "./strings.js";

/** Degrees between the hues of neighbours: the golden angle keeps any number of them apart. */
const GOLDEN_ANGLE = 137.508;

const ORDERS = {
  visits: (a, b) => b.visits.length - a.visits.length || a.number - b.number,
  free: (a, b) => b.work.free - a.work.free || a.number - b.number,
  late: (a, b) => b.route.lateness_s - a.route.lateness_s || a.number - b.number,
  name: (a, b) => a.number - b.number,
};

/** The routes of a board with what all panels need: number, colour, visits and work. */
export function couriersOf(board) {
  const byName = [...board.routes].sort(
    (a, b) =>
      a.courier.name.localeCompare(b.courier.name) || a.courier.id.localeCompare(b.courier.id),
  );
  return byName.map((route, at) => ({
    route,
    number: at + 1,
    hue: Math.round((at * GOLDEN_ANGLE) % 360),
    visits: visitsOf(route),
    work: workOf(route),
  }));
}

// `ordinal` counts visits from 1: a stop's `seq` counts the start and the break, too.
function visitsOf(route) {
  const visits = route.stops.filter(({ kind }) => kind === "visit");
  return visits.map((stop, at) => ({ ...stop, ordinal: at + 1 }));
}

/** Seconds of a shift at doors, on the road, in the break, and free. */
function workOf(route) {
  const shift = (instant(route.shift.end) - instant(route.shift.start)) / 1000;
  const service = (kind) =>
    route.stops.filter((stop) => stop.kind === kind).reduce((sum, stop) => sum + stop.service_s, 0);
  const [door, rest] = [service("visit"), service("break")];
  const free = Math.max(0, shift - door - rest - route.travel_s);
  return { door, road: route.travel_s, rest, free, shift };
}

export class CourierList {
  #list = byId("couriers");
  #order = byId("couriers-order");

  constructor(onSelect, onOrder) {
    this.#list.addEventListener("click", ({ target }) => {
      const row = target.closest("[data-route]");
      if (row) onSelect(row.dataset.route);
    });
    this.#order.addEventListener("change", onOrder);
  }

  show(couriers, selected, currency) {
    const sorted = [...couriers].sort(ORDERS[this.#order.value]);
    keyed(
      this.#list,
      sorted,
      ({ route }) => route.id,
      ({ route }) =>
        h("li", {}, h("button", { type: "button", "data-route": route.id, "data-key": route.id })),
      (item, of) => {
        const button = item.firstElementChild;
        button.setAttribute("aria-pressed", String(of.route.id === selected));
        button.replaceChildren(...row(of, currency));
      },
    );
  }
}

function row({ route, number, hue, visits, work }, currency) {
  const vehicle = text.vehicles[route.courier.vehicle] ?? route.courier.vehicle;
  return [
    h("span", { class: "swatch", vars: { "--hue": hue } }, String(number)),
    h("span", { class: "name" }, route.courier.name, " ", h("small", {}, vehicle)),
    h("span", { class: "figure" }, text.stopsCount(visits.length), ", ", lateness(route)),
    bar(work),
    h("span", { class: "detail" }, text.working(...[work.door, work.road, work.free].map(duration))),
    h("span", { class: "detail" }, peak(route, currency)),
  ];
}

function bar({ door, road, rest, shift }) {
  const part = (name, from, length) =>
    s("rect", { class: name, x: from, y: 0, width: Math.max(0, length), height: 1 });
  const view = { viewBox: `0 0 ${shift} 1`, preserveAspectRatio: "none", "aria-hidden": "true" };
  return s(
    "svg",
    { class: "bar", ...view },
    part("door", 0, door),
    part("road", door, road),
    part("rest", door + road, rest),
  );
}

function peak({ peak_load: load, capacity }, currency) {
  const amount = (value) => (value === null ? null : money(value, currency));
  const parcelsMax = capacity.parcels === null ? null : count(capacity.parcels);
  return text.peak(count(load.parcels), parcelsMax, amount(load.value), amount(capacity.value));
}

function lateness({ lateness_s: late }) {
  return late > 0
    ? h("strong", { class: "late" }, text.late(duration(late)))
    : text.onTime;
}
