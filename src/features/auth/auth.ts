import { LIMITS, type User } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import type { Actor, ActorLookup } from "../../lib/actor.ts";
import { timestamp } from "../../lib/clock.ts";
import { canonicalEmail } from "../../lib/email.ts";
import { AppError, endedLink } from "../../lib/errors.ts";
import { sha256 } from "../../lib/hash.ts";
import type { Passwords } from "../../lib/password.ts";
import { cut } from "../../lib/text.ts";
import * as users from "../users/users.ts";
import type { SignInLimits } from "./limits.ts";
import * as queries from "./queries.ts";
import { createSession, type Moment, type SignedIn } from "./sessions.ts";
import { createSessionUse, createTokenUse } from "./use.ts";

/** What other features need of sign-in. */
export { createMagicLink, type MagicLink, mintLink, type NewLink, signInLink } from "./links.ts";
export type { SignInLimits } from "./limits.ts";
export { setPassword } from "./passwords.ts";
export { passwordHash, upsertPassword } from "./queries.ts";
export { createSession, type Moment, type SignedIn } from "./sessions.ts";

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
  const plain = input.identifier.trim().toLowerCase().replace(/^@/, "");
  // Spellings that lead to one account share its attempts.
  const key = canonicalEmail(plain) ?? plain;
  limits.identifier.take(key, input.at_ms);
  const found = await db.read(async (tx) => {
    const user = await users.findPerson(tx, plain);
    return user && { user, hash: await queries.passwordHash(tx, user.id) };
  });
  const wrong = () => new AppError("unauthenticated", "invalid identifier or password");
  if (!(await passwords.verify(input.password, found?.hash)) || !found) throw wrong();
  const signed = await db.write(async (tx) => {
    // Deriving takes a while: the password may be another one by now, or the person deactivated.
    if ((await queries.passwordHash(tx, found.user.id)) !== found.hash) throw wrong();
    return createSession(tx, found.user, input);
  });
  limits.identifier.restore(key);
  return signed;
}

/** Redeems a sign-in link once; somebody new becomes a person by it. */
export async function consumeMagicLink(db: Database, token: string, moment: Moment): Promise<SignedIn> {
  const at = timestamp(moment.at_ms);
  return db.write(async (tx) => {
    const link = await queries.useMagicLink(tx, sha256(token.trim()), "sign_in", at);
    if (!link) throw endedLink("sign-in link");
    const user = await personOf(tx, link, at);
    if (!user) throw endedLink("sign-in link");
    return createSession(tx, user, moment);
  });
}

/** Whom a link signs in: who it is bound to, who has its address, or somebody new. Nobody who is deactivated. */
async function personOf(tx: Tx, link: queries.MagicLinkRow, at: string): Promise<User | undefined> {
  const { user_id, email } = link;
  if (user_id !== null) return queries.activePerson(tx, user_id);
  const known = await users.personByEmail(tx, email);
  if (known) return queries.activePerson(tx, known.id);
  return users.createUser(tx, { display_name: link.display_name || nameOf(email), email, at });
}

/** An address may be longer than a name. */
function nameOf(email: string): string {
  return Buffer.byteLength(email) <= LIMITS.display_name_bytes ? email : cut(email, LIMITS.display_name_bytes / 4);
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
  const tokenUsed = createTokenUse(db);
  const sessionUsed = createSessionUse(db);
  return {
    async session(token, at) {
      const hash = sha256(token);
      const found = await db.read((tx) => queries.sessionByHash(tx, hash, at));
      if (!found) return undefined;
      sessionUsed(found.id, at, found.last_used_at);
      return { user: found.user, credential: { kind: "session", id: found.id } };
    },
    async botToken(token, at) {
      const hash = sha256(token);
      const found = await db.read((tx) => queries.botTokenByHash(tx, hash));
      if (!found) return undefined;
      tokenUsed(found.token_id, at);
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
