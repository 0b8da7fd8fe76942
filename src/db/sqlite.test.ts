import { Database as Raw } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONTRACT_SCHEMA, ids, insert, outcomes, put } from "./subject.contract.ts";
import type { ContractOptions } from "./subject.contract.ts";
import { databaseContract } from "./database.contract.ts";
import { keepPlan } from "./connection.ts";
import { lockDataDirectory } from "./lock.ts";
import { openSqlite } from "./sqlite.ts";
import type { SqliteDatabase, SqliteOptions } from "./sqlite.ts";

const MIGRATIONS = [{ name: "0001_items", sql: CONTRACT_SCHEMA }];
const NO_PAGE_LIMIT = 4294967294;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), "clickclack-db-"));
  cleanups.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function open(options: Partial<SqliteOptions> = {}): Promise<SqliteDatabase> {
  const path = options.path ?? join(directory(), "app.db");
  const db = await openSqlite({ migrations: MIGRATIONS, version: "1.2.3", ...options, path });
  cleanups.push(() => db.close());
  return db;
}

function occupy(path: string): () => void {
  const other = new Raw(path);
  other.run("BEGIN IMMEDIATE");
  return () => {
    other.run("ROLLBACK");
    other.close();
  };
}

databaseContract("SQLite", async (options: ContractOptions = {}) => {
  const made = mkdtempSync(join(tmpdir(), "clickclack-db-"));
  const db = await openSqlite({ path: join(made, "app.db"), migrations: MIGRATIONS, version: "1.2.3", ...options });
  return {
    db,
    occupy: () => occupy(db.path),
    fillDisk() {
      db.pragma("max_page_count", db.pragma("page_count") ?? 1);
      return () => void db.pragma("max_page_count", NO_PAGE_LIMIT);
    },
    async dispose() {
      await db.close();
      rmSync(made, { recursive: true, force: true });
    },
  };
});

