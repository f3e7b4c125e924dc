// A courier's day in a browser: with and without reception, at doors that go well and that do not.

import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { accessibilityFaults } from "./lib/axe.js";
import { launchBrowser, watch } from "./lib/browser.js";
import { at, DATE, REGION, startService } from "./lib/service.js";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const SMALL = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const DESK = { viewport: { width: 1280, height: 900 } };
const PICTURE = fileURLToPath(new URL("../public/courier/icon-192.png", import.meta.url));

const BOOKED_IMEI = "490154203237518";
const OTHER_IMEI = "356938035643809";

const yuan = (amount) => ({ amount: amount * 100, currency: "CNY" });
const phone = (model, worth, more = {}) => ({
  category: "phone",
  brand: "Huawei",
  model,
  declared_value: yuan(worth),
  ...more,
});

const CUSTOMERS = [
  ["Wang Fang", "Room 1203, 168 Guangdong Road, Huangpu", "Side gate, lift B; ring twice"],
  ["Zhang Wei", "Flat 5, 42 Sinan Road, Huangpu"],
  ["Liu Yang", "9/F, 88 Century Avenue, Pudong", "Ask at the front desk"],
  ["Chen Jing", "17 Wukang Road, Xuhui"],
  ["Zhao Lei", "Block 3, 500 Daduhe Road, Putuo"],
  ["Huang Li", "Room 402, 1111 Siping Road, Yangpu"],
  ["Zhou Min", "26 Dongtai Road, Huangpu"],
  ["Wu Qiang", "Unit 8, 1 Kangding Road, Jing'an"],
];

/** What a page says while it has deliberately no network, and nothing else. */
const isOffline = (fault) =>
  /^console: Failed to load resource: net::ERR_INTERNET_DISCONNECTED$/.test(fault);

/** In the page: the key, and how much each store has. */
async function whatIsKept() {
  const answered = (request) =>
    new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const db = await answered(indexedDB.open("doorstep-courier"));
  const stores = [...db.objectStoreNames].map((name) => db.transaction(name).objectStore(name));
  const counts = await Promise.all(stores.map((store) => answered(store.count())));
  return [localStorage.getItem("doorstep.courier.key"), ...counts];
}

