import type { Database, Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { AppError } from "../../lib/errors.ts";
import type { Passwords } from "../../lib/password.ts";
import type { RateLimit } from "../../lib/ratelimit.ts";
import { endLinksOf, passwordHash, revokeSessionsOf } from "./queries.ts";

/**
 * Ends somebody's sessions, or all but one, and the links they have not used; open sockets close in the tick
 * of the commit.
 */
export async function signOutEverywhere(tx: Tx, user_id: string, at: string, but_id = ""): Promise<void> {
  for (const id of await revokeSessionsOf(tx, user_id, at, but_id)) tx.notify(id);
  await endLinksOf(tx, user_id, at);
}

/**
 * Asks the actor for their own password before something that a stolen session must not do. Who has none has
 * nothing more to show than their session. Failures are counted for each account. Answers the hash it was
 * checked against.
 */
export async function requireOwnPassword(
  db: Database,
  passwords: Passwords,
  limit: RateLimit,
  actor: Actor,
  password: string | undefined,
): Promise<string | undefined> {
  const hash = await db.read((tx) => passwordHash(tx, actor.user.id));
  if (hash === undefined) return undefined;
  limit.take(actor.user.id, actor.at_ms);
  if (!password || !(await passwords.verify(password, hash))) {
    throw new AppError("unauthenticated", "this is not your password");
  }
  limit.restore(actor.user.id);
  return hash;
}
