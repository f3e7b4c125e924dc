// A dispatcher's page on days of its own: a service, a browser, and what tests of its changes ask for.

import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launchBrowser, watch } from "./browser.js";
import { REGION, at, startService } from "./service.js";

const WIDE = { width: 1440, height: 1000 };

/** Doors around the hub, in degrees; each day's bookings are at the first of them. */
const DOORS = [
  [0.006, 0.004],
  [-0.008, 0.002],
  [0.012, -0.006],
  [-0.004, -0.01],
  [0.002, 0.012],
  [-0.014, -0.004],
];

/** Hours at which the windows of the bookings begin, at the earliest. */
const HOURS = [9, 9, 13, 13, 15, 15];

const hour = ({ start }) => Number(start.slice(11, 13));

/** The languages that a test is run in, as options of a browser's context; one is light, the other dark. */
export const LANGUAGES = Object.entries({
  en: { locale: "en-GB", bypassCSP: true },
  zh: { locale: "zh-CN", colorScheme: "dark", bypassCSP: true },
});

/** English is played with the mouse, Chinese with the keyboard. */
export const press = (language, control) =>
  language === "en" ? control.click() : control.press("Enter");

/** Starts a service and a browser; `stop` ends both. */
export async function startDispatching() {
  const pictures =
    process.env.DOORSTEP_SCREENSHOTS ?? (await mkdtemp(join(tmpdir(), "doorstep-plan-")));
  const service = await startService({ couriers: 5, hubs: 1, clock: at("07:00") });
  const { keys, call } = service;
  const { body: regions } = await call(keys.admin, "GET", "/v1/regions");
  for (const region of regions) region.slots.horizon_days = 30;
  await call(keys.admin, "POST", "/v1/regions", regions);
  const { body: hubs } = await call(keys.admin, "GET", "/v1/hubs");
  const [hub] = hubs;
  const browser = await launchBrowser();
  let days = 0;

  const stop = async () => {
    await browser.close();
    await service.stop();
  };

  const shown = (page, name) => page.screenshot({ path: join(pictures, `dispatch-${name}.png`) });

  /** A day of its own for each test, with a booking at each of so many doors. */
  async function bookedDay(doors = DOORS.length) {
    days += 1;
    const date = `2026-03-${String(2 + days).padStart(2, "0")}`;
    for (const [index, [east, north]] of DOORS.slice(0, doors).entries()) {
      await service.book({
        place: { lon: hub.lon + east, lat: hub.lat + north, datum: "wgs84" },
        from: date,
        choose: (slot) => hour(slot) >= HOURS[index],
      });
    }
    return date;
  }

  /** Where couriers can end when the hub closes. */
  async function anotherHub() {
    const other = { ...hub, id: `${hub.id}-b`, name: "Another hub", lon: hub.lon + 0.02 };
    const made = await call(keys.admin, "POST", "/v1/hubs", [other]);
    assert.ok(made.status < 300, JSON.stringify(made.body));
  }

  /** Who works on no day; answers their id. */
  async function idleCourier() {
    const { body: couriers } = await call(keys.admin, "GET", "/v1/couriers");
    const idle = { ...couriers[0], id: `${couriers[0].id}-b`, name: "Idle Courier" };
    const made = await call(keys.admin, "POST", "/v1/couriers", [idle]);
    assert.ok(made.status < 300, JSON.stringify(made.body));
    return idle.id;
  }

  const path = (date, rest = "") => `/v1/regions/${REGION}/days/${date}${rest}`;

  async function asked(method, url, body) {
    const answer = await service.call(service.keys.dispatcher, method, url, body);
    assert.ok(answer.status < 300, `${method} ${url}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  const routesOf = async (date) => (await asked("GET", path(date))).routes;

  const visitsOf = (route) => route.stops.filter(({ booking_id }) => booking_id);

  async function routeOf(date, booking) {
    const routes = await routesOf(date);
    return routes.find((route) => visitsOf(route).some(({ booking_id }) => booking_id === booking));
  }

  /** The routes to which a booking could go, and those to which it could not, at their ends. */
  async function placesFor(date, booking) {
    const own = await routeOf(date, booking);
    const others = (await routesOf(date)).filter(({ id }) => id !== own.id);
    const checked = others.map(async (route) => {
      const moves = [{ booking_id: booking, route_id: route.id, position: "last" }];
      const report = await asked("POST", path(date, "/moves:check"), { moves });
      return { route, feasible: report.feasible };
    });
    const places = await Promise.all(checked);
    return {
      own,
      free: places.filter(({ feasible }) => feasible).map(({ route }) => route),
      refused: places.filter(({ feasible }) => !feasible).map(({ route }) => route),
    };
  }

  /** One booking goes to another courier who is free: what a re-plan takes back. */
  async function scatter(date) {
    const booking = await firstVisit(date);
    const { free } = await placesFor(date, booking);
    const moves = [{ booking_id: booking, route_id: free[0].id }];
    const check = await call(keys.dispatcher, "POST", path(date, "/moves:check"), { moves });
    const seen = { "If-Match": check.headers.get("etag") };
    const made = await call(keys.dispatcher, "POST", path(date, "/moves"), { moves }, seen);
    assert.equal(made.status, 200, JSON.stringify(made.body));
  }

  /** The bookings of the day, by when their visits begin. */
  async function bookingsOf(date) {
    const visits = (await routesOf(date)).flatMap(visitsOf);
    visits.sort((a, b) => Date.parse(a.start_at) - Date.parse(b.start_at));
    return visits.map(({ booking_id }) => booking_id);
  }

  const firstVisit = async (date) => (await bookingsOf(date))[0];

  /** The first and the last booking of the day, and a route to which both could go. */
  async function contested(date) {
    const bookings = await bookingsOf(date);
    const [early, late] = [bookings[0], bookings.at(-1)];
    const [one, other] = [await placesFor(date, early), await placesFor(date, late)];
    const route = one.free.find(({ id }) => other.free.some((place) => place.id === id));
    return { early, late, route, own: other.own };
  }

  /** Opens the page on a day, and waits for its stops; `prepare` has the context before that. */
  async function opened(date, { stops = DOORS.length, prepare, ...options } = {}) {
    const context = await browser.newContext({ viewport: WIDE, ...options });
    await prepare?.(context);
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const faults = watch(page, service.origin);
    const fragment = new URLSearchParams({ region: REGION, date, key: service.keys.dispatcher });
    await page.goto(`${service.origin}/dispatch#${fragment}`);
    await page.waitForFunction(
      (stops) => document.querySelectorAll("[data-lane] [data-booking]").length === stops,
      stops,
    );
    return { context, page, faults };
  }

  const cell = (page, booking) => page.locator(`[data-lane] [data-booking="${booking}"]`);

  const lane = (page, route) => page.locator(`[data-lane="${route}"]`);

  /** Carries a stop over another lane, and waits for what the bubble says to it. */
  async function carried(page, booking, route) {
    const from = await cell(page, booking).boundingBox();
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await page.mouse.down();
    const to = await lane(page, route).boundingBox();
    const end = { x: to.x + to.width - 40, y: to.y + to.height / 2 };
    await page.mouse.move(end.x, end.y, { steps: 6 });
    const bubble = page.locator('[data-bubble="true"], [data-bubble="false"]');
    await bubble.waitFor();
    return bubble;
  }

  async function tool(page, name) {
    await page.locator("#tab-tools").click();
    await page.locator(`[data-tool=${name}]`).click();
  }

  const apply = (page) => page.locator("[data-action=apply]");

  async function applied(page) {
    await apply(page).click();
    await page.locator("[data-done]").waitFor();
  }

  return {
    service,
    hub,
    stop,
    shown,
    bookedDay,
    anotherHub,
    idleCourier,
    path,
    asked,
    routesOf,
    visitsOf,
    routeOf,
    placesFor,
    scatter,
    bookingsOf,
    firstVisit,
    contested,
    opened,
    cell,
    lane,
    carried,
    tool,
    apply,
    applied,
  };
}
