import { AsyncLocalStorage } from "node:async_hooks";
import { AppError } from "../lib/errors.ts";
import { Batch } from "./batch.ts";
import type { BatchResult, Job } from "./batch.ts";
import type { Connection } from "./connection.ts";
import type { Tx } from "./database.ts";
import { batchFailure, isBusy } from "./failure.ts";
import type { SqliteTx } from "./tx.ts";

export interface QueueOptions {
  max_queue: number;
  max_batch: number;
  /** How long another program may hold the write lock before the batch is refused. */
  busy_timeout_ms: number;
  log: (line: string) => void;
}

const BUSY_STEPS_MS = [1, 2, 5, 10, 15, 20, 25];

/**
 * The one writer. Writes that arrive in the same turn of the event loop share a commit: the first
 * arms `setImmediate`, and what has arrived when it fires is the batch.
 */
export class WriteQueue {
  readonly listeners = new Set<(keys: ReadonlySet<string>) => void>();
  #waiting: Job[] = [];
  #running = 0;
  #armed = false;
  #busy_since: number | undefined;
  #busy_tries = 0;
  #commits = 0;
  #writes = 0;
  #idle: (() => void)[] = [];
  // Batches and listeners belong to no request, so they run in the context of the opening, not in
  // that of whichever caller happened to arm the immediate.
  readonly #outside = AsyncLocalStorage.snapshot();

  constructor(
    private readonly connection: Connection,
    private readonly scope: AsyncLocalStorage<SqliteTx>,
    private readonly options: QueueOptions,
  ) {}

  write<T>(fn: (tx: Tx) => Promise<T>): Promise<T> {
    if (this.#waiting.length >= this.options.max_queue) {
      return Promise.reject(
        new AppError("unavailable", "Too many writes are waiting; try again in a moment.", { retry_after_s: 1 }),
      );
    }
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ fn, resolve: resolve as (value: unknown) => void, reject });
      if (!this.#armed && this.#running === 0) this.#arm();
    });
  }

  stats(): { commits: number; writes: number; queued: number } {
    return { commits: this.#commits, writes: this.#writes, queued: this.#waiting.length + this.#running };
  }

  /** Settles once nothing waits and nothing runs. */
  drained(): Promise<void> {
    if (this.#waiting.length + this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #arm(): void {
    this.#armed = true;
    this.#outside(() => setImmediate(() => this.#flush()));
  }

  #flush(): void {
    this.#armed = false;
    try {
      this.connection.exec("BEGIN IMMEDIATE");
    } catch (error) {
      if (isBusy(error) && this.#waitForLock()) return;
      this.#refuseBatch(error);
      return;
    }
    this.#busy_since = undefined;
    const jobs = this.#take();
    new Batch(this.connection, this.scope, jobs, (result) => this.#finished(jobs.length, result)).start();
  }

  /** The event loop must go on while another program writes, so the wait is a timer, not SQLite's sleep. */
  #waitForLock(): boolean {
    const now = performance.now();
    if (this.#busy_since === undefined) {
      this.#busy_since = now;
      this.#busy_tries = 0;
    }
    const left_ms = this.options.busy_timeout_ms - (now - this.#busy_since);
    if (left_ms <= 0) {
      this.#busy_since = undefined;
      return false;
    }
    const step_ms = BUSY_STEPS_MS[this.#busy_tries++] ?? 25;
    this.#armed = true;
    setTimeout(() => this.#flush(), Math.min(step_ms, left_ms));
    return true;
  }

  #take(): Job[] {
    const { max_batch } = this.options;
    let jobs = this.#waiting;
    if (jobs.length <= max_batch) this.#waiting = [];
    else jobs = this.#waiting.splice(0, max_batch);
    this.#running = jobs.length;
    return jobs;
  }

  #refuseBatch(error: unknown): void {
    this.connection.rollback();
    const failure = batchFailure(error);
    const jobs = this.#take();
    const settle = (): void => {
      for (const job of jobs) job.reject(failure);
    };
    this.#finished(jobs.length, { committed: 0, keys: new Set(), settle, failure });
  }

  #finished(size: number, result: BatchResult): void {
    if (result.committed > 0) {
      this.#commits += 1;
      this.#writes += result.committed;
    }
    if (result.failure !== undefined) this.#logLost(size, result.failure);
    if (result.keys.size > 0) this.#announce(result.keys);
    result.settle();
    this.#running = 0;
    if (this.#waiting.length > 0) {
      if (!this.#armed) this.#arm();
    } else {
      for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  #logLost(size: number, failure: Error): void {
    const cause = failure.cause instanceof Error ? ` (${failure.cause.message})` : "";
    this.options.log(`a batch of ${size} ${size === 1 ? "write" : "writes"} was rejected: ${failure.message}${cause}`);
  }

  /** The commit stands whatever a listener does, so its error is logged and goes no further. */
  #announce(keys: ReadonlySet<string>): void {
    for (const listener of [...this.listeners]) {
      try {
        listener(keys);
      } catch (error) {
        this.options.log(`a listener of the database threw: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}
