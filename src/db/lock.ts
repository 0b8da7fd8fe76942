import { Database } from "bun:sqlite";
import { mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../lib/errors.ts";
import { isBusy } from "./failure.ts";

export interface DataLock {
  /** Sets the directory free and leaves no file behind. */
  release(): void;
}

const FILE = "server.lock";
const ATTEMPTS = 5;

/** A connection nobody refers to is closed by the garbage collector, and its lock would go with it. */
const held_open = new Set<Database>();

/**
 * Makes this process the only server of a data directory. The operating system holds the lock and
 * drops it with the process, however that ends. It is a file of its own, so commands that open the
 * database beside a running server are not in its way.
 */
export function lockDataDirectory(directory: string): DataLock {
  const path = join(directory, FILE);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const held = tryLock(path);
      if (held !== undefined) return held;
    }
  } catch (error) {
    if (isBusy(error)) throw alreadyServed(directory, error);
    throw new AppError(
      "unavailable",
      `The data directory ${directory} cannot be written: make it writable for this user, or name another one with --data.`,
      { cause: error },
    );
  }
  throw alreadyServed(directory, undefined);
}

/** `undefined` when the file locked is no longer the one at `path`, because its last holder removed it. */
function tryLock(path: string): DataLock | undefined {
  const database = new Database(path, { readwrite: true, create: true });
  try {
    const opened = inode(path);
    database.run("PRAGMA busy_timeout = 0");
    database.run("PRAGMA journal_mode = MEMORY");
    database.run("BEGIN EXCLUSIVE");
    if (opened === undefined || inode(path) !== opened) {
      database.close();
      return undefined;
    }
  } catch (error) {
    database.close();
    throw error;
  }
  held_open.add(database);
  return {
    release() {
      if (!held_open.delete(database)) return;
      try {
        // Before the lock goes: removed after it, the file could already be a successor's.
        rmSync(path, { force: true });
      } catch {
        // Windows keeps open files; an empty lock file that stays behind is harmless.
      }
      database.close();
    },
  };
}

function inode(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}

function alreadyServed(directory: string, cause: unknown): AppError {
  return new AppError(
    "conflict",
    `Another ClickClack server is already running on ${directory}: stop it, or give this one its own directory with --data.`,
    { cause },
  );
}
