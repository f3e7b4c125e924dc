// A day that has begun: bookings all over the city, couriers on their way, one visit too late, two bookings
// without a place. The same each time.

import { DATE, REGION, at, startService } from "./service.js";

const NAMES = [
  "Li Lei",
  "Han Meimei",
  "王小明",
  "Chen Jing",
  "赵丽",
  "Zhou Wei",
  "孙浩",
  "Wu Fang",
];
const STREETS = ["Nanjing Road", "淮海中路", "Century Avenue", "四川北路", "Hongqiao Road"];
const KINDS = ["pickup", "pickup", "pickup", "exchange", "delivery"];
const HEAD =
  "external_id,region,kind,lon,lat,window_start,window_end,devices,declared_value," +
  "requested_at,name,phone,address,skills";

/** What the day is called in the API. */
export const DAY = `/v1/regions/${REGION}/days/${DATE}`;

/** Numbers from 0 to 1, the same each time (a linear congruential generator). */
function dice(seed) {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

function rows(count) {
  const roll = dice(7);
  return Array.from({ length: count }, (_, n) => {
    const hour = 10 + 2 * Math.floor(roll() * 5);
    return row({
      id: `order-${n + 1}`,
      kind: KINDS[n % KINDS.length],
      lon: 121.47 + (roll() - 0.5) * 0.22,
      lat: 31.23 + (roll() - 0.5) * 0.17,
      from: `${hour}:00`,
      to: `${hour + 2}:00`,
      devices: n % 4 === 0 ? "phone:2" : n % 4 === 1 ? "laptop:1;phone:1" : "phone:1",
      name: NAMES[n % NAMES.length],
      phone: `+86138${String(10000000 + n * 7919)}`,
      address: `${1 + Math.floor(roll() * 900)} ${STREETS[n % STREETS.length]}`,
    });
  });
}

function row(of) {
  const { id, kind, lon, lat, from, to, devices, name, phone, address, skills = "" } = of;
  const place = `${lon.toFixed(5)},${lat.toFixed(5)}`;
  const told = `${devices},120000,${at("08:00")},${name},${phone},${address},${skills}`;
  return `${id},${REGION},${kind},${place},${at(from)},${at(to)},${told}`;
}

/** One that nobody has the skill for, and one that nobody can be at in time. */
const HOPELESS = [
  row({
    id: "order-skill",
    kind: "pickup",
    lon: 121.45,
    lat: 31.22,
    from: "14:00",
    to: "16:00",
    devices: "phone:1",
    name: "何静",
    phone: "+8613900000001",
    address: "88 Nanjing Road",
    skills: "glass-repair",
  }),
  row({
    id: "order-early",
    kind: "pickup",
    lon: 121.6,
    lat: 31.12,
    from: "09:31",
    to: "09:33",
    devices: "phone:1",
    name: "Xu Ping",
    phone: "+8613900000002",
    address: "1 Century Avenue",
  }),
];

export async function startDay({ couriers = 10, hubs = 2, bookings = 70 } = {}) {
  const service = await startService({ couriers, hubs, clock: at("09:30") });
  const { origin, call, keys } = service;
  const asked = (method, path, body, headers) =>
    call(keys.dispatcher, method, `${DAY}${path}`, body, headers);

  const imported = await fetch(`${origin}/v1/regions/${REGION}/bookings?programme=shop`, {
    method: "POST",
    headers: { Authorization: `Bearer ${keys.dispatcher}`, "Content-Type": "text/csv" },
    body: [HEAD, ...rows(bookings), ...HOPELESS].join("\n"),
  });
  if (!imported.ok) throw new Error(await imported.text());
  await asked("POST", "/replan");

  const board = async () => (await asked("GET", "")).body;
  const visitsOf = (route) => route.stops.filter(({ kind }) => kind === "visit");

  /** The routes as they are now, those with the most visits first. */
  async function busiest() {
    const { routes } = await board();
    return routes.sort((a, b) => visitsOf(b).length - visitsOf(a).length);
  }

  /** A courier tells what happened at a door; `done` is what ends such a visit well. */
  async function tell(route, visit, ...types) {
    const role = { role: "courier", courier: route.courier.id };
    const { token } = (await call(keys.admin, "POST", "/v1/keys", role)).body;
    const ends = visit.visit_kind === "delivery" ? "delivered" : "collected";
    const events = types.map((type) => ({
      id: `${visit.booking_id}-${type}`,
      type: type === "done" ? ends : type,
      at: at("09:30"),
      booking_id: visit.booking_id,
      ...(type === "failed" ? { reason: "no_show" } : {}),
    }));
    const told = await call(token, "POST", "/v1/couriers/me/events", { events });
    const isTaken = told.body.results?.every(({ status }) => status === "recorded");
    if (!isTaken) throw new Error(JSON.stringify(told.body));
  }

  /** Two visits of a route change their order, so that one of them is late; answers which. */
  async function makeLate(route) {
    const visits = visitsOf(route).filter(({ frozen }) => !frozen);
    for (const first of visits) {
      for (const second of visits.filter(({ seq }) => seq > first.seq)) {
        const move = { booking_id: first.booking_id, position: { after: second.booking_id } };
        const body = { moves: [move], accept_lateness: true };
        const check = await asked("POST", "/moves:check", body);
        const codes = check.body.violations.map(({ code }) => code);
        if (codes.length === 0 || codes.some((code) => code !== "time_window")) continue;
        await asked("POST", "/moves", body, { "If-Match": check.headers.get("etag") });
        return check.body.violations[0].booking_id;
      }
    }
    throw new Error("no two visits can change their order with one of them late");
  }

  return {
    ...service,
    asked,
    board,
    busiest,
    visitsOf,
    tell,
    makeLate,
    page: new URL(`${origin}/dispatch#region=${REGION}&date=${DATE}&key=${keys.dispatcher}`),
  };
}
