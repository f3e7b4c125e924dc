// Tiles that a test makes: a picture of one colour, an area with a name, and an archive of either.

import { crc32, deflateSync } from "node:zlib";

/** What every tile is at any zoom up to this. */
const ZOOM_MAX = 3;

const COUNT = (4 ** (ZOOM_MAX + 1) - 1) / 3;

const HEADER_BYTES = 127;

const TYPES = { mvt: 1, png: 2 };

/**
 * An archive in which all tiles of zooms 0 to 3 have one content (PMTiles specification 3:
 * https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md).
 */
export function pmtiles(type, tile, metadata = {}) {
  // One entry: from tile 0, so many in a row have the same content; its offset is 0, told plus one.
  const root = Buffer.from([1, 0, COUNT, tile.length, 1].flatMap(varint));
  const told = Buffer.from(JSON.stringify(metadata));
  const header = Buffer.alloc(HEADER_BYTES);
  header.write("PMTiles");
  header.writeUInt8(3, 7);
  const lengths = [root.length, told.length, 0, tile.length];
  let offset = HEADER_BYTES;
  for (const [at, length] of lengths.entries()) {
    header.writeBigUInt64LE(BigInt(offset), 8 + 16 * at);
    header.writeBigUInt64LE(BigInt(length), 16 + 16 * at);
    offset += length;
  }
  for (const [at, count] of [COUNT, 1, 1].entries()) {
    header.writeBigUInt64LE(BigInt(count), 72 + 8 * at);
  }
  const uncompressed = 1;
  header.set([1, uncompressed, uncompressed, TYPES[type], 0, ZOOM_MAX], 96);
  const bounds = [-180, -85, 180, 85].map((degrees) => degrees * 1e7);
  for (const [at, e7] of bounds.entries()) header.writeInt32LE(e7, 102 + 4 * at);
  return Buffer.concat([header, root, told, tile]);
}

/** A picture of one colour, `[red, green, blue]` (PNG). */
export function picture(colour, side = 8) {
  const size = Buffer.alloc(13);
  size.writeUInt32BE(side, 0);
  size.writeUInt32BE(side, 4);
  const [bits, trueColour] = [8, 2];
  size.set([bits, trueColour], 8);
  const row = [0, ...Array.from({ length: side }, () => colour).flat()];
  const pixels = deflateSync(Buffer.from(Array.from({ length: side }, () => row).flat()));
  const signature = Buffer.from([0x89, ...Buffer.from("PNG\r\n"), 0x1a, 0x0a]);
  const empty = Buffer.alloc(0);
  return Buffer.concat([
    signature,
    chunk("IHDR", size),
    chunk("IDAT", pixels),
    chunk("IEND", empty),
  ]);
}

function chunk(type, content) {
  const named = Buffer.concat([Buffer.from(type), content]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

/** An area over the whole tile in one layer, and a point with names in another (Mapbox vector tile 2). */
export function vectors(area, point, names) {
  const [side, middle] = [zigzag(4096), zigzag(2048)];
  const square = [9, 0, 0, 26, side, 0, 0, side, zigzag(-4096), 0, 15];
  const tags = Object.keys(names).flatMap((_, at) => [at, at]);
  const shapes = [feature(3, square, []), feature(1, [9, middle, middle], tags)];
  const keys = Object.keys(names).map((key) => field(3, Buffer.from(key)));
  const values = Object.values(names).map((name) => field(4, field(1, Buffer.from(name))));
  return Buffer.concat([layer(area, shapes[0]), layer(point, shapes[1], ...keys, ...values)]);
}

const layer = (name, ...content) =>
  field(
    3,
    Buffer.concat([number(15, 2), field(1, Buffer.from(name)), ...content, number(5, 4096)]),
  );

const feature = (type, geometry, tags) =>
  field(
    2,
    Buffer.concat([
      field(2, Buffer.from(tags.flatMap(varint))),
      number(3, type),
      field(4, Buffer.from(geometry.flatMap(varint))),
    ]),
  );

/** A field of bytes, and one of a number (Protocol Buffers). */
const field = (id, content) =>
  Buffer.concat([Buffer.from([...varint(id * 8 + 2), ...varint(content.length)]), content]);
const number = (id, value) => Buffer.from([...varint(id * 8), ...varint(value)]);

const zigzag = (value) => (value < 0 ? -2 * value - 1 : 2 * value);

/** Seven bits a byte, the lowest first. */
function varint(value) {
  return value < 128 ? [value] : [128 + (value % 128), ...varint(Math.floor(value / 128))];
}
