/**
 * A data directory with a million messages: what S4, S5, S6, S8 and S14 need and nobody wants to wait
 * for twice. It is built once, kept under the temporary directory by its schema and size, and every
 * run works on a copy of its own.
 */
import { Database } from "bun:sqlite";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrations } from "../../migrations/sqlite/index.ts";
import { databasePath, openDatabase } from "../../src/db/open.ts";
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
  const kept = await keepMillion(size);
  const directory = mkdtempSync(join(tmpdir(), "clickclack-bench-copy-"));
  // `cp` shares blocks where the file system can; a gigabyte is not read through this process.
  const copied = Bun.spawnSync(["cp", "--reflink=auto", databasePath(kept), databasePath(directory)]);
  if (!copied.success) throw new Error(`cp failed: ${copied.stderr.toString()}`);
  // Otherwise the first commit of the server would wait until all of the copy is on the disk.
  Bun.spawnSync(["sync", databasePath(directory)]);
  const places = JSON.parse(readFileSync(join(kept, PLACES), "utf8")) as MillionPlaces;
  return { ...places, directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

const PLACES = "places.json";

async function keepMillion(size: MillionSize): Promise<string> {
  const made_of = JSON.stringify([VERSION, size, migrations.map((one) => one.sql)]);
  const kept = join(tmpdir(), `clickclack-bench-million-${Bun.hash(made_of).toString(36)}`);
  if (existsSync(kept)) return kept;
  const unfinished = `${kept}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  console.log(`making a database of ${size.messages} messages, once …`);
  await (await openDatabase(unfinished, "bench")).close();
  writeFileSync(join(unfinished, PLACES), JSON.stringify(fill(databasePath(unfinished), size)));
  if (existsSync(kept)) rmSync(unfinished, { recursive: true, force: true });
  else renameSync(unfinished, kept);
  return kept;
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
