import { LIMITS } from "@clickclack/protocol";
import { AppError } from "./errors.ts";

/** A bounded set of token buckets, one per key (actor or address). */
export interface RateLimit {
  /** Takes one token, or throws `rate_limited` with the seconds to wait. */
  take(key: string, at_ms: number): void;
  /** Takes one token if there is one; answers how many are left, below 0 when there was none. */
  spend(key: string, at_ms: number): number;
  /** Gives a token back, for limits that count failures only. */
  restore(key: string): void;
  /** Seconds until a bucket with so many tokens holds `wanted` of them. */
  wait_s(left: number, wanted: number): number;
}

export function createRateLimit(per_window: number, window_ms: number, sentence: string): RateLimit {
  const buckets = new Map<string, { tokens: number; at_ms: number }>();
  const per_ms = per_window / window_ms;

  function spend(key: string, at_ms: number): number {
    const bucket = buckets.get(key) ?? { tokens: per_window, at_ms };
    bucket.tokens = Math.min(per_window, bucket.tokens + Math.max(0, at_ms - bucket.at_ms) * per_ms);
    bucket.at_ms = at_ms;
    // Re-inserting keeps the map in order of use, so the key dropped is the one idle longest.
    buckets.delete(key);
    buckets.set(key, bucket);
    if (buckets.size > LIMITS.rate_limit_keys) buckets.delete(buckets.keys().next().value ?? "");
    if (bucket.tokens < 1) return bucket.tokens - 1;
    bucket.tokens -= 1;
    return bucket.tokens;
  }

  function wait_s(left: number, wanted: number): number {
    return Math.max(0, Math.ceil((wanted - left) / per_ms / 1000));
  }

  return {
    take(key, at_ms) {
      const left = spend(key, at_ms);
      if (left < 0) throw new AppError("rate_limited", sentence, { retry_after_s: wait_s(left, 0) });
    },
    spend,
    restore(key) {
      const bucket = buckets.get(key);
      if (bucket) bucket.tokens = Math.min(per_window, bucket.tokens + 1);
    },
    wait_s,
  };
}
