// Maps on the grounds that an operator can have, on the checkout's map: a style behind an address, and
// files of tiles that the service sends. Places lie where the ground's datum has them.

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import gcoord from "gcoord";
import { launchBrowser, watch } from "./lib/browser.js";
import { startService } from "./lib/service.js";
import { DESK, LOCALES, openCheckout } from "./lib/shop.js";
import { picture, pmtiles, vectors } from "./lib/tiles.js";

/** The example's door, in WGS-84. */
const SQUARE = [121.4737, 31.2304];

const PINK = [233, 30, 99];

/** Water on the light map. */
const WATER = [197, 219, 230];

/** Degrees; a hundred thousandth is a metre. */
const NEAR = 0.00002;

describe("the ground of the maps", { timeout: 300_000 }, () => {
  let browser, folder, host;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "doorstep-grounds-"));
    host = await tileHost();
    browser = await launchBrowser();
  });

  after(async () => {
    await browser?.close();
    await host?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** An operator's own host: a style, and pictures for it. */
  async function tileHost() {
    const asked = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.setHeader("Access-Control-Allow-Origin", "*");
      const isStyle = request.url === "/style.json";
      response.setHeader("Content-Type", isStyle ? "application/json" : "image/png");
      response.end(isStyle ? JSON.stringify(style()) : picture(PINK));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const origin = `http://127.0.0.1:${server.address().port}`;
    const style = () => ({
      version: 8,
      sources: {
        own: { type: "raster", tiles: [`${origin}/{z}/{x}/{y}.png`], attribution: "© The City" },
      },
      layers: [{ id: "own", type: "raster", source: "own" }],
    });
    return { origin, asked, stop: () => new Promise((resolve) => server.close(resolve)) };
  }

  /** The door's map on a service that was told of its ground; `look` has it once it is drawn. */
  async function onGround(more, look, locale = "en") {
    const service = await startService({ couriers: 1, more });
    try {
      const context = await browser.newContext({ ...DESK, locale: LOCALES[locale] });
      const page = await context.newPage();
      page.setDefaultTimeout(60_000);
      const faults = watch(page, service.origin);
      const ranges = [];
      page.on("response", (response) => {
        if (!response.url().endsWith("/map/tiles.pmtiles")) return;
        ranges.push([response.request().headers()["range"], response.status()]);
      });
      await openCheckout(page, service, locale);
      await page.locator("[aria-expanded=false]").last().click();
      const map = page.locator("[data-map=door] [data-ready=true][data-idle=true]");
      await map.waitFor();
      await look({ page, map, ranges, faults });
      await context.close();
    } finally {
      await service.stop();
    }
  }

  async function file(name, content) {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  }

  /** The colour of a map's point, from its upper left. */
  async function colourAt(page, map, x, y) {
    const { x: left, y: top } = await map.boundingBox();
    const clip = { x: left + x, y: top + y, width: 1, height: 1 };
    const url = `data:image/png;base64,${(await page.screenshot({ clip })).toString("base64")}`;
    const other = await browser.newPage();
    const read = async (url) => {
      const image = await createImageBitmap(await (await fetch(url)).blob());
      const paper = new OffscreenCanvas(1, 1).getContext("2d");
      paper.drawImage(image, 0, 0);
      return [...paper.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const colour = await other.evaluate(read, url);
    await other.close();
    return colour;
  }

  const middleOf = async (map) =>
    (await map.getAttribute("data-view")).split(" ").slice(0, 2).map(Number);

  const isNear = (position, wanted) =>
    position.every((degrees, at) => Math.abs(degrees - wanted[at]) < NEAR);

  /** Presses the map's middle, and answers the place that is filled in. */
  async function pressedMiddle(page, map) {
    const { width, height } = await map.boundingBox();
    const searched = page.waitForResponse("**/v1/slot-searches");
    await map.click({ position: { x: width / 2, y: height / 2 } });
    await searched;
    const fields = ["Longitude", "Latitude"].map((name) => page.getByLabel(name).inputValue());
    return (await Promise.all(fields)).map(Number);
  }

  test("an operator's style, whose host the policy allows", async () => {
    const { origin, asked } = host;
    await onGround(["--map-style", `${origin}/style.json`], async ({ page, map, faults }) => {
      assert.deepEqual(await colourAt(page, map, 20, 20), PINK);
      assert.ok(
        asked.filter((path) => /^\/\d+\/\d+\/\d+\.png$/.test(path)).length > 0,
        asked.join(),
      );
      await map.getByText("© The City").waitFor();
      assert.ok(isNear(await middleOf(map), SQUARE), await map.getAttribute("data-view"));
      assert.deepEqual(
        faults.filter((fault) => !fault.startsWith(`request to ${origin}/`)),
        [],
      );
    });
  });

  test("a file of pictures, in another datum than the places", async () => {
    const tiles = await file("pictures.pmtiles", pmtiles("png", picture(PINK)));
    const more = ["--map-tiles", tiles, "--map-datum", "gcj02"];
    await onGround(more, async ({ page, map, ranges, faults }) => {
      assert.deepEqual(await colourAt(page, map, 20, 20), PINK);
      assert.ok(ranges.length > 1, "the header, and a tile");
      for (const [range, status] of ranges) {
        assert.match(range, /^bytes=\d+-\d+$/);
        assert.equal(status, 206);
      }
      const drawn = gcoord.transform(SQUARE, gcoord.WGS84, gcoord.GCJ02);
      assert.ok(!isNear(drawn, SQUARE));
      assert.ok(isNear(await middleOf(map), drawn), await map.getAttribute("data-view"));
      const place = await pressedMiddle(page, map);
      assert.ok(isNear(place, SQUARE), `what is pressed is a place again: ${place}`);
      assert.deepEqual(faults, []);
    });
  });

  test("a file of vectors, in the page's own colours", async () => {
    const tile = vectors("water", "places", { name: "Huangpu", "name:zh": "黄浦" });
    const tiles = await file("vectors.pmtiles", pmtiles("mvt", tile, { attribution: "© Streets" }));
    const more = ["--map-tiles", tiles];
    await onGround(
      more,
      async ({ page, map, ranges, faults }) => {
        assert.deepEqual(await colourAt(page, map, 20, 20), WATER);
        assert.ok(ranges.length > 1);
        await map.getByText("© Streets").waitFor();
        assert.deepEqual(faults, []);
      },
      "zh",
    );
  });
});