describe("the SQLite engine", () => {
  test("runs its writer durably", async () => {
    const db = await open();
    const names = ["journal_mode", "synchronous", "foreign_keys", "temp_store"];
    expect(names.map((name) => db.pragma(name))).toEqual(["wal", 2, 1, 2]);
    expect(() => db.pragma("user_version; DROP TABLE items")).toThrow("not the name of a pragma");
    expect(() => db.pragma("user_version", "1; DROP TABLE items")).toThrow("not a value");
  });

  test("has committed to the file when listeners and callers hear of it", async () => {
    const db = await open();
    const other = new Raw(db.path, { readonly: true });
    cleanups.push(() => other.close());
    const count = (): unknown => other.query<{ n: number }, []>("SELECT count(*) AS n FROM items").get()?.n;
    const counts: unknown[] = [];
    db.listen(() => counts.push(count()));
    await Promise.all([put(db, "a"), put(db, "b")].map((write) => write.then(() => counts.push(count()))));
    expect(counts).toEqual([2, 2, 2]);
  });

  test("leaves beginning and ending to the engine", async () => {
    const db = await open();
    for (const sql of ["ROLLBACK", "commit", " END", "SAVEPOINT mine", "RELEASE job", "BEGIN"]) {
      const ending = db.write(async (tx) => {
        await insert(tx, sql);
        await tx.run(sql);
      });
      await expect(ending).rejects.toThrow("never by SQL");
      await expect(db.read((tx) => tx.run(sql))).rejects.toThrow("never by SQL");
    }
    expect(await ids(db)).toBe("");
  });

  test("rejects the whole batch when an error ends their common transaction", async () => {
    const lines: string[] = [];
    const db = await open({ log: (line) => lines.push(line) });
    expect(lines.splice(0)).toEqual(["applied 0001_items"]);
    const ending = db.write(async (tx) => {
      await insert(tx, "b");
      await tx.run("INSERT OR ROLLBACK INTO items (id, body) VALUES ('b', '')").catch(() => {});
      await insert(tx, "committed by itself").catch(() => {});
    });
    expect(await outcomes([put(db, "a"), ending, put(db, "c")])).toEqual(Array(3).fill("unavailable"));
    expect(lines).toEqual([expect.stringContaining("a batch of 3 writes was rejected")]);
    await put(db, "d");
    expect(await ids(db)).toBe("d");
  });

  test("logs a listener that throws", async () => {
    const lines: string[] = [];
    const db = await open({ log: (line) => lines.push(line) });
    expect(lines.splice(0)).toEqual(["applied 0001_items"]);
    db.listen(() => {
      throw new Error("a broken listener");
    });
    await put(db, "a");
    expect(lines).toEqual([expect.stringContaining("a broken listener")]);
  });

  test("refuses a second statement, which the driver would forget silently", async () => {
    const db = await open();
    const two = db.write((tx) => tx.run("DELETE FROM items; DELETE FROM items"));
    await expect(two).rejects.toThrow("one statement at a time");
    await db.write((tx) => tx.run("INSERT INTO items (id, body) VALUES ('a;b', '; DELETE') -- ; done"));
    expect(await ids(db)).toBe("a;b");
  });

  test("keeps working past the bound of its statement cache", async () => {
    const db = await open();
    const answers = await db.read(async (tx) => {
      const seen: number[] = [];
      for (let round = 0; round < 2; round += 1) {
        for (let n = 0; n < 600; n += 1) {
          const row = await tx.get<{ n: number }>(`SELECT ${n} AS n`);
          seen.push((row?.n ?? -1) - n);
        }
      }
      return seen;
    });
    expect(answers).toEqual(Array(1200).fill(0));
  });

  test("leaves one file behind when it closes", async () => {
    const db = await open();
    await put(db, "a");
    await ids(db);
    const names = (): string[] => readdirSync(join(db.path, "..")).toSorted();
    expect(names()).toEqual(["app.db", "app.db-shm", "app.db-wal"]);
    await db.close();
    expect(names()).toEqual(["app.db"]);
  });

  test("keeps what was acknowledged when its process is killed", async () => {
    const path = join(directory(), "app.db");
    const script = `
      const { openSqlite } = await import(${JSON.stringify(join(import.meta.dir, "sqlite.ts"))});
      const db = await openSqlite({ path: ${JSON.stringify(path)}, migrations: ${JSON.stringify(MIGRATIONS)}, version: "1" });
      for (let n = 0; ; n += 1) {
        const id = String(n);
        await db.write((tx) => tx.run("INSERT INTO items (id, body) VALUES (?, ?)", id, ""));
        process.stdout.write(id + "\\n");
      }`;
    const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
    cleanups.push(() => child.kill("SIGKILL"));
    const decoder = new TextDecoder();
    let printed = "";
    for await (const chunk of child.stdout) {
      printed += decoder.decode(chunk, { stream: true });
      if (printed.length > 500) child.kill("SIGKILL");
    }
    await child.exited;
    const acknowledged = printed.slice(0, printed.lastIndexOf("\n")).split("\n");
    const kept = new Set((await ids(await open({ path }))).split(" "));
    expect(acknowledged.length).toBeGreaterThan(100);
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
  });

  test("copies itself into a new file, and never over an existing one", async () => {
    const db = await open();
    await put(db, "a");
    const target = join(directory(), "copy.db");
    await db.backupTo(target);
    await put(db, "b");
    await expect(db.backupTo(target)).rejects.toMatchObject({ code: "conflict" });
    expect(await ids(await open({ path: target }))).toBe("a");
    await expect(db.backupTo(join(target, "below-a-file"))).rejects.toMatchObject({ code: "unavailable" });
  });
});

function mountSmallDisk(): string | undefined {
  const disk = directory();
  const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk]).exitCode === 0;
  if (mounted) cleanups.push(() => Bun.spawnSync(["umount", disk]));
  return mounted ? disk : undefined;
}

/** Only root can mount; `PRAGMA max_page_count` in the contract covers the rest of the world. */
const may_mount = mountSmallDisk() !== undefined;
for (const cleanup of cleanups.splice(0).toReversed()) cleanup();

