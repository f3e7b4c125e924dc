// A demo that a test owns: its own port, its own database, gone with the test.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const BUILT = fileURLToPath(new URL("../../target/debug/doorstep", import.meta.url));

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
  const stop = async () => {
    demo.kill("SIGINT");
    await exited;
  };
  const ended = exited.then(([status]) => {
    throw new Error(`the demo ended with status ${status}`);
  });
  ended.catch(() => {});
  return { page: await Promise.race([printedPage(demo.stdout), ended]), stop };
}

async function printedPage(output) {
  for await (const line of createInterface({ input: output })) {
    const found = /^open\s+(\S+\/dispatch#\S+)/.exec(line);
    if (found) return new URL(found[1]);
  }
  throw new Error("the demo printed no address of its page");
}
