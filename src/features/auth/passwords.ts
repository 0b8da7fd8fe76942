import type { Database } from "../../db/database.ts";
import { type Actor, requireHuman } from "../../lib/actor.ts";
import { timestamp } from "../../lib/clock.ts";
import { AppError, conflict, endedLink, notFound } from "../../lib/errors.ts";
import { sha256 } from "../../lib/hash.ts";
import { type Passwords, requirePassword } from "../../lib/password.ts";
import * as users from "../users/users.ts";
import { requireOwnPassword, signOutEverywhere } from "./ending.ts";
import type { SignInLimits } from "./limits.ts";
import * as queries from "./queries.ts";
import { createSession, type Moment, type SignedIn } from "./sessions.ts";

/** Sets or, with `undefined`, clears a person's password and ends their sessions. For the operator. */
export async function setPassword(
  db: Database,
  passwords: Passwords,
  user_id: string,
  password: string | undefined,
  at: string,
): Promise<void> {
  const hash = password === undefined ? undefined : await passwords.hash(requirePassword(password));
  await db.write(async (tx) => {
    if (!(await users.userById(tx, user_id))) throw notFound("user");
    if (hash === undefined) await queries.deletePassword(tx, user_id);
    else await queries.upsertPassword(tx, user_id, hash, at);
    // Whoever needed a new password may have lost the old one to somebody who is still signed in.
    await signOutEverywhere(tx, user_id, at);
  });
}

export interface PasswordChange {
  /** Not asked of somebody who has none yet. */
  current_password?: string | undefined;
  new_password: string;
}

/** Changes the actor's password, or gives them their first one. All their other sessions and links end. */
export async function changePassword(
  db: Database,
  passwords: Passwords,
  limits: SignInLimits,
  actor: Actor,
  { current_password, new_password }: PasswordChange,
): Promise<void> {
  requireHuman(actor);
  const { user, credential, at } = actor;
  const wanted = requirePassword(new_password, "new_password");
  const before = await requireOwnPassword(db, passwords, limits.password, actor, current_password);
  const hash = await passwords.hash(wanted);
  await db.write(async (tx) => {
    // Deriving takes a while, in which the session may have been ended or the password changed by somebody else.
    if (credential.kind === "session" && !(await queries.holdsSession(tx, credential.id, at))) {
      throw new AppError("unauthenticated", "the session has ended; sign in again");
    }
    if ((await queries.passwordHash(tx, user.id)) !== before) {
      throw conflict("your password was changed meanwhile; sign in with the new one");
    }
    await queries.upsertPassword(tx, user.id, hash, at);
    await signOutEverywhere(tx, user.id, at, credential.id);
  });
}

/**
 * Sets the password of whoever a link was sent to, ends all their sessions and signs them in. Where nobody had
 * proven yet that the address is theirs, whoever wrote it into a form may have been somebody else: what they
 * made goes as well.
 */
export async function resetPassword(
  db: Database,
  passwords: Passwords,
  input: Moment & { token: string; new_password: string },
): Promise<SignedIn> {
  const password = requirePassword(input.new_password, "new_password");
  const token_hash = sha256(input.token.trim());
  const at = timestamp(input.at_ms);
  if (!(await db.read((tx) => queries.isLinkOpen(tx, token_hash, "reset", at)))) throw endedLink("reset link");
  const hash = await passwords.hash(password);
  return db.write(async (tx) => {
    const link = await queries.useMagicLink(tx, token_hash, "reset", at);
    const user = link?.user_id ? await queries.activePerson(tx, link.user_id) : undefined;
    if (!user) throw endedLink("reset link");
    await queries.upsertPassword(tx, user.id, hash, at);
    await signOutEverywhere(tx, user.id, at);
    if (await queries.verifyEmail(tx, user.id, link?.email ?? "", at)) {
      for (const id of await queries.revokeOwnedTokens(tx, user.id, at)) tx.notify(id);
    }
    return createSession(tx, user, input);
  });
}
