const PATIENCE_MS = 45_000;

/** Everything somebody saw, in order; waiting is for the thing itself, never for time to pass. */
export class Log<T> {
  readonly items: T[] = [];
  readonly #name: string;
  #waiting: (() => void)[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  push(item: T): void {
    this.items.push(item);
    this.wake();
  }

  /** The first item that fits, whether it is there already or still to come. */
  async until(what: string, fits: (item: T) => boolean): Promise<T> {
    let found: T | undefined;
    await this.settle(what, () => (found = this.items.find(fits)) !== undefined);
    return found as T;
  }

  /** Settles once the whole list is as wanted; looks again after each new item. */
  async settle(what: string, done: () => boolean): Promise<void> {
    const end_ms = performance.now() + PATIENCE_MS;
    while (!done()) {
      const left_ms = end_ms - performance.now();
      if (left_ms <= 0)
        throw new Error(`${this.#name}: ${what} did not come; the last of ${this.items.length}: ${this.#tail()}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      const timer = setTimeout(resolve, left_ms);
      await promise;
      clearTimeout(timer);
    }
  }

  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  #tail(): string {
    return this.items
      .slice(-3)
      .map((item) => JSON.stringify(item).slice(0, 300))
      .join("\n");
  }
}

/** Fails with a sentence instead of hanging. */
export async function within<T>(timeout_ms: number, what: string, promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`${what} took longer than ${timeout_ms} ms`)), timeout_ms);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
