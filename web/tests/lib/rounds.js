// Couriers on their rounds for tests: bookings that a dispatcher gives them, phones that show them.

import assert from "node:assert/strict";
import { launchBrowser, watch } from "./browser.js";
import { at, DATE, REGION, startService } from "./service.js";
import { wordsOf } from "./words.js";

export const WORDS = await wordsOf("courier");

/** The languages that a test is run in, with the options of a phone. */
export const TAGS = { en: "en-GB", zh: "zh-CN" };

export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
export const SMALL = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
export const DESK = { viewport: { width: 1280, height: 900 } };

export const yuan = (amount) => ({ amount: amount * 100, currency: "CNY" });

export const phone = (model, worth, more = {}) => ({
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

/** The service's time when it starts. */
const CLOCK = at("08:05");

/** A service with couriers of whom at least `early` work in the morning, and a browser. */
export async function startRounds(early) {
  const service = await startService({ couriers: 24, clock: CLOCK });
  const browser = await launchBrowser();
  const rounds = new Rounds(service, browser);
  const { body } = await rounds.asked("GET", rounds.day());
  const isEarly = ({ shift }) => Date.parse(shift.start) <= Date.parse(at("09:00"));
  rounds.couriers = body.routes.filter(isEarly).map(({ courier }) => courier.id);
  assert.ok(rounds.couriers.length >= early, `${rounds.couriers.length} work in the morning`);
  return rounds;
}

class Rounds {
  /** Ids of those who work in the morning. */
  couriers = [];
  #clockOffset = Date.parse(CLOCK) - Date.now();
  #customers = 0;

  constructor(service, browser) {
    this.service = service;
    this.browser = browser;
  }

  async stop() {
    await this.browser.close();
    await this.service.stop();
  }

  day(path = "") {
    return `/v1/regions/${REGION}/days/${DATE}${path}`;
  }

  /** What a dispatcher asks for, and gets. */
  async asked(method, path, body, headers) {
    const { call, keys } = this.service;
    const answer = await call(keys.dispatcher, method, path, body, headers);
    assert.ok(answer.status < 300, JSON.stringify(answer.body));
    return answer;
  }

  /** An urgent booking, which a dispatcher gives to a courier. */
  async booked(courier, request = {}, window = ["09:00", "11:00"], who = this.#customers++) {
    const [name, address, notes] = CUSTOMERS[who % CUSTOMERS.length];
    const { kind = "pickup", devices = [phone("P20", 1200)], handover } = request;
    const place = {
      lon: 121.45 + 0.006 * (who % 7),
      lat: 31.26 - 0.004 * (who % 5),
      datum: "wgs84",
    };
    const { body } = await this.asked("POST", this.day("/disturbances"), {
      kind: "urgent",
      programme: "shop",
      request: { place, kind, devices, ...(handover ? { handover } : {}) },
      contact: { name, address, phone: "+8613800001234", ...(notes ? { notes } : {}) },
      window: { start: at(window[0]), end: at(window[1]) },
    });
    await this.moved(body.booking.id, courier);
    return { id: body.booking.id, name };
  }

  /** Has a booking be on a courier's route, and stay there. */
  async moved(booking_id, courier) {
    const moves = { moves: [{ booking_id, courier }] };
    const { headers } = await this.asked("POST", this.day("/moves:check"), moves);
    await this.asked("POST", this.day("/moves"), moves, { "If-Match": headers.get("etag") });
    await this.asked("POST", this.day("/locks"), { bookings: [booking_id] });
  }

  /** A booking's stop, as its courier's key reads it. */
  async stopOf(key, booking) {
    const { body } = await this.service.call(key, "GET", "/v1/couriers/me/route");
    return body.stops.find(({ booking_id }) => booking_id === booking.id);
  }

  /** A booking, as its shop reads it. */
  async bookingOf({ id }) {
    const { call, keys } = this.service;
    return (await call(keys.checkout, "GET", `/v1/bookings/${id}`)).body;
  }

  /** The code that the customer's link shows. */
  async codeOf(booking) {
    const { tracking } = await this.bookingOf(booking);
    const link = await this.service.call(null, "GET", `/v1/tracking/${tracking.token}`);
    return link.body.door_code;
  }

  /** The kinds of the events of a booking. */
  async eventsOf(booking) {
    const { body } = await this.asked("GET", this.day("/events?limit=1000"));
    return body.events.filter(({ subject }) => subject === booking.id).map(({ kind }) => kind);
  }

  /** A courier's phone, whose clock shows the service's time; `prepare` has the context before its page. */
  async opened(courier, { prepare, ...options } = {}) {
    const key = await this.service.courierKey(courier);
    const context = await this.browser.newContext({ locale: "en-GB", ...PHONE, ...options });
    await context.addInitScript(shiftClock, this.#clockOffset);
    await prepare?.(context);
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const faults = watch(page, this.service.origin);
    await page.goto(`${this.service.origin}/courier#key=${key}`);
    await live(page);
    return { context, page, key, faults };
  }
}

function shiftClock(offset) {
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
}

export const live = (page) =>
  page
    .getByRole("status")
    .filter({ hasText: /Live|已连接/ })
    .waitFor();
export const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
export const next = (page, booking) => page.locator(`[data-next="${booking.id}"]`).waitFor();
export const allSent = (page) => page.locator("[data-unsent='0']").waitFor();

/** To the door of the next stop, and in; `t` are the page's words. */
export async function arrive(page, booking, t = WORDS.en) {
  await next(page, booking);
  await press(page, t.actions.setOff);
  await press(page, t.actions.arrive);
  await page.locator(`[data-door="${booking.id}"]`).waitFor();
}

/** Why a phone would not install the page; that the test's window is a private one does not count. */
export async function installabilityFaults(page) {
  const devtools = await page.context().newCDPSession(page);
  const { errors } = await devtools.send("Page.getAppManifest");
  const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
  return [...errors, ...installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito")];
}

/** Waits until the phone has kept that the first device of a door is taken: before that, a reload loses it. */
export const takenIsKept = (page, booking) => page.waitForFunction(isTakenKept, booking.id);

/** In the page. */
async function isTakenKept(booking) {
  const answered = (request) =>
    new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const db = await answered(indexedDB.open("doorstep-courier"));
  const doors = await answered(db.transaction("doors").objectStore("doors").getAll());
  db.close();
  const door = doors.find((door) => door.booking === booking);
  return door?.devices[0].verdict === "taken";
}

/** In the page: the key, and how much each store has. */
export async function whatIsKept() {
  const answered = (request) =>
    new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const db = await answered(indexedDB.open("doorstep-courier"));
  const stores = [...db.objectStoreNames].map((name) => db.transaction(name).objectStore(name));
  const counts = await Promise.all(stores.map((store) => answered(store.count())));
  return [localStorage.getItem("doorstep.courier.key"), ...counts];
}
