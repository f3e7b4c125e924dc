// A dispatcher changes the day in a browser: shared out, planned anew, put right, locked; and what the API
// has then.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { accessibilityFaults } from "./lib/axe.js";
import { LANGUAGES, startDispatching } from "./lib/dispatching.js";
import { at } from "./lib/service.js";

/** The sign and word of a courier who is out. */
const OUT = { en: "✕ out", zh: "✕ 缺勤" };

const PICTURES = { en: "outage-desk", zh: "outage-desk-zh" };

describe("a dispatcher changes the day", { timeout: 600_000 }, () => {
  let on;

  before(async () => {
    on = await startDispatching();
  });

  after(() => on?.stop());

  test("work is shared out more evenly, once it was seen before and after", async () => {
    const date = await on.bookedDay();
    const { context, page, faults } = await on.opened(date, { bypassCSP: true });
    await on.tool(page, "balance");
    await page.locator(".tool button[type=submit]").click();
    await page.locator("[data-projection]").first().waitFor();
    await on.shown(page, "rebalance-desk");
    assert.deepEqual(await accessibilityFaults(page), []);
    assert.deepEqual((await on.asked("GET", on.path(date, "/changes"))).changes, []);
    const moved = await page.locator("[data-projection]").first().getAttribute("data-projection");
    const before = (await on.routesOf(date)).find(({ id }) => id === moved);
    await page.locator("[data-action=accept]").click();
    await page.locator("[data-applied]").waitFor();
    const [change] = (await on.asked("GET", on.path(date, "/changes"))).changes;
    assert.equal(change.kind, "rebalance");
    const after = (await on.routesOf(date)).find(({ id }) => id === moved);
    assert.notEqual(after.paid_s, before.paid_s);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("a re-plan tells how far it is, and what it did", async () => {
    const date = await on.bookedDay();
    const { context, page, faults } = await on.opened(date);
    await on.tool(page, "replan");
    await page.locator("[name=limited]").uncheck();
    await page.locator(".tool button[type=submit]").click();
    await page.locator("[data-search=running]").waitFor();
    await page.locator("[data-proposal=open]").waitFor();
    assert.deepEqual((await on.asked("GET", on.path(date, "/changes"))).changes, []);
    await page.locator("[data-action=dismiss], [data-action=close]").click();
    await page.locator("[name=way][value=atOnce]").check();
    await page.locator(".tool button[type=submit]").click();
    await page.locator("[data-replanned]").waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });

  for (const [language, options] of LANGUAGES) {
    test(`a courier falls ill, and the day is put right: ${language}`, async () => {
      const date = await on.bookedDay();
      const ill = (await on.routesOf(date)).find((route) => on.visitsOf(route).length > 0);
      const { context, page, faults } = await on.opened(date, { ...options, bypassCSP: true });
      await on.tool(page, "upset");
      await page.locator("select[name=courier]").selectOption(ill.courier.id);
      await page.locator(".tool button[type=submit]").click();
      await page.locator("[data-repaired=true]").waitFor();
      await page.locator("[data-disturbance=courier_out]").waitFor();
      for (const place of [on.lane(page, ill.id), page.locator(`[data-route="${ill.id}"]`)]) {
        await place.getByText(OUT[language]).waitFor();
      }
      await page.locator(`[data-route="${ill.id}"]`).click();
      await page.locator("header h2").getByText(OUT[language]).waitFor();
      await page.locator("#tab-tools").click();
      const displaced = await page.locator("[data-displaced]").count();
      assert.equal(displaced, on.visitsOf(ill).length);
      await on.shown(page, PICTURES[language]);
      assert.deepEqual(await accessibilityFaults(page), []);
      const now = (await on.routesOf(date)).find(({ id }) => id === ill.id);
      assert.equal(now ? on.visitsOf(now).length : 0, 0);
      await page.locator("[data-disturbance] button").click();
      await page.locator("[data-disturbance]").waitFor({ state: "detached" });
      await on.lane(page, ill.id).getByText(OUT[language]).waitFor({ state: "detached" });
      const { disturbances } = await on.asked("GET", on.path(date, "/disturbances"));
      assert.deepEqual(
        disturbances.map(({ over }) => over),
        [true],
      );
      assert.deepEqual(faults, []);
      await context.close();
    });
  }

  for (const [language, options] of LANGUAGES) {
    test(`late and extra shifts, and a hub that closes, are noted: ${language}`, async () => {
      const date = await on.bookedDay();
      const booking = await on.firstVisit(date);
      const { courier } = await on.routeOf(date, booking);
      const { context, page, faults } = await on.opened(date, { ...options, bypassCSP: true });
      await on.tool(page, "upset");
      const noted = async (kind, chosen, times) => {
        await page.locator("select[name=kind]").selectOption(kind);
        for (const [name, value] of Object.entries(chosen))
          await page.locator(`select[name=${name}]`).selectOption(value);
        for (const [name, value] of Object.entries(times))
          await page.locator(`input[name=${name}]`).fill(value);
        assert.deepEqual(await accessibilityFaults(page), []);
        await page.locator(".tool button[type=submit]").click();
        await page.locator(`[data-disturbance=${kind}]`).waitFor();
      };
      await noted("late_shift", { courier: courier.id }, { starts: "12:00" });
      const own = (await on.routesOf(date)).filter((route) => route.courier.id === courier.id);
      assert.deepEqual(
        own.map(({ shift }) => shift.start),
        [at("12:00", date)],
      );
      const hours = { starts: "21:40", ends: "22:40" };
      await noted("extra_shift", { courier: courier.id }, hours);
      const shifts = (await on.routesOf(date)).filter((route) => route.courier.id === courier.id);
      assert.equal(shifts.length, 2);
      await on.anotherHub();
      await noted("hub_closed", { hub: { index: 1 } }, { from: "23:00" });
      await page.locator("[data-disturbance=hub_closed]").getByText("23:00").waitFor();
      const { disturbances } = await on.asked("GET", on.path(date, "/disturbances"));
      assert.deepEqual(
        disturbances.map(({ kind }) => kind),
        ["late_shift", "extra_shift", "hub_closed"],
      );
      assert.deepEqual(faults, []);
      await context.close();
    });

    test(`an area is drawn on the map and blocked: ${language}`, async () => {
      const date = await on.bookedDay();
      const options_ = { ...options, colorScheme: language === "en" ? "light" : "dark" };
      const { context, page, faults } = await on.opened(date, { ...options_, bypassCSP: true });
      await page.locator("[data-ready=true]").waitFor();
      await on.tool(page, "upset");
      await page.locator("select[name=kind]").selectOption("blocked_area");
      await page.locator("[data-action=draw]").click();
      const { x, y, width, height } = await page.locator("canvas").boundingBox();
      const corners = [
        [0.2, 0.3],
        [0.8, 0.3],
        [0.8, 0.9],
        [0.3, 0.8],
      ].map(([across, down]) => [x + across * width, y + down * height]);
      for (const [index, corner] of corners.entries()) {
        await page.mouse.click(...corner);
        await page.locator(`[data-corners="${index + 1}"]`).waitFor();
      }
      assert.deepEqual(await accessibilityFaults(page), []);
      // The last corner is dragged to where it was meant to be.
      await page.mouse.move(...corners[3]);
      await page.mouse.down();
      await page.mouse.move(x + 0.2 * width, y + 0.9 * height, { steps: 4 });
      await page.mouse.up();
      await page.locator("[data-sketch] .primary").click();
      await page.locator("input[name=from]").fill("08:00");
      await page.locator("input[name=until]").fill("22:00");
      if (language === "en") await on.shown(page, "area-desk");
      await page.locator(".tool button[type=submit]").click();
      await page.locator("[data-disturbance=blocked_area]").waitFor();
      await page.locator("[data-repaired=true]").waitFor();
      await page.locator('[data-corners="0"]').waitFor({ state: "attached" });
      const { unassigned } = await on.asked("GET", on.path(date, "/unassigned"));
      assert.ok(unassigned.length > 0);
      const { events } = await on.asked("GET", on.path(date, "/events?limit=1000"));
      const { area } = events.find(({ kind }) => kind === "day.disturbed").body;
      const [west, east] = [area.polygon[0][0], area.polygon[1][0]];
      if (language === "zh") await on.shown(page, "area-dark-zh");
      assert.deepEqual(await accessibilityFaults(page), []);
      assert.ok(west < east && Math.abs(area.polygon[3][0] - west) < (east - west) / 50);
      assert.deepEqual(faults, []);
      await context.close();
    });
  }

  test("an area is drawn by keyboard, or said to be around a stop", async () => {
    const date = await on.bookedDay();
    const booking = await on.firstVisit(date);
    const { context, page, faults } = await on.opened(date);
    await page.locator("[data-ready=true]").waitFor();
    await on.tool(page, "upset");
    await page.locator("select[name=kind]").selectOption("blocked_area");
    await page.locator("[data-action=draw]").press("Enter");
    const canvas = page.locator("canvas");
    const view = () => page.locator("[data-view]").getAttribute("data-view");
    for (const [count, key] of [
      [1, "ArrowRight"],
      [2, "ArrowDown"],
      [3, "ArrowLeft"],
    ]) {
      await canvas.press("Enter");
      await page.locator(`[data-corners="${count}"]`).waitFor();
      const was = await view();
      await canvas.press(key);
      await page.waitForFunction(
        (was) => document.querySelector("[data-view]").getAttribute("data-view") !== was,
        was,
      );
    }
    await canvas.press("Enter");
    await canvas.press("Backspace");
    await page.locator('[data-corners="3"]').waitFor();
    await page.locator("[data-sketch] .primary").press("Enter");
    await page.locator("[data-action=draw]").press("Enter");
    await page.keyboard.press("Escape");
    await page.locator('[data-corners="0"]').waitFor({ state: "attached" });

    await on.cell(page, booking).click({ modifiers: ["Control"] });
    await page.locator("[name=way][value=around]").check();
    await page.locator("select[name=radius]").selectOption("200");
    await page.locator("input[name=from]").fill("08:00");
    await page.locator("input[name=until]").fill("22:00");
    await page.locator(".tool button[type=submit]").click();
    await page.locator("[data-disturbance=blocked_area]").waitFor();
    await page.locator("[data-repaired=true]").waitFor();
    const { unassigned } = await on.asked("GET", on.path(date, "/unassigned"));
    assert.deepEqual(
      unassigned.map(({ booking_id }) => booking_id),
      [booking],
    );
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("a booking is locked where it is seen, and unlocked in the list", async () => {
    const date = await on.bookedDay();
    const booking = await on.firstVisit(date);
    const { context, page, faults } = await on.opened(date);
    await on.cell(page, booking).click({ modifiers: ["Control"] });
    await page.locator("[data-do=lock]").click();
    await page.locator(`[data-booking="${booking}"].locked`).waitFor();
    const stop = on
      .visitsOf(await on.routeOf(date, booking))
      .find(({ booking_id }) => booking_id === booking);
    assert.equal(stop.locked, true);
    await on.tool(page, "locks");
    await page.locator("[data-lock] button").click();
    await page.locator("[data-lock]").waitFor({ state: "detached" });
    const { locks } = await on.asked("GET", on.path(date, "/locks"));
    assert.deepEqual(
      locks.map(({ over }) => over),
      [true],
    );
    await page.locator("input[name=bookings]").uncheck();
    await page.locator("select[name=courier]").selectOption({ index: 1 });
    await page.locator("input[name=until]").fill("18:00");
    await page.locator(".tool button[type=submit]").click();
    await page.locator("[data-lock]").waitFor();
    const [, lock] = (await on.asked("GET", on.path(date, "/locks"))).locks;
    assert.equal(lock.until, at("18:00", date));
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("an urgent booking gets a place at once", async () => {
    const date = await on.bookedDay(2);
    const { context, page, faults } = await on.opened(date, { stops: 2 });
    await on.tool(page, "urgent");
    for (const [name, text] of Object.entries({
      programme: "shop",
      name: "Han Meimei",
      phone: "+8613900005678",
      address: "2 Nanjing Road",
      lon: String(on.hub.lon + 0.003),
      lat: String(on.hub.lat - 0.004),
      window_start: "10:00",
      window_end: "12:00",
    })) {
      await page.locator(`.tool input[name=${name}]`).fill(text);
    }
    await page.locator(".tool button[type=submit]").click();
    const booked = page.locator("[data-urgent]");
    await booked.waitFor();
    const booking = await booked.getAttribute("data-urgent");
    assert.ok(await on.routeOf(date, booking));
    await on.cell(page, booking).waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });
});
