// At a door, with the phone's own means: its camera reads numbers, its Back closes what is open.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { faultsLightAndDark } from "./lib/axe.js";
import { arrive, next, phone, press, SMALL, startRounds, TAGS, WORDS } from "./lib/rounds.js";
import { focused } from "./lib/waiting.js";

const BOOKED_IMEI = "490154203237518";
const WRONG_IMEI = "490154203237517";

/** A camera that shows a picture, and a detector that sees what a test says. */
function fakeCamera() {
  const camera = { isAllowed: true, shown: [], tracks: [] };
  globalThis.camera = camera;
  globalThis.BarcodeDetector = class {
    async detect(video) {
      if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) throw new Error("no picture yet");
      return camera.shown.map((rawValue) => ({ rawValue }));
    }
  };
  navigator.mediaDevices.getUserMedia = async ({ video }) => {
    if (!camera.isAllowed) throw new DOMException("Permission denied", "NotAllowedError");
    if (video.facingMode !== "environment") throw new TypeError("the wrong camera");
    const canvas = document.createElement("canvas");
    canvas.getContext("2d").fillRect(0, 0, 90, 90);
    const stream = canvas.captureStream();
    camera.tracks.push(...stream.getTracks());
    return stream;
  };
}

describe("at the door", { timeout: 300_000 }, () => {
  let rounds, couriers;

  before(async () => {
    rounds = await startRounds(4);
    couriers = rounds.couriers;
  });

  after(() => rounds?.stop());

  for (const [language, t] of Object.entries(WORDS)) {
    test(`the camera reads the IMEI, or it is typed: ${language}`, async () => {
      const courier = couriers[Object.keys(WORDS).indexOf(language)];
      const booking = await rounds.booked(courier, {
        devices: [phone("P20", 1200, { imei: BOOKED_IMEI })],
      });
      const { context, page, faults } = await rounds.opened(courier, {
        ...SMALL,
        locale: TAGS[language],
        bypassCSP: true,
        prepare: (context) => context.addInitScript(fakeCamera),
      });
      const shown = (...codes) => page.evaluate((codes) => (window.camera.shown = codes), codes);
      const imei = page.getByLabel(t.door.imei);
      const dialog = page.getByRole("dialog");
      await arrive(page, booking, t);

      await press(page, t.door.scan);
      await shown("6901443395118", `IMEI: ${WRONG_IMEI}`);
      await dialog.getByText(t.door.scannedWrong(WRONG_IMEI)).waitFor();
      assert.equal(await imei.inputValue(), "", "what is wrong is not filled in");
      assert.deepEqual(await faultsLightAndDark(page), []);
      await shown("6901443395118", `IMEI1: ${BOOKED_IMEI}`);
      await dialog.waitFor({ state: "detached" });
      assert.equal(await imei.inputValue(), BOOKED_IMEI);
      await page.getByText(t.door.imeiBooked).waitFor();
      assert.equal(await page.evaluate(() => window.camera.tracks[0].readyState), "ended");

      await page.evaluate(() => (window.camera.isAllowed = false));
      await press(page, t.door.scan);
      await dialog.getByText(t.door.camera.denied).waitFor();
      assert.deepEqual(await faultsLightAndDark(page), []);
      await press(page, t.door.typeInstead);
      await dialog.waitFor({ state: "detached" });
      await focused(imei);
      await imei.fill(WRONG_IMEI);
      await page.getByText(t.door.imeiCheck).waitFor();
      await page.getByLabel(t.door.take).check();
      assert.ok(await page.getByRole("button", { name: t.door.correct }).isDisabled());
      await imei.fill(BOOKED_IMEI);
      await page.getByText(t.door.imeiBooked).waitFor();
      assert.deepEqual(faults, []);
      await context.close();
    });
  }

  test("a code that is not the customer's is taken in, and said to be wrong", async () => {
    const t = WORDS.en;
    const booking = await rounds.booked(couriers[3]);
    const right = await rounds.codeOf(booking);
    const wrong = right === "0000" ? "0001" : "0000";
    const { context, page, faults } = await rounds.opened(couriers[3], SMALL);
    await arrive(page, booking);
    await page.getByLabel(t.door.take).check();
    await press(page, t.door.inspectionDone);
    const code = page.getByLabel(t.door.code);
    const done = page.getByRole("button", { name: t.door.doneCollect(1) });
    await code.fill("12");
    await code.blur();
    await page.getByText(t.door.codeWrong).waitFor();
    assert.ok(await page.getByRole("button", { name: t.door.correct }).isDisabled());
    await code.fill(wrong);
    await done.click();
    await page.getByText(t.connection.remarks(1)).click();
    await page.getByText(t.codes.wrong_code).waitFor();
    const { proof, status } = await rounds.bookingOf(booking);
    assert.equal(status, "completed");
    assert.equal(proof.code_matches, false);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("Back closes what is open, and leaves the page only then", async () => {
    const t = WORDS.en;
    const booking = await rounds.booked(couriers[2]);
    const { context, page, faults } = await rounds.opened(couriers[2], SMALL);
    const isOn = (tab) => page.locator("nav [aria-current=page]", { hasText: tab }).waitFor();
    await next(page, booking);
    await press(page, t.tabs.map);
    await press(page, t.tabs.stops);
    await page.goBack();
    await isOn(t.tabs.next);
    await page.locator("header button").click();
    await page.getByRole("dialog").waitFor();
    await page.goBack();
    await page.getByRole("dialog").waitFor({ state: "detached" });

    await arrive(page, booking);
    const door = page.locator(`[data-door="${booking.id}"]`);
    await press(page, t.door.fail);
    await page.getByRole("dialog").waitFor();
    await page.goBack();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await press(page, t.door.fail);
    await press(page, t.close);
    await page.getByLabel(t.door.take).check();
    await press(page, t.door.inspectionDone);
    await page.getByRole("heading", { name: t.door.signature }).waitFor();
    await page.goBack();
    await page.getByRole("button", { name: t.door.inspectionDone }).waitFor();
    await page.reload();
    await door.waitFor();
    await page.goBack();
    await isOn(t.tabs.stops);
    await press(page, t.tabs.next);
    await press(page, t.door.inspectionDone);
    await press(page, t.door.doneCollect(1));
    await door.waitFor({ state: "detached" });
    // What was open before a reload is no step of its own after it.
    await press(page, t.tabs.stops);
    await page.reload();
    await isOn(t.tabs.next);
    await page.goBack();
    await page.waitForURL("about:blank");
    assert.deepEqual(
      faults.filter((fault) => !fault.includes("about:blank")),
      [],
    );
    await context.close();
  });
});
