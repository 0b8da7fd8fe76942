import { Database as Raw } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Connection } from "./connection.ts";
import { applyMigrations } from "./migrate.ts";
import type { Migration } from "./migrate.ts";
import { openSqlite } from "./sqlite.ts";
import type { SqliteDatabase, SqliteOptions } from "./sqlite.ts";

const NOW = "2026-05-08T12:00:00.000Z";
const USERS: Migration = {
  name: "0001_users",
  sql: "CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT NOT NULL); CREATE INDEX users_by_name ON users (name);",
};
const POSTS: Migration = {
  name: "0002_posts",
  sql: "CREATE TABLE posts (id TEXT PRIMARY KEY, author_id TEXT NOT NULL REFERENCES users (id)); INSERT INTO posts (id, author_id) SELECT 'first', id FROM users;",
};

let data = "";
let path = "";
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "clickclack-migrate-"));
  path = join(data, "app.db");
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

function open(migrations: Migration[], more: Partial<SqliteOptions> = {}): Promise<SqliteDatabase> {
  return openSqlite({
    path,
    migrations,
    version: "1.2.3",
    now_ms: () => Date.parse(NOW),
    uploads: join(data, "uploads"),
    ...more,
  });
}

/** A closed database with one user in it. */
async function existing(rows = 1): Promise<void> {
  const db = await open([USERS]);
  await db.write(async (tx) => {
    for (let n = 0; n < rows; n += 1)
      await tx.run("INSERT INTO users (id, name) VALUES (?, ?)", `u${n}`, "x".repeat(500));
  });
  await db.close();
}

/** Every file below the data directory with a hash of what it holds. */
function contents(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(data, { recursive: true, encoding: "utf8" }).toSorted()) {
    const file = join(data, name);
    found[name] = statSync(file).isDirectory()
      ? "directory"
      : createHash("sha256").update(readFileSync(file)).digest("hex");
  }
  return found;
}

async function refusal(opening: () => Promise<SqliteDatabase>): Promise<string> {
  const before = contents();
  const db = await opening().catch((error: unknown) => error);
  expect(db).toMatchObject({ name: "AppError", code: "conflict" });
  expect(contents()).toEqual(before);
  const { message } = db as Error;
  expect(message).not.toContain("\n");
  return message;
}

async function applied(db: SqliteDatabase): Promise<unknown[]> {
  return db.read((tx) => tx.all("SELECT name, checksum, applied_at FROM schema_migrations ORDER BY name"));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

describe("migrations", () => {
  test("make a new database, recorded with their checksums, without a snapshot", async () => {
    const db = await open([USERS, POSTS]);
    expect(db.upgrade).toEqual({ applied: ["0001_users", "0002_posts"], snapshot: undefined });
    expect(await applied(db)).toEqual(
      [USERS, POSTS].map(({ name, sql }) => ({ name, checksum: sha256(sql), applied_at: NOW })),
    );
    await db.close();
    expect(readdirSync(data)).toEqual(["app.db"]);
    const again = await open([USERS, POSTS]);
    expect(again.upgrade).toEqual({ applied: [], snapshot: undefined });
    await again.close();
  });

  test("of existing data follow a snapshot that holds the data as it was", async () => {
    await existing();
    const db = await open([USERS, POSTS]);
    expect(await db.read((tx) => tx.all("SELECT id, author_id FROM posts"))).toEqual([
      { id: "first", author_id: "u0" },
    ]);
    const snapshot = join(data, "backups", "app-before-0002_posts-2026-05-08T12-00-00-000Z.db");
    expect(db.upgrade).toEqual({ applied: ["0002_posts"], snapshot });
    await db.close();
    const copy = new Raw(snapshot, { readonly: true });
    expect(copy.query("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").values()).toEqual([
      ["schema_migrations"],
      ["users"],
    ]);
    expect(copy.query("SELECT id FROM users").values()).toEqual([["u0"]]);
    copy.close();
    path = snapshot;
    await (await open([USERS])).close();
  });

  test("do not begin when the snapshot cannot be written", async () => {
    await existing();
    writeFileSync(join(data, "backups"), "a file where the directory should be");
    await expect(open([USERS, POSTS])).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("was not upgraded"),
    });
    const db = await open([USERS]);
    expect(await applied(db)).toHaveLength(1);
    await db.close();
  });

  test("that fail leave those before them, and nothing of themselves", async () => {
    const broken = { name: "0002_broken", sql: "CREATE TABLE half (id TEXT); INSERT INTO nowhere VALUES (1);" };
    await expect(open([USERS, broken])).rejects.toThrow(/migration 0002_broken was not applied: .*nowhere/);
    const db = await open([USERS]);
    const tables = await db.read((tx) => tx.all("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"));
    expect(tables).toEqual([{ name: "schema_migrations" }, { name: "users" }]);
    await db.close();
  });

  test("may rebuild a table others refer to, but not leave orphans", async () => {
    const rebuild = {
      name: "0003_rebuild",
      sql: "CREATE TABLE users_new (id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT); INSERT INTO users_new (id, name) SELECT id, name FROM users; DROP TABLE users; ALTER TABLE users_new RENAME TO users;",
    };
    const orphaning = { name: "0004_orphans", sql: "DELETE FROM users" };
    await existing();
    const db = await open([USERS, POSTS, rebuild]);
    expect(await db.read((tx) => tx.all("SELECT id, email FROM users"))).toEqual([{ id: "u0", email: null }]);
    expect(db.pragma("foreign_keys")).toBe(1);
    await db.close();
    await expect(open([USERS, POSTS, rebuild, orphaning])).rejects.toThrow("leaves rows of posts without their users");
    await (await open([USERS, POSTS, rebuild])).close();
  });

  test("must sort in their order and leave the transaction to us", async () => {
    await expect(open([POSTS, USERS])).rejects.toThrow("migration 0001_users must sort after 0002_posts");
    await expect(open([USERS, USERS])).rejects.toThrow("must sort after");
    expect(readdirSync(data)).toEqual([]);
    await expect(open([{ name: "0001_commits", sql: "CREATE TABLE a (id TEXT); COMMIT" }])).rejects.toThrow(
      "ends the transaction",
    );
  });

  test("that another process applied meanwhile are passed over", () => {
    const make = (): Connection =>
      new Connection({ path, readonly: false, busy_timeout_ms: 1000, cache_kb: 1000, statements: 10 });
    const [first, second] = [make(), make()];
    expect(applyMigrations(first, [USERS], Date.now)).toEqual(["0001_users"]);
    expect(applyMigrations(second, [USERS, POSTS], Date.now)).toEqual(["0002_posts"]);
    first.close();
    second.close();
  });
});

