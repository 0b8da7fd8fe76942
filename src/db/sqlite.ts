import { AsyncLocalStorage } from "node:async_hooks";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { LIMITS } from "@clickclack/protocol";
import { AppError } from "../lib/errors.ts";
import { copyDatabase, snapshotBefore } from "./backup.ts";
import { Checkpoints } from "./checkpoints.ts";
import { Connection } from "./connection.ts";
import type { Database, Tx, Value } from "./database.ts";
import { explain } from "./failure.ts";
import { inspectDatabase } from "./inspect.ts";
import { LongReads } from "./long-reads.ts";
import { applyMigrations, requireDistinctNames } from "./migrate.ts";
import type { Migration } from "./migrate.ts";
import { WriteQueue } from "./queue.ts";
import { ReaderPool } from "./reader.ts";
import type { SqliteTx } from "./tx.ts";

export interface SqliteOptions {
  /** The database file; its directory is made when missing. */
  path: string;
  migrations: readonly Migration[];
  /** This program's version, for the sentence that refuses a newer schema. */
  version: string;
  /** Where uploaded files are: an empty database is not created beside old ones. */
  uploads?: string;
  /** Where snapshots go before an upgrade; `backups` beside the database by default. */
  backups?: string;
  log?: (line: string) => void;
  now_ms?: () => number;
  /** Read-only connections. They share one thread: more serve only reads that wait in the middle. */
  readers?: number;
  /** Starts the thread of long reads; without one they share the thread of all others. */
  long_reader?: () => Worker;
  /** Starts the thread that moves the log into the database; without one the writer does it in between. */
  checkpointer?: () => Worker;
  max_write_queue?: number;
  max_read_queue?: number;
  max_batch?: number;
  /** How long another program may hold the write lock before waiting writes are refused. */
  busy_timeout_ms?: number;
}

/** What only this engine can answer, for commands, `/readyz` and tests. */
export interface SqliteDatabase extends Database {
  readonly dialect: "sqlite";
  readonly path: string;
  /** The names of the migrations this opening applied, and the snapshot it took before. */
  readonly upgrade: { applied: readonly string[]; snapshot: string | undefined };
  /** Asks the running writer; with a value, sets it first. `pragma("synchronous")` is 2 for FULL. */
  pragma(name: string, value?: string | number): string | number | null;
  /** Copies one snapshot into a new file, on this thread; refuses a file that exists. */
  backupTo(target: string): Promise<void>;
}

const READERS = 4;
const BUSY_TIMEOUT_MS = 5000;
const WRITER_CACHE_KB = 16 * 1024;
const READER_CACHE_KB = 8 * 1024;
const STATEMENTS = 500;
const CLOSE_READS_MS = 2000;

/**
 * Opens or creates the database and brings its schema up to date. What it refuses (a damaged file,
 * a newer schema, old uploads without a database) it leaves untouched and explains in an `AppError`.
 */
export async function openSqlite(options: SqliteOptions): Promise<SqliteDatabase> {
  const log = options.log ?? (() => {});
  requireDistinctNames(options.migrations);
  const found = inspectDatabase({
    path: options.path,
    migrations: options.migrations,
    version: options.version,
    uploads: options.uploads,
  });
  makeDirectory(dirname(options.path));
  const writer = openWriter(options);
  let upgrade: SqliteDatabase["upgrade"] = { applied: [], snapshot: undefined };
  try {
    upgrade = migrate(writer, options, found, log);
  } catch (error) {
    writer.close();
    throw explain(error);
  }
  // From here on the queue waits for the write lock itself, without stopping the event loop.
  writer.pragma("busy_timeout", 0);
  return assemble(writer, options, upgrade, log);
}

function openWriter(options: SqliteOptions): Connection {
  try {
    // It holds password hashes and private words, so a new file is its owner's alone; the log beside
    // it takes the same mode.
    closeSync(openSync(options.path, "a", 0o600));
    return new Connection({
      path: options.path,
      readonly: false,
      busy_timeout_ms: options.busy_timeout_ms ?? BUSY_TIMEOUT_MS,
      cache_kb: WRITER_CACHE_KB,
      statements: STATEMENTS,
    });
  } catch (error) {
    const explained = explain(error);
    if (explained instanceof AppError) throw explained;
    throw new AppError(
      "unavailable",
      `The database ${options.path} cannot be opened for writing: check its permissions and those of its directory.`,
      { cause: error },
    );
  }
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new AppError(
      "unavailable",
      `The directory ${directory} cannot be created: make its parent writable for this user, or name another one with --data.`,
      { cause: error },
    );
  }
}

