// The demo shop's checkout in a browser: filled in, booked, refused, sent again.

import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { faultsLightAndDark } from "./lib/axe.js";
import { launchBrowser, watch } from "./lib/browser.js";
import { at, startService } from "./lib/service.js";
import {
  DESK,
  LOCALES,
  PHONE,
  WORDS,
  choose,
  fillOrder,
  isAnswered,
  openCheckout,
  slotAt,
} from "./lib/shop.js";

const NOON = at("13:00");

describe("the checkout", { timeout: 300_000 }, () => {
  let service, browser, pictures;

  before(async () => {
    pictures =
      process.env.DOORSTEP_SCREENSHOTS ?? (await mkdtemp(join(tmpdir(), "doorstep-checkout-")));
    service = await startService({ couriers: 4 });
    browser = await launchBrowser();
    // Somebody near has booked: a courier passes by anyway.
    await service.book({ choose: ({ start }) => start === at("15:00") });
  });

  after(async () => {
    await browser?.close();
    await service?.stop();
  });

  async function opened(options = {}) {
    const context = await browser.newContext({ locale: LOCALES.en, ...DESK, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    return { context, page, faults: watch(page, service.origin) };
  }

  async function fillContact(page, locale = "en") {
    await page.getByLabel(WORDS[locale].contact.name).fill("Li Lei");
    await page.getByLabel(WORDS[locale].contact.phone).fill("13800001234");
  }

  const confirm = (page) => page.locator("button[type=submit]");

  /** The booking that a page says it has made, as the API has it. */
  async function bookingOf(page) {
    await page.locator("article code").waitFor();
    const id = await page.locator("article code").textContent();
    const path = `/v1/bookings/${id}`;
    const { status, body } = await service.call(service.keys.checkout, "GET", path);
    assert.equal(status, 200);
    return body;
  }

  test("a visit is booked with the keyboard alone", async () => {
    const { context, page, faults } = await opened();
    await page.goto(`${service.origin}/checkout#key=${service.keys.checkout}`);
    await page.getByRole("radio", { name: "Collect" }).focus();
    const keys = page.keyboard;
    const tab = async (times) => {
      for (let time = 0; time < times; time++) await keys.press("Tab");
    };
    await keys.press("ArrowRight");
    await keys.press("ArrowRight");
    await page.getByRole("heading", { name: "Your new devices" }).waitFor();
    await keys.press("ArrowLeft");
    await keys.press("ArrowLeft");
    await tab(3); // type, brand, model
    await keys.type("P40 Pro");
    await tab(1);
    await keys.type("1200");
    await tab(3); // another device, address, example
    await keys.type("People");
    await page.locator("[role=radio][data-slot]").first().waitFor();
    await tab(6); // longitude, latitude, datum, position, map, days
    await keys.press("ArrowRight");
    await page.locator("[role=tab][data-date='2026-03-03'][aria-selected=true]").waitFor();
    await tab(1);
    await keys.press("ArrowDown");
    await keys.press("ArrowDown");
    const third = slotAt(page, at("13:00", "2026-03-03"));
    assert.equal(await third.getAttribute("aria-checked"), "false", "arrows take no place");
    await keys.press("Space");
    await page.locator(".ds-hold").waitFor();
    assert.equal(await third.getAttribute("aria-checked"), "true");
    await tab(3); // give back, service centres, name
    await keys.type("Han Meimei");
    await tab(1);
    await keys.type("13900004321");
    await keys.press("Enter");
    const booking = await bookingOf(page);
    assert.equal(booking.slot.start, at("13:00", "2026-03-03"));
    assert.equal(booking.contact.name, "Han Meimei");
    assert.equal(booking.contact.phone, "13900004321");
    assert.match(booking.contact.address, /People's Avenue/);
    assert.equal(booking.kind, "pickup");
    assert.deepEqual(booking.devices, [
      {
        category: "phone",
        brand: "Huawei",
        model: "P40 Pro",
        declared_value: { amount: 120_000, currency: "CNY" },
      },
    ]);
    assert.ok(!page.url().includes("key="), page.url());
    const link = page.getByRole("link", { name: "Follow your courier" });
    assert.equal(await link.getAttribute("href"), booking.tracking.url);
    await page.getByRole("checkbox").nth(3).waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("an exchange of several devices says what goes which way", async () => {
    const { context, page, faults } = await opened();
    await openCheckout(page, service);
    await page.getByText("New one in, old one out").click();
    await page.getByRole("button", { name: "Add a device" }).first().click();
    const old = page.getByRole("region", { name: "Your old devices" });
    await old.getByLabel("Type").nth(1).selectOption("laptop");
    await old.getByLabel("Brand").nth(1).selectOption("Lenovo");
    await old.getByRole("button", { name: "Add a device" }).click();
    await old.getByRole("button", { name: "Remove device 3" }).click();
    const fresh = page.getByRole("region", { name: "Your new devices" });
    await fresh.getByLabel("Model").fill("Pura 80");
    await fillContact(page);
    await choose(page, NOON);
    await confirm(page).click();
    const booking = await bookingOf(page);
    assert.equal(booking.kind, "exchange");
    assert.deepEqual(
      booking.devices.map(({ category }) => category),
      ["phone", "laptop"],
    );
    assert.deepEqual(booking.handover, [{ category: "phone", brand: "Huawei", model: "Pura 80" }]);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("what is missing is told at its field, and so is what the API refuses", async () => {
    const { context, page, faults } = await opened();
    await openCheckout(page, service);
    await confirm(page).click();
    const name = page.getByLabel("Name", { exact: true });
    await page.getByText("Something is still missing").waitFor();
    assert.equal(await name.getAttribute("aria-invalid"), "true");
    assert.ok(await name.evaluate((field) => field === document.activeElement));
    await page.getByText("Please choose a time.").waitFor();
    await fillContact(page);
    await page.getByLabel("Value (¥)").fill("2000000");
    await page.getByLabel("Model").click();
    const devices = page.getByRole("region", { name: "Your old devices" });
    await devices.getByText("This is more than a courier may carry.").waitFor();
    const value = page.getByLabel("Value (¥)");
    await value.fill("much");
    await page.getByLabel("Model").click();
    await page.getByText("Free times appear here once").waitFor();
    await value.fill("900");
    await page.getByLabel("Model").click();
    await choose(page, NOON);
    assert.equal(await name.inputValue(), "Li Lei");
    await confirm(page).click();
    assert.equal((await bookingOf(page)).devices[0].declared_value.amount, 90_000);
    assert.deepEqual(
      faults.filter((fault) => !isAnswered(422)(fault)),
      [],
    );
    await context.close();
  });

  test("a refusal is told in the reader's language, or in English that is marked as such", async () => {
    const { context, page, faults } = await opened({ locale: LOCALES.zh });
    const { devices, refused } = WORDS.zh;
    await openCheckout(page, service, "zh");
    await page.getByLabel(devices.value).fill("2000000");
    await page.getByLabel(devices.model).click();
    await page.locator(".fault", { hasText: refused.value }).waitFor();
    const message = "no such category";
    await page.route("**/v1/slot-searches", async (route) => {
      const errors = [{ pointer: "/devices/0/category", message }];
      const problem = { status: 422, code: "invalid", title: "The request is invalid", errors };
      await route.fulfill({ status: 422, json: problem, contentType: "application/problem+json" });
    });
    await page.getByLabel(devices.value).fill("900");
    await page.getByLabel(devices.model).click();
    await page.locator(".fault[lang=en]", { hasText: message }).waitFor();
    assert.equal(await page.locator(".fault", { hasText: refused.value }).count(), 0);
    assert.deepEqual(
      faults.filter((fault) => !isAnswered(422)(fault)),
      [],
    );
    await context.close();
  });

  test("an address that nobody comes to is said to be one", async () => {
    const { context, page, faults } = await opened();
    await openCheckout(page, service);
    await page.locator("[data-field=example]").selectOption("elsewhere");
    const told = "We do not come to this address yet.";
    await page.locator(".fault", { hasText: told }).waitFor();
    await page.locator(".ds-failure", { hasText: told }).waitFor();
    assert.equal(await page.getByLabel("Longitude").getAttribute("aria-invalid"), "true");
    await page.locator("[data-field=example]").selectOption("mouth");
    await slotAt(page, NOON).waitFor();
    assert.equal(await page.locator("[aria-invalid=true]").count(), 0);
    assert.deepEqual(
      faults.filter((fault) => !isAnswered(422)(fault)),
      [],
    );
    await context.close();
  });

  test("the door is chosen on a map", async () => {
    const { context, page, faults } = await opened({ bypassCSP: true });
    await openCheckout(page, service);
    await page.getByRole("button", { name: "Choose on a map" }).click();
    const map = page.locator("[data-map=door] [data-ready=true]");
    await map.waitFor();
    assert.deepEqual(await faultsLightAndDark(page), []);
    const searched = page.waitForResponse("**/v1/slot-searches");
    const { width, height } = await map.boundingBox();
    await map.click({ position: { x: width / 2 + 60, y: height / 2 - 40 } });
    assert.equal((await searched).status(), 200);
    const lon = Number(await page.getByLabel("Longitude").inputValue());
    const lat = Number(await page.getByLabel("Latitude").inputValue());
    assert.ok(lon > 121.4737 && lon < 121.49, String(lon));
    assert.ok(lat > 31.2304 && lat < 31.24, String(lat));
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("an answer that is lost on the way does not book twice", async () => {
    const { context, page, faults } = await opened();
    await openCheckout(page, service);
    await fillContact(page);
    await choose(page, NOON);
    const sent = [];
    await page.route("**/v1/bookings", async (route) => {
      const answer = await route.fetch();
      sent.push({
        key: route.request().headers()["idempotency-key"],
        id: (await answer.json()).id,
      });
      if (sent.length === 1) await route.abort();
      else await route.fulfill({ response: answer });
    });
    await confirm(page).click();
    const booking = await bookingOf(page);
    assert.equal(sent.length, 2);
    assert.deepEqual(sent[0], sent[1]);
    assert.equal(sent[0].id, booking.id);
    assert.deepEqual(
      faults.filter((fault) => !fault.includes("net::ERR_FAILED")),
      [],
    );
    await context.close();
  });

  test("a place that is lost before it is booked loses nothing else", async () => {
    const { context, page, faults } = await opened();
    await openCheckout(page, service);
    await fillContact(page);
    const holds = [];
    page.on("response", async (response) => {
      if (response.request().method() === "POST" && response.url().endsWith("/v1/holds")) {
        holds.push(await response.json());
      }
    });
    await choose(page, NOON);
    // Behind the page's back.
    const path = `/v1/holds/${holds[0].id}`;
    const released = await service.call(service.keys.checkout, "DELETE", path);
    assert.equal(released.status, 204);
    await confirm(page).click();
    await page.getByText("The time could not be kept. Please choose another one.").waitFor();
    await page.getByRole("heading", { name: "Your hold has run out" }).waitFor();
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Li Lei");
    await page.getByRole("button", { name: "Mon 2 Mar 13:00–15:00" }).click();
    await page.locator(".ds-hold").waitFor();
    await confirm(page).click();
    assert.equal((await bookingOf(page)).slot.start, NOON);
    assert.deepEqual(
      faults.filter((fault) => !isAnswered(404, 409, 410)(fault)),
      [],
    );
    await context.close();
  });

  test("without a key, or with a wrong one, it asks for one", async () => {
    const { context, page, faults } = await opened();
    await page.goto(`${service.origin}/checkout`);
    await page.getByLabel("Checkout key").fill("dsk_wrong");
    await page.keyboard.press("Enter");
    await page.locator("[data-field=example]").selectOption("square");
    await page.getByText("This key was not accepted.").waitFor();
    await page.getByLabel("Checkout key").fill(service.keys.checkout);
    await page.keyboard.press("Enter");
    await slotAt(page, NOON).waitFor();
    await page.reload();
    await page.locator("[data-field=example]").selectOption("square");
    await slotAt(page, NOON).waitFor();
    assert.deepEqual(
      faults.filter((fault) => !isAnswered(401)(fault)),
      [],
    );
    await context.close();
  });

  const LOOKS = {
    desk: { ...DESK, locale: "en" },
    phone: { ...PHONE, locale: "en" },
    "phone-zh": { ...PHONE, locale: "zh" },
  };
  for (const [name, { locale, ...options }] of Object.entries(LOOKS)) {
    test(`everyone can use it, from the key to the confirmation: ${name}`, async () => {
      const look = { ...options, locale: LOCALES[locale], bypassCSP: true };
      const { context, page, faults } = await opened(look);
      const words = WORDS[locale];
      const picture = (of) => page.screenshot({ path: join(pictures, of), fullPage: true });
      const isFine = async () => assert.deepEqual(await faultsLightAndDark(page), []);
      await page.goto(`${service.origin}/checkout`);
      await page.getByLabel(words.key.label).fill(service.keys.checkout);
      await isFine();
      await page.keyboard.press("Enter");
      await fillOrder(page, locale);
      await fillContact(page, locale);
      await confirm(page).click();
      await page.locator("[role=alert] .refusal").waitFor();
      await isFine();
      await choose(page, at("17:00"));
      await page.evaluate(() => scrollTo(0, 0));
      await picture(`checkout-${name}.png`);
      if (name === "desk") {
        await page.emulateMedia({ colorScheme: "dark" });
        await picture("checkout-dark.png");
        await page.emulateMedia({ colorScheme: "light" });
      }
      await isFine();
      const { width } = options.viewport;
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
      await confirm(page).click();
      await page.getByRole("checkbox").first().waitFor();
      await picture(`checkout-${name}-done.png`);
      await isFine();
      assert.equal((await bookingOf(page)).slot.start, at("17:00"));
      assert.deepEqual(faults, []);
      await context.close();
    });
  }

  test("Back hides the map, and begins another order after the confirmation", async () => {
    const { context, page, faults } = await opened();
    await openCheckout(page, service);
    await fillContact(page);
    await page.getByRole("button", { name: "Choose on a map" }).click();
    await page.locator("[data-map=door]").waitFor();
    await page.goBack();
    await page.locator("[data-map=door]").waitFor({ state: "detached" });
    await choose(page, at("11:00"));
    await confirm(page).click();
    await bookingOf(page);
    await page.goBack();
    await page.getByRole("button", { name: "Choose on a map" }).waitFor();
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Li Lei");
    await page.goBack();
    assert.equal(page.url(), "about:blank");
    assert.deepEqual(
      faults.filter((fault) => !fault.includes("about:blank")),
      [],
    );
    await context.close();
  });
});
