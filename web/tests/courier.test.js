// A courier's day in a browser: with and without reception, at doors that go well and that do not.

import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { accessibilityFaults } from "./lib/axe.js";
import {
  allSent,
  arrive,
  DESK,
  installabilityFaults,
  live,
  next,
  phone,
  PHONE,
  press,
  SMALL,
  startRounds,
  whatIsKept,
  yuan,
} from "./lib/rounds.js";

const PICTURE = fileURLToPath(new URL("../public/courier/icon-192.png", import.meta.url));

const BOOKED_IMEI = "490154203237518";
const OTHER_IMEI = "356938035643809";

/** What a page says while it has deliberately no network, and nothing else. */
const isOffline = (fault) =>
  /^console: Failed to load resource: net::ERR_INTERNET_DISCONNECTED$/.test(fault);

describe("the courier's page", { timeout: 900_000 }, () => {
  let rounds, couriers, pictures;

  before(async () => {
    pictures =
      process.env.DOORSTEP_SCREENSHOTS ?? (await mkdtemp(join(tmpdir(), "doorstep-courier-")));
    rounds = await startRounds(6);
    couriers = rounds.couriers;
  });

  after(() => rounds?.stop());

  const picture = (page, name) => page.screenshot({ path: join(pictures, `courier-${name}.png`) });

  test("a day with the network cut in the middle", async () => {
    const first = await rounds.booked(couriers[0], {}, ["09:00", "10:00"]);
    const second = await rounds.booked(couriers[0], {}, ["10:00", "11:00"]);
    const { context, page, key, faults } = await rounds.opened(couriers[0]);
    assert.ok(!page.url().includes("key="), page.url());
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    assert.deepEqual(await installabilityFaults(page), []);
    await next(page, first);
    await press(page, "Set off");
    await page.getByRole("heading", { name: "On the way" }).waitFor();
    await allSent(page);
    assert.ok((await rounds.stopOf(key, first)).departed_at);

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
    const stop = await rounds.stopOf(key, first);
    assert.equal(stop.status, "completed");
    assert.ok(stop.arrived_at <= stop.left_at);
    const told = await rounds.eventsOf(first);
    assert.equal(told.filter((kind) => kind === "booking.completed").length, 1, told.join());
    const board = await rounds.asked("GET", rounds.day());
    const shown = board.body.routes.flatMap(({ stops }) => stops);
    assert.ok(shown.find(({ booking_id }) => booking_id === first.id).left_at);
    assert.deepEqual(
      faults.filter((fault) => !isOffline(fault) && !/ERR_FAILED/.test(fault)),
      [],
    );
    await context.close();
  });

  test("nobody is there: a reason, a photo and a call go with it", async () => {
    const booking = await rounds.booked(couriers[1]);
    const { context, page, faults } = await rounds.opened(couriers[1]);
    await arrive(page, booking);
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
    await press(page, "Stops");
    await page.getByText("1 stop done").click();
    await page.locator(`[data-stop="${booking.id}"] > button`).click();
    await page.locator(`[data-stop="${booking.id}"] figure img`).waitFor();
    const { body } = await rounds.service.call(
      rounds.service.keys.checkout,
      "GET",
      `/v1/bookings/${booking.id}`,
    );
    assert.equal(body.status, "failed");
    assert.equal(body.failed.reason, "no_show");
    assert.equal(body.failed.calls, 1);
    assert.equal(body.failed.note, "Rang three times");
    assert.match(body.failed.photos.join(), /^[0-9a-f]{64}$/);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("the break, and home", async () => {
    const { context, page, key, faults } = await rounds.opened(couriers[1]);
    await page.locator("[data-next=break]").waitFor();
    await press(page, "Start the break");
    await press(page, "End the break");
    await page.locator("[data-next=end]").waitFor();
    await press(page, "I’m back at the hub");
    await page.getByText("The day is done").waitFor();
    await allSent(page);
    const { body } = await rounds.service.call(key, "GET", "/v1/couriers/me/route");
    const left = body.stops.filter(({ kind, arrived_at }) => kind !== "start" && !arrived_at);
    assert.deepEqual(left, []);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("an exchange: another device than booked, then refused, and the new one goes back", async () => {
    const booking = await rounds.booked(couriers[2], {
      kind: "exchange",
      devices: [phone("P20", 1200, { imei: BOOKED_IMEI })],
      handover: [phone("Mate 60", 4500)],
    });
    const { context, page, key, faults } = await rounds.opened(couriers[2]);
    await arrive(page, booking);
    const imei = page.getByLabel("IMEI");
    await imei.fill("356938035643808");
    await page.getByText("A digit is wrong: read it again").waitFor();
    await imei.fill(OTHER_IMEI);
    await page.getByText("Not the booked device (…7518)").waitFor();
    await page.getByLabel("Take it").check();
    await page.getByLabel("Worth after the inspection (CNY)").fill("900");
    await page.getByLabel("Worth after the inspection (CNY)").blur();
    await page.evaluate(() => scrollTo(0, 0));
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
    const stop = await rounds.stopOf(key, booking);
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
    const first = await rounds.booked(couriers[3]);
    const { context, page, faults } = await rounds.opened(couriers[3], { bypassCSP: true });
    await arrive(page, first);
    await allSent(page);
    const added = await rounds.booked(couriers[3], {}, ["13:00", "15:00"]);
    await page.locator("[data-change=added]").waitFor();
    assert.match(await page.locator("[data-change=added]").innerText(), new RegExp(added.name));
    await page.locator(`[data-door="${first.id}"]`).waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
    await press(page, "Understood");
    await page.locator("[data-changes='0']").waitFor({ state: "attached" });
    await page.reload();
    await page.locator(`[data-door="${first.id}"]`).waitFor();
    await page.locator("[data-changes='0']").waitFor({ state: "attached" });
    await rounds.moved(added.id, couriers[4]);
    await page.locator("[data-change=taken_away]").waitFor();
    await page.locator(`[data-door="${first.id}"]`).waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("two tabs know of each other, and send once", async () => {
    const booking = await rounds.booked(couriers[4]);
    const { context, page, faults } = await rounds.opened(couriers[4]);
    const other = await context.newPage();
    await other.goto(`${rounds.service.origin}/courier`);
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
    const { context, page, faults } = await rounds.opened(couriers[5], {
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
    const { context, page, key, faults } = await rounds.opened(couriers[5]);
    await page.goto(`${rounds.service.origin}/courier#key=dsk_wrong`);
    await page.reload();
    await page.getByText("The key was not accepted.").waitFor();
    await page.getByLabel("Your key").fill(key);
    await press(page, "Sign in");
    await live(page);
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
      const first = await rounds.booked(courier, exchange, ["09:00", "11:00"], 0);
      await rounds.booked(courier, { kind: "delivery", devices: [phone("Mate 60", 4500)] }, [
        "12:00",
        "14:00",
      ]);
      await rounds.booked(courier, { devices: [laptop, { category: "tablet" }] }, [
        "13:00",
        "15:00",
      ]);
      await rounds.booked(courier, {}, ["14:00", "16:00"]);
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
      const { context, page, faults } = await rounds.opened(couriers[5], {
        ...options,
        bypassCSP: true,
      });
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
      const { context, page, faults } = await rounds.opened(couriers[5], {
        ...options,
        bypassCSP: true,
      });
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
