import type { User } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
import { toUser, USER_COLUMNS, type UserRow } from "../users/queries.ts";

export interface SessionRow {
  id: string;
  user_id: string;
  created_at: string;
  expires_at: string;
}

export async function sessionByHash(
  tx: Tx,
  token_hash: string,
  at: string,
): Promise<{ id: string; last_used_at: string | null; user: User } | undefined> {
  const row = await tx.get<UserRow & { session_id: string; last_used_at: string | null }>(
    `SELECT s.id AS session_id, s.last_used_at, ${USER_COLUMNS} FROM sessions s JOIN users u ON u.id = s.user_id
     WHERE s.token_hash = ? AND s.revoked_at IS NULL AND s.expires_at > ? AND u.deactivated_at IS NULL`,
    token_hash,
    at,
  );
  return row && { id: row.session_id, last_used_at: row.last_used_at, user: toUser(row) };
}

export async function insertSession(
  tx: Tx,
  session: SessionRow & { token_hash: string; address: string; user_agent: string },
): Promise<void> {
  await tx.run(
    "INSERT INTO sessions (id, token_hash, user_id, address, user_agent, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
    session.id,
    session.token_hash,
    session.user_id,
    session.address,
    session.user_agent,
    session.created_at,
    session.expires_at,
  );
}

export async function revokeSession(tx: Tx, id: string, user_id: string, at: string): Promise<boolean> {
  const { changes } = await tx.run(
    "UPDATE sessions SET revoked_at = ? WHERE id = ? AND user_id = ? AND revoked_at IS NULL AND expires_at > ?",
    at,
    id,
    user_id,
    at,
  );
  return changes > 0;
}

/** All of somebody's, or all but one. */
export async function revokeSessionsOf(tx: Tx, user_id: string, at: string, but_id: string): Promise<string[]> {
  const rows = await tx.all<{ id: string }>(
    "UPDATE sessions SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL AND id <> ? RETURNING id",
    at,
    user_id,
    but_id,
  );
  return rows.map((row) => row.id);
}

/** Ends what somebody has beyond so many, the oldest first. */
export async function revokeOldest(tx: Tx, user_id: string, at: string, keep: number): Promise<string[]> {
  const newest = await tx.get<{ id: string }>(
    "SELECT id FROM sessions WHERE user_id = ? AND revoked_at IS NULL ORDER BY id DESC LIMIT 1 OFFSET ?",
    user_id,
    keep,
  );
  if (!newest) return [];
  const rows = await tx.all<{ id: string }>(
    "UPDATE sessions SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL AND id <= ? RETURNING id",
    at,
    user_id,
    newest.id,
  );
  return rows.map((row) => row.id);
}

export interface OwnSessionRow {
  id: string;
  created_at: string;
  last_used_at: string | null;
  expires_at: string;
  user_agent: string;
  address: string;
}

export async function sessionsOf(tx: Tx, user_id: string, at: string, limit: number): Promise<OwnSessionRow[]> {
  return tx.all<OwnSessionRow>(
    `SELECT id, created_at, last_used_at, expires_at, user_agent, address FROM sessions
     WHERE user_id = ? AND revoked_at IS NULL AND expires_at > ? ORDER BY id DESC LIMIT ?`,
    user_id,
    at,
    limit,
  );
}

export async function markSessionUsed(tx: Tx, id: string, at: string): Promise<void> {
  await tx.run("UPDATE sessions SET last_used_at = ? WHERE id = ?", at, id);
}

/** A person who may sign in. */
export async function activePerson(tx: Tx, id: string): Promise<User | undefined> {
  const row = await tx.get<UserRow>(
    `SELECT ${USER_COLUMNS} FROM users u WHERE u.id = ? AND u.kind = 'human' AND u.deactivated_at IS NULL`,
    id,
  );
  return row && toUser(row);
}

