// Puts a Brotli and a gzip copy beside each text file: the service sends them as they are.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const TEXT = /\.(html|js|mjs|css|json|svg|webmanifest)$/;

// Below this a packed copy saves nothing.
const BYTES_MIN = 512;

export async function pack(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && TEXT.test(entry.name));
  await Promise.all(files.map((file) => packFile(join(file.parentPath, file.name))));
}

async function packFile(path) {
  const plain = await readFile(path);
  if (plain.length < BYTES_MIN) return;
  const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  await Promise.all([
    promisify(brotliCompress)(plain, { params: quality }).then((to) => writeFile(`${path}.br`, to)),
    promisify(gzip)(plain, { level: 9 }).then((to) => writeFile(`${path}.gz`, to)),
  ]);
}
