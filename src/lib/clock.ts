/** The time, as an argument: tests pass their own. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** Calls back after a while, once; answers how to call it off. Tests let the while pass themselves. */
export type Later = (delay_ms: number, fn: () => void) => () => void;

export const systemLater: Later = (delay_ms, fn) => {
  const timer = setTimeout(fn, delay_ms);
  return () => clearTimeout(timer);
};

/** RFC 3339 UTC with fixed-width milliseconds, so stored text sorts and travels unchanged. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
