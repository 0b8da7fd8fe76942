import type { Tx, Value } from "./database.ts";
import type { Connection, Prepared } from "./connection.ts";
import { explain, isFatal } from "./failure.ts";

export interface LastStatement {
  sql: string;
  params: Value[];
}

/**
 * One transaction as its function sees it. Every method does its work at once and returns a promise
 * that is already settled, so a write that awaits nothing but its `tx` never leaves the microtasks.
 */
export class SqliteTx implements Tx {
  /** `over`: the function settled. `abandoned`: it awaited something else and was rolled back. */
  state: "open" | "over" | "abandoned" = "open";
  /** The first error after which the whole transaction is lost. */
  broken: unknown = undefined;
  keys: string[] | undefined = undefined;
  /** What is to run right before the commit. */
  last: LastStatement[] | undefined = undefined;

  constructor(
    readonly kind: "read" | "write",
    private readonly connection: Connection,
  ) {}

  get<Row>(sql: string, ...params: Value[]): Promise<Row | undefined> {
    try {
      const row = this.#prepared(sql, params).statement.get(...params);
      return Promise.resolve((row ?? undefined) as Row | undefined);
    } catch (error) {
      return Promise.reject(this.#failed(error));
    }
  }

  all<Row>(sql: string, ...params: Value[]): Promise<Row[]> {
    try {
      return Promise.resolve(this.#prepared(sql, params).statement.all(...params) as Row[]);
    } catch (error) {
      return Promise.reject(this.#failed(error));
    }
  }

  run(sql: string, ...params: Value[]): Promise<{ changes: number }> {
    try {
      return Promise.resolve({ changes: this.#prepared(sql, params).statement.run(...params).changes });
    } catch (error) {
      return Promise.reject(this.#failed(error));
    }
  }

  runLast(sql: string, ...params: Value[]): void {
    if (this.kind === "read") throw new Error("runLast belongs in a write: a read commits nothing");
    this.#prepared(sql, params);
    (this.last ??= []).push({ sql, params });
  }

  notify(key: string): void {
    this.#requireOpen();
    if (this.kind === "read") throw new Error("notify belongs in a write: a read commits nothing to announce");
    (this.keys ??= []).push(key);
  }

  #prepared(sql: string, params: Value[]): Prepared {
    this.#requireOpen();
    const prepared = this.connection.prepared(sql);
    if (prepared.control) throw new Error(`a transaction begins and ends with its function, never by SQL: ${sql}`);
    // With no arguments the driver would run the statement with the values of its last caller.
    if (prepared.params !== params.length) {
      throw new Error(`${prepared.params} values expected, ${params.length} given: ${sql}`);
    }
    return prepared;
  }

  #requireOpen(): void {
    if (this.state !== "open") {
      throw new Error(`this ${this.kind} is over: its tx was used after its function settled or was rolled back`);
    }
    if (this.broken !== undefined) throw this.broken;
  }

  #failed(error: unknown): unknown {
    if (this.state !== "open" || this.broken !== undefined) return error;
    const explained = explain(error);
    if (isFatal(error) || !this.connection.inTransaction) this.broken = explained;
    return explained;
  }
}
