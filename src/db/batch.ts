import type { AsyncLocalStorage } from "node:async_hooks";
import type { Tx } from "./database.ts";
import type { Connection } from "./connection.ts";
import { batchFailure } from "./failure.ts";
import { type LastStatement, SqliteTx } from "./tx.ts";

export interface Job {
  readonly fn: (tx: Tx) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Outcome = { ok: true; value: unknown } | { ok: false; error: unknown };

export interface BatchResult {
  /** Writes the commit holds; 0 when there was nothing to commit. */
  committed: number;
  keys: ReadonlySet<string>;
  /** Tells every caller how its write ended. Called once, after the listeners. */
  settle: () => void;
  /** Why the whole batch was lost, if it was. */
  failure?: Error;
}

const FOREIGN_AWAIT =
  "this write awaited something other than its tx and was rolled back; do network, file and password work before the write";

/**
 * Runs its jobs one after another inside a transaction that is already open, then commits.
 * All of it happens in the microtasks of one turn of the event loop. So when `setImmediate` fires
 * while a job is still running, that job waits for something only the event loop can bring it.
 */
export class Batch {
  readonly #outcomes: Outcome[] = [];
  readonly #keys = new Set<string>();
  readonly #last: LastStatement[] = [];
  readonly #savepoints: boolean;
  #committed = 0;
  #current: SqliteTx | undefined;
  #watch: NodeJS.Immediate | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly scope: AsyncLocalStorage<SqliteTx>,
    private readonly jobs: readonly Job[],
    private readonly finished: (result: BatchResult) => void,
  ) {
    // A write alone in its batch has the transaction itself to roll back.
    this.#savepoints = jobs.length > 1;
  }

  start(): void {
    this.#armWatch();
    this.#next();
  }

  #armWatch(): void {
    this.#watch = setImmediate(() => this.#abandonCurrent());
  }

  #next(): void {
    const job = this.jobs[this.#outcomes.length];
    if (job === undefined) return this.#commit();
    try {
      if (this.#savepoints) this.connection.exec("SAVEPOINT job");
    } catch (error) {
      return this.#abort(error);
    }
    const tx = new SqliteTx("write", this.connection);
    this.#current = tx;
    let running: Promise<unknown>;
    try {
      running = Promise.resolve(this.scope.run(tx, job.fn, tx));
    } catch (error) {
      running = Promise.reject(error);
    }
    running.then(
      (value) => this.#settled(tx, { ok: true, value }),
      (error: unknown) => this.#settled(tx, { ok: false, error }),
    );
  }

  #settled(tx: SqliteTx, outcome: Outcome): void {
    if (tx !== this.#current) return;
    tx.state = "over";
    this.#close(tx, outcome);
  }

  #abandonCurrent(): void {
    const tx = this.#current;
    if (tx === undefined) return;
    tx.state = "abandoned";
    this.#armWatch();
    this.#close(tx, { ok: false, error: new Error(FOREIGN_AWAIT) });
  }

  #close(tx: SqliteTx, outcome: Outcome): void {
    this.#current = undefined;
    if (tx.broken !== undefined) return this.#abort(tx.broken);
    // Without its transaction every further statement would commit by itself, one by one.
    if (!this.connection.inTransaction) return this.#abort(new Error("the transaction ended before its commit"));
    try {
      if (!outcome.ok) this.connection.exec(this.#savepoints ? "ROLLBACK TO job" : "ROLLBACK");
      if (this.#savepoints) this.connection.exec("RELEASE job");
    } catch (error) {
      return this.#abort(error);
    }
    this.#outcomes.push(outcome);
    if (outcome.ok) {
      this.#committed += 1;
      if (tx.last !== undefined) this.#last.push(...tx.last);
      if (tx.keys !== undefined) for (const key of tx.keys) this.#keys.add(key);
    }
    this.#next();
  }

  #commit(): void {
    clearImmediate(this.#watch);
    try {
      for (const { sql, params } of this.#last) this.connection.prepared(sql).statement.run(...params);
      if (this.connection.inTransaction) this.connection.exec("COMMIT");
    } catch (error) {
      return this.#abort(error);
    }
    this.finished({ committed: this.#committed, keys: this.#keys, settle: () => this.#settleAll() });
  }

  #settleAll(): void {
    this.jobs.forEach((job, index) => {
      const outcome = this.#outcomes[index];
      if (outcome?.ok) job.resolve(outcome.value);
      else job.reject(outcome?.error);
    });
  }

  /** Nothing of the batch happened, not even its refusals: they may rest on rows that are gone. */
  #abort(cause: unknown): void {
    clearImmediate(this.#watch);
    this.connection.rollback();
    const failure = batchFailure(cause);
    const settle = (): void => {
      for (const job of this.jobs) job.reject(failure);
    };
    this.finished({ committed: 0, keys: new Set(), settle, failure });
  }
}
