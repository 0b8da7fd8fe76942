import type { Actor } from "../lib/actor.ts";
import { AppError } from "../lib/errors.ts";
import { createRateLimit } from "../lib/ratelimit.ts";
import { networkOf } from "./address.ts";
import type { RequestInfo } from "./reply.ts";

/** Counts a request against its actor, or its address where nobody is named, and notes what is left. */
export type RequestLimit = (info: RequestInfo, actor: Actor | undefined) => void;

/** So many requests a minute of one actor or network; `undefined` for no limit. */
export function createRequestLimit(per_minute: number): RequestLimit | undefined {
  if (per_minute <= 0) return undefined;
  const sentence = "too many requests; slow down";
  const buckets = createRateLimit(per_minute, 60_000, sentence);
  const limit = String(per_minute);
  return (info, actor) => {
    const left = buckets.spend(actor ? actor.user.id : networkOf(info.address), info.at_ms);
    info.allowance = {
      limit,
      remaining: left < 0 ? "0" : String(Math.floor(left)),
      reset: String(buckets.wait_s(left < 0 ? left + 1 : left, per_minute)),
    };
    if (left < 0) throw new AppError("rate_limited", sentence, { retry_after_s: buckets.wait_s(left, 0) });
  };
}
