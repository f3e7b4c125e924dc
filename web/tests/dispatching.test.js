// A dispatcher moves bookings in a browser: dragged, by keyboard, several at once, and against another's
// changes; and what the API has then.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { accessibilityFaults } from "./lib/axe.js";
import { LANGUAGES, press, startDispatching } from "./lib/dispatching.js";

const WORDS = {
  en: {
    refused: /promised window would be missed/,
    missed: /window would be missed by/,
    ok: /Everything holds/,
    moved: /Moved · a dispatcher/,
  },
  zh: {
    refused: /承诺时段会超时/,
    missed: /超|晚|错过/,
    ok: /符合全部规则/,
    moved: /改派 · 调度员/,
  },
};

const PICTURES = { en: "move-desk", zh: "move-dark-zh" };

describe("a dispatcher moves bookings", { timeout: 600_000 }, () => {
  let on;

  before(async () => {
    on = await startDispatching();
  });

  after(() => on?.stop());

  for (const [language, options] of LANGUAGES) {
    test(`a stop is dragged, refused with reasons, dragged elsewhere and applied: ${language}`, async () => {
      const words = WORDS[language];
      const date = await on.bookedDay();
      const booking = await on.firstVisit(date);
      const { own, free, refused } = await on.placesFor(date, booking);
      const { context, page, faults } = await on.opened(date, options);

      const bubble = await on.carried(page, booking, refused[0].id);
      assert.equal(await bubble.getAttribute("data-bubble"), "false");
      assert.match(await bubble.innerText(), words.refused);
      assert.match(await bubble.innerText(), words.missed);
      await on.lane(page, refused[0].id).locator(`[data-ghost="${booking}"]`).waitFor();
      await on.shown(page, PICTURES[language]);
      await page.mouse.up();
      await page.locator('[data-verdict="false"]').waitFor();
      assert.ok(await on.apply(page).isDisabled());
      assert.equal((await on.routeOf(date, booking)).id, own.id);
      assert.deepEqual(await accessibilityFaults(page), []);

      const other = await on.carried(page, booking, free[0].id);
      assert.equal(await other.getAttribute("data-bubble"), "true");
      assert.match(await other.innerText(), words.ok);
      await page.mouse.up();
      await page.locator('[data-verdict="true"]').waitFor();
      assert.equal((await on.routeOf(date, booking)).id, own.id);
      await on.applied(page);
      assert.equal((await on.routeOf(date, booking)).id, free[0].id);
      await on.lane(page, free[0].id).locator(`[data-booking="${booking}"]`).waitFor();
      assert.deepEqual(faults, []);
      await context.close();
    });
  }

  test("a stop is moved by keyboard alone", async () => {
    const date = await on.bookedDay();
    const booking = await on.firstVisit(date);
    const { own, free } = await on.placesFor(date, booking);
    const { context, page, faults } = await on.opened(date);
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
    assert.equal((await on.routeOf(date, booking)).id, free[0].id);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("what is only late is done where the dispatcher means it", async () => {
    const date = await on.bookedDay();
    const booking = await on.firstVisit(date);
    const { refused } = await on.placesFor(date, booking);
    const { context, page, faults } = await on.opened(date);
    await on.carried(page, booking, refused[0].id);
    await page.mouse.up();
    await page.locator('[data-verdict="false"]').waitFor();
    await page.locator("[name=accept_lateness]").check();
    await on.applied(page);
    const route = await on.routeOf(date, booking);
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
    const date = await on.bookedDay();
    const booking = await on.firstVisit(date);
    const { refused } = await on.placesFor(date, booking);
    const { context, page, faults } = await on.opened(date);
    await on.carried(page, booking, refused[0].id);
    await page.mouse.up();
    const alternative = page.locator("[data-alternative]").first();
    const route = await alternative.getAttribute("data-alternative");
    await alternative.click();
    await page.locator('[data-verdict="true"]').waitFor();
    await on.applied(page);
    assert.equal((await on.routeOf(date, booking)).id, route);
    assert.deepEqual(faults, []);
    await context.close();
  });

  for (const [language, options] of LANGUAGES) {
    test(`several stops go together, in their order, and it is undone: ${language}`, async () => {
      const date = await on.bookedDay();
      const own = (await on.routesOf(date)).find((route) => on.visitsOf(route).length >= 2);
      const [first, second] = on.visitsOf(own).map(({ booking_id }) => booking_id);
      const { free } = await on.placesFor(date, second);
      const { context, page, faults } = await on.opened(date, options);
      for (const booking of [second, first])
        await on.cell(page, booking).click({ modifiers: ["Control"] });
      await on.carried(page, second, free[0].id);
      await page.mouse.up();
      await page.locator('[data-verdict="true"], [data-verdict="false"]').waitFor();
      if (await on.apply(page).isDisabled()) await page.locator("[name=accept_lateness]").check();
      await on.applied(page);
      const now = (await on.routesOf(date)).find(({ id }) => id === free[0].id);
      assert.deepEqual(
        on.visitsOf(now).map(({ booking_id }) => booking_id),
        [first, second],
      );
      await on.tool(page, "changes");
      assert.deepEqual(await accessibilityFaults(page), []);
      await press(language, page.locator("[data-change] button").first());
      await page.locator("[data-undone]").waitFor();
      assert.equal((await on.routeOf(date, first)).id, own.id);
      assert.equal((await on.routeOf(date, second)).id, own.id);
      assert.deepEqual(faults, []);
      await context.close();
    });

    test(`another dispatcher's change is shown and checked against, never overwritten: ${language}`, async () => {
      const date = await on.bookedDay();
      const { early, late, route, own } = await on.contested(date);
      const one = await on.opened(date, options);
      const other = await on.opened(date, options);
      for (const [{ page }, booking] of [
        [one, late],
        [other, early],
      ]) {
        await on.carried(page, booking, route.id);
        await page.mouse.up();
        await page.locator('[data-verdict="true"]').waitFor();
      }
      await on.applied(other.page);
      const note = one.page.locator("[data-conflict]");
      await note.waitFor();
      assert.match(await note.innerText(), WORDS[language].moved);
      assert.deepEqual(await accessibilityFaults(one.page), []);
      assert.equal((await on.routeOf(date, late)).id, own.id);
      await one.page.locator('[data-verdict="true"]').waitFor();
      await on.applied(one.page);
      assert.equal((await on.routeOf(date, late)).id, route.id);
      assert.equal((await on.routeOf(date, early)).id, route.id);
      assert.deepEqual([...one.faults, ...other.faults], []);
      await one.context.close();
      await other.context.close();
    });
  }

  test("where the other's change is heard of too late, the service refuses and nothing is lost", async () => {
    const date = await on.bookedDay();
    const { early, late, route, own } = await on.contested(date);
    // Its stream never answers: it cannot know what others do.
    const prepare = (context) => context.route("**/stream", () => {});
    const { context, page, faults } = await on.opened(date, { prepare });
    await on.carried(page, late, route.id);
    await page.mouse.up();
    await page.locator('[data-verdict="true"]').waitFor();

    const moves = [{ booking_id: early, route_id: route.id }];
    const key = on.service.keys.dispatcher;
    const { headers } = await on.service.call(key, "POST", on.path(date, "/moves:check"), {
      moves,
    });
    const seen = { "If-Match": headers.get("etag") };
    const made = await on.service.call(key, "POST", on.path(date, "/moves"), { moves }, seen);
    assert.equal(made.status, 200);
    await on.apply(page).click();
    await page.locator("[data-conflict]").waitFor();
    assert.equal((await on.routeOf(date, late)).id, own.id);
    await page.locator('[data-verdict="true"]').waitFor();
    await on.applied(page);
    assert.equal((await on.routeOf(date, late)).id, route.id);
    assert.equal((await on.routeOf(date, early)).id, route.id);
    // Chromium writes each refusal of a service to the console.
    assert.deepEqual(
      faults.filter((fault) => !/status of 412/.test(fault)),
      [],
    );
    await context.close();
  });
});
