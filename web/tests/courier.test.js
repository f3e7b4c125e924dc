// A courier's day in a browser: with and without reception, at doors that go well and that do not.

import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { faultsLightAndDark } from "./lib/axe.js";
import {
  allSent,
  arrive,
  installabilityFaults,
  live,
  next,
  phone,
  press,
  startRounds,
  takenIsKept,
  TAGS,
  whatIsKept,
  WORDS,
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
    rounds = await startRounds(7);
    couriers = rounds.couriers;
  });

  after(() => rounds?.stop());

  const picture = (page, name) => page.screenshot({ path: join(pictures, `courier-${name}.png`) });

  /** Signs with a finger in the box, and leaves it at that. */
  async function sign(page, t) {
    const box = page.locator("canvas");
    await box.scrollIntoViewIfNeeded();
    const { x, y } = await box.boundingBox();
    await page.mouse.move(x + 30, y + 30);
    await page.mouse.down();
    await page.mouse.move(x + 120, y + 60, { steps: 4 });
    await page.mouse.up();
    await page.getByRole("button", { name: t.door.keepSignature }).waitFor();
  }

  for (const [language, t] of Object.entries(WORDS)) {
    test(`a day with the network cut in the middle: ${language}`, async () => {
      const courier = language === "en" ? couriers[0] : couriers[6];
      const pickup = await rounds.booked(courier, {}, ["09:00", "10:00"]);
      const exchange = await rounds.booked(
        courier,
        {
          kind: "exchange",
          devices: [phone("P20", 1200, { imei: BOOKED_IMEI })],
          handover: [phone("Mate 60", 4500)],
        },
        ["10:00", "11:00"],
      );
      const nobody = await rounds.booked(courier, {}, ["11:00", "13:00"]);
      const { context, page, key, faults } = await rounds.opened(courier, {
        locale: TAGS[language],
      });
      assert.ok(!page.url().includes("key="), page.url());
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
      assert.deepEqual(await installabilityFaults(page), []);
      await next(page, pickup);
      await press(page, t.actions.setOff);
      await page.getByRole("heading", { name: t.stop.underWay }).waitFor();
      await allSent(page);
      assert.ok((await rounds.stopOf(key, pickup)).departed_at);

      await context.setOffline(true);
      await page.getByText(t.connection.asOf("|").split("|")[0]).waitFor();
      await press(page, t.actions.arrive);
      await page.locator(`[data-door="${pickup.id}"]`).waitFor();
      await page.getByLabel(t.door.imei).fill(BOOKED_IMEI);
      await page.getByLabel(t.door.take).check();
      await takenIsKept(page, pickup);
      await page.reload();
      await page.locator(`[data-door="${pickup.id}"]`).waitFor();
      assert.equal(await page.getByLabel(t.door.imei).inputValue(), BOOKED_IMEI);
      await press(page, t.door.inspectionDone);
      await press(page, t.door.doneCollect(1));

      await arrive(page, exchange, t);
      await page.getByLabel(t.door.imei).fill(BOOKED_IMEI);
      await page.getByText(t.door.imeiBooked).waitFor();
      await page.getByLabel(t.door.refuse).check();
      await press(page, t.door.inspectionDone);
      await page
        .locator("[data-branch=none_taken]", { hasText: t.door.branches.newBack })
        .waitFor();
      await press(page, t.door.change);
      await page.getByLabel(t.door.take).check();
      await press(page, t.door.inspectionDone);
      await page.locator("[data-branch=all_taken]", { hasText: t.door.branches.newOut }).waitFor();
      await page.getByText("¥1,200", { exact: true }).waitFor();
      await page.getByLabel(t.door.code).fill(await rounds.codeOf(exchange));
      await sign(page, t);
      await press(page, t.door.doneExchange);

      await arrive(page, nobody, t);
      await press(page, t.door.fail);
      await page.getByLabel(t.reasons.no_show).check();
      await press(page, t.fail.confirm);
      await page.locator(`[data-door="${nobody.id}"]`).waitFor({ state: "detached" });
      const unsent = page.getByText(t.connection.unsent(11));
      await unsent.waitFor();
      if (language === "en") await picture(page, "phone-offline");
      await page.reload();
      await unsent.click();
      await page.locator("[data-waiting]").nth(10).waitFor();
      await press(page, t.close);

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
      const stop = await rounds.stopOf(key, pickup);
      assert.equal(stop.status, "completed");
      assert.ok(stop.arrived_at <= stop.left_at);
      assert.equal((await rounds.stopOf(key, exchange)).status, "completed");
      const { proof } = await rounds.bookingOf(exchange);
      assert.match(proof.signature, /^[0-9a-f]{64}$/);
      assert.equal(proof.code_matches, true);
      assert.equal((await rounds.stopOf(key, nobody)).status, "failed");
      const told = await rounds.eventsOf(pickup);
      assert.equal(told.filter((kind) => kind === "booking.completed").length, 1, told.join());
      const board = await rounds.asked("GET", rounds.day());
      const shown = board.body.routes.flatMap(({ stops }) => stops);
      assert.ok(shown.find(({ booking_id }) => booking_id === pickup.id).left_at);
      assert.deepEqual(
        faults.filter((fault) => !isOffline(fault) && !/ERR_FAILED/.test(fault)),
        [],
      );
      await context.close();
    });
  }

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
    await page.getByText(WORDS.en.fail.waitRule("8 mins")).waitFor();
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
    const body = await rounds.bookingOf(booking);
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
    const { context, page, key, faults } = await rounds.opened(couriers[2], { bypassCSP: true });
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
    assert.deepEqual(await faultsLightAndDark(page), []);
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
    assert.deepEqual(await faultsLightAndDark(page), []);
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
    const { context, page, key, faults } = await rounds.opened(couriers[5], { bypassCSP: true });
    await page.goto(`${rounds.service.origin}/courier#key=dsk_wrong`);
    await page.reload();
    await page.getByText("The key was not accepted.").waitFor();
    assert.deepEqual(await faultsLightAndDark(page), []);
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
});
