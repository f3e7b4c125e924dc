// A dispatcher changes the day in a browser: shared out, planned anew, put right, locked; and what the API
// has then.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { accessibilityFaults } from "./lib/axe.js";
import { LANGUAGES, press, startDispatching } from "./lib/dispatching.js";
import { at } from "./lib/service.js";

/** The sign and word of a courier who is out. */
const OUT = { en: "✕ out", zh: "✕ 缺勤" };

const OUTSIDE = { en: /outside the operating area/, zh: /超出服务范围/ };

const PICTURES = { en: "outage-desk", zh: "outage-dark-zh" };
const REBALANCE_PICTURES = { en: "rebalance-desk", zh: "rebalance-dark-zh" };
const URGENT_PICTURES = { en: "urgent-desk", zh: "urgent-dark-zh" };

describe("a dispatcher changes the day", { timeout: 600_000 }, () => {
  let on;

  before(async () => {
    on = await startDispatching();
  });

  after(() => on?.stop());

  for (const [language, options] of LANGUAGES) {
    test(`work is shared out more evenly, once it was seen before and after: ${language}`, async () => {
      const date = await on.bookedDay();
      const { context, page, faults } = await on.opened(date, options);
      await on.tool(page, "balance");
      await press(language, page.locator(".tool button[type=submit]"));
      const lane = page.locator("[data-projection]").first();
      await lane.waitFor();
      await on.shown(page, REBALANCE_PICTURES[language]);
      assert.deepEqual(await accessibilityFaults(page), []);
      assert.deepEqual((await on.asked("GET", on.path(date, "/changes"))).changes, []);
      const moved = await lane.getAttribute("data-projection");
      const before = (await on.routesOf(date)).find(({ id }) => id === moved);
      await press(language, page.locator("[data-action=accept]"));
      await page.locator("[data-applied]").waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
      const [change] = (await on.asked("GET", on.path(date, "/changes"))).changes;
      assert.equal(change.kind, "rebalance");
      const after = (await on.routesOf(date)).find(({ id }) => id === moved);
      assert.notEqual(after.paid_s, before.paid_s);
      assert.deepEqual(faults, []);
      await context.close();
    });

    test(`a re-plan is proposed and accepted, or done at once: ${language}`, async () => {
      const date = await on.bookedDay();
      await on.scatter(date);
      const { context, page, faults } = await on.opened(date, options);
      await on.tool(page, "replan");
      await page.locator("[name=limited]").uncheck();
      assert.deepEqual(await accessibilityFaults(page), []);
      const submit = page.locator(".tool button[type=submit]");
      await press(language, submit);
      await page.locator("[data-search=running]").waitFor();
      await page.locator("[data-action=accept]").waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
      const kinds = async () =>
        (await on.asked("GET", on.path(date, "/changes"))).changes.map(({ kind }) => kind);
      assert.deepEqual(await kinds(), ["moves"]);
      await press(language, page.locator("[data-action=accept]"));
      await page.locator("[data-applied]").waitFor();
      assert.deepEqual(await kinds(), ["replan", "moves"]);
      await press(language, page.locator("[data-action=close]"));
      await page.locator("[name=way][value=atOnce]").check();
      await press(language, submit);
      await page.locator("[data-replanned]").waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
      assert.deepEqual(faults, []);
      await context.close();
    });
  }

  for (const [language, options] of LANGUAGES) {
    test(`a courier falls ill, and the day is put right: ${language}`, async () => {
      const date = await on.bookedDay();
      const ill = (await on.routesOf(date)).find((route) => on.visitsOf(route).length > 0);
      const { context, page, faults } = await on.opened(date, options);
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
      const { context, page, faults } = await on.opened(date, options);
      await on.tool(page, "upset");
      const noted = async (kind, chosen, times) => {
        await page.locator("select[name=kind]").selectOption(kind);
        for (const [name, value] of Object.entries(chosen))
          await page.locator(`select[name=${name}]`).selectOption(value);
        for (const [name, value] of Object.entries(times))
          await page.locator(`input[name=${name}]`).fill(value);
        assert.deepEqual(await accessibilityFaults(page), []);
        const before = await page.locator(`[data-disturbance=${kind}]`).count();
        await page.locator(".tool button[type=submit]").click();
        await page.locator(`[data-disturbance=${kind}]`).nth(before).waitFor();
        await page.locator("[data-repaired=true]").waitFor();
      };
      await noted("late_shift", { courier: courier.id }, { starts: "12:00" });
      const own = (await on.routesOf(date)).filter((route) => route.courier.id === courier.id);
      assert.deepEqual(
        own.map(({ shift }) => shift.start),
        [at("12:00", date)],
      );
      const hours = { starts: "21:40", ends: "22:40" };
      await noted("extra_shift", { courier: courier.id }, hours);
      const idle = await on.idleCourier();
      await page.locator("select[name=kind]").selectOption("late_shift");
      assert.equal(await page.locator(`select[name=courier] [value="${idle}"]`).count(), 0);
      await noted("extra_shift", { courier: idle }, hours);
      const shifts = async (id) =>
        (await on.routesOf(date)).filter((route) => route.courier.id === id).length;
      assert.deepEqual([await shifts(courier.id), await shifts(idle)], [2, 1]);
      await on.anotherHub();
      await noted("hub_closed", { hub: { index: 1 } }, { from: "23:00" });
      await page.locator("[data-disturbance=hub_closed]").getByText("23:00").waitFor();
      const { disturbances } = await on.asked("GET", on.path(date, "/disturbances"));
      assert.deepEqual(
        disturbances.map(({ kind }) => kind),
        ["late_shift", "extra_shift", "extra_shift", "hub_closed"],
      );
      assert.deepEqual(faults, []);
      await context.close();
    });

    test(`an area is drawn on the map and blocked: ${language}`, async () => {
      const date = await on.bookedDay();
      const { context, page, faults } = await on.opened(date, options);
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

  for (const [language, options] of LANGUAGES) {
    test(`a booking is locked where it is seen, and unlocked in the list: ${language}`, async () => {
      const date = await on.bookedDay();
      const booking = await on.firstVisit(date);
      const { context, page, faults } = await on.opened(date, options);
      await on.cell(page, booking).click({ modifiers: ["Control"] });
      await press(language, page.locator("[data-do=lock]"));
      await page.locator(`[data-booking="${booking}"].locked`).waitFor();
      const stop = on
        .visitsOf(await on.routeOf(date, booking))
        .find(({ booking_id }) => booking_id === booking);
      assert.equal(stop.locked, true);
      await on.tool(page, "locks");
      assert.deepEqual(await accessibilityFaults(page), []);
      await press(language, page.locator("[data-lock] button"));
      await page.locator("[data-lock]").waitFor({ state: "detached" });
      const { locks } = await on.asked("GET", on.path(date, "/locks"));
      assert.deepEqual(
        locks.map(({ over }) => over),
        [true],
      );
      await page.locator("input[name=bookings]").uncheck();
      await page.locator("select[name=courier]").selectOption({ index: 1 });
      await page.locator("input[name=until]").fill("18:00");
      await press(language, page.locator(".tool button[type=submit]"));
      await page.locator("[data-lock]").waitFor();
      const [, lock] = (await on.asked("GET", on.path(date, "/locks"))).locks;
      assert.equal(lock.until, at("18:00", date));
      assert.deepEqual(faults, []);
      await context.close();
    });
  }

  for (const [language, options] of LANGUAGES) {
    test(`an urgent booking gets a place at once: ${language}`, async () => {
      const date = await on.bookedDay(2);
      const { context, page, faults } = await on.opened(date, { stops: 2, ...options });
      await page.locator("[data-ready=true]").waitFor();
      await on.tool(page, "urgent");
      const tool = page.locator(".tool");
      await tool.locator("select[name=programme]").selectOption("shop");
      for (const [name, text] of Object.entries({
        name: "Han Meimei",
        phone: "+8613900005678",
        address: "2 Nanjing Road",
        window_start: "10:00",
        window_end: "12:00",
      })) {
        await tool.locator(`input[name=${name}]`).fill(text);
      }
      await tool.locator("select[name=visit_kind]").selectOption("exchange");
      await tool.locator("[data-devices=devices] [data-action=add-device]").click();
      const second = tool.locator("[data-devices=devices] .device").nth(1);
      await second.locator("select").selectOption("laptop");
      await second.locator("input[name=value]").fill("1200");

      // Outside the operating area, then typed, then shown on the map.
      await tool.locator("input[name=lon]").fill("10");
      await tool.locator("input[name=lat]").fill("10");
      await tool.getByText(OUTSIDE[language]).waitFor();
      await tool.locator("input[name=lon]").fill(String(on.hub.lon + 0.003));
      await tool.locator("input[name=lat]").fill(String(on.hub.lat - 0.004));
      await tool.getByText(OUTSIDE[language]).waitFor({ state: "hidden" });
      await tool.locator("[data-action=pick]").click();
      await page.locator("[data-sketch=place]").waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
      const { x, y, width, height } = await page.locator("canvas").boundingBox();
      await page.mouse.click(x + width * 0.55, y + height * 0.45);
      await page.locator("[data-sketch]").waitFor({ state: "detached" });
      const lon = Number(await tool.locator("input[name=lon]").inputValue());
      assert.notEqual(lon, on.hub.lon + 0.003);
      await on.shown(page, URGENT_PICTURES[language]);
      assert.deepEqual(await accessibilityFaults(page), []);
      await tool.locator("button[type=submit]").click();
      const booked = page.locator("[data-urgent]");
      await booked.waitFor();
      const id = await booked.getAttribute("data-urgent");
      const stop = on
        .visitsOf(await on.routeOf(date, id))
        .find(({ booking_id }) => booking_id === id);
      assert.ok(Math.abs(stop.place.lon - lon) < 1e-5);
      const booking = await on.asked("GET", `/v1/bookings/${id}`);
      assert.deepEqual(
        booking.devices.map(({ category }) => category),
        ["phone", "laptop"],
      );
      assert.equal(booking.devices[1].declared_value.amount, 120_000);
      assert.equal(booking.handover.length, 1);
      await on.cell(page, id).waitFor();
      assert.deepEqual(faults, []);
      await context.close();
    });
  }

  test("where an urgent booking has no place, the reason and the free slots are told", async () => {
    const date = await on.bookedDay(2);
    const { context, page, faults } = await on.opened(date, { stops: 2, bypassCSP: true });
    await page.locator("[data-ready=true]").waitFor();
    await on.tool(page, "urgent");
    for (const [name, text] of Object.entries({
      name: "Han Meimei",
      phone: "+8613900005678",
      address: "2 Nanjing Road",
      window_start: "05:00",
      window_end: "05:30",
    })) {
      await page.locator(`.tool input[name=${name}]`).fill(text);
    }
    await page.locator("[data-action=pick]").press("Enter");
    await page.locator("canvas").press("Enter");
    await page.locator("[data-sketch]").waitFor({ state: "detached" });
    await page.locator(".tool button[type=submit]").press("Enter");
    await page.getByRole("alert").getByText(/./).first().waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
    await page.getByRole("button", { name: "13:00–15:00" }).click();
    assert.equal(await page.locator("input[name=window_start]").inputValue(), "13:00");
    await page.locator(".tool button[type=submit]").click();
    await page.locator("[data-urgent]").waitFor();
    // Chromium writes each refusal of a service to the console.
    assert.deepEqual(
      faults.filter((fault) => !/status of 4/.test(fault)),
      [],
    );
    await context.close();
  });
});
