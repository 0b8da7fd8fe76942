/**
 * A data directory with a million messages: what S4, S5, S6, S8 and S14 need and nobody wants to wait
 * for twice. It is built once, kept under the temporary directory by its schema and size, and every
 * run works on a copy of its own.
 */
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { databasePath } from "../../src/db/open.ts";
import { keepDirectory } from "./kept.ts";
import { makePlaces, type MillionPlaces } from "./million-places.ts";
import { fillMessages } from "./million-messages.ts";

export interface MillionSize {
  messages: number;
  members: number;
  channels: number;
}

export const MILLION: MillionSize = { messages: 1_000_000, members: 200, channels: 50 };

export interface Million extends MillionPlaces {
  /** The data directory, to be served; nobody else's. */
  directory: string;
  remove(): void;
}

/** Goes up whenever these files write something else. */
const VERSION = 1;

/** A copy of the directory of this size, made first if there is none. Takes a minute or two then. */
export async function borrowMillion(size: MillionSize = MILLION): Promise<Million> {
  const { directory: kept, places } = await keepDirectory("million", [VERSION, size], (path) => fill(path, size));
  const directory = mkdtempSync(join(tmpdir(), "clickclack-bench-copy-"));
  // `cp` shares blocks where the file system can; a gigabyte is not read through this process.
  const copied = Bun.spawnSync(["cp", "--reflink=auto", databasePath(kept), databasePath(directory)]);
  if (!copied.success) throw new Error(`cp failed: ${copied.stderr.toString()}`);
  // Otherwise the first commit of the server would wait until all of the copy is on the disk.
  Bun.spawnSync(["sync", databasePath(directory)]);
  return { ...places, directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

function fill(path: string, size: MillionSize): MillionPlaces {
  const db = new Database(path, { readwrite: true });
  // A file that is thrown away after a crash need not survive one.
  db.run("PRAGMA synchronous = OFF");
  db.run("PRAGMA cache_size = -262144");
  const places = makePlaces(db, size);
  fillMessages(db, places, size.messages);
  db.run("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
  return places;
}
