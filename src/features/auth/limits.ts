import { LIMITS } from "@clickclack/protocol";
import { createRateLimit, type RateLimit } from "../../lib/ratelimit.ts";

export interface SignInLimits {
  /** Attempts of one address. */
  address: RateLimit;
  /** Failures with one identifier. */
  identifier: RateLimit;
  /** Changes of the password of one account. */
  password: RateLimit;
  /** Letters asked for: to one address, and from one network. */
  recipient: RateLimit;
  network: RateLimit;
}

const MINUTE_MS = 60_000;

export function createSignInLimits(): SignInLimits {
  const hour_ms = 60 * MINUTE_MS;
  const quarter_ms = 15 * MINUTE_MS;
  const letters = "too many letters were asked for; look into your mailbox, or wait some minutes";
  return {
    address: createRateLimit(
      LIMITS.login_attempts_per_minute,
      MINUTE_MS,
      "too many sign-ins from your address; wait a minute",
    ),
    identifier: createRateLimit(
      LIMITS.login_failures_per_15_min,
      quarter_ms,
      "too many failed sign-ins; wait some minutes",
    ),
    password: createRateLimit(
      LIMITS.password_changes_per_15_min,
      quarter_ms,
      "too many tries with your password; wait some minutes",
    ),
    recipient: createRateLimit(LIMITS.letters_per_email_per_hour, hour_ms, letters),
    network: createRateLimit(LIMITS.letters_per_network_per_hour, hour_ms, letters),
  };
}