/** Whoever is stored under one of these spellings of an address, the first of them before the others. */
export async function personByEmail(
  tx: Tx,
  spellings: string[],
): Promise<{ user_id: string; email: string; deactivated_at: string | null; verified_at: string | null } | undefined> {
  const [first = "", last = first] = spellings;
  return tx.get(
    `SELECT i.user_id, i.email, u.deactivated_at, i.verified_at FROM identities i JOIN users u ON u.id = i.user_id
     WHERE i.email IN (?, ?) AND i.email <> '' ORDER BY i.email <> ?, i.id LIMIT 1`,
    first,
    last,
    first,
  );
}

/** Whoever answers a letter has its address; false when that was known. */
export async function verifyEmail(tx: Tx, user_id: string, email: string, at: string): Promise<boolean> {
  const { changes } = await tx.run(
    "UPDATE identities SET verified_at = ? WHERE user_id = ? AND email = ? AND verified_at IS NULL",
    at,
    user_id,
    email,
  );
  return changes > 0;
}

/** Ends the tokens of the bots that belong to somebody, and the codes that would make more. */
export async function revokeOwnedTokens(tx: Tx, owner_user_id: string, at: string): Promise<string[]> {
  await tx.run("DELETE FROM bot_setup_codes WHERE created_by = ?", owner_user_id);
  const rows = await tx.all<{ id: string }>(
    `UPDATE bot_tokens SET revoked_at = ? WHERE revoked_at IS NULL
       AND bot_user_id IN (SELECT u.id FROM users u WHERE u.owner_user_id = ?) RETURNING id`,
    at,
    owner_user_id,
  );
  return rows.map((row) => row.id);
}

/** The hash of somebody who may sign in; for anybody else there is none. */
export async function passwordHash(tx: Tx, user_id: string): Promise<string | undefined> {
  const row = await tx.get<{ password_hash: string }>(
    `SELECT p.password_hash FROM user_passwords p JOIN users u ON u.id = p.user_id
     WHERE p.user_id = ? AND u.deactivated_at IS NULL`,
    user_id,
  );
  return row?.password_hash;
}

export async function upsertPassword(tx: Tx, user_id: string, password_hash: string, at: string): Promise<void> {
  await tx.run(
    `INSERT INTO user_passwords (user_id, password_hash, updated_at) VALUES (?, ?, ?)
     ON CONFLICT (user_id) DO UPDATE SET password_hash = excluded.password_hash, updated_at = excluded.updated_at`,
    user_id,
    password_hash,
    at,
  );
}

export async function deletePassword(tx: Tx, user_id: string): Promise<void> {
  await tx.run("DELETE FROM user_passwords WHERE user_id = ?", user_id);
}

/** Credentials that can never be used again. */
export async function deleteEnded(tx: Tx, at: string): Promise<void> {
  await tx.run("DELETE FROM sessions WHERE expires_at <= ?", at);
  await tx.run("DELETE FROM magic_links WHERE expires_at <= ?", at);
}

export interface MagicLinkRow {
  id: string;
  email: string;
  display_name: string;
  user_id: string | null;
  created_at: string;
  expires_at: string;
}

