import { LIMITS } from "@clickclack/protocol";
import { AppError } from "./errors.ts";

/** A bounded set of token buckets, one per key (actor or address). */
export interface RateLimit {
  /** Takes one token, or throws `rate_limited` with the seconds to wait. */
  take(key: string, at_ms: number): void;
  /** Gives a token back, for limits that count failures only. */
  restore(key: string): void;
}

export function createRateLimit(per_window: number, window_ms: number, sentence: string): RateLimit {
  const buckets = new Map<string, { tokens: number; at_ms: number }>();
  const per_ms = per_window / window_ms;

  return {
    take(key, at_ms) {
      const bucket = buckets.get(key) ?? { tokens: per_window, at_ms };
      bucket.tokens = Math.min(per_window, bucket.tokens + Math.max(0, at_ms - bucket.at_ms) * per_ms);
      bucket.at_ms = at_ms;
      // Re-inserting keeps the map in order of use, so the key dropped is the one idle longest.
      buckets.delete(key);
      buckets.set(key, bucket);
      if (buckets.size > LIMITS.rate_limit_keys) buckets.delete(buckets.keys().next().value ?? "");
      if (bucket.tokens < 1) {
        throw new AppError("rate_limited", sentence, { retry_after_s: Math.ceil((1 - bucket.tokens) / per_ms / 1000) });
      }
      bucket.tokens -= 1;
    },
    restore(key) {
      const bucket = buckets.get(key);
      if (bucket) bucket.tokens = Math.min(per_window, bucket.tokens + 1);
    },
  };
}
