// A service that a test owns: its own city, database, port and clock, gone with the test.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const BUILT = fileURLToPath(new URL("../../../target/debug/doorstep", import.meta.url));
const PAGES = fileURLToPath(new URL("../../dist", import.meta.url));

export const REGION = "shanghai";
export const DATE = "2026-03-02";
export const ZONE = "+08:00";

/** A moment of the day that tests play, such as `at("09:30")`. */
export const at = (time, date = DATE) => `${date}T${time}:00${ZONE}`;

export function program() {
  const path = process.env.DOORSTEP_BIN ?? BUILT;
  if (!existsSync(path)) {
    throw new Error(`${path} is missing: run 'cargo build', or name one in DOORSTEP_BIN`);
  }
  return path;
}

/**
 * Starts `doorstep serve` on a city of a few couriers.
 *
 * `clock` is the service's time when it starts; it runs `speed` times as fast as the machine's.
 * `more` is what else `serve` is told.
 */
export async function startService({
  couriers = 4,
  hubs = 1,
  clock = at("07:00"),
  speed = 1,
  more = [],
} = {}) {
  const folder = await mkdtemp(join(tmpdir(), "doorstep-pages-"));
  const database = `sqlite://${join(folder, "day.db")}`;
  const run = async (...args) => {
    const { stdout } = await promisify(execFile)(program(), args, {
      env: { ...process.env, DATABASE_URL: database, DOORSTEP_LOG: "warn" },
    });
    return stdout.trim();
  };
  const city = join(folder, "city");
  const size = ["--couriers", String(couriers), "--hubs", String(hubs), "--bookings", "1"];
  await run("city", ...size, "--date", DATE, "--days", "daily", "--out", city);
  await run("migrate");
  for (const [kind, file] of Object.entries({
    regions: "regions.json",
    hubs: "hubs.csv",
    couriers: "couriers.csv",
    shifts: "shifts.csv",
  })) {
    await run("import", kind, join(city, file));
  }
  const key = (role, ...more) => run("keys", "create", "--role", role, ...more);
  const keys = {
    checkout: await key("checkout", "--programme", "shop"),
    picker: await key("picker", "--programme", "shop"),
    dispatcher: await key("dispatcher", "--region", REGION),
    admin: await key("admin"),
  };
  const serving = await serve(database, clock, speed, more);
  const call = caller(serving.origin);
  return {
    ...serving,
    keys,
    /** A key for a courier of the city. */
    courierKey: async (courier) => {
      const made = await call(keys.admin, "POST", "/v1/keys", { role: "courier", courier });
      return made.body.token;
    },
    /** Calls the API: `call(key, "GET", "/v1/…", body?, headers?)` answers `{status, body, headers}`. */
    call,
    /** Books the first slot that is free, or that `choose` takes; answers the booking. */
    book: (options) => book(call, keys.checkout, options),
    async stop() {
      await serving.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function serve(database, clock, speed, more) {
  const args = ["serve", "--listen", "127.0.0.1:0", "--pages", process.env.DOORSTEP_PAGES ?? PAGES];
  // What moves by itself between two steps of a test would be a change that nobody made.
  const timed = ["--clock", clock, "--speed", String(speed), "--improve-time", "off"];
  const child = spawn(program(), [...args, ...timed, ...more], {
    env: { ...process.env, DATABASE_URL: database, DOORSTEP_LOG: "info", NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  const origin = await Promise.race([listening(child), endedEarly(exited)]);
  const stop = async () => {
    child.kill("SIGINT");
    await exited;
  };
  return { origin, stop };
}

// Goes on reading, and shows what the service complains about.
function listening(child) {
  return new Promise((resolve) => {
    for (const output of [child.stdout, child.stderr]) {
      createInterface({ input: output }).on("line", (line) => {
        const found = /listening on (http:\/\/[^,\s]+)/.exec(line);
        if (found) resolve(found[1]);
        else if (/\b(WARN|ERROR)\b|panicked/.test(line)) console.error(line);
      });
    }
  });
}

async function endedEarly(exited) {
  const [status, signal] = await exited;
  throw new Error(`the service ended with ${signal ?? `status ${status}`}`);
}

const caller =
  (origin) =>
  async (key, method, path, body, headers = {}) => {
    const response = await fetch(origin + path, {
      method,
      headers: {
        ...(key ? { Authorization: `Bearer ${key}` } : {}),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text ? JSON.parse(text) : null,
      headers: response.headers,
    };
  };

async function book(
  call,
  key,
  {
    place = { lon: 121.4737, lat: 31.2304, datum: "wgs84" },
    kind = "pickup",
    devices = [
      { category: "phone", brand: "Huawei", declared_value: { amount: 120000, currency: "CNY" } },
    ],
    contact = { name: "Li Lei", phone: "+8613800001234", address: "1 People's Square" },
    externalId,
    from = DATE,
    choose = () => true,
  } = {},
) {
  const search = await call(key, "POST", "/v1/slot-searches", {
    place,
    kind,
    devices,
    from,
    days: 1,
  });
  if (search.status !== 200) throw new Error(JSON.stringify(search.body));
  const slot = search.body.slots.find((slot) => slot.status === "available" && choose(slot));
  if (!slot) throw new Error(`no slot is free: ${JSON.stringify(search.body.slots)}`);
  const hold = await call(key, "POST", "/v1/holds", { offer: slot.offer });
  if (hold.status !== 201) throw new Error(JSON.stringify(hold.body));
  const booking = await call(key, "POST", "/v1/bookings", {
    hold_id: hold.body.id,
    contact,
    ...(externalId ? { external_id: externalId } : {}),
  });
  if (booking.status !== 201) throw new Error(JSON.stringify(booking.body));
  return booking.body;
}
