/** Exponential growth with full jitter: many clients that fell off together do not return together. */
export function backoffDelay(attempt: number, bounds: { base_ms: number; max_ms: number }): number {
  const ceiling = Math.min(bounds.max_ms, bounds.base_ms * 2 ** Math.min(attempt, 30));
  return Math.random() * ceiling;
}

/** Waits, or rejects with the signal's reason as soon as it is aborted. */
export function sleep(delay_ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, delay_ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
