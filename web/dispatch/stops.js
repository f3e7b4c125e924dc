// The chosen courier's stops, one row each.

import { byId, h } from "./dom.js";
import { clockTime, duration, shortId, span } from "./format.js";
import { text } from "./strings.js";

/** Shows the stops of a courier, or how to choose one. */
export function showStops(courier) {
  const hint = byId("stops-hint");
  const table = byId("stops-table");
  hint.hidden = Boolean(courier);
  table.hidden = !courier;
  byId("stops-title").textContent = courier
    ? text.stopsOf(courier.route.courier.name)
    : text.page.stops;
  hint.textContent = text.chooseCourier;
  const ordinals = new Map(courier?.visits.map(({ stop_id, ordinal }) => [stop_id, ordinal]));
  const rows = (courier?.route.stops ?? []).map((stop) => row(stop, ordinals.get(stop.stop_id)));
  table.tBodies[0].replaceChildren(...rows);
}

function row(stop, ordinal) {
  const isVisit = stop.kind === "visit";
  const status = isVisit ? (text.statuses[stop.status] ?? stop.status) : "";
  return h(
    "tr",
    {},
    h("td", { class: "number" }, ordinal ? String(ordinal) : ""),
    h("td", {}, isVisit ? clockTime(stop.start_at) : clockTime(stop.arrive_at)),
    h("td", {}, what(stop), isVisit ? h("small", { title: stop.booking_id }, shortId(stop.booking_id)) : null),
    h("td", {}, stop.promise ? span(stop.promise) : ""),
    h("td", {}, [status, stop.frozen && text.fixed].filter(Boolean).join(", ")),
    h("td", { class: "number" }, stop.travel_s ? duration(stop.travel_s) : ""),
    h("td", { class: "number" }, String(stop.load_after.parcels)),
  );
}

function what(stop) {
  if (stop.kind !== "visit") return text.kinds[stop.kind] ?? stop.kind;
  const counts = new Map();
  for (const { category } of stop.devices ?? []) {
    counts.set(category, (counts.get(category) ?? 0) + 1);
  }
  return text.visit([...counts].map(([category, n]) => text.device(n, category)).join(", "));
}
