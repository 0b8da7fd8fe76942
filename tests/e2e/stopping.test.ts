import { expect, setDefaultTimeout, test } from "bun:test";
import { openSync } from "node:fs";
import { LIMITS } from "@clickclack/protocol";
import { newPlace, program } from "../binary/program.ts";
import { within } from "./support/log.ts";

setDefaultTimeout(60_000);

/** Serves with this as its log, stops once it listens, and answers the exit code. */
async function stopLoggingTo(log: "pipe" | number): Promise<number> {
  const place = newPlace();
  const flags = ["--addr", "127.0.0.1:0", "--data", place.data, "--plain"];
  const child = Bun.spawn([program, "serve", ...flags], {
    cwd: place.home,
    env: { HOME: place.home, PATH: "/usr/bin:/bin" },
    stdio: ["ignore", "pipe", log],
  });
  try {
    // Whoever read the log is gone.
    if (child.stderr instanceof ReadableStream) await child.stderr.cancel();
    const { value } = await child.stdout.getReader().read();
    const url = new TextDecoder().decode(value).trim();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    child.kill("SIGTERM");
    return await within(LIMITS.shutdown_ms, "stopping", child.exited);
  } finally {
    child.kill("SIGKILL");
    place.remove();
  }
}

test("a server whose log nobody reads any more serves, and stops when it is told to", async () => {
  expect(await stopLoggingTo("pipe")).toBe(0);
});

// Only Linux has a device that is always full.
test.if(process.platform === "linux")("a server whose log is on a full disk serves, and stops too", async () => {
  expect(await stopLoggingTo(openSync("/dev/full", "w"))).toBe(0);
});
