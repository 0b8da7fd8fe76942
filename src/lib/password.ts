import { LIMITS } from "@clickclack/protocol";
import { invalid } from "./errors.ts";
import { createSemaphore } from "./semaphore.ts";
import { codePoints, requireText } from "./text.ts";

/** Argon2id, a bounded number at once, because each derivation takes 64 MiB. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** Verifies against a decoy when there is no hash, so unknown people take as long as known ones. */
  verify(password: string, hash: string | undefined): Promise<boolean>;
}

/** The hash of something nobody knows, with the parameters of ours. */
const DECOY =
  "$argon2id$v=19$m=65536,t=2,p=1$WbSVwQdTgHz5ehwuMM5hLt3PQgJmL/qzhIA0cJfalYY$4fInclzTNwfTL/DL+ehlzPrNm3SEzAq4y+sXxcB96MY";

export function createPasswords(): Passwords {
  const limited = createSemaphore(
    LIMITS.password_hashes_at_once,
    LIMITS.password_hash_queue,
    "too many sign-ins at once; try again",
  );
  return {
    hash: (password) => limited(() => Bun.password.hash(password)),
    async verify(password, hash) {
      const matches = await limited(() => Bun.password.verify(password, hash ?? DECOY));
      return matches && hash !== undefined;
    },
  };
}

export function requirePassword(password: string, path = "password"): string {
  const length = codePoints(requireText(path, password));
  if (length >= LIMITS.password_min_chars && length <= LIMITS.password_max_chars) return password;
  throw invalid(path, `${path} must be ${LIMITS.password_min_chars} to ${LIMITS.password_max_chars} characters`);
}
