import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Connection } from "./connection.ts";
import { LongReads } from "./long-reads.ts";

const directories: string[] = [];
const open: LongReads[] = [];
afterEach(() => {
  for (const reads of open.splice(0)) reads.close();
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

function start(options: { max_queue?: number; limit_ms?: number } = {}) {
  const directory = mkdtempSync(join(tmpdir(), "clickclack-long-"));
  directories.push(directory);
  const path = join(directory, "clickclack.db");
  const writer = new Connection({ path, readonly: false, busy_timeout_ms: 1000, cache_kb: 1024, statements: 10 });
  writer.exec("CREATE TABLE items (id INTEGER PRIMARY KEY, body TEXT)");
  writer.exec("INSERT INTO items (body) VALUES ('first'), ('second')");
  let threads = 0;
  const begin = (): Worker => {
    threads++;
    return new Worker(new URL("../reader-worker.ts", import.meta.url));
  };
  const reads = new LongReads({ start: begin, path, max_queue: 10, limit_ms: 60_000, ...options });
  open.push(reads);
  return { reads, writer, threads: () => threads };
}

const ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n";

test("answers in the order asked, with what was committed before, from one thread", async () => {
  const { reads, writer, threads } = start();
  expect(threads()).toBe(0);
  expect(await reads.all("SELECT body FROM items WHERE id > ? ORDER BY id", [0])).toEqual([
    { body: "first" },
    { body: "second" },
  ]);
  writer.exec("INSERT INTO items (body) VALUES ('third')");
  const counts = await Promise.all([1, 2, 3].map((n) => reads.all("SELECT COUNT(*) AS n, ? AS asked FROM items", [n])));
  expect(counts).toEqual([1, 2, 3].map((asked) => [{ n: 3, asked }]));
  expect(threads()).toBe(1);
});

test("one that fails fails alone, and none of them writes", async () => {
  const { reads } = start();
  const bad = [
    reads.all("SELECT nothing FROM items", []),
    reads.all("SELECT body FROM items WHERE id = ?", []),
    reads.all("DELETE FROM items", []),
    reads.all("BEGIN", []),
  ];
  for (const one of await Promise.allSettled(bad)) expect(one.status).toBe("rejected");
  expect(await reads.all("SELECT COUNT(*) AS n FROM items", [])).toEqual([{ n: 2 }]);
});

test("one that takes too long is given up with its thread, and the next gets a new one", async () => {
  const { reads, threads } = start({ limit_ms: 200 });
  await expect(reads.all(ENDLESS, [])).rejects.toMatchObject({ code: "unavailable" });
  expect(await reads.all("SELECT COUNT(*) AS n FROM items", [])).toEqual([{ n: 2 }]);
  expect(threads()).toBe(2);
});

test("only so many wait", async () => {
  const { reads } = start({ max_queue: 2 });
  const waiting = [1, 2, 3].map((n) => reads.all<{ n: number }>("SELECT ? AS n", [n]));
  const settled = await Promise.allSettled(waiting);
  expect(settled.map((one) => one.status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
});

test("closing tells whoever waits", async () => {
  const { reads } = start();
  const waiting = reads.all(ENDLESS, []);
  reads.close();
  await expect(waiting).rejects.toMatchObject({ code: "unavailable" });
  await expect(reads.all("SELECT 1", [])).rejects.toMatchObject({ code: "unavailable" });
});
