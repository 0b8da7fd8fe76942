import { Database, constants } from "bun:sqlite";
import { closeSync, openSync, opendirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../lib/errors.ts";
import { explain, isDamage } from "./failure.ts";
import { checksum } from "./migrate.ts";
import type { Migration } from "./migrate.ts";

export interface InspectOptions {
  path: string;
  migrations: readonly Migration[];
  /** This program's version, for the sentence that refuses a newer schema. */
  version: string;
  /** Where uploaded files are; an empty database beside them is refused. */
  uploads?: string | undefined;
}

export interface Inspection {
  existing: boolean;
  pending: readonly Migration[];
}

/** Checking every page takes about a millisecond a megabyte, so a start does it for small files only. */
const QUICK_CHECK_BYTES = 16 * 1024 * 1024;
const HEADER_BYTES = 100;

/**
 * Looks at what is on the disk before anything is opened for writing. Whatever it refuses is left
 * as it was: it opens read-only, and without the write-ahead log's files where there is no log.
 */
export function inspectDatabase(options: InspectOptions): Inspection {
  const { path } = options;
  const file_bytes = sizeOf(path);
  const log_bytes = Math.max(sizeOf(`${path}-wal`), sizeOf(`${path}-journal`));
  if (file_bytes === 0) {
    if (log_bytes > 0) throw damaged(path, "the file is gone or empty, and only its write-ahead log is left");
    return startNew(options);
  }
  checkHeader(path, file_bytes, log_bytes > 0);
  const database = openForLooking(path, log_bytes > 0);
  try {
    return inspectTables(database, options, file_bytes, log_bytes);
  } catch (error) {
    if (isDamage(error)) throw damaged(path, (error as Error).message, error);
    throw explain(error);
  } finally {
    database.close();
  }
}

function sizeOf(path: string): number {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory())
      throw new AppError("conflict", `${path} is a directory: move it away, the database goes there.`);
    return found?.size ?? 0;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw unreadable(path, error);
  }
}

function startNew(options: InspectOptions): Inspection {
  if (options.uploads !== undefined && holdsFiles(options.uploads)) {
    throw new AppError(
      "conflict",
      `There are uploads in ${options.uploads} but no database at ${options.path}: restore the database from a backup, or move the uploads away to start empty.`,
    );
  }
  return { existing: false, pending: options.migrations };
}

/** Stops at the first file; empty folders are no uploads. */
function holdsFiles(directory: string): boolean {
  let entries;
  try {
    entries = opendirSync(directory);
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return false;
    throw unreadable(directory, error);
  }
  try {
    for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
      if (!entry.isDirectory() || holdsFiles(join(directory, entry.name))) return true;
    }
    return false;
  } finally {
    entries.closeSync();
  }
}

/** The header says how long the file must be. With a log beside it, the missing pages may be in there. */
function checkHeader(path: string, file_bytes: number, has_log: boolean): void {
  const header = readHeader(path);
  if (header.toString("latin1", 0, 16) !== "SQLite format 3\0") throw damaged(path, "it is not a database");
  if (has_log) return;
  const stored_page_bytes = header.readUInt16BE(16);
  const page_bytes = stored_page_bytes === 1 ? 65_536 : stored_page_bytes;
  const pages_are_current = header.readUInt32BE(24) === header.readUInt32BE(92);
  const expected_bytes = header.readUInt32BE(28) * page_bytes;
  if (pages_are_current && file_bytes < expected_bytes) {
    throw damaged(path, `it ends after ${file_bytes} of ${expected_bytes} bytes`);
  }
}

function readHeader(path: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  try {
    const file = openSync(path, "r");
    try {
      readSync(file, header, 0, HEADER_BYTES, 0);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw unreadable(path, error);
  }
  return header;
}

function openForLooking(path: string, has_log: boolean): Database {
  if (has_log) {
    const database = new Database(path, { readonly: true });
    database.run("PRAGMA busy_timeout = 5000");
    return database;
  }
  const uri = `file:${encodeURI(path).replaceAll("?", "%3F").replaceAll("#", "%23")}?immutable=1`;
  return new Database(uri, constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_URI);
}

function inspectTables(database: Database, options: InspectOptions, file_bytes: number, log_bytes: number): Inspection {
  const tables = database.query<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  if (tables.length === 0) return startNew(options);
  if (!tables.some((table) => table.name === "schema_migrations")) {
    throw new AppError(
      "conflict",
      `${options.path} holds a database of another program: move it away, or name another directory with --data.`,
    );
  }
  const applied = database
    .query<{ name: string; checksum: string }, []>("SELECT name, checksum FROM schema_migrations ORDER BY name")
    .all();
  const pending = pendingAfter(applied, options);
  if (log_bytes > 0) checkLength(database, options.path, file_bytes + log_bytes);
  const unclean = log_bytes > 0 && file_bytes + log_bytes <= QUICK_CHECK_BYTES;
  if (unclean || (applied.length > 0 && pending.length > 0)) checkPages(database, options.path);
  return { existing: applied.length > 0, pending };
}

/** What is left to do, after refusing a history that is not the beginning of ours. */
function pendingAfter(applied: { name: string; checksum: string }[], options: InspectOptions): readonly Migration[] {
  const known = new Map(options.migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum: stored } of applied) {
    const migration = known.get(name);
    if (migration === undefined) {
      throw new AppError(
        "conflict",
        `${options.path} was upgraded by a newer ClickClack (migration ${name}) and this is ${options.version}: run the newer version, or restore the snapshot it made.`,
      );
    }
    if (checksum(migration) !== stored) {
      throw new AppError(
        "conflict",
        `Migration ${name} was applied to ${options.path} with another text than ClickClack ${options.version} has: run the version that made this database.`,
      );
    }
  }
  const done = new Set(applied.map((row) => row.name));
  const pending = options.migrations.slice(applied.length);
  const late = pending.find((migration) => done.has(migration.name));
  if (late !== undefined) {
    throw new AppError(
      "conflict",
      `Migration ${late.name} is applied to ${options.path} but one before it is not: run the version that made this database.`,
    );
  }
  return pending;
}

function checkLength(database: Database, path: string, bytes: number): void {
  const pages = database.query<{ page_count: number }, []>("PRAGMA page_count").get()?.page_count ?? 0;
  const page_bytes = database.query<{ page_size: number }, []>("PRAGMA page_size").get()?.page_size ?? 0;
  if (pages * page_bytes > bytes) throw damaged(path, `${bytes} of ${pages * page_bytes} bytes are left of it`);
}

function checkPages(database: Database, path: string): void {
  const result = database.query<{ quick_check: string }, []>("PRAGMA quick_check(1)").get()?.quick_check;
  if (result !== "ok") throw damaged(path, (result ?? "unreadable").split("\n").at(-1) ?? "unreadable");
}

function damaged(path: string, how: string, cause?: unknown): AppError {
  return new AppError(
    "conflict",
    `The database ${path} is damaged (${how}): move it and the files named like it away, and restore the newest backup in its place.`,
    { cause },
  );
}

function unreadable(path: string, cause: unknown): AppError {
  return new AppError("unavailable", `${path} cannot be read: check who owns it and its permissions.`, { cause });
}
