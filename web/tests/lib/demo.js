// A demo that a test owns: its own port, its own database, gone with the test.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const BUILT = fileURLToPath(new URL("../../../target/debug/doorstep", import.meta.url));

/**
 * Starts `doorstep demo` on a free port. Its day runs fast, yet slow enough for a hold to live as
 * long as a checkout needs on a busy machine.
 */
export async function startDemo() {
  const program = process.env.DOORSTEP_BIN ?? BUILT;
  if (!existsSync(program)) {
    throw new Error(`${program} is missing: run 'cargo build', or name one in DOORSTEP_BIN`);
  }
  const listen = ["--listen", "127.0.0.1:0"];
  const size = ["--bookings", "60", "--couriers", "8", "--speed", "3000"];
  const demo = spawn(program, ["demo", ...listen, ...size], {
    env: { ...process.env, DOORSTEP_LOG: "error" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(demo, "exit");
  let isWanted = true;
  const stop = async () => {
    isWanted = false;
    demo.kill("SIGINT");
    await exited;
  };
  const ended = exited.then(([status, signal]) => {
    const how = `the demo ended with ${signal ?? `status ${status}`}`;
    if (isWanted) console.error(how);
    throw new Error(how);
  });
  ended.catch(() => {});
  return { page: await Promise.race([printedPage(demo.stdout), ended]), stop };
}

// Goes on reading: a demo that cannot write its output would end.
function printedPage(output) {
  return new Promise((resolve) => {
    createInterface({ input: output }).on("line", (line) => {
      const found = /^open\s+(\S+\/dispatch#\S+)/.exec(line);
      if (found) resolve(new URL(found[1]));
    });
  });
}
