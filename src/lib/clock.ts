/** The time, as an argument: tests pass their own. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** RFC 3339 UTC with fixed-width milliseconds, so stored text sorts and travels unchanged. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
