// A dispatcher changes the day in a browser: what is moved, shared out, put right, locked and undone, and
// what the API has then.

import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { accessibilityFaults } from "./lib/axe.js";
import { launchBrowser, watch } from "./lib/browser.js";
import { REGION, at, startService } from "./lib/service.js";

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

describe("a dispatcher changes the day", { timeout: 600_000 }, () => {
  let service, browser, pictures, hub;
  let days = 0;

  before(async () => {
    pictures =
      process.env.DOORSTEP_SCREENSHOTS ?? (await mkdtemp(join(tmpdir(), "doorstep-plan-")));
    // What moves by itself between two steps of a test would be another test's subject.
    process.env.DOORSTEP_IMPROVE_TIME = "off";
    service = await startService({ couriers: 5, hubs: 1, clock: at("07:00") });
    const { keys, call } = service;
    const { body: regions } = await call(keys.admin, "GET", "/v1/regions");
    for (const region of regions) region.slots.horizon_days = 30;
    await call(keys.admin, "POST", "/v1/regions", regions);
    const { body: hubs } = await call(keys.admin, "GET", "/v1/hubs");
    [hub] = hubs;
    browser = await launchBrowser();
  });

  after(async () => {
    await browser?.close();
    await service?.stop();
  });

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

  async function opened(date, { stops = DOORS.length, ...options } = {}) {
    const context = await browser.newContext({ viewport: WIDE, ...options });
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

  const WORDS = {
    en: {
      refused: /promised window would be missed/,
      missed: /window would be missed by/,
      ok: /Everything holds/,
    },
    zh: { refused: /承诺时段会超时/, missed: /超|晚|错过/, ok: /符合全部规则/ },
  };

  for (const [language, options] of [
    ["en", { locale: "en-GB" }],
    ["zh", { locale: "zh-CN" }],
  ]) {
    test(`a stop is dragged, refused with reasons, dragged elsewhere and applied: ${language}`, async () => {
      const words = WORDS[language];
      const date = await bookedDay();
      const booking = await firstVisit(date);
      const { own, free, refused } = await placesFor(date, booking);
      const { context, page, faults } = await opened(date, { ...options, bypassCSP: true });

      const bubble = await carried(page, booking, refused[0].id);
      assert.equal(await bubble.getAttribute("data-bubble"), "false");
      assert.match(await bubble.innerText(), words.refused);
      assert.match(await bubble.innerText(), words.missed);
      await lane(page, refused[0].id).locator(`[data-ghost="${booking}"]`).waitFor();
      if (language === "en")
        await page.screenshot({ path: join(pictures, "dispatch-move-desk.png") });
      else await page.screenshot({ path: join(pictures, "dispatch-move-desk-zh.png") });
      await page.mouse.up();
      await page.locator('[data-verdict="false"]').waitFor();
      assert.ok(await apply(page).isDisabled());
      assert.equal((await routeOf(date, booking)).id, own.id);
      assert.deepEqual(await accessibilityFaults(page), []);

      const other = await carried(page, booking, free[0].id);
      assert.equal(await other.getAttribute("data-bubble"), "true");
      assert.match(await other.innerText(), words.ok);
      await page.mouse.up();
      await page.locator('[data-verdict="true"]').waitFor();
      assert.equal((await routeOf(date, booking)).id, own.id);
      await applied(page);
      assert.equal((await routeOf(date, booking)).id, free[0].id);
      await lane(page, free[0].id).locator(`[data-booking="${booking}"]`).waitFor();
      assert.deepEqual(faults, []);
      await context.close();
    });
  }

  test("a stop is moved by keyboard alone", async () => {
    const date = await bookedDay();
    const booking = await firstVisit(date);
    const { own, free } = await placesFor(date, booking);
    const { context, page, faults } = await opened(date);
    await page.locator('[role=grid] [tabindex="0"]').focus();
    const focused = (attribute) =>
      page.evaluate((attribute) => document.activeElement.getAttribute(attribute), attribute);
    const lanes = await page
      .locator("[data-lane]")
      .evaluateAll((all) => all.map((one) => one.dataset.lane));
    for (let at = 0; at < lanes.indexOf(own.id); at += 1) await page.keyboard.press("ArrowDown");
    while ((await focused("data-booking")) !== booking) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("m");
    await page.waitForFunction(() => document.activeElement.name === "courier");
    const chosen = () => page.evaluate(() => document.activeElement.value);
    while ((await chosen()) !== free[0].id) await page.keyboard.press("ArrowDown");
    await page.locator('[data-verdict="true"]').waitFor();
    while ((await focused("data-action")) !== "apply") await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator("[data-done]").waitFor();
    assert.equal((await routeOf(date, booking)).id, free[0].id);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("what is only late is done where the dispatcher means it", async () => {
    const date = await bookedDay();
    const booking = await firstVisit(date);
    const { refused } = await placesFor(date, booking);
    const { context, page, faults } = await opened(date);
    await carried(page, booking, refused[0].id);
    await page.mouse.up();
    await page.locator('[data-verdict="false"]').waitFor();
    await page.locator("[name=accept_lateness]").check();
    await applied(page);
    const route = await routeOf(date, booking);
    assert.equal(route.id, refused[0].id);
    assert.ok(route.lateness_s > 0);
    await page.waitForFunction(
      (booking) =>
        /late by/.test(document.querySelector(`[data-lane] [data-booking="${booking}"]`).ariaLabel),
      booking,
    );
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("an alternative is one click away", async () => {
    const date = await bookedDay();
    const booking = await firstVisit(date);
    const { refused } = await placesFor(date, booking);
    const { context, page, faults } = await opened(date);
    await carried(page, booking, refused[0].id);
    await page.mouse.up();
    const alternative = page.locator("[data-alternative]").first();
    const route = await alternative.getAttribute("data-alternative");
    await alternative.click();
    await page.locator('[data-verdict="true"]').waitFor();
    await applied(page);
    assert.equal((await routeOf(date, booking)).id, route);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("several stops go together, in their order, and it is undone", async () => {
    const date = await bookedDay();
    const own = (await routesOf(date)).find((route) => visitsOf(route).length >= 2);
    const [first, second] = visitsOf(own).map(({ booking_id }) => booking_id);
    const { free } = await placesFor(date, second);
    const { context, page, faults } = await opened(date);
    for (const booking of [second, first])
      await cell(page, booking).click({ modifiers: ["Control"] });
    await carried(page, second, free[0].id);
    await page.mouse.up();
    await page.locator('[data-verdict="true"], [data-verdict="false"]').waitFor();
    if (await apply(page).isDisabled()) await page.locator("[name=accept_lateness]").check();
    await applied(page);
    const now = (await routesOf(date)).find(({ id }) => id === free[0].id);
    assert.deepEqual(
      visitsOf(now).map(({ booking_id }) => booking_id),
      [first, second],
    );
    await tool(page, "changes");
    await page.locator("[data-change] button").first().click();
    await page.locator("[data-undone]").waitFor();
    assert.equal((await routeOf(date, first)).id, own.id);
    assert.equal((await routeOf(date, second)).id, own.id);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("work is shared out more evenly, once it was seen before and after", async () => {
    const date = await bookedDay();
    const { context, page, faults } = await opened(date, { bypassCSP: true });
    await tool(page, "balance");
    await page.locator(".tool button[type=submit]").click();
    await page.locator("[data-projection]").first().waitFor();
    await page.screenshot({ path: join(pictures, "dispatch-rebalance-desk.png") });
    assert.deepEqual(await accessibilityFaults(page), []);
    assert.deepEqual((await asked("GET", path(date, "/changes"))).changes, []);
    const moved = await page.locator("[data-projection]").first().getAttribute("data-projection");
    const before = (await routesOf(date)).find(({ id }) => id === moved);
    await page.locator("[data-action=accept]").click();
    await page.locator("[data-applied]").waitFor();
    const [change] = (await asked("GET", path(date, "/changes"))).changes;
    assert.equal(change.kind, "rebalance");
    const after = (await routesOf(date)).find(({ id }) => id === moved);
    assert.notEqual(after.paid_s, before.paid_s);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("a re-plan tells how far it is, and what it did", async () => {
    const date = await bookedDay();
    const { context, page, faults } = await opened(date);
    await tool(page, "replan");
    await page.locator("[name=limited]").uncheck();
    await page.locator(".tool button[type=submit]").click();
    await page.locator("[data-search=running]").waitFor();
    await page.locator("[data-proposal=open]").waitFor();
    assert.deepEqual((await asked("GET", path(date, "/changes"))).changes, []);
    await page.locator("[data-action=dismiss], [data-action=close]").click();
    await page.locator("[name=way][value=atOnce]").check();
    await page.locator(".tool button[type=submit]").click();
    await page.locator("[data-replanned]").waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("another dispatcher's change is shown and checked against, never overwritten", async () => {
    const date = await bookedDay();
    const { early, late, route, own } = await contested(date);
    const one = await opened(date);
    const other = await opened(date);
    for (const [{ page }, booking] of [
      [one, late],
      [other, early],
    ]) {
      await carried(page, booking, route.id);
      await page.mouse.up();
      await page.locator('[data-verdict="true"]').waitFor();
    }
    await applied(other.page);
    const note = one.page.locator("[data-conflict]");
    await note.waitFor();
    assert.match(await note.innerText(), /Moved · a dispatcher/);
    assert.equal((await routeOf(date, late)).id, own.id);
    await one.page.locator('[data-verdict="true"]').waitFor();
    await applied(one.page);
    assert.equal((await routeOf(date, late)).id, route.id);
    assert.equal((await routeOf(date, early)).id, route.id);
    assert.deepEqual([...one.faults, ...other.faults], []);
    await one.context.close();
    await other.context.close();
  });

  test("where the other's change is heard of too late, the service refuses and nothing is lost", async () => {
    const date = await bookedDay();
    const { early, late, route, own } = await contested(date);
    const context = await browser.newContext({ viewport: WIDE });
    // Its stream never answers: it cannot know what others do.
    await context.route("**/stream", () => {});
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const faults = watch(page, service.origin);
    const fragment = new URLSearchParams({ region: REGION, date, key: service.keys.dispatcher });
    await page.goto(`${service.origin}/dispatch#${fragment}`);
    await cell(page, late).waitFor();
    await carried(page, late, route.id);
    await page.mouse.up();
    await page.locator('[data-verdict="true"]').waitFor();

    const moves = [{ booking_id: early, route_id: route.id }];
    const key = service.keys.dispatcher;
    const { headers } = await service.call(key, "POST", path(date, "/moves:check"), { moves });
    const seen = { "If-Match": headers.get("etag") };
    const made = await service.call(key, "POST", path(date, "/moves"), { moves }, seen);
    assert.equal(made.status, 200);
    await apply(page).click();
    await page.locator("[data-conflict]").waitFor();
    assert.equal((await routeOf(date, late)).id, own.id);
    await page.locator('[data-verdict="true"]').waitFor();
    await applied(page);
    assert.equal((await routeOf(date, late)).id, route.id);
    assert.equal((await routeOf(date, early)).id, route.id);
    // Chromium writes each refusal of a service to the console.
    assert.deepEqual(
      faults.filter((fault) => !/status of 412/.test(fault)),
      [],
    );
    await context.close();
  });

  for (const [language, options] of [
    ["en", { locale: "en-GB" }],
    ["zh", { locale: "zh-CN" }],
  ]) {
    test(`a courier falls ill, and the day is put right: ${language}`, async () => {
      const date = await bookedDay();
      const ill = (await routesOf(date)).find((route) => visitsOf(route).length > 0);
      const { context, page, faults } = await opened(date, { ...options, bypassCSP: true });
      await tool(page, "upset");
      await page.locator("select[name=courier]").selectOption(ill.courier.id);
      await page.locator(".tool button[type=submit]").click();
      await page.locator("[data-repaired=true]").waitFor();
      await page.locator("[data-disturbance=courier_out]").waitFor();
      const displaced = await page.locator("[data-displaced]").count();
      assert.equal(displaced, visitsOf(ill).length);
      const name = language === "en" ? "dispatch-outage-desk.png" : "dispatch-outage-desk-zh.png";
      await page.screenshot({ path: join(pictures, name) });
      assert.deepEqual(await accessibilityFaults(page), []);
      const now = (await routesOf(date)).find(({ id }) => id === ill.id);
      assert.equal(now ? visitsOf(now).length : 0, 0);
      await page.locator("[data-disturbance] button").click();
      await page.locator("[data-disturbance]").waitFor({ state: "detached" });
      const { disturbances } = await asked("GET", path(date, "/disturbances"));
      assert.deepEqual(
        disturbances.map(({ over }) => over),
        [true],
      );
      assert.deepEqual(faults, []);
      await context.close();
    });
  }

  test("an area around a stop is blocked, and a shift is added", async () => {
    const date = await bookedDay();
    const booking = await firstVisit(date);
    const { courier } = await routeOf(date, booking);
    const { context, page, faults } = await opened(date);
    await cell(page, booking).click({ modifiers: ["Control"] });
    await tool(page, "upset");
    await page.locator("select[name=kind]").selectOption("blocked_area");
    await page.locator("select[name=radius]").selectOption("200");
    await page.locator("input[name=from]").fill("08:00");
    await page.locator("input[name=until]").fill("22:00");
    await page.locator(".tool button[type=submit]").click();
    await page.locator("[data-disturbance=blocked_area]").waitFor();
    await page.locator("[data-repaired=true]").waitFor();
    const { unassigned } = await asked("GET", path(date, "/unassigned"));
    assert.deepEqual(
      unassigned.map(({ booking_id }) => booking_id),
      [booking],
    );
    await page.locator("select[name=kind]").selectOption("extra_shift");
    await page.locator("select[name=courier]").selectOption(courier.id);
    await page.locator("input[name=starts]").fill("20:30");
    await page.locator("input[name=ends]").fill("21:30");
    await page.locator(".tool button[type=submit]").click();
    await page.locator("[data-disturbance=extra_shift]").waitFor();
    const shifts = (await routesOf(date)).filter((route) => route.courier.id === courier.id);
    assert.equal(shifts.length, 2);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("a booking is locked where it is seen, and unlocked in the list", async () => {
    const date = await bookedDay();
    const booking = await firstVisit(date);
    const { context, page, faults } = await opened(date);
    await cell(page, booking).click({ modifiers: ["Control"] });
    await page.locator("[data-do=lock]").click();
    await page.locator(`[data-booking="${booking}"].locked`).waitFor();
    const stop = visitsOf(await routeOf(date, booking)).find(
      ({ booking_id }) => booking_id === booking,
    );
    assert.equal(stop.locked, true);
    await tool(page, "locks");
    await page.locator("[data-lock] button").click();
    await page.locator("[data-lock]").waitFor({ state: "detached" });
    const { locks } = await asked("GET", path(date, "/locks"));
    assert.deepEqual(
      locks.map(({ over }) => over),
      [true],
    );
    await page.locator("input[name=bookings]").uncheck();
    await page.locator("select[name=courier]").selectOption({ index: 1 });
    await page.locator("input[name=until]").fill("18:00");
    await page.locator(".tool button[type=submit]").click();
    await page.locator("[data-lock]").waitFor();
    const [, lock] = (await asked("GET", path(date, "/locks"))).locks;
    assert.equal(lock.until, at("18:00", date));
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("an urgent booking gets a place at once", async () => {
    const date = await bookedDay(2);
    const { context, page, faults } = await opened(date, { stops: 2 });
    await tool(page, "urgent");
    for (const [name, text] of Object.entries({
      programme: "shop",
      name: "Han Meimei",
      phone: "+8613900005678",
      address: "2 Nanjing Road",
      lon: String(hub.lon + 0.003),
      lat: String(hub.lat - 0.004),
      window_start: "10:00",
      window_end: "12:00",
    })) {
      await page.locator(`.tool input[name=${name}]`).fill(text);
    }
    await page.locator(".tool button[type=submit]").click();
    const booked = page.locator("[data-urgent]");
    await booked.waitFor();
    const booking = await booked.getAttribute("data-urgent");
    assert.ok(await routeOf(date, booking));
    await cell(page, booking).waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });
});
