import { AppError } from "../lib/errors.ts";
import type { Value } from "./database.ts";
import type { Answer, Question } from "./reader-thread.ts";

export interface LongReadOptions {
  /** Starts the thread that runs `serveReads`. */
  start: () => Worker;
  path: string;
  max_queue: number;
  /** One that takes longer is given up, and with it the thread that runs it. */
  limit_ms: number;
}

/** The browser's type knows nothing of a program that ends. */
type Thread = Worker & { unref?(): void };

interface Pending {
  id: number;
  resolve: (rows: unknown[]) => void;
  reject: (error: unknown) => void;
}

/**
 * Reads that may take long, on a thread and a connection of their own, one after another. The thread starts
 * with the first of them. SQL goes there and rows come back, because a function cannot travel.
 */
export class LongReads {
  #worker: Worker | undefined;
  /** In the order asked, which is the order answered. */
  #pending: Pending[] = [];
  #next_id = 0;
  #watch: Timer | undefined;
  #closed = false;

  constructor(private readonly options: LongReadOptions) {}

  all<Row>(sql: string, params: readonly Value[]): Promise<Row[]> {
    if (this.#closed) return Promise.reject(unavailable("The server is shutting down; try again in a moment."));
    if (this.#pending.length >= this.options.max_queue) {
      return Promise.reject(unavailable("Too many searches are waiting; try again in a moment."));
    }
    const id = this.#next_id++;
    return new Promise<Row[]>((resolve, reject) => {
      this.#pending.push({ id, resolve: resolve as (rows: unknown[]) => void, reject });
      if (this.#pending.length === 1) this.#watchFirst();
      this.#running().postMessage({ id, sql, params } satisfies Question, []);
    });
  }

  #running(): Worker {
    if (this.#worker) return this.#worker;
    const worker: Thread = this.options.start();
    worker.onmessage = (message: MessageEvent<Answer>) => this.#answered(message.data);
    worker.onerror = (event) => this.#lost(worker, event.message);
    // It must not keep a program alive that has ended otherwise.
    worker.unref?.();
    worker.postMessage({ path: this.options.path }, []);
    this.#worker = worker;
    return worker;
  }

  #answered(answer: Answer): void {
    const first = this.#pending[0];
    if (first?.id !== answer.id) return;
    this.#pending.shift();
    clearTimeout(this.#watch);
    if (this.#pending.length > 0) this.#watchFirst();
    if ("rows" in answer) first.resolve(JSON.parse(answer.rows) as unknown[]);
    else
      first.reject(answer.code === undefined ? new Error(answer.message) : new AppError(answer.code, answer.message));
  }

  #watchFirst(): void {
    this.#watch = setTimeout(() => {
      if (this.#worker) this.#lost(this.#worker, `a read took longer than ${this.options.limit_ms} ms`);
    }, this.options.limit_ms);
    this.#watch.unref();
  }

  /** Whoever waits is told; the next read starts a new thread. */
  #lost(worker: Worker, cause: string): void {
    if (worker !== this.#worker) return;
    this.#worker = undefined;
    worker.terminate();
    const error = unavailable("The search took too long; ask for something narrower, or try again in a moment.", cause);
    this.#fail(error);
  }

  #fail(error: AppError): void {
    clearTimeout(this.#watch);
    for (const { reject } of this.#pending.splice(0)) reject(error);
  }

  close(): void {
    this.#closed = true;
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#fail(unavailable("The server is shutting down; try again in a moment."));
  }
}

function unavailable(message: string, cause?: string): AppError {
  return new AppError("unavailable", message, { retry_after_s: 1, cause });
}
