// The customer's own page in a browser: it follows the courier, and moves or calls off the visit.

import assert from "node:assert/strict";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { faultsLightAndDark } from "./lib/axe.js";
import { launchBrowser, watch } from "./lib/browser.js";
import { courierOf } from "./lib/courier-of.js";
import { DATE, at, startService } from "./lib/service.js";
import { LOCALES, PHONE, PICKER, isAnswered, slotAt } from "./lib/shop.js";
import { focused, hurried } from "./lib/waiting.js";
import { wordsOf } from "./lib/words.js";

const WORDS = await wordsOf("tracking");

const DESK = { viewport: { width: 1280, height: 1100 }, hasTouch: false, isMobile: false };
const NOW = at("10:30");
const NAMES = ["Wei Zhang", "Jing Chen", "Lei Zhao", "Min Zhou"];
const TOMORROW = "2026-03-03";

/** How slots are called: the hours of a day. */
const SLOT = {
  en: (day, hours) => `${{ 2: "Mon", 3: "Tue" }[day]} ${day} Mar ${hours}`,
  zh: (day, hours) => `3月${day}日${{ 2: "周一", 3: "周二" }[day]} ${hours}`,
};

describe("the tracking page", { timeout: 300_000 }, () => {
  let service, browser, pictures;

  before(async () => {
    pictures =
      process.env.DOORSTEP_SCREENSHOTS ?? (await mkdtemp(join(tmpdir(), "doorstep-tracking-")));
    service = await startService({ couriers: 4, clock: NOW });
    browser = await launchBrowser();
    const { body } = await service.call(service.keys.admin, "GET", "/v1/couriers");
    const named = body.map((courier, at) => ({ ...courier, name: NAMES[at] }));
    const renamed = await service.call(service.keys.admin, "POST", "/v1/couriers", named);
    assert.equal(renamed.status, 200, JSON.stringify(renamed.body));
  });

  after(async () => {
    await browser?.close();
    await service?.stop();
  });

  async function opened(booking, { locale = "en", hasClock = false, ...options } = {}) {
    const look = { ...PHONE, ...options, locale: LOCALES[locale] };
    const context = await browser.newContext(look);
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const faults = watch(page, service.origin);
    if (hasClock) await page.clock.install();
    await page.goto(service.origin + booking.tracking.url);
    return { context, page, faults };
  }

  const bookedAt = (start, options = {}) =>
    service.book({ ...options, choose: (slot) => slot.start === start });

  const asShop = async (booking) => {
    const path = `/v1/bookings/${booking.id}`;
    return (await service.call(service.keys.checkout, "GET", path)).body;
  };

  const heading = (page, name) => page.getByRole("heading", { level: 1, name });
  const stepOf = async (page) =>
    (await page.locator("[aria-current=step]").textContent()).replace(/\s+(?=:)|^\s+|\s+$/g, "");

  const SAID = {
    en: {
      today: "Your courier comes today",
      way: (name) => `${name} is on the way to you`,
      door: (name) => `${name} is at your door`,
      done: "All done. Thank you!",
      seen: /^Seen near here at 10:3\d\.$/,
      live: "Live",
      steps: ["Booked: now", "On the way: now", "At your door: now"],
    },
    zh: {
      today: "快递员今天上门",
      way: (name) => `${name} 正在赶来`,
      door: (name) => `${name} 已到达门口`,
      done: "服务已完成，感谢您的支持！",
      seen: /^10:3\d 出现在这附近。$/,
      live: "实时更新",
      steps: ["已预约: 当前", "赶来途中: 当前", "已到门口: 当前"],
    },
  };

  for (const [locale, said] of Object.entries(SAID)) {
    test(`it follows the courier live: ${locale}`, async () => {
      const booking = await bookedAt(at("13:00"));
      const look = { locale, bypassCSP: true };
      const { context, page, faults } = await opened(booking, look);
      await heading(page, said.today).waitFor();
      // An operator's own ground, which may be as simple as this.
      const style = { version: 8, sources: {}, layers: [] };
      await page.route("**/own-style.json", (route) => route.fulfill({ json: style }));
      const ground = { style_url: `${service.origin}/own-style.json`, datum: "gcj02" };
      await page.route("**/v1/map", (route) => route.fulfill({ json: ground }));
      await page.getByText(said.live, { exact: true }).waitFor();
      assert.equal(await stepOf(page), said.steps[0]);
      assert.match(await page.locator("[data-figure=eta]").textContent(), /\d\d:\d0/);
      assert.match(await page.locator("dl").textContent(), /13:00–15:00/);
      const courier = await courierOf(service, booking);
      assert.ok(!(await page.content()).includes(courier.firstName), "nobody has set off yet");
      await page.getByRole("checkbox").nth(1).check();
      const picture = locale === "en" ? "tracking-phone" : "tracking-phone-zh";
      assert.deepEqual(await faultsLightAndDark(page), []);
      await courier.isSeen({ lon: 121.4651, lat: 31.2402, datum: "wgs84" });
      await courier.tells("departed");
      await heading(page, said.way(courier.firstName)).waitFor();
      assert.ok(!(await page.content()).includes(courier.lastName), "the first name is enough");
      await page.locator("[data-map=courier] [data-ready=true][data-idle=true]").waitFor();
      assert.equal(await page.getByText(said.seen).count(), 1);
      assert.equal(await stepOf(page), said.steps[1]);
      assert.equal(await page.getByRole("checkbox").nth(1).isChecked(), true);
      await page.screenshot({ path: join(pictures, `${picture}.png`), fullPage: true });
      assert.deepEqual(await faultsLightAndDark(page), []);
      await courier.tells("arrived");
      await heading(page, said.door(courier.firstName)).waitFor();
      assert.equal(await stepOf(page), said.steps[2]);
      assert.match(await page.locator("[data-door-code]").textContent(), /^\d{4}$/);
      await courier.tells("collected");
      await heading(page, said.done).waitFor();
      assert.equal(await page.locator("li.past").count(), 4);
      assert.deepEqual(await faultsLightAndDark(page), []);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
      assert.deepEqual(faults, []);
      await context.close();
    });
  }

  for (const [locale, { change, headlines }] of Object.entries(WORDS)) {
    const slot = SLOT[locale];
    test(`the visit is moved, and stays where it was while that is refused: ${locale}`, async () => {
      const booking = await bookedAt(at("15:00"));
      const { context, page, faults } = await opened(booking, { locale, bypassCSP: true });
      await page.getByRole("button", { name: change.choice.title }).click();
      const wanted = at("11:00", TOMORROW);
      await page.locator(`[role=tab][data-date="${TOMORROW}"]`).click();
      await slotAt(page, wanted).click();
      await page.getByText(change.choice.to(slot(3, "11:00–13:00"))).waitFor();
      assert.deepEqual(await faultsLightAndDark(page), []);
      await page.route("**/reschedule", async (route) => {
        const problem = { status: 409, code: "slot_taken", title: "The slot is taken" };
        const contentType = "application/problem+json";
        await route.fulfill({ status: 409, json: problem, contentType });
      });
      const move = page.getByRole("button", { name: change.choice.confirm, exact: true });
      await move.click();
      const { taken } = PICKER[locale];
      const lost = page.getByRole("heading", { name: taken.title(slot(3, "11:00–13:00")) });
      await lost.waitFor();
      await page.getByText(taken.keeps(slot(2, "15:00–17:00"))).waitFor();
      await focused(lost);
      assert.deepEqual(await faultsLightAndDark(page), []);
      assert.equal((await asShop(booking)).slot.start, at("15:00"));
      await page.unroute("**/reschedule");
      await page.locator(".ds-loss .ds-button").nth(1).click();
      const question = page.locator(".confirm p");
      const [, from, until] = /(\d\d:00)–(\d\d:00)/.exec(await question.textContent());
      const there = slot(3, `${from}–${until}`);
      assert.equal(await question.textContent(), change.choice.to(there));
      await move.click();
      await page.getByText(change.moved(there)).waitFor();
      await heading(page, headlines.confirmed).waitFor();
      const moved = await asShop(booking);
      assert.equal(moved.slot.start, at(from, TOMORROW));
      assert.equal(moved.status, "confirmed");
      await page.reload();
      await page.locator("dl").getByText(there.split(" ").slice(0, -1).join(" ")).waitFor();
      assert.deepEqual(
        faults.filter((fault) => !isAnswered(409)(fault)),
        [],
      );
      await context.close();
    });
  }

  test("an answer to a move that is lost on the way is found out", async () => {
    const booking = await bookedAt(at("15:00"));
    const { context, page, faults } = await opened(booking);
    await page.route("**/reschedule", async (route) => {
      await route.fetch();
      await route.abort();
    });
    await page.getByRole("button", { name: "Choose another time" }).click();
    await page.locator(`[role=tab][data-date="${TOMORROW}"]`).click();
    await slotAt(page, at("15:00", TOMORROW)).click();
    await page.getByRole("button", { name: "Move", exact: true }).click();
    await page.getByText("Moved: the courier now comes on Tue 3 Mar 15:00–17:00.").waitFor();
    assert.equal((await asShop(booking)).slot.start, at("15:00", TOMORROW));
    assert.deepEqual(
      faults.filter((fault) => !fault.includes("net::ERR_FAILED")),
      [],
    );
    await context.close();
  });

  for (const [locale, { change, cancel, headlines }] of Object.entries(WORDS)) {
    test(`the visit is called off once that is confirmed: ${locale}`, async () => {
      const booking = await bookedAt(at("17:00"));
      const { context, page, faults } = await opened(booking, { locale, bypassCSP: true });
      const press = (name) => page.getByRole("button", { name }).click();
      await press(change.cancel);
      await page.getByText(cancel.text(SLOT[locale](2, "17:00–19:00"))).waitFor();
      assert.deepEqual(await faultsLightAndDark(page), []);
      await press(cancel.no);
      await press(change.cancel);
      await page.goBack();
      await page.getByRole("dialog").waitFor({ state: "detached" });
      assert.equal((await asShop(booking)).status, "confirmed");
      await press(change.cancel);
      await press(cancel.yes);
      await heading(page, headlines.cancelled).waitFor();
      assert.equal(await page.getByRole("button", { name: change.cancel }).count(), 0);
      assert.equal((await asShop(booking)).status, "cancelled");
      assert.deepEqual(await faultsLightAndDark(page), []);
      assert.deepEqual(faults, []);
      await context.close();
    });
  }

  test("who is too late to call off is told why", async () => {
    const booking = await bookedAt(at("13:00"));
    const courier = await courierOf(service, booking);
    const { context, page, faults } = await opened(booking);
    await page.getByRole("button", { name: "Cancel the appointment" }).click();
    await page.route("**/cancel", async (route) => {
      await courier.tells("departed");
      await route.continue();
    });
    await page.getByRole("button", { name: "Yes, cancel it" }).click();
    await page.getByText("The courier is under way: moving or cancelling").waitFor();
    await heading(page, `${courier.firstName} is on the way to you`).waitFor();
    assert.equal((await asShop(booking)).status, "en_route");
    assert.deepEqual(
      faults.filter((fault) => !isAnswered(409)(fault)),
      [],
    );
    await context.close();
  });

  for (const [locale, { failed, headlines }] of Object.entries(WORDS)) {
    test(`after a visit that came to nothing another one is booked: ${locale}`, async () => {
      const booking = await bookedAt(at("13:00"));
      const courier = await courierOf(service, booking);
      await courier.tells("departed");
      await courier.tells("arrived");
      const { context, page, faults } = await opened(booking, { locale, bypassCSP: true });
      await heading(page, headlines.arrived(courier.firstName)).waitFor();
      await courier.tells("failed", { reason: "no_access" });
      await heading(page, headlines.failed).waitFor();
      await page.getByText(failed.reasons.no_access).waitFor();
      assert.deepEqual(await faultsLightAndDark(page), []);
      await page.getByRole("button", { name: failed.again.title }).click();
      await page.locator(`[role=tab][data-date="${TOMORROW}"]`).click();
      await slotAt(page, at("11:00", TOMORROW)).click();
      await page.getByText(failed.again.to(SLOT[locale](3, "11:00–13:00"))).waitFor();
      await page.screenshot({ path: join(pictures, `tracking-failed-${locale}.png`) });
      assert.deepEqual(await faultsLightAndDark(page), []);
      // In one of the languages the answer is lost on the way: it is found out.
      const isLost = locale === "zh";
      if (isLost) {
        await page.route("**/reschedule", async (route) => {
          await route.fetch();
          await route.abort();
        });
      }
      await page.getByRole("button", { name: failed.again.confirm, exact: true }).click();
      await heading(page, headlines.confirmed).waitFor();
      assert.notEqual(new URL(page.url()).pathname, booking.tracking.url);
      await page.locator("dl").getByText("11:00–13:00").waitFor();
      assert.equal((await asShop(booking)).status, "failed");

      await page.goto(service.origin + booking.tracking.url);
      await page.getByRole("heading", { name: failed.bookedAgain }).waitFor();
      assert.deepEqual(await faultsLightAndDark(page), []);
      await page.getByRole("link", { name: failed.toNew }).click();
      await heading(page, headlines.confirmed).waitFor();
      assert.deepEqual(
        faults.filter((fault) => !isLost || !fault.includes("net::ERR_FAILED")),
        [],
      );
      await context.close();
    });
  }

  test("what another visit would not mend is left to the shop", async () => {
    const booking = await bookedAt(at("13:00"));
    const courier = await courierOf(service, booking);
    await courier.tells("departed");
    await courier.tells("arrived");
    await courier.tells("failed", { reason: "price_refused" });
    const { context, page, faults } = await opened(booking);
    const { failed } = WORDS.en;
    await page.getByText(failed.reasons.price_refused).waitFor();
    await page.getByText(failed.askShop).waitFor();
    assert.equal(await page.getByRole("button", { name: failed.again.title }).count(), 0);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("a link that leads to nothing says so kindly", async () => {
    for (const [locale, words] of [
      ["en", "This link does not work"],
      ["zh", "该链接已失效"],
    ]) {
      const nowhere = { tracking: { url: "/t/AZVXe48sfU6aMcag89hbEuXn0K2fYc1s7pJ4mQ3vT9w" } };
      const { context, page, faults } = await opened(nowhere, { locale, bypassCSP: true });
      await heading(page, words).waitFor();
      assert.deepEqual(await faultsLightAndDark(page), []);
      assert.deepEqual(
        faults.filter((fault) => !isAnswered(404)(fault)),
        [],
      );
      await context.close();
    }
  });

  test("what is ready stays ticked, and the visit goes into the calendar", async () => {
    const booking = await bookedAt(at("13:00", TOMORROW), { from: TOMORROW });
    const { context, page, faults } = await opened(booking);
    await page.getByLabel("Charged").check();
    await page.getByText("1 of 4 ready").waitFor();
    await page.reload();
    await page.getByText("1 of 4 ready").waitFor();
    assert.ok(await page.getByLabel("Charged").isChecked());
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Add to calendar" }).click(),
    ]);
    const file = await readFile(await download.path(), "utf8");
    assert.equal(download.suggestedFilename(), "doorstep.ics");
    assert.match(file, /^BEGIN:VCALENDAR\r\n/);
    assert.match(file, /\r\nDTSTART:20260303T050000Z\r\nDTEND:20260303T070000Z\r\n/);
    const unfolded = file.replaceAll("\r\n ", "");
    assert.ok(unfolded.includes(`URL:${service.origin}${booking.tracking.url}\r\n`), unfolded);
    assert.ok(file.split("\r\n").every((line) => Buffer.byteLength(line) <= 75));
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("everyone can use it on a desk, too", async () => {
    const booking = await bookedAt(at("15:00"));
    const { context, page, faults } = await opened(booking, { ...DESK, bypassCSP: true });
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Choose another time" }).click();
    await page.locator("[role=radio][data-slot]").first().click();
    await page.getByText(/^Move to /).waitFor();
    const picture = (name) => page.screenshot({ path: join(pictures, name), fullPage: true });
    await picture("tracking-desk.png");
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize(PHONE.viewport);
    await picture("tracking-dark.png");
    assert.deepEqual(await faultsLightAndDark(page), []);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("without a connection it says so, and comes back", async () => {
    const booking = await bookedAt(at("17:00"));
    const { context, page } = await opened(booking, { bypassCSP: true, hasClock: true });
    await page.getByText("Live", { exact: true }).waitFor();
    await context.setOffline(true);
    await page.getByRole("button", { name: "Cancel the appointment" }).click();
    await page.getByRole("button", { name: "Yes, cancel it" }).click();
    await hurried(page, page.getByText("The service cannot be reached."));
    assert.deepEqual(await faultsLightAndDark(page), []);
    await page.keyboard.press("Escape");
    await hurried(page, page.getByText("Not connected. What you see may be old."));
    assert.deepEqual(await faultsLightAndDark(page), []);
    await context.setOffline(false);
    await page.getByRole("button", { name: "Cancel the appointment" }).click();
    await page.getByRole("button", { name: "Yes, cancel it" }).click();
    await heading(page, "This appointment is cancelled").waitFor();
    assert.equal((await asShop(booking)).status, "cancelled");
    assert.equal(booking.date, DATE);
    await context.close();
  });
});
