import { createHash } from "node:crypto";
import { timestamp } from "../lib/clock.ts";
import { AppError } from "../lib/errors.ts";
import type { Connection } from "./connection.ts";
import { explain } from "./failure.ts";

/** Forward only. The name sorts in the order of applying and never changes, nor does the text. */
export interface Migration {
  name: string;
  sql: string;
}

const TABLE = `CREATE TABLE IF NOT EXISTS schema_migrations (
  name TEXT PRIMARY KEY,
  checksum TEXT NOT NULL,
  applied_at TEXT NOT NULL
)`;

export function checksum(migration: Migration): string {
  return createHash("sha256").update(migration.sql).digest("hex");
}

export function requireDistinctNames(migrations: readonly Migration[]): void {
  for (const [index, { name }] of migrations.entries()) {
    const before = migrations[index - 1]?.name;
    if (before !== undefined && before >= name) throw new Error(`migration ${name} must sort after ${before}`);
  }
}

/** Applies each in a transaction of its own; one that fails leaves those before it in place. */
export function applyMigrations(connection: Connection, pending: readonly Migration[], now_ms: () => number): string[] {
  const applied: string[] = [];
  // Rebuilding a table drops what others refer to, so references are checked at the end instead.
  connection.pragma("foreign_keys", "OFF");
  try {
    for (const migration of pending) {
      if (tryApply(connection, migration, now_ms())) applied.push(migration.name);
    }
  } finally {
    connection.rollback();
    connection.pragma("foreign_keys", "ON");
  }
  return applied;
}

function tryApply(connection: Connection, migration: Migration, now_ms: number): boolean {
  try {
    return apply(connection, migration, now_ms);
  } catch (error) {
    const explained = explain(error);
    if (explained instanceof AppError) throw explained;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`migration ${migration.name} was not applied: ${reason}`, { cause: error });
  }
}

function apply(connection: Connection, migration: Migration, now_ms: number): boolean {
  connection.exec("BEGIN IMMEDIATE");
  connection.raw.run(TABLE);
  // Another process may have been faster: this is the first moment at which nobody else writes.
  const done = connection.raw.query("SELECT 1 FROM schema_migrations WHERE name = ?").get(migration.name);
  if (done !== null) {
    connection.rollback();
    return false;
  }
  connection.raw.run(migration.sql);
  if (!connection.inTransaction) throw new Error("it ends the transaction it runs in");
  const orphan = connection.raw.query<{ table: string; parent: string }, []>("PRAGMA foreign_key_check").get();
  if (orphan !== null) throw new Error(`it leaves rows of ${orphan.table} without their ${orphan.parent}`);
  connection.raw
    .query("INSERT INTO schema_migrations (name, checksum, applied_at) VALUES (?, ?, ?)")
    .run(migration.name, checksum(migration), timestamp(now_ms));
  connection.exec("COMMIT");
  return true;
}
