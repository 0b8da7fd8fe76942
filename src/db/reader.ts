import type { AsyncLocalStorage } from "node:async_hooks";
import { AppError } from "../lib/errors.ts";
import type { Connection } from "./connection.ts";
import type { Tx } from "./database.ts";
import { explain } from "./failure.ts";
import { SqliteTx } from "./tx.ts";

export interface ReaderOptions {
  readers: number;
  max_queue: number;
  open: () => Connection;
}

/** A few read-only connections; each read has one to itself, inside one transaction: one snapshot. */
export class ReaderPool {
  /** A stack, so that a quiet server keeps using the connection whose cache is warm. */
  readonly #free: Connection[] = [];
  readonly #all: Connection[] = [];
  #waiting: ((connection: Connection) => void)[] = [];
  #busy = 0;
  #idle: (() => void)[] = [];

  constructor(
    private readonly scope: AsyncLocalStorage<SqliteTx>,
    private readonly options: ReaderOptions,
  ) {}

  async read<T>(fn: (tx: Tx) => Promise<T>): Promise<T> {
    const connection = this.#free.pop() ?? (this.#all.length === 0 ? this.#openAnother() : undefined);
    if (connection !== undefined) this.#busy += 1;
    return this.#readOn(connection ?? (await this.#wait()), fn);
  }

  async #readOn<T>(connection: Connection, fn: (tx: Tx) => Promise<T>): Promise<T> {
    const tx = new SqliteTx("read", connection);
    try {
      begin(connection);
      return await this.scope.run(tx, fn, tx);
    } finally {
      tx.state = "over";
      connection.rollback();
      this.#release(connection);
    }
  }

  #openAnother(): Connection | undefined {
    if (this.#all.length >= this.options.readers) return undefined;
    const opened = this.options.open();
    this.#all.push(opened);
    return opened;
  }

  #wait(): Promise<Connection> {
    if (this.#waiting.length >= this.options.max_queue) {
      throw new AppError("unavailable", "Too many reads are waiting; try again in a moment.", { retry_after_s: 1 });
    }
    if (this.#waiting.length === 0) setImmediate(() => this.#relieve());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /**
   * All connections share one thread, so a second one helps only beside a read that waits in the
   * middle: one that is still there in the next turn. Until then another would be a second cache of
   * the same pages (measured: 2.2 kB for each of 5,000 sockets that join).
   */
  #relieve(): void {
    if (this.#waiting.length === 0) return;
    let another: Connection | undefined;
    try {
      another = this.#openAnother();
    } catch {
      // Whoever waits has a connection to wait for.
    }
    if (another === undefined) return;
    this.#busy += 1;
    this.#release(another);
    setImmediate(() => this.#relieve());
  }

  #release(connection: Connection): void {
    const next = this.#waiting.shift();
    // Handed over without a gap, so that close never takes this moment for an idle pool.
    if (next !== undefined) return next(connection);
    this.#busy -= 1;
    this.#free.push(connection);
    if (this.#busy === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Settles once no read runs, or after `limit_ms`: a read may wait for a client that never answers. */
  drained(limit_ms: number): Promise<void> {
    if (this.#busy === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limit_ms);
      this.#idle.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  close(): void {
    for (const connection of this.#all) {
      connection.rollback();
      connection.close();
    }
  }
}

function begin(connection: Connection): void {
  try {
    connection.exec("BEGIN");
  } catch (error) {
    throw explain(error);
  }
}