function migrate(
  writer: Connection,
  options: SqliteOptions,
  found: { existing: boolean; pending: readonly Migration[] },
  log: (line: string) => void,
): SqliteDatabase["upgrade"] {
  const first = found.pending[0];
  if (first === undefined) return { applied: [], snapshot: undefined };
  const now_ms = options.now_ms ?? Date.now;
  let snapshot: string | undefined;
  if (found.existing) {
    const directory = options.backups ?? join(dirname(options.path), "backups");
    snapshot = snapshotBefore(options.path, directory, first.name, now_ms());
    log(`saved a snapshot before upgrading: ${snapshot}`);
  }
  const applied = applyMigrations(writer, found.pending, now_ms);
  if (applied.length > 0) log(`applied ${applied.join(", ")}`);
  return { applied, snapshot };
}

function assemble(
  writer: Connection,
  options: SqliteOptions,
  upgrade: SqliteDatabase["upgrade"],
  log: (line: string) => void,
): SqliteDatabase {
  const scope = new AsyncLocalStorage<SqliteTx>();
  const queue = openQueue(writer, scope, options, log);
  const pool = new ReaderPool(scope, {
    readers: options.readers ?? READERS,
    max_queue: options.max_read_queue ?? LIMITS.read_queue,
    open: () => openReader(options.path),
  });
  const checkpoints = options.checkpointer && openCheckpoints(options.path, options.checkpointer, queue, log);
  const long_reads = options.long_reader && openLongReads(options.path, options.long_reader);
  let closing: Promise<void> | undefined;

  /** Why a new transaction may not begin here and now, if it may not. */
  function refusal(kind: "read" | "write"): Error | undefined {
    const outer = scope.getStore();
    if (outer !== undefined && outer.state !== "over" && (outer.kind === "write" || kind === "read")) {
      return new Error(`a ${kind} inside a ${outer.kind} is not possible: pass the outer one's tx on instead`);
    }
    if (closing !== undefined)
      return new AppError("unavailable", "The server is shutting down; try again in a moment.");
    return undefined;
  }

  async function shutDown(): Promise<void> {
    long_reads?.close();
    await queue.drained();
    await checkpoints?.close();
    await pool.drained(CLOSE_READS_MS);
    pool.close();
    foldLogIn(writer, log);
    writer.close();
  }

  return {
    dialect: "sqlite",
    path: options.path,
    upgrade,
    read<T>(fn: (tx: Tx) => Promise<T>): Promise<T> {
      const refused = refusal("read");
      return refused === undefined ? pool.read(fn) : Promise.reject(refused);
    },
    query<Row>(sql: string, ...params: Value[]): Promise<Row[]> {
      const refused = refusal("read");
      if (refused !== undefined) return Promise.reject(refused);
      return long_reads ? long_reads.all<Row>(sql, params) : pool.read((tx) => tx.all<Row>(sql, ...params));
    },
    write<T>(fn: (tx: Tx) => Promise<T>): Promise<T> {
      const refused = refusal("write");
      return refused === undefined ? queue.write(fn) : Promise.reject(refused);
    },
    listen(fn) {
      // Wrapped, so that the same function may listen twice and leave once.
      const listener = (keys: ReadonlySet<string>): void => fn(keys);
      queue.listeners.add(listener);
      return () => void queue.listeners.delete(listener);
    },
    stats: () => queue.stats(),
    pragma: (name, value) => writer.pragma(name, value),
    backupTo: async (target) => copyDatabase(options.path, target),
    close: () => (closing ??= shutDown()),
  };
}

function foldLogIn(writer: Connection, log: (line: string) => void): void {
  try {
    writer.pragma("wal_checkpoint", "TRUNCATE");
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    log(`the write-ahead log was not folded in at closing: ${cause}`);
  }
}

function openLongReads(path: string, start: () => Worker): LongReads {
  return new LongReads({ start, path, max_queue: LIMITS.long_read_queue, limit_ms: LIMITS.long_read_ms });
}

function openQueue(
  writer: Connection,
  scope: AsyncLocalStorage<SqliteTx>,
  options: SqliteOptions,
  log: (line: string) => void,
): WriteQueue {
  return new WriteQueue(writer, scope, {
    max_queue: options.max_write_queue ?? LIMITS.write_queue,
    max_batch: options.max_batch ?? LIMITS.write_batch,
    busy_timeout_ms: options.busy_timeout_ms ?? BUSY_TIMEOUT_MS,
    log,
  });
}

function openCheckpoints(
  path: string,
  start: () => Worker,
  queue: WriteQueue,
  log: (line: string) => void,
): Checkpoints {
  const commits = (): number => queue.stats().commits;
  return new Checkpoints({ start, path, commits, interval_ms: LIMITS.checkpoint_interval_ms, log });
}

function openReader(path: string): Connection {
  return new Connection({
    path,
    readonly: true,
    busy_timeout_ms: BUSY_TIMEOUT_MS,
    cache_kb: READER_CACHE_KB,
    statements: STATEMENTS,
  });
}