export async function insertMagicLink(
  tx: Tx,
  link: MagicLinkRow & { token_hash: string; purpose: "sign_in" | "reset"; minted_by: string | null },
): Promise<void> {
  await tx.run(
    `INSERT INTO magic_links (id, token_hash, purpose, email, display_name, user_id, minted_by, created_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    link.id,
    link.token_hash,
    link.purpose,
    link.email,
    link.display_name,
    link.user_id,
    link.minted_by,
    link.created_at,
    link.expires_at,
  );
}

const OPEN = "token_hash = ? AND purpose = ? AND used_at IS NULL AND expires_at > ?";

/**
 * Whoever made the link for somebody could still make it: both may have another role by now, or another
 * workspace. The condition of `features/members/authority.ts`; one parameter, the present moment.
 */
const STANDS = `(l.minted_by IS NULL OR (
  EXISTS (SELECT 1 FROM users b WHERE b.id = l.minted_by AND b.deactivated_at IS NULL)
  AND EXISTS (SELECT 1 FROM workspace_members m WHERE m.user_id = l.user_id)
  AND NOT EXISTS (SELECT 1 FROM workspace_members m WHERE m.user_id = l.user_id AND NOT EXISTS (
    SELECT 1 FROM workspace_members o
    WHERE o.workspace_id = m.workspace_id AND o.user_id = l.minted_by AND o.restricted_until <= ?
      AND ((o.role = 'owner' AND m.role <> 'owner')
        OR (o.role = 'moderator' AND m.role IN ('member', 'guest')))))))`;

/** Marks the link used and answers it, unless it is unknown, used, expired, for something else or not good any more. */
export async function useMagicLink(
  tx: Tx,
  token_hash: string,
  purpose: "sign_in" | "reset",
  at: string,
): Promise<MagicLinkRow | undefined> {
  return tx.get<MagicLinkRow>(
    `UPDATE magic_links AS l SET used_at = ? WHERE ${OPEN} AND ${STANDS}
     RETURNING id, email, display_name, user_id, created_at, expires_at`,
    at,
    token_hash,
    purpose,
    at,
    at,
  );
}

export async function isLinkOpen(tx: Tx, token_hash: string, purpose: "sign_in" | "reset", at: string) {
  return (await tx.get(`SELECT 1 AS found FROM magic_links WHERE ${OPEN}`, token_hash, purpose, at)) !== undefined;
}

/** Ends what was sent to somebody and not used. */
export async function endLinksOf(tx: Tx, user_id: string, at: string): Promise<void> {
  await tx.run("UPDATE magic_links SET used_at = ? WHERE user_id = ? AND used_at IS NULL", at, user_id);
}

export interface BotTokenRow {
  token_id: string;
  workspace_id: string;
  scopes: string;
}

/** A bot's token works while the person owning the bot is there: a member, no guest, of its workspace. */
const TOKEN_WORKS = `t.revoked_at IS NULL
  AND (t.owner_user_id IS NULL OR EXISTS (
    SELECT 1 FROM workspace_members m JOIN users o ON o.id = m.user_id AND o.deactivated_at IS NULL
    WHERE m.workspace_id = t.workspace_id AND m.user_id = t.owner_user_id AND m.role <> 'guest'))`;

export async function botTokenByHash(tx: Tx, token_hash: string): Promise<(BotTokenRow & { user: User }) | undefined> {
  const row = await tx.get<UserRow & BotTokenRow>(
    `SELECT t.id AS token_id, t.workspace_id, t.scopes, ${USER_COLUMNS}
     FROM bot_tokens t JOIN users u ON u.id = t.bot_user_id
     WHERE t.token_hash = ? AND ${TOKEN_WORKS}`,
    token_hash,
  );
  return row && { token_id: row.token_id, workspace_id: row.workspace_id, scopes: row.scopes, user: toUser(row) };
}

export async function markTokenUsed(tx: Tx, id: string, at: string): Promise<void> {
  await tx.run("UPDATE bot_tokens SET last_used_at = ? WHERE id = ?", at, id);
}

export async function holdsSession(tx: Tx, id: string, at: string): Promise<boolean> {
  const row = await tx.get("SELECT 1 FROM sessions WHERE id = ? AND revoked_at IS NULL AND expires_at > ?", id, at);
  return row !== undefined;
}

export async function holdsBotToken(tx: Tx, id: string): Promise<boolean> {
  return (await tx.get(`SELECT 1 FROM bot_tokens t WHERE t.id = ? AND ${TOKEN_WORKS}`, id)) !== undefined;
}

/** The first person there is, for development without credentials. */
export async function firstUser(tx: Tx): Promise<User | undefined> {
  const row = await tx.get<UserRow>(`SELECT ${USER_COLUMNS} FROM users u WHERE u.kind = 'human' ORDER BY u.id LIMIT 1`);
  return row && toUser(row);
}
