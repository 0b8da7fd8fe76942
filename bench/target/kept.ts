/**
 * Data directories that take minutes to make: each is made once and kept under the temporary
 * directory by the schema and by what it was made of.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrations } from "../../migrations/sqlite/index.ts";
import { databasePath, openDatabase } from "../../src/db/open.ts";

const PLACES = "places.json";

/** `fill` writes into an empty database and answers what a run has to know of it. */
export async function keepDirectory<Places>(
  name: string,
  about: unknown[],
  fill: (database_path: string) => Places,
): Promise<{ directory: string; places: Places }> {
  const made_of = JSON.stringify([...about, migrations.map((one) => one.sql)]);
  const directory = join(tmpdir(), `clickclack-bench-${name}-${Bun.hash(made_of).toString(36)}`);
  if (!existsSync(directory)) await make(directory, name, fill);
  return { directory, places: JSON.parse(readFileSync(join(directory, PLACES), "utf8")) as Places };
}

async function make(directory: string, name: string, fill: (database_path: string) => unknown): Promise<void> {
  const unfinished = `${directory}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  console.log(`making the ${name} database, once …`);
  await (await openDatabase(unfinished, "bench")).close();
  writeFileSync(join(unfinished, PLACES), JSON.stringify(fill(databasePath(unfinished))));
  if (existsSync(directory)) rmSync(unfinished, { recursive: true, force: true });
  else renameSync(unfinished, directory);
}
