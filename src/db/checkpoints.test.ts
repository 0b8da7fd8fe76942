import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Checkpoints } from "./checkpoints.ts";
import { Connection } from "./connection.ts";

const directory = mkdtempSync(join(tmpdir(), "clickclack-checkpoints-"));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const start = () => new Worker(new URL("../checkpoint-worker.ts", import.meta.url));

test("the log reaches the database beside the commits, and closing leaves no connection behind", async () => {
  const path = join(directory, "some.db");
  const writer = new Connection({ path, readonly: false, busy_timeout_ms: 0, cache_kb: 1000, statements: 10 });
  writer.exec("CREATE TABLE items (body TEXT NOT NULL)");
  let commits = 0;
  const lines: string[] = [];
  const checkpoints = new Checkpoints({
    start,
    path,
    commits: () => commits,
    interval_ms: 1,
    log: (line) => lines.push(line),
  });
  const before = statSync(path).size;
  // Commits go on while the other thread works; none of them is told to wait.
  while (statSync(path).size <= before + 100_000) {
    writer.raw.run("INSERT INTO items VALUES (?)", ["x".repeat(10_000)]);
    commits++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await checkpoints.close();
  expect(lines).toEqual([]);
  // Folding the log in needs everybody else to be gone.
  expect(writer.pragma("wal_checkpoint", "TRUNCATE")).toBe(0);
  expect(statSync(`${path}-wal`).size).toBe(0);
  writer.close();
});

test("a thread that cannot open the database is reported and started again", async () => {
  const lines: string[] = [];
  let commits = 1;
  let told = () => {};
  const checkpoints = new Checkpoints({
    start,
    path: join(directory, "nowhere", "some.db"),
    commits: () => commits++,
    interval_ms: 1,
    log: (line) => {
      lines.push(line);
      if (lines.length === 2) told();
    },
  });
  await new Promise<void>((resolve) => {
    told = resolve;
  });
  await checkpoints.close();
  for (const line of lines) expect(line).toContain("write-ahead log ended");
});
