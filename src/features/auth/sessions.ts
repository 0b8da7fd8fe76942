import { LIMITS, type User } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, requireHuman } from "../../lib/actor.ts";
import { timestamp } from "../../lib/clock.ts";
import { notFound } from "../../lib/errors.ts";
import { newSecret, sha256 } from "../../lib/hash.ts";
import { newId } from "../../lib/ids.ts";
import { cut } from "../../lib/text.ts";
import { signOutEverywhere } from "./ending.ts";
import * as queries from "./queries.ts";

export interface SignedIn {
  user: User;
  session: { id: string; token: string; user_id: string; created_at: string; expires_at: string };
  token: string;
}

/** When, from where and with what program somebody signs in. */
export interface Moment {
  at_ms: number;
  address: string;
  user_agent: string;
}

const USER_AGENT_CHARS = 200;

/** Opens a session; the token is shown here only. It is always a new one, whatever the request brought. */
export async function createSession(tx: Tx, user: User, { at_ms, address, user_agent }: Moment): Promise<SignedIn> {
  const token = newSecret("session");
  const at = timestamp(at_ms);
  const session = {
    id: newId("session"),
    user_id: user.id,
    created_at: at,
    expires_at: timestamp(at_ms + LIMITS.session_ttl_ms),
  };
  await queries.insertSession(tx, {
    ...session,
    token_hash: sha256(token),
    address,
    user_agent: cut(user_agent, USER_AGENT_CHARS),
  });
  for (const id of await queries.revokeOldest(tx, user.id, at, LIMITS.sessions_per_user)) tx.notify(id);
  return { user, session: { ...session, token }, token };
}

/** Ends the actor's session; its open sockets close in the tick of the commit. */
export async function signOut(db: Database, actor: Actor | undefined): Promise<void> {
  if (actor?.credential.kind !== "session") return;
  const { id } = actor.credential;
  await db.write(async (tx) => {
    if (await queries.revokeSession(tx, id, actor.user.id, actor.at)) tx.notify(id);
  });
}

export interface OwnSession {
  id: string;
  created_at: string;
  /** To about ten minutes; absent until it was used. */
  last_used_at?: string;
  expires_at: string;
  user_agent: string;
  address: string;
  current: boolean;
}

/** Where the actor is signed in, newest first; as many as somebody can have. */
export async function listSessions(db: Database, actor: Actor): Promise<OwnSession[]> {
  requireHuman(actor);
  const rows = await db.read((tx) => queries.sessionsOf(tx, actor.user.id, actor.at, LIMITS.sessions_per_user));
  return rows.map(({ last_used_at, ...row }) => ({
    ...row,
    ...(last_used_at !== null && { last_used_at }),
    current: row.id === actor.credential.id,
  }));
}

export async function endSession(db: Database, actor: Actor, session_id: string): Promise<void> {
  requireHuman(actor);
  await db.write(async (tx) => {
    if (!(await queries.revokeSession(tx, session_id, actor.user.id, actor.at))) throw notFound("session");
    tx.notify(session_id);
  });
}

/** Ends all of the actor's sessions but the one that asks. */
export async function endOtherSessions(db: Database, actor: Actor): Promise<void> {
  requireHuman(actor);
  await db.write((tx) => signOutEverywhere(tx, actor.user.id, actor.at, actor.credential.id));
}
