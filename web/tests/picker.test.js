// The slot picker in a browser: holds that are counted at the service, races, and a host page.

import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { faultsLightAndDark } from "./lib/axe.js";
import { launchBrowser, watch } from "./lib/browser.js";
import { hostServer } from "./lib/host.js";
import { DATE, at, startService } from "./lib/service.js";
import {
  DESK,
  LOCALES,
  PHONE,
  PICKER,
  WORDS,
  choose,
  isAnswered,
  openCheckout,
  slotAt,
  summary,
} from "./lib/shop.js";
import { focused, hurried, until } from "./lib/waiting.js";

// The one courier of the city works until half past five.
const [MORNING, NOON, AFTERNOON] = ["09:00", "13:00", "15:00"].map((time) => at(time));

const AFTERNOON_NAMES = { en: "Mon 2 Mar 15:00–17:00", zh: "3月2日周一 15:00–17:00" };

/** How long holds last, and how long where a test waits for the end of one: a second of real time. */
const HOLD_S = 600;
const HOLD_SHORT_S = 10;
const SPEED = 10;

/** What fills a slot fast: much to look at, at one door. */
const MANY = Array.from({ length: 4 }, () => ({ category: "laptop" }));

describe("the slot picker", { timeout: 360_000 }, () => {
  let service, browser, host, pictures;

  before(async () => {
    pictures =
      process.env.DOORSTEP_SCREENSHOTS ?? (await mkdtemp(join(tmpdir(), "doorstep-picker-")));
    host = await hostServer();
    const more = ["--allow-origin", host.origin];
    service = await startService({ couriers: 1, speed: SPEED, more });
    browser = await launchBrowser();
  });

  after(async () => {
    await browser?.close();
    await service?.stop();
    await host?.stop();
  });

  async function opened(options = {}, origin = service.origin) {
    const context = await browser.newContext({ locale: LOCALES.en, ...DESK, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    return { context, page, faults: watch(page, origin) };
  }

  const held = () => summary(service).then(({ held }) => held);
  const nothingHeld = () => until("held", held, (count) => count === 0);

  test("another slot takes the place of the first, and leaving gives it back", async () => {
    const { context, page, faults } = await opened();
    await openCheckout(page, service);
    await choose(page, NOON);
    assert.equal(await held(), 1);
    // The customer's clock is months away from the service's.
    assert.match(await page.locator(".ds-left b").textContent(), /^(10:00|9:\d\d)$/);
    const gone = page.waitForResponse((response) => response.request().method() === "DELETE");
    await choose(page, AFTERNOON);
    assert.equal((await gone).status(), 204);
    assert.equal(await held(), 1);
    await page.getByRole("button", { name: "Give back" }).click();
    await page.locator(".ds-hold").waitFor({ state: "detached" });
    await nothingHeld();
    await focused(slotAt(page, AFTERNOON));
    await choose(page, NOON);
    await page.goto("about:blank");
    await nothingHeld();
    assert.deepEqual(
      faults.filter((fault) => !fault.includes("about:blank")),
      [],
    );
    await context.close();
  });

  test("a promise of any time of a day is held like a slot", async () => {
    const { context, page, faults } = await opened();
    await openCheckout(page, service);
    await page.locator("[role=tab][data-date='2026-03-03']").click();
    await page.getByRole("radio", { name: /Any time/ }).click();
    await page.locator(".ds-hold", { hasText: /Tue 3 Mar Any time .* is held for you/ }).waitFor();
    await choose(page, at("11:00", "2026-03-03"));
    assert.equal((await summary(service, "2026-03-03")).held, 1);
    await page.goto("about:blank");
    await until(
      "held on the next day",
      () => summary(service, "2026-03-03"),
      (sum) => sum.held === 0,
    );
    assert.deepEqual(
      faults.filter((fault) => !fault.includes("about:blank")),
      [],
    );
    await context.close();
  });

  for (const [locale, words] of Object.entries(WORDS)) {
    test(`of two who want the last place one gets it, and the other is told: ${locale}`, async () => {
      await leaveOnePlace(AFTERNOON);
      const look = { locale: LOCALES[locale], bypassCSP: true };
      const shoppers = await Promise.all([opened(look), opened(look)]);
      await Promise.all(shoppers.map(({ page }) => openCheckout(page, service, locale)));
      for (const { page } of shoppers) {
        await page.getByLabel(words.devices.category).selectOption("laptop");
        for (let more = 1; more < MANY.length; more++) {
          await page.getByRole("button", { name: words.devices.add }).click();
          await page.getByLabel(words.devices.category).last().selectOption("laptop");
        }
        await slotAt(page, AFTERNOON).waitFor();
      }
      const answered = shoppers.map(async ({ page }) => {
        const response = await page.waitForResponse((response) =>
          response.url().endsWith("/v1/holds"),
        );
        return response.status();
      });
      await Promise.all(shoppers.map(({ page }) => slotAt(page, AFTERNOON).click()));
      const statuses = await Promise.all(answered);
      assert.deepEqual([...statuses].sort(), [201, 409]);
      const [winner, loser] = statuses[0] === 201 ? shoppers : [...shoppers].reverse();
      await winner.page.locator(".ds-hold").waitFor();
      const { page } = loser;
      const heading = page.getByRole("heading", {
        name: PICKER[locale].taken.title(AFTERNOON_NAMES[locale]),
      });
      await heading.waitFor();
      await focused(heading);
      await slotAt(page, AFTERNOON).waitFor({ state: "detached" });
      await page.locator(`[data-closed="${AFTERNOON}"]`).waitFor();
      assert.deepEqual(await faultsLightAndDark(page), []);
      if (locale === "en") {
        await page.screenshot({ path: join(pictures, "picker-lost.png"), fullPage: true });
      }
      const nearest = page.locator(".ds-loss .ds-button").first();
      assert.match(await nearest.textContent(), /(Mon 2 Mar|3月2日周一) (09|1\d):00/);
      await nearest.click();
      await page.locator(".ds-hold").waitFor();
      assert.equal(await held(), 2);
      assert.deepEqual(winner.faults, []);
      assert.deepEqual(
        loser.faults.filter((fault) => !isAnswered(409)(fault)),
        [],
      );
      await Promise.all(shoppers.map(({ page }) => page.goto("about:blank")));
      await nothingHeld();
      await Promise.all(shoppers.map(({ context }) => context.close()));
    });
  }

  // Books the slot until nothing more fits, and gives the last one's place back.
  async function leaveOnePlace(start) {
    const key = service.keys.checkout;
    const devices = MANY.map((device) => ({ ...device, brand: "Huawei" }));
    let last = null;
    for (;;) {
      try {
        last = await service.book({ devices, choose: (slot) => slot.start === start });
      } catch (error) {
        if (!/no slot is free/.test(error.message)) throw error;
        break;
      }
    }
    const path = `/v1/bookings/${last.id}/cancel`;
    assert.equal((await service.call(key, "POST", path)).status, 200);
  }

  test("an offer that has become too old is asked for anew", async () => {
    const { context, page, faults } = await opened();
    await openCheckout(page, service);
    let refused = 0;
    await page.route("**/v1/holds", async (route) => {
      if (refused++ > 0) return route.continue();
      const problem = { status: 410, code: "offer_expired", title: "The offer has expired" };
      await route.fulfill({ status: 410, json: problem, contentType: "application/problem+json" });
    });
    const again = page.waitForRequest("**/v1/slot-searches");
    await choose(page, MORNING);
    await again;
    assert.equal(await page.locator(".ds-loss").count(), 0);
    assert.deepEqual(
      faults.filter((fault) => !isAnswered(410)(fault)),
      [],
    );
    await page.goto("about:blank");
    await nothingHeld();
    await context.close();
  });

  test("an answer that is lost leaves no second hold", async () => {
    const { context, page } = await opened();
    await page.clock.install();
    await openCheckout(page, service);
    let isCut = true;
    await page.route("**/v1/holds", async (route) => {
      const answer = await route.fetch();
      if (isCut) await route.abort();
      else await route.fulfill({ response: answer });
    });
    await slotAt(page, MORNING).click();
    await hurried(page, page.getByText("The appointment service cannot be reached."));
    assert.equal(await held(), 1, "the service knows of it, the customer does not");
    isCut = false;
    await choose(page, NOON);
    assert.equal(await held(), 1);
    await page.unroute("**/v1/holds");
    await page.goto("about:blank");
    await nothingHeld();
    await context.close();
  });

  test("a hold runs out on the service's clock, and says so", async () => {
    await holdsLast(HOLD_SHORT_S);
    const { context, page, faults } = await opened();
    await page.clock.install();
    await openCheckout(page, service);
    await choose(page, NOON);
    const left = () => page.locator("[data-left]").getAttribute("data-left").then(Number);
    const first = await left();
    assert.ok(first <= HOLD_SHORT_S, String(first));
    await page.clock.fastForward(2_000);
    await until("left", left, (seconds) => seconds < first);
    await nothingHeld();
    await hurried(page, page.getByRole("heading", { name: "Your hold has run out" }));
    await page.locator(".ds-hold").waitFor({ state: "detached" });
    await page.getByText("Choose a time", { exact: true }).waitFor();
    await holdsLast(HOLD_S);
    await page.getByRole("button", { name: "Mon 2 Mar 13:00–15:00" }).click();
    await page.locator(".ds-hold").waitFor();
    await page.goto("about:blank");
    await nothingHeld();
    assert.deepEqual(
      faults.filter((fault) => !isAnswered(410)(fault) && !fault.includes("about:blank")),
      [],
    );
    await context.close();
  });

  /** How long holds last from now on. */
  async function holdsLast(hold_s) {
    const { admin } = service.keys;
    const { body } = await service.call(admin, "GET", "/v1/regions");
    const changed = body.map((region) => ({ ...region, hold_s }));
    const answer = await service.call(admin, "POST", "/v1/regions", changed);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  }

  const REASONS = {
    en: /Too late to book\..*It would fit if the courier could come 9 min/s,
    zh: /已过预约截止时间。.*若可推后 9\s*分钟 上门即可安排/s,
  };

  for (const [locale, words] of Object.entries(PICKER)) {
    test(`what is closed, full or out of reach is told in words: ${locale}`, async () => {
      const look = { ...PHONE, locale: LOCALES[locale], bypassCSP: true };
      const { context, page, faults } = await opened(look);
      await page.clock.install();
      let isAnswering = () => {};
      const isLookedAt = new Promise((resolve) => (isAnswering = resolve));
      await page.route("**/v1/slot-searches", async (route) => {
        await isLookedAt;
        const answer = await route.fetch();
        const body = await answer.json();
        const [first, second] = body.slots;
        Object.assign(first, { status: "closed", offer: undefined, green: false });
        first.reason = { code: "past_cutoff" };
        Object.assign(second, { status: "closed", offer: undefined, green: false });
        second.reason = { code: "time_window", by_s: 540 };
        second.relaxation = { change: "end", by_s: 540 };
        await route.fulfill({ json: body });
      });
      const isOpened = openCheckout(page, service, locale);
      await page.locator(".ds-skeleton").waitFor();
      assert.deepEqual(await faultsLightAndDark(page), []);
      isAnswering();
      await isOpened;
      assert.match(await page.locator(".ds-closed").innerText(), REASONS[locale]);
      await choose(page, NOON);
      assert.deepEqual(await faultsLightAndDark(page), []);
      if (locale === "en") {
        await page.locator("doorstep-slots").scrollIntoViewIfNeeded();
        await page
          .locator("doorstep-slots")
          .screenshot({ path: join(pictures, "picker-phone.png") });
      }

      await page.unroute("**/v1/slot-searches");
      await page.route("**/v1/slot-searches", async (route) => {
        const answer = await route.fetch();
        const body = await answer.json();
        const reason = { code: "max_stops" };
        body.slots = body.slots.map(({ start, end, cutoff_at }) => ({
          ...{ start, end, cutoff_at, reason },
          status: "closed",
          green: false,
        }));
        body.flexible = [];
        await route.fulfill({ json: body });
      });
      await page.locator("[data-field=example]").selectOption("mouth");
      await page.getByText(words.nothing.title).waitFor();
      await page.locator(".ds-hubs[open]").waitFor();
      assert.deepEqual(await faultsLightAndDark(page), []);

      await page.unroute("**/v1/slot-searches");
      await page.route("**/v1/slot-searches", (route) => route.abort());
      await page.locator("[data-field=example]").selectOption("temple");
      await hurried(page, page.getByText(words.errors.unreachable));
      assert.deepEqual(await faultsLightAndDark(page), []);
      await page.unroute("**/v1/slot-searches");
      await page.getByRole("button", { name: words.again }).click();
      await slotAt(page, NOON).waitFor();
      assert.deepEqual(
        faults.filter((fault) => !fault.includes("net::ERR_FAILED")),
        [],
      );
      await context.close();
    });
  }

  test("it works on a page of another host, whose policy is strict", async () => {
    const search = {
      place: { lon: 121.4737, lat: 31.2304, datum: "wgs84" },
      kind: "pickup",
      devices: [{ category: "phone" }],
      from: DATE,
      days: 2,
    };
    host.show(
      `
      <!doctype html>
      <html lang="zh-CN">
        <meta charset="utf-8" />
        <title>Shop</title>
        <link rel="icon" href="data:," />
        <main>
          <h1>Shop</h1>
          <doorstep-slots key="${service.keys.picker}" search='${JSON.stringify(search)}'>
          </doorstep-slots>
        </main>
        <script type="module" src="${service.origin}/embed/doorstep-slots.js"></script>
        <script src="/shop.js"></script>
      </html>`,
      service.origin,
    );
    const { context, page, faults } = await opened({ viewport: { width: 320, height: 900 } });
    await page.goto(host.origin);
    await choose(page, NOON);
    await page.getByText("已为您保留 3月2日周一 13:00–15:00", { exact: true }).waitFor();
    assert.match(await page.locator(".ds-left b").textContent(), /^(10:00|9:\d\d)$/);
    const styles = () => {
      const { shadowRoot } = document.querySelector("doorstep-slots");
      return getComputedStyle(shadowRoot.querySelector(".ds-tabs")).display;
    };
    assert.equal(await page.evaluate(styles), "grid");
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320);
    await page.getByRole("button", { name: "放弃该时段" }).click();
    await page.waitForFunction(() => window.told.length === 2);
    const told = await page.evaluate(() => window.told);
    assert.deepEqual(
      told.map(([name]) => name),
      ["hold", "release"],
    );
    assert.equal(told[0][1].hold.slot.start, NOON);
    assert.match(told[0][1].hold.id, /^hld_/);
    await nothingHeld();

    // What the page pays for elsewhere stays held, for the shop's own service to book.
    await choose(page, NOON);
    const kept = await page.evaluate(() => {
      const picker = document.querySelector("doorstep-slots");
      picker.keep();
      return picker.hold.id;
    });
    await page.goto("about:blank");
    const order = {
      hold_id: kept,
      contact: { name: "Li Lei", phone: "13800001234", address: "1 People's Avenue" },
    };
    const refused = await service.call(service.keys.picker, "POST", "/v1/bookings", order);
    assert.equal(refused.status, 403);
    const booked = await service.call(service.keys.checkout, "POST", "/v1/bookings", order);
    assert.equal(booked.status, 201);
    const isKnown = (fault) => [host.origin, "about:blank"].some((known) => fault.includes(known));
    assert.deepEqual(
      faults.filter((fault) => !fault.startsWith("request to ") || !isKnown(fault)),
      [],
    );
    await context.close();
  });
});
