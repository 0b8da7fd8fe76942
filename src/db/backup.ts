import { Database } from "bun:sqlite";
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { AppError } from "../lib/errors.ts";
import { explain } from "./failure.ts";

/**
 * Copies the database, as one snapshot, into a new file. It works beside a running server but holds
 * its own thread until it is done, so it belongs in a command or before the server listens.
 */
export function copyDatabase(source: string, target: string): void {
  reserve(target);
  const database = new Database(source, { readonly: true });
  try {
    database.run("PRAGMA busy_timeout = 5000");
    database.run("VACUUM INTO ?", [target]);
    sync(target);
    sync(dirname(target));
  } catch (error) {
    rmSync(target, { force: true });
    throw explain(error);
  } finally {
    database.close();
  }
}

/** Before anything changes existing data; the name says which migration it precedes. */
export function snapshotBefore(source: string, directory: string, migration: string, now_ms: number): string {
  const stamp = new Date(now_ms).toISOString().replace(/[:.]/g, "-");
  const name = `${basename(source).replace(/\.[^.]+$/, "")}-before-${migration.replace(/[^\w.-]/g, "_")}-${stamp}.db`;
  const target = join(directory, name);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    copyDatabase(source, target);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError(
      "unavailable",
      `The database was not upgraded, because the snapshot ${target} could not be written: ${reason}`,
      { cause: error },
    );
  }
  return target;
}

/** Creates the target, and only creates it: an existing file is never overwritten. */
function reserve(target: string): void {
  try {
    closeSync(openSync(target, "wx", 0o600));
  } catch (error) {
    if ((error as { code?: string }).code === "EEXIST") {
      throw new AppError("conflict", `${target} exists already: name a file that does not.`);
    }
    throw new AppError("unavailable", `${target} cannot be created: check that its directory exists and is writable.`, {
      cause: error,
    });
  }
}

function sync(path: string): void {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return; // Windows opens no directories; the file itself is synced by then.
  }
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
