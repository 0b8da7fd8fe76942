/** The browser's type knows nothing of a program that ends. */
type Thread = Worker & { unref?(): void };

export interface CheckpointOptions {
  /** Starts the thread that runs `serveCheckpoints`. */
  start: () => Worker;
  path: string;
  /** Commits so far: without new ones there is nothing to move. */
  commits: () => number;
  interval_ms: number;
  log: (line: string) => void;
}

/**
 * Moves the write-ahead log into the database beside the commits, on a thread and a connection of its own:
 * on the thread that serves, a commit would now and then wait for thousands of scattered pages to reach the
 * disk. The writer still does it itself if the log gets far ahead.
 */
export class Checkpoints {
  #thread: Thread | undefined;
  #moved = 0;
  #running = false;
  #closed: (() => void) | undefined;
  readonly #timer: Timer;

  constructor(private readonly options: CheckpointOptions) {
    this.#timer = setInterval(() => this.#begin(), options.interval_ms);
    this.#timer.unref();
  }

  #begin(): void {
    const commits = this.options.commits();
    if (this.#running || commits === this.#moved) return;
    this.#moved = commits;
    this.#running = true;
    this.#thread ??= this.#start();
    this.#thread.postMessage("checkpoint", []);
  }

  #start(): Thread {
    const thread: Thread = this.options.start();
    thread.onmessage = (message: MessageEvent<"done" | "closed">) => {
      this.#running = false;
      if (message.data === "closed") this.#closed?.();
    };
    thread.onerror = (event) => this.#lost(event.message);
    thread.unref?.();
    thread.postMessage({ path: this.options.path }, []);
    return thread;
  }

  /** The next interval starts another. */
  #lost(cause: string): void {
    this.options.log(`the thread that moves the write-ahead log ended: ${cause}`);
    this.#thread?.terminate();
    this.#thread = undefined;
    this.#running = false;
    this.#closed?.();
  }

  /** Settles when no checkpoint runs and the thread's connection is closed. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const thread = this.#thread;
    if (!thread) return;
    await new Promise<void>((resolve) => {
      this.#closed = resolve;
      thread.postMessage("close", []);
    });
    thread.terminate();
  }
}
