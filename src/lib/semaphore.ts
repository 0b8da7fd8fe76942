import { AppError } from "./errors.ts";

/** Lets `limit` tasks run at once and `queue` wait; beyond that it refuses with `unavailable` and the sentence. */
export function createSemaphore(
  limit: number,
  queue: number,
  sentence: string,
): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running >= limit) {
      if (waiting.length >= queue) throw new AppError("unavailable", sentence, { retry_after_s: 1 });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running++;
    }
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
