// A made-up day of many routes, in the shapes of the API: what the dispatcher's page is measured on.

import { DATE, REGION, at } from "./service.js";

const MINUTE_MS = 60_000;
const HUB_COUNT = 5;
const ZONE_DEGREES = 0.02;

/** Between two doors of a route, in degrees; somewhat over a kilometre, as in the made-up city's plans. */
const LEG_DEGREES = 0.03;

/** Of the circle around the city's middle in which couriers have their parts of it, in degrees. */
const CITY_DEGREES = 0.15;

const TRAVEL_M = 1500;

/** Every courier begins at eight; at eleven, six visits of each are over. */
const BEGIN = Date.parse(at("08:00"));
const NOW = Date.parse(at("11:00"));
const EVERY_MS = 30 * MINUTE_MS;
const TRAVEL_S = 390;

export const CLOCK = NOW;

/** In the region's own time, as the API writes moments. */
const moment = (ms) => `${new Date(ms + 8 * 60 * MINUTE_MS).toISOString().slice(0, 19)}+08:00`;

const id = (kind, number) => `${kind}_${String(number).padStart(32, "0")}`;

/** Numbers from 0 to 1, the same for each seed (a linear congruential generator). */
function dice(seed) {
  let state = seed * 7919 + 1;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

const LOAD = { parcels: 3, weight_g: 2400, volume_ml: 9000, value: 360_000 };

function hub(number) {
  const angle = (2 * Math.PI * number) / HUB_COUNT;
  const place = {
    lon: 121.47 + 0.12 * Math.cos(angle),
    lat: 31.23 + 0.09 * Math.sin(angle),
    datum: "wgs84",
  };
  return { id: `hub-${number + 1}`, name: `Hub ${number + 1}`, place };
}

/** One line of a route that takes `service_s` from `start` on. */
function stop(seq, kind, place, start, service_s, more = {}) {
  const travel_s = kind === "start" || kind === "break" ? 0 : TRAVEL_S;
  return {
    seq,
    kind,
    stop_id: id("stp", seq),
    place,
    arrive_at: moment(start),
    start_at: moment(start),
    leave_at: moment(start + service_s * 1000),
    eta_at: moment(start),
    travel_s,
    distance_m: travel_s > 0 ? TRAVEL_M : 0,
    wait_s: 0,
    service_s,
    load_before: LOAD,
    load_after: LOAD,
    frozen: false,
    ...more,
  };
}

function visit(seq, booking, place, start) {
  const opens = BEGIN + Math.floor((start - BEGIN) / (120 * MINUTE_MS)) * 120 * MINUTE_MS;
  const isDone = start + EVERY_MS < NOW;
  const told = moment(start);
  return stop(seq, "visit", place, start, 480, {
    booking_id: booking,
    visit_kind: "pickup",
    status: isDone ? "completed" : "confirmed",
    promise: { start: moment(opens), end: moment(opens + 120 * MINUTE_MS) },
    devices: [{ category: "phone", declared_value: { amount: 120_000, currency: "CNY" } }],
    handover: [],
    frozen: isDone,
    ...(isDone ? { departed_at: told, arrived_at: told, left_at: moment(start + 480_000) } : {}),
  });
}

/** So many doors, each near the one before, in some part of the city. */
function walk(roll, visits) {
  const [angle, far] = [2 * Math.PI * roll(), CITY_DEGREES * Math.sqrt(roll())];
  let [lon, lat] = [121.47 + far * Math.cos(angle), 31.23 + 0.85 * far * Math.sin(angle)];
  return Array.from({ length: visits }, () => {
    lon += (roll() - 0.5) * LEG_DEGREES;
    lat += (roll() - 0.5) * LEG_DEGREES;
    return { lon, lat, datum: "wgs84" };
  });
}

function route(number, visits) {
  const roll = dice(number + 1);
  const home = hub(number % HUB_COUNT);
  const doors = walk(roll, visits);
  const starts = (n) => BEGIN + (n + 0.7) * EVERY_MS;
  const end = starts(visits);
  const stops = [
    stop(1, "start", home.place, BEGIN, 0),
    ...Array.from({ length: visits }, (_, n) =>
      visit(n + 2, id("bkg", number * visits + n), doors[n], starts(n)),
    ),
    stop(visits + 2, "end", home.place, end, 0),
  ];
  return {
    id: id("rte", number),
    date: DATE,
    region: REGION,
    time_zone: "Asia/Shanghai",
    version: 1,
    courier: { id: `c-${number + 1}`, name: `Courier ${number + 1}`, vehicle: "ebike" },
    hub: home,
    shift: { start: moment(BEGIN), end: moment(end) },
    stops,
    paid_s: (end - BEGIN) / 1000,
    travel_s: TRAVEL_S * (visits + 1),
    distance_m: TRAVEL_M * (visits + 1),
    peak_load: LOAD,
    capacity: { parcels: 40, weight_g: 60_000, volume_ml: 200_000, value: 5_000_000 },
    value_at_risk: { now: 360_000, peak: 2_400_000, at: moment(NOW), cap: 5_000_000 },
    lateness_s: 0,
  };
}

/** The board of a day with so many routes of so many visits. */
export function bigDay(routes, visits) {
  return {
    region: REGION,
    time_zone: "Asia/Shanghai",
    date: DATE,
    version: 1,
    routes: Array.from({ length: routes }, (_, number) => route(number, visits)),
    unassigned: [],
    summary: {
      visits: routes * visits,
      held: 0,
      confirmed: routes * visits,
      unassigned: 0,
      couriers: routes,
      couriers_used: routes,
      travel_s: routes * TRAVEL_S * (visits + 1),
      distance_m: routes * TRAVEL_M * (visits + 1),
      violations: [],
    },
  };
}

/** Squares over the city, shaded by load. */
export function bigZones() {
  const features = [];
  for (let east = 121.28; east < 121.66; east += ZONE_DEGREES) {
    for (let north = 31.08; north < 31.38; north += ZONE_DEGREES) {
      const [right, top] = [east + ZONE_DEGREES, north + ZONE_DEGREES];
      const ring = [
        [east, north],
        [right, north],
        [right, top],
        [east, top],
        [east, north],
      ];
      const share_of_target = ((features.length * 37) % 130) / 100;
      features.push({
        type: "Feature",
        geometry: { type: "Polygon", coordinates: [ring] },
        properties: { share_of_target },
      });
    }
  }
  return { type: "FeatureCollection", features };
}

/** The next visit of a route that is not over ends well; answers its booking. */
export function completeNext(board, number) {
  const index = number % board.routes.length;
  const route = board.routes[index];
  const isNext = ({ kind, status }) => kind === "visit" && status === "confirmed";
  const at = route.stops.findIndex(isNext);
  const told = route.stops[at].eta_at;
  const done = { status: "completed", arrived_at: told, left_at: told, frozen: true };
  const stops = route.stops.with(at, { ...route.stops[at], ...done });
  board.version += 1;
  board.routes[index] = { ...route, stops, version: route.version + 1 };
  return { route: route.id, booking: route.stops[at].booking_id };
}
