/** What `serve` refuses: one line that says what to do, a code that is not 0, nothing changed. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Database } from "bun:sqlite";
import { newPlace, run, serve, type Outcome, type Place } from "./program.ts";

let place: Place;
beforeEach(() => {
  place = newPlace();
});
afterEach(() => place.remove());

describe("a bad place to listen or to write", () => {
  test("a port in use", async () => {
    const other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("taken") });
    try {
      const outcome = await run(place, "serve", "--addr", `127.0.0.1:${other.port}`, "--data", place.data);
      refuses(outcome, /port \d+.*in use.*--addr/);
      expect(existsSync(place.data)).toBe(false);
    } finally {
      await other.stop(true);
    }
  });

  test("a data directory that is a file", async () => {
    writeFileSync(place.data, "mine");
    refuses(await run(place, ...serveOn(place.data)), /--data/);
    expect(readFileSync(place.data, "utf8")).toBe("mine");
  });

  test("a data directory below a file", async () => {
    writeFileSync(join(place.home, "file"), "mine");
    refuses(await run(place, ...serveOn(join(place.home, "file", "data"))), /--data/);
  });

  // The superuser may write anywhere, except where the kernel itself refuses.
  test.if(process.platform === "linux")("a data directory that cannot be made", async () => {
    refuses(await run(place, ...serveOn("/proc/clickclack")), /--data/);
  });

  test.if(process.getuid?.() !== 0)("a data directory without permission", async () => {
    chmodSync(place.home, 0o500);
    const outcome = await run(place, ...serveOn(place.data));
    chmodSync(place.home, 0o700);
    refuses(outcome, /--data/);
    expect(existsSync(place.data)).toBe(false);
  });

  test("a second server on the same data", async () => {
    const first = await serve(place);
    try {
      refuses(await run(place, ...serveOn(place.data)), /already running.*--data/);
      expect((await fetch(`${first.url}/healthz`)).status).toBe(200);
    } finally {
      expect(await first.stop()).toBe(0);
    }
  });
});

describe("a bad value", () => {
  for (const [flags, env] of [
    [["--addr", "nowhere"], /--addr.*"nowhere".*write/],
    [["--public-url", "chat.example.org"], /--public-url.*write/],
    [["--trusted-proxy", "everybody"], /--trusted-proxy.*write/],
    [["--rate-limit", "many"], /--rate-limit.*write/],
    [["--no-such-flag"], /no-such-flag/],
  ] as const) {
    test(flags.join(" "), async () => {
      refuses(await run(place, "serve", "--data", place.data, ...flags), env);
      expect(existsSync(place.data)).toBe(false);
    });
  }
});

describe("a database that must not be touched", () => {
  let file: string;
  beforeEach(async () => {
    const server = await serve(place);
    expect(await server.stop()).toBe(0);
    const name = readdirSync(place.data).find((one) => one.endsWith(".db"));
    file = join(place.data, name ?? "missing");
  });

  test("of a newer version", async () => {
    const database = new Database(file);
    database.run("INSERT INTO schema_migrations (name, checksum, applied_at) VALUES ('9999_future', 'x', 'x')");
    database.close();
    await refusesUnchanged(/newer.*9999_future/);
  });

  test("of another program", async () => {
    writeFileSync(file, "something else entirely".repeat(100));
    await refusesUnchanged(/damaged.*restore/);
  });

  test("cut in half", async () => {
    truncateSync(file, Math.floor(statSync(file).size / 2));
    await refusesUnchanged(/damaged.*restore/);
  });

  test("with damaged pages", async () => {
    const bytes = readFileSync(file);
    // The schema's own page, behind the header: every use of the database reads it.
    bytes.fill(0xa5, 100, 4000);
    writeFileSync(file, bytes);
    await refusesUnchanged(/damaged.*restore/);
  });

  async function refusesUnchanged(says: RegExp): Promise<void> {
    const before = fingerprint(place.data);
    refuses(await run(place, ...serveOn(place.data)), says);
    expect(fingerprint(place.data)).toEqual(before);
  }
});

const serveOn = (data: string) => ["serve", "--addr", "127.0.0.1:0", "--data", data];

function refuses(outcome: Outcome, says: RegExp): void {
  expect(outcome.stderr).toMatch(says);
  expect(outcome.stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(outcome.stdout).toBe("");
  expect(outcome.code).not.toBe(0);
}

function fingerprint(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, createHash("sha256").update(readFileSync(path)).digest("hex")];
    }),
  );
}
