import { join } from "node:path";
import { migrations } from "../../migrations/sqlite/index.ts";
import type { SqliteDatabase } from "./sqlite.ts";
import { openSqlite, type SqliteOptions } from "./sqlite.ts";

/** The server's database, with what `/readyz` and the operator's commands ask of it. */
export type ServerDatabase = SqliteDatabase;

/** Where a data directory keeps its database. */
export function databasePath(data: string): string {
  return join(data, "clickclack.db");
}

/** Opens the database of a data directory, made and migrated when it has to be. */
export async function openDatabase(
  data: string,
  version: string,
  options: Partial<SqliteOptions> = {},
): Promise<ServerDatabase> {
  return openSqlite({
    path: databasePath(data),
    uploads: join(data, "uploads"),
    backups: join(data, "backups"),
    migrations,
    version,
    ...options,
  });
}
