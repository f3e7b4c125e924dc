// Serves the built pages with a made-up day behind them, so that what is measured is the page alone.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { CLOCK, bigZones, completeNext } from "./big-day.js";
import { DATE, REGION } from "./service.js";

const BUILT = fileURLToPath(new URL("../../dist", import.meta.url));

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

const REGIONS = [
  {
    id: REGION,
    name: "Shanghai",
    time_zone: "Asia/Shanghai",
    datum: "wgs84",
    currency: "CNY",
    area: { bbox: [121.2, 31, 121.8, 31.5] },
  },
];

/** Starts to serve a board; `change()` completes a visit and tells who follows the day. */
export async function startStage(board) {
  const day = `/v1/regions/${REGION}/days/${DATE}`;
  const zones = bigZones();
  const streams = new Set();
  const began = Date.now();
  let changes = 0;

  const answers = {
    "/v1/map": () => ({ datum: "wgs84" }),
    "/v1/regions": () => REGIONS,
    [day]: (query) => {
      const asked = query.get("routes")?.split(",");
      if (!asked) return board;
      return { ...board, routes: board.routes.filter(({ id }) => asked.includes(id)) };
    },
    [`${day}/zones`]: () => zones,
    [`${day}/positions`]: () => ({ couriers: [] }),
    [`${day}/events`]: () => ({ events: [] }),
    [`${day}/disturbances`]: () => ({ disturbances: [] }),
    [`${day}/locks`]: () => ({ locks: [] }),
    [`${day}/changes`]: () => ({ changes: [] }),
  };

  function follow(response) {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(`event: hello\ndata: {"version":${board.version},"seq":${changes}}\n\n`);
    streams.add(response);
    response.on("close", () => streams.delete(response));
  }

  function change() {
    const { route, booking } = completeNext(board, 7 * changes);
    changes += 1;
    const body = { route, courier: "c-1" };
    const kind = "booking.completed";
    const at = new Date(CLOCK).toISOString();
    const data = { seq: changes, kind, subject: booking, at, actor: "courier:c-1", body };
    const text = `event: ${kind}\nid: ${changes}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const stream of streams) stream.write(text);
    return { route, booking };
  }

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://stage");
    response.setHeader("Date", new Date(CLOCK + Date.now() - began).toUTCString());
    if (pathname === `${day}/stream`) return follow(response);
    const answer = answers[pathname];
    if (!answer) return sendPage(response, pathname);
    response.writeHead(200, { "Content-Type": "application/json" });
    return response.end(JSON.stringify(answer(searchParams)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    page: `${origin}/dispatch#region=${REGION}&date=${DATE}&key=none`,
    change,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function sendPage(response, pathname) {
  const file = pathname === "/dispatch" ? "dispatch.html" : normalize(pathname);
  try {
    const content = await readFile(join(process.env.DOORSTEP_PAGES ?? BUILT, file));
    response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" });
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
}