describe("the courier's page", { timeout: 420_000 }, () => {
  let service, browser, pictures, couriers, clockOffset;
  let customers = 0;

  before(async () => {
    pictures =
      process.env.DOORSTEP_SCREENSHOTS ?? (await mkdtemp(join(tmpdir(), "doorstep-courier-")));
    const clock = at("08:05");
    [service, browser] = await Promise.all([
      startService({ couriers: 24, clock }),
      launchBrowser(),
    ]);
    clockOffset = Date.parse(clock) - Date.now();
    // Those who work in the morning.
    const { body } = await asked("GET", day());
    const isEarly = ({ shift }) => Date.parse(shift.start) <= Date.parse(at("09:00"));
    couriers = body.routes.filter(isEarly).map(({ courier }) => courier.id);
    assert.ok(couriers.length >= 6, `${couriers.length} work in the morning`);
  });

  after(async () => {
    await browser?.close();
    await service?.stop();
  });

  const day = (path = "") => `/v1/regions/${REGION}/days/${DATE}${path}`;

  async function asked(method, path, body, headers) {
    const answer = await service.call(service.keys.dispatcher, method, path, body, headers);
    assert.ok(answer.status < 300, JSON.stringify(answer.body));
    return answer;
  }

  /** An urgent booking, which a dispatcher gives to a courier. */
  async function booked(courier, request = {}, window = ["09:00", "11:00"], who = customers++) {
    const [name, address, notes] = CUSTOMERS[who % CUSTOMERS.length];
    const { kind = "pickup", devices = [phone("P20", 1200)], handover } = request;
    const place = {
      lon: 121.45 + 0.006 * (who % 7),
      lat: 31.26 - 0.004 * (who % 5),
      datum: "wgs84",
    };
    const { body } = await asked("POST", day("/disturbances"), {
      kind: "urgent",
      programme: "shop",
      request: { place, kind, devices, ...(handover ? { handover } : {}) },
      contact: { name, address, phone: "+8613800001234", ...(notes ? { notes } : {}) },
      window: { start: at(window[0]), end: at(window[1]) },
    });
    await moved(body.booking.id, courier);
    return { id: body.booking.id, name };
  }

  async function moved(booking_id, courier) {
    const moves = { moves: [{ booking_id, courier }] };
    const { headers } = await asked("POST", day("/moves:check"), moves);
    await asked("POST", day("/moves"), moves, { "If-Match": headers.get("etag") });
    await asked("POST", day("/locks"), { bookings: [booking_id] });
  }

  const route = async (key) => (await service.call(key, "GET", "/v1/couriers/me/route")).body;
  const stopOf = async (key, booking) =>
    (await route(key)).stops.find(({ booking_id }) => booking_id === booking.id);
  const eventsOf = async (booking) => {
    const { body } = await asked("GET", day("/events?limit=1000"));
    return body.events.filter(({ subject }) => subject === booking.id).map(({ kind }) => kind);
  };

  /** A phone whose clock shows the service's time. */
  async function opened(courier, options = {}) {
    const key = await service.courierKey(courier);
    const context = await browser.newContext({ locale: "en-GB", ...PHONE, ...options });
    await context.addInitScript((offset) => {
      const Machine = Date;
      globalThis.Date = class extends Machine {
        constructor(...parts) {
          if (parts.length > 0) super(...parts);
          else super(Machine.now() + offset);
        }
        static now() {
          return Machine.now() + offset;
        }
      };
    }, clockOffset);
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const faults = watch(page, service.origin);
    await page.goto(`${service.origin}/courier#key=${key}`);
    await page
      .getByRole("status")
      .filter({ hasText: "Live" })
      .or(page.getByText("已连接"))
      .waitFor();
    return { context, page, key, faults };
  }

  const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
  const next = (page, booking) => page.locator(`[data-next="${booking.id}"]`).waitFor();
  const allSent = (page) => page.locator("[data-unsent='0']").waitFor();
  const picture = (page, name) => page.screenshot({ path: join(pictures, `courier-${name}.png`) });

  /** To the door of the next stop, and in. */
  async function arrived(page, booking) {
    await next(page, booking);
    await press(page, "Set off");
    await press(page, "I’m at the door");
    await page.locator(`[data-door="${booking.id}"]`).waitFor();
  }

  test("a day with the network cut in the middle", async () => {
    const first = await booked(couriers[0], {}, ["09:00", "10:00"]);
    const second = await booked(couriers[0], {}, ["10:00", "11:00"]);
    const { context, page, key, faults } = await opened(couriers[0]);
    assert.ok(!page.url().includes("key="), page.url());
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    await next(page, first);
    await press(page, "Set off");
    await page.getByRole("heading", { name: "On the way" }).waitFor();
    await allSent(page);
    assert.ok((await stopOf(key, first)).departed_at);

    await context.setOffline(true);
    await page.getByText("No connection. Route as of").waitFor();
    await press(page, "I’m at the door");
    await page.locator(`[data-door="${first.id}"]`).waitFor();
    await page.getByLabel("IMEI").fill(BOOKED_IMEI);
    await page.getByLabel("Take it").check();
    await page.reload();
    await page.locator(`[data-door="${first.id}"]`).waitFor();
    assert.equal(await page.getByLabel("IMEI").inputValue(), BOOKED_IMEI);
    await press(page, "Inspection done");
    await press(page, "Collected 1 device");
    await next(page, second);
    await page.getByText("3 not sent").waitFor();
    await picture(page, "phone-offline");
    await page.reload();
    await next(page, second);
    await page.getByText("3 not sent").click();
    await page.locator("[data-waiting]").nth(2).waitFor();
    await press(page, "Close");

    // The first answer is lost on the way: what is sent again is known already.
    let isLost = false;
    await page.route("**/v1/couriers/me/events", async (request) => {
      if (isLost) return request.continue();
      isLost = true;
      await request.fetch();
      await request.abort();
    });
    await context.setOffline(false);
    await allSent(page);
    assert.ok(isLost);
    const stop = await stopOf(key, first);
    assert.equal(stop.status, "completed");
    assert.ok(stop.arrived_at < stop.left_at || stop.arrived_at === stop.left_at);
    const told = await eventsOf(first);
    assert.equal(told.filter((kind) => kind === "booking.completed").length, 1, told.join());
    const board = await asked("GET", day());
    const shown = board.body.routes.flatMap(({ stops }) => stops);
    assert.ok(shown.find(({ booking_id }) => booking_id === first.id).left_at);
    assert.deepEqual(
      faults.filter((fault) => !isOffline(fault) && !/ERR_FAILED/.test(fault)),
      [],
    );
    await context.close();
  });

  test("nobody is there: a reason, a photo and a call go with it", async () => {
    const booking = await booked(couriers[1]);
    const { context, page, faults } = await opened(couriers[1]);
    await arrived(page, booking);
    await page.evaluate(() =>
      addEventListener("click", (event) => {
        if (event.target.closest("a[href^='tel:']")) event.preventDefault();
      }),
    );
    await page.getByRole("link", { name: `Call ${booking.name}` }).click();
    await press(page, "Not possible…");
    await page.getByText("You called once.").waitFor();
    await page.getByLabel("Nobody is there").check();
    await page.locator("dialog input[type=file]").setInputFiles(PICTURE);
    await page.locator("dialog [data-photos='1'] img").waitFor();
    await page.getByLabel("Note for dispatch").fill("Rang three times");
    await press(page, "Report it");
    await page.locator(`[data-door="${booking.id}"]`).waitFor({ state: "detached" });
    await allSent(page);
    const { body } = await service.call(service.keys.checkout, "GET", `/v1/bookings/${booking.id}`);
    assert.equal(body.status, "failed");
    assert.equal(body.failed.reason, "no_show");
    assert.equal(body.failed.calls, 1);
    assert.equal(body.failed.note, "Rang three times");
    assert.match(body.failed.photos.join(), /^[0-9a-f]{64}$/);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("an exchange: another device than booked, then refused, and the new one goes back", async () => {
    const booking = await booked(couriers[2], {
      kind: "exchange",
      devices: [phone("P20", 1200, { imei: BOOKED_IMEI })],
      handover: [phone("Mate 60", 4500)],
    });
    const { context, page, key, faults } = await opened(couriers[2]);
    await arrived(page, booking);
    const imei = page.getByLabel("IMEI");
    await imei.fill("356938035643808");
    await page.getByText("A digit is wrong: read it again").waitFor();
    await imei.fill(OTHER_IMEI);
    await page.getByText("Not the booked device (…7518)").waitFor();
    await page.getByLabel("Take it").check();
    await page.getByLabel("Worth after the inspection (CNY)").fill("900");
    await picture(page, "phone-door");
    await press(page, "Inspection done");
    await page.locator("[data-branch=all_taken]").waitFor();
    await page.getByText("The IMEI is not the booked one.").waitFor();
    await press(page, "Inspect");
    await page.getByLabel("Refuse it").check();
    await press(page, "Inspection done");
    await page.locator("[data-branch=none_taken]").waitFor();
    await picture(page, "phone-exchange");
    await press(page, "Nothing is taken…");
    await page.getByText("What you brought goes back with you.").waitFor();
    await page.getByLabel("Device is not as described").check();
    await press(page, "Report it");
    await page.locator(`[data-door="${booking.id}"]`).waitFor({ state: "detached" });
    await allSent(page);
    const stop = await stopOf(key, booking);
    assert.equal(stop.status, "failed");
    assert.equal(stop.load_after.value, stop.load_before.value);
    await page.getByText("to read").click();
    await page.locator("[data-remark=imei_mismatch]").first().waitFor();
    const remarks = page.locator("[data-remark]");
    for (let left = await remarks.count(); left > 0; left -= 1) {
      await remarks.first().getByRole("button", { name: "Understood", exact: true }).click();
      await remarks.nth(left - 1).waitFor({ state: "detached" });
    }
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("a dispatcher changes the route: it is announced, and the door stays", async () => {
    const first = await booked(couriers[3]);
    const { context, page, faults } = await opened(couriers[3], { bypassCSP: true });
    await arrived(page, first);
    await allSent(page);
    const added = await booked(couriers[3], {}, ["13:00", "15:00"]);
    await page.locator("[data-change=added]").waitFor();
    assert.match(await page.locator("[data-change=added]").innerText(), new RegExp(added.name));
    await page.locator(`[data-door="${first.id}"]`).waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
    await press(page, "Understood");
    await page.locator("[data-changes='0']").waitFor({ state: "attached" });
    await page.reload();
    await page.locator(`[data-door="${first.id}"]`).waitFor();
    await page.locator("[data-changes='0']").waitFor({ state: "attached" });
    await moved(added.id, couriers[4]);
    await page.locator("[data-change=taken_away]").waitFor();
    await page.locator(`[data-door="${first.id}"]`).waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("two tabs know of each other, and send once", async () => {
    const booking = await booked(couriers[4]);
    const { context, page, faults } = await opened(couriers[4]);
    const other = await context.newPage();
    await other.goto(`${service.origin}/courier`);
    await next(other, booking);
    const sent = [];
    context.on("request", (request) => {
      if (request.url().endsWith("/me/events")) sent.push(...request.postDataJSON().events);
    });
    await context.setOffline(true);
    await press(page, "Set off");
    await other.locator("[data-unsent='1']").waitFor();
    await other.getByRole("heading", { name: "On the way" }).waitFor();
    await context.setOffline(false);
    await Promise.all([allSent(page), allSent(other)]);
    assert.equal(sent.length, 1, JSON.stringify(sent));
    assert.deepEqual(
      faults.filter((fault) => !isOffline(fault)),
      [],
    );
    await context.close();
  });

  test("where the courier is goes out once they agree, and signing out forgets all", async () => {
    const { context, page, faults } = await opened(couriers[5], {
      geolocation: { latitude: 31.25, longitude: 121.47, accuracy: 12 },
      permissions: ["geolocation"],
    });
    await press(page, "More");
    const toggle = page.getByLabel("Tell where I am");
    assert.equal(await toggle.isChecked(), false);
    const told = page.waitForRequest((request) => request.url().endsWith("/me/positions"));
    await toggle.check();
    const { positions } = (await told).postDataJSON();
    assert.deepEqual(positions[0].place, { lon: 121.47, lat: 31.25, datum: "wgs84" });
    await press(page, "Sign out");
    await press(page, "Sign out and forget everything");
    await page.getByLabel("Your key").waitFor();
    await page.reload();
    await page.getByLabel("Your key").waitFor();
    assert.deepEqual(await page.evaluate(whatIsKept), [null, 0, 0, 0, 0, 0]);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("a key that is not accepted is said to be wrong, and can be corrected", async () => {
    const { context, page, key, faults } = await opened(couriers[5]);
    await page.goto(`${service.origin}/courier#key=dsk_wrong`);
    await page.reload();
    await page.getByText("The key was not accepted.").waitFor();
    await page.getByLabel("Your key").fill(key);
    await press(page, "Sign in");
    await page.getByRole("status").filter({ hasText: "Live" }).waitFor();
    const isUnauthorized = (fault) => /the server responded with a status of 401/.test(fault);
    assert.deepEqual(
      faults.filter((fault) => !isUnauthorized(fault)),
      [],
    );
    await context.close();
  });

  /** A route with a bit of everything, for those who look at it. */
  let stocked = null;
  const stock = () =>
    (stocked ??= (async () => {
      const courier = couriers[5];
      const exchange = {
        kind: "exchange",
        devices: [phone("P20", 1200, { imei: BOOKED_IMEI }), phone("Mate 20", 1800)],
        handover: [phone("Mate 60", 4500)],
      };
      const laptop = { category: "laptop", brand: "Lenovo", declared_value: yuan(2600) };
      const first = await booked(courier, exchange, ["09:00", "11:00"], 0);
      await booked(courier, { kind: "delivery", devices: [phone("Mate 60", 4500)] }, [
        "12:00",
        "14:00",
      ]);
      await booked(courier, { devices: [laptop, { category: "tablet" }] }, ["13:00", "15:00"]);
      await booked(courier, {}, ["14:00", "16:00"]);
      return first;
    })());

  const TABS = { en: ["Stops", "Map", "More"], zh: ["全部任务", "地图", "更多"] };

  async function isFine(page, width) {
    assert.deepEqual(await accessibilityFaults(page), []);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
  }

  for (const [name, options] of Object.entries({
    phone: PHONE,
    "phone-dark": { ...SMALL, colorScheme: "dark" },
    "phone-zh": { ...SMALL, locale: "zh-CN" },
    desk: DESK,
  })) {
    test(`everyone can use it: ${name}`, async () => {
      const first = await stock();
      const { context, page, faults } = await opened(couriers[5], { ...options, bypassCSP: true });
      const { width } = options.viewport;
      const [stops, map, more] = TABS[options.locale === "zh-CN" ? "zh" : "en"];
      await next(page, first);
      await picture(page, name);
      await isFine(page, width);
      await press(page, stops);
      await page.locator("[data-stop] > button").nth(1).click();
      await picture(page, `${name}-stops`);
      await isFine(page, width);
      // Without a graphics card a map takes its time: two are enough.
      if (options === PHONE || options === DESK) {
        await press(page, map);
        await page.locator("[data-idle=true]").waitFor();
        await picture(page, `${name}-map`);
        await isFine(page, width);
      }
      await press(page, more);
      await picture(page, `${name}-more`);
      await isFine(page, width);
      assert.deepEqual(faults, []);
      await context.close();
    });
  }

  for (const [name, options, words] of [
    [
      "phone",
      SMALL,
      {
        start: ["Set off", "I’m at the door"],
        fail: "Not possible…",
        done: "Inspection done",
      },
    ],
    [
      "phone-zh",
      { ...SMALL, locale: "zh-CN", colorScheme: "dark" },
      { start: [], fail: "无法完成…", done: "验机完成" },
    ],
  ]) {
    test(`everyone can use it at the door: ${name}`, async () => {
      const first = await stock();
      const { context, page, faults } = await opened(couriers[5], { ...options, bypassCSP: true });
      const { width } = options.viewport;
      for (const step of words.start) await press(page, step);
      await page.locator(`[data-door="${first.id}"]`).waitFor();
      await isFine(page, width);
      await press(page, words.fail);
      await page.getByRole("dialog").waitFor();
      await picture(page, `${name}-fail`);
      await isFine(page, width);
      await page.keyboard.press("Escape");
      await page.locator("[data-device='0'] input[value=taken]").check();
      await page.locator("[data-device='1'] input[value=refused]").check();
      await picture(page, `${name}-inspect`);
      await isFine(page, width);
      await press(page, words.done);
      await page.locator("[data-branch=all_taken]").waitFor();
      await picture(page, `${name}-hand-over`);
      await isFine(page, width);
      await allSent(page);
      assert.deepEqual(faults, []);
      await context.close();
    });
  }
});