describe("a file system without space", () => {
  test.skipIf(!may_mount)("rejects the batch, keeps what was acknowledged, and recovers", async () => {
    const disk = mountSmallDisk() ?? "";
    const db = await open({ path: join(disk, "app.db") });
    await put(db, "acknowledged");
    writeFileSync(join(disk, "filler"), new Uint8Array(1024 * 1024));
    const large = "x".repeat(1024 * 1024);
    const batch = [put(db, "before"), put(db, "large", large), put(db, "after")];
    const [first] = await Promise.allSettled(batch);
    expect(first).toMatchObject({ reason: { code: "unavailable", message: expect.stringContaining("disk") } });
    expect(await outcomes(batch)).toEqual(Array(3).fill("unavailable"));
    expect(await ids(db)).toBe("acknowledged");
    rmSync(join(disk, "filler"));
    await put(db, "again", "x".repeat(256 * 1024));
    await db.close();
    expect(await ids(await open({ path: db.path }))).toBe("acknowledged again");
  });
});

describe("the lock of a data directory", () => {
  test("refuses a second server, with a sentence that says what to do, and leaves no file", () => {
    const data = directory();
    const first = lockDataDirectory(data);
    expect(() => lockDataDirectory(data)).toThrow(/already running on .*: stop it, or give this one its own directory/);
    first.release();
    first.release();
    expect(readdirSync(data)).toEqual([]);
    lockDataDirectory(data).release();
  });

  test("does not hinder who opens the database beside the server", async () => {
    const data = directory();
    const lock = lockDataDirectory(data);
    const server = await open({ path: join(data, "app.db") });
    const command = await open({ path: join(data, "app.db") });
    await Promise.all([put(server, "a"), put(command, "b")]);
    expect(await ids(server)).toBe("a b");
    lock.release();
  });

  test("ends with its process, even a killed one", async () => {
    const data = directory();
    const script = `
      const { lockDataDirectory } = await import(${JSON.stringify(join(import.meta.dir, "lock.ts"))});
      lockDataDirectory(${JSON.stringify(data)});
      console.log("held");
      setInterval(() => {}, 1000);`;
    const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
    cleanups.push(() => child.kill("SIGKILL"));
    const { value } = await child.stdout.getReader().read();
    expect(new TextDecoder().decode(value)).toBe("held\n");
    expect(() => lockDataDirectory(data)).toThrow("already running");
    expect(readdirSync(data)).toEqual(["server.lock"]);
    child.kill("SIGKILL");
    await child.exited;
    lockDataDirectory(data).release();
  });

  test("says so when the directory cannot be written", () => {
    const file = join(directory(), "file");
    writeFileSync(file, "");
    expect(() => lockDataDirectory(join(file, "data"))).toThrow("cannot be written: make it writable");
  });
});

test("a new database is its owner's alone", async () => {
  const directory = mkdtempSync(join(tmpdir(), "clickclack-mode-"));
  const path = join(directory, "data", "clickclack.db");
  const db = await openSqlite({ path, migrations: [], version: "test" });
  await db.write((tx) => tx.run("CREATE TABLE t (id TEXT)"));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(`${path}-wal`).mode & 0o777).toBe(0o600);
  expect(statSync(join(directory, "data")).mode & 0o777).toBe(0o700);
  await db.close();
  rmSync(directory, { recursive: true });
});

test("parameters of a join are hidden from the planner, texts and other statements stay as they are", () => {
  expect(keepPlan("SELECT 1 FROM a JOIN b ON b.x = ? WHERE a.y>? AND a.z = 'why = ?'")).toBe(
    "SELECT 1 FROM a JOIN b ON b.x = +? WHERE a.y>+? AND a.z = 'why = ?'",
  );
  expect(keepPlan("SELECT 1 FROM a WHERE x = ?")).toBe("SELECT 1 FROM a WHERE x = ?");
});
