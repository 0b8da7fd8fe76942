import { LIMITS, type User } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import type { Actor, ActorLookup } from "../../lib/actor.ts";
import type { RateLimit } from "../../lib/ratelimit.ts";
import { timestamp } from "../../lib/clock.ts";
import { AppError, endedLink, notFound } from "../../lib/errors.ts";
import { newSecret, sha256 } from "../../lib/hash.ts";
import { newId } from "../../lib/ids.ts";
import { type Passwords, requirePassword } from "../../lib/password.ts";
import { cut, requireEmail, requireName } from "../../lib/text.ts";
import * as users from "../users/users.ts";
import * as queries from "./queries.ts";
import { createTokenUse } from "./token-use.ts";

/** What other features need of sign-in. */
export { upsertPassword } from "./queries.ts";

export interface SignedIn {
  user: User;
  session: { id: string; token: string; user_id: string; created_at: string; expires_at: string };
  token: string;
}

/** Opens a session; the token is shown here only. */
export async function createSession(tx: Tx, user: User, { at_ms, address, user_agent }: Moment): Promise<SignedIn> {
  const token = newSecret("session");
  const session = {
    id: newId("session"),
    user_id: user.id,
    created_at: timestamp(at_ms),
    expires_at: timestamp(at_ms + LIMITS.session_ttl_ms),
  };
  await queries.insertSession(tx, {
    ...session,
    token_hash: sha256(token),
    address,
    user_agent: user_agent.slice(0, 200),
  });
  return { user, session: { ...session, token }, token };
}

export interface Moment {
  at_ms: number;
  address: string;
  user_agent: string;
}

export interface SignInLimits {
  /** Attempts of one address. */
  address: RateLimit;
  /** Failures with one identifier. */
  identifier: RateLimit;
}

export interface Credentials extends Moment {
  identifier: string;
  password: string;
  /** Whose attempts are counted: the address, or the network it is in. */
  network: string;
}

/** Signs in by e-mail address or handle. Every failure is the same answer and takes the same time. */
export async function signIn(
  db: Database,
  passwords: Passwords,
  limits: SignInLimits,
  input: Credentials,
): Promise<SignedIn> {
  limits.address.take(input.network, input.at_ms);
  const key = input.identifier.trim().toLowerCase().replace(/^@/, "");
  limits.identifier.take(key, input.at_ms);
  const found = await db.read(async (tx) => {
    const user = await users.findPerson(tx, key);
    return user && { user, hash: await queries.passwordHash(tx, user.id) };
  });
  if (!(await passwords.verify(input.password, found?.hash)) || !found) {
    throw new AppError("unauthenticated", "invalid identifier or password");
  }
  limits.identifier.restore(key);
  return db.write((tx) => createSession(tx, found.user, input));
}

/** Ends the actor's session; its open sockets close in the tick of the commit. */
export async function signOut(db: Database, actor: Actor | undefined): Promise<void> {
  if (actor?.credential.kind !== "session") return;
  const { id } = actor.credential;
  await db.write(async (tx) => {
    if (await queries.revokeSession(tx, id, actor.at)) tx.notify(id);
  });
}

/** Redeems a sign-in link once; somebody new becomes a person by it. */
export async function consumeMagicLink(db: Database, token: string, moment: Moment): Promise<SignedIn> {
  const at = timestamp(moment.at_ms);
  return db.write(async (tx) => {
    const link = await queries.useMagicLink(tx, sha256(token.trim()), at);
    if (!link) throw endedLink("sign-in link");
    const known = await users.userByEmail(tx, link.email);
    const user =
      known ??
      (await users.createUser(tx, { display_name: link.display_name || nameOf(link.email), email: link.email, at }));
    return createSession(tx, user, moment);
  });
}

/** An address may be longer than a name. */
function nameOf(email: string): string {
  return Buffer.byteLength(email) <= LIMITS.display_name_bytes ? email : cut(email, LIMITS.display_name_bytes / 4);
}

export interface MagicLink {
  magic_link: { id: string; email: string; display_name: string; created_at: string; expires_at: string };
  token: string;
}

export async function createMagicLink(
  db: Database,
  input: { email: string; display_name?: string | undefined; at_ms: number },
): Promise<MagicLink> {
  const token = newSecret("magic_link");
  const magic_link = {
    id: newId("magic_link"),
    email: requireEmail(input.email),
    display_name: input.display_name?.trim()
      ? requireName("display_name", input.display_name, LIMITS.display_name_bytes)
      : "",
    created_at: timestamp(input.at_ms),
    expires_at: timestamp(input.at_ms + LIMITS.magic_link_ttl_ms),
  };
  await db.write((tx) => queries.insertMagicLink(tx, { ...magic_link, token_hash: sha256(token) }));
  return { magic_link, token };
}

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
    for (const id of await queries.revokeSessionsOf(tx, user_id, at)) tx.notify(id);
  });
}

/** Forgets sessions and links past their end, so that signing in again and again fills no disk. */
export async function pruneCredentials(db: Database, at_ms: number): Promise<void> {
  await db.write((tx) => queries.deleteEnded(tx, timestamp(at_ms)));
}

/** Whether the actor's session or token has not ended: a socket asks again, because it outlives its request. */
export async function holdsCredential(tx: Tx, { credential }: Actor, at: string): Promise<boolean> {
  if (credential.kind === "session") return queries.holdsSession(tx, credential.id, at);
  return credential.kind === "dev" || queries.holdsBotToken(tx, credential.id);
}

/** How requests become actors: the look-ups that `http/actor.ts` is given. */
export function actorLookup(db: Database): ActorLookup {
  const used = createTokenUse(db);
  return {
    async session(token, at) {
      const hash = sha256(token);
      const found = await db.read((tx) => queries.sessionByHash(tx, hash, at));
      return found && { user: found.user, credential: { kind: "session", id: found.id } };
    },
    async botToken(token, at) {
      const hash = sha256(token);
      const found = await db.read((tx) => queries.botTokenByHash(tx, hash));
      if (!found) return undefined;
      used(found.token_id, at);
      return {
        user: found.user,
        credential: { kind: "bot_token", id: found.token_id },
        workspace_id: found.workspace_id,
        scopes: new Set(found.scopes.split(" ")),
      };
    },
    async developer(user_id) {
      const user = await db.read((tx) => (user_id === undefined ? queries.firstUser(tx) : users.userById(tx, user_id)));
      return user && { user, credential: { kind: "dev", id: "dev" } };
    },
  };
}
