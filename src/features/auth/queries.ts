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
): Promise<{ id: string; user: User } | undefined> {
  const row = await tx.get<UserRow & { session_id: string }>(
    `SELECT s.id AS session_id, ${USER_COLUMNS} FROM sessions s JOIN users u ON u.id = s.user_id
     WHERE s.token_hash = ? AND s.revoked_at IS NULL AND s.expires_at > ?`,
    token_hash,
    at,
  );
  return row && { id: row.session_id, user: toUser(row) };
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

export async function revokeSession(tx: Tx, id: string, at: string): Promise<boolean> {
  const { changes } = await tx.run("UPDATE sessions SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", at, id);
  return changes > 0;
}

export async function revokeSessionsOf(tx: Tx, user_id: string, at: string): Promise<string[]> {
  const rows = await tx.all<{ id: string }>(
    "UPDATE sessions SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL RETURNING id",
    at,
    user_id,
  );
  return rows.map((row) => row.id);
}

export async function passwordHash(tx: Tx, user_id: string): Promise<string | undefined> {
  const row = await tx.get<{ password_hash: string }>(
    "SELECT password_hash FROM user_passwords WHERE user_id = ?",
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
  created_at: string;
  expires_at: string;
}

export async function insertMagicLink(tx: Tx, link: MagicLinkRow & { token_hash: string }): Promise<void> {
  await tx.run(
    "INSERT INTO magic_links (id, token_hash, email, display_name, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
    link.id,
    link.token_hash,
    link.email,
    link.display_name,
    link.created_at,
    link.expires_at,
  );
}

/** Marks the link used and answers it, unless it is unknown, used or expired. */
export async function useMagicLink(tx: Tx, token_hash: string, at: string): Promise<MagicLinkRow | undefined> {
  return tx.get<MagicLinkRow>(
    `UPDATE magic_links SET used_at = ? WHERE token_hash = ? AND used_at IS NULL AND expires_at > ?
     RETURNING id, email, display_name, created_at, expires_at`,
    at,
    token_hash,
    at,
  );
}

export interface BotTokenRow {
  token_id: string;
  workspace_id: string;
  scopes: string;
}

/** A bot's token works while the person owning the bot is a member, and no guest, of its workspace. */
const TOKEN_WORKS = `t.revoked_at IS NULL
  AND (t.owner_user_id IS NULL OR EXISTS (
    SELECT 1 FROM workspace_members m WHERE m.workspace_id = t.workspace_id AND m.user_id = t.owner_user_id
      AND m.role <> 'guest'))`;

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