describe("refused, and left as it was:", () => {
  test("a newer schema, by the name of its migration and of this version", async () => {
    await (await open([USERS, POSTS])).close();
    const message = await refusal(() => open([USERS]));
    expect(message).toContain("newer ClickClack (migration 0002_posts) and this is 1.2.3");
  });

  test("a migration whose text changed after it was applied", async () => {
    await existing();
    const message = await refusal(() => open([{ ...USERS, sql: `${USERS.sql} ` }]));
    expect(message).toContain("Migration 0001_users was applied");
  });

  test("a migration that appeared before one already applied", async () => {
    await (await open([POSTS].map((one) => ({ ...one, sql: "CREATE TABLE posts (id TEXT)" })))).close();
    const message = await refusal(() => open([USERS, { ...POSTS, sql: "CREATE TABLE posts (id TEXT)" }]));
    expect(message).toContain("Migration 0002_posts is applied");
  });

  test("an empty database beside uploads", async () => {
    mkdirSync(join(data, "uploads", "ab"), { recursive: true });
    await (await open([USERS])).close();
    rmSync(path);
    writeFileSync(join(data, "uploads", "ab", "photo"), "pixels");
    for (const prepare of [
      () => {},
      () => writeFileSync(path, ""),
      () => new Raw(path).run("PRAGMA user_version = 1"),
    ]) {
      prepare();
      expect(await refusal(() => open([USERS]))).toContain(
        `There are uploads in ${join(data, "uploads")} but no database`,
      );
    }
    expect(existsSync(join(data, "backups"))).toBe(false);
  });

  test("a file that is no database", async () => {
    for (const text of ["no", "no database ".repeat(1000)]) {
      writeFileSync(path, text);
      expect(await refusal(() => open([USERS]))).toMatch(
        /is damaged \(it is not a database\): move it .* restore the newest backup/,
      );
    }
    rmSync(path);
    mkdirSync(path);
    expect(await refusal(() => open([USERS]))).toContain("is a directory");
  });

  test("a database of another program", async () => {
    const other = new Raw(path);
    other.run("CREATE TABLE theirs (id TEXT)");
    other.close();
    expect(await refusal(() => open([USERS]))).toContain("holds a database of another program");
  });

  test("a half-cut database", async () => {
    await existing(200);
    const { size } = statSync(path);
    for (const keep of [size - 4096, size - 1, 4096, 100, 16]) {
      truncateSync(path, keep);
      expect(await refusal(() => open([USERS]))).toContain("is damaged (");
    }
  });

  // Below 16 MiB every page is looked at; above, only the length can tell.
  test.each([200, 40_000])("a half-cut database of %d rows whose write-ahead log is still there", async (rows) => {
    await existing(rows);
    const db = await open([USERS]);
    await db.write((tx) => tx.run("INSERT INTO users (id, name) VALUES (?, ?)", "last", "in the log"));
    const copy = mkdtempSync(join(data, "crashed-"));
    for (const suffix of ["", "-wal", "-shm"]) copyFileSync(`${path}${suffix}`, join(copy, `app.db${suffix}`));
    await db.close();
    path = join(copy, "app.db");
    const { size } = statSync(path);
    truncateSync(path, Math.floor(size / 2));
    const before = readFileSync(path);
    await expect(open([USERS])).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("is damaged ("),
    });
    expect(readFileSync(path).equals(before)).toBe(true);
    rmSync(path);
    await expect(open([USERS])).rejects.toThrow("only its write-ahead log is left");
  });

  test("a database with a broken page, before it is upgraded", async () => {
    await existing(200);
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4096 * 3, 4096 * 4);
    writeFileSync(path, bytes);
    expect(await refusal(() => open([USERS, POSTS]))).toContain("is damaged (");
  });

  test("a broken schema page", async () => {
    await existing();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 100, 4096);
    writeFileSync(path, bytes);
    expect(await refusal(() => open([USERS]))).toContain("is damaged (");
  });
});

test("a crash that left the log behind is no damage", async () => {
  await existing();
  const db = await open([USERS]);
  await db.write((tx) => tx.run("INSERT INTO users (id, name) VALUES (?, ?)", "last", "in the log"));
  const copy = mkdtempSync(join(data, "crashed-"));
  for (const suffix of ["", "-wal"]) copyFileSync(`${path}${suffix}`, join(copy, `app.db${suffix}`));
  await db.close();
  path = join(copy, "app.db");
  const tags = { name: "0002_tags", sql: "CREATE TABLE tags (id TEXT PRIMARY KEY)" };
  const recovered = await open([USERS, tags]);
  expect(await recovered.read((tx) => tx.all("SELECT id FROM users ORDER BY id"))).toEqual([
    { id: "last" },
    { id: "u0" },
  ]);
  expect(recovered.upgrade.applied).toEqual(["0002_tags"]);
  await recovered.close();
});
