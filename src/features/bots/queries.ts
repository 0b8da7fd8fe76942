import { type BotToken, LIMITS, type User } from "@clickclack/protocol";
import type { Tx, Value } from "../../db/database.ts";
import type { Scope } from "../../lib/actor.ts";
import { toUser, USER_COLUMNS, type UserRow } from "../users/queries.ts";

interface TokenRow {
  id: string;
  bot_user_id: string;
  workspace_id: string;
  owner_user_id: string | null;
  name: string;
  scopes: string;
  created_by: string;
  created_at: string;
  last_used_at: string | null;
  revoked_at: string | null;
}

const COLUMNS =
  "id, bot_user_id, workspace_id, owner_user_id, name, scopes, created_by, created_at, last_used_at, revoked_at";

function toToken(row: TokenRow): BotToken {
  return {
    id: row.id,
    bot_user_id: row.bot_user_id,
    workspace_id: row.workspace_id,
    ...(row.owner_user_id !== null && { owner_user_id: row.owner_user_id }),
    name: row.name,
    scopes: row.scopes.split(" ") as Scope[],
    created_by: row.created_by,
    created_at: row.created_at,
    ...(row.last_used_at !== null && { last_used_at: row.last_used_at }),
    ...(row.revoked_at !== null && { revoked_at: row.revoked_at }),
  };
}

export async function insertToken(tx: Tx, token: BotToken, token_hash: string): Promise<void> {
  await tx.run(
    `INSERT INTO bot_tokens (id, token_hash, bot_user_id, workspace_id, owner_user_id, name, scopes, created_by, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    token.id,
    token_hash,
    token.bot_user_id,
    token.workspace_id,
    token.owner_user_id ?? null,
    token.name,
    token.scopes.join(" "),
    token.created_by,
    token.created_at,
  );
}

export async function tokenById(tx: Tx, id: string): Promise<BotToken | undefined> {
  const row = await tx.get<TokenRow>(`SELECT ${COLUMNS} FROM bot_tokens WHERE id = ?`, id);
  return row && toToken(row);
}

export async function countLiveTokens(tx: Tx, workspace_id: string, bot_user_id: string): Promise<number> {
  const row = await tx.get<{ n: number }>(
    "SELECT COUNT(*) AS n FROM bot_tokens WHERE workspace_id = ? AND bot_user_id = ? AND revoked_at IS NULL",
    workspace_id,
    bot_user_id,
  );
  return row?.n ?? 0;
}

/** Of each bot the tokens that work, then those revoked last: as many as may work at once. */
export async function tokensIn(tx: Tx, workspace_id: string, bot_user_id?: string): Promise<BotToken[]> {
  const params: Value[] = [workspace_id];
  if (bot_user_id !== undefined) params.push(bot_user_id);
  const rows = await tx.all<TokenRow>(
    `SELECT ${COLUMNS} FROM (
       SELECT ${COLUMNS}, ROW_NUMBER() OVER (
         PARTITION BY bot_user_id ORDER BY CASE WHEN revoked_at IS NULL THEN 0 ELSE 1 END, revoked_at DESC, id DESC
       ) AS place
       FROM bot_tokens WHERE workspace_id = ?${bot_user_id === undefined ? "" : " AND bot_user_id = ?"}
     ) AS placed WHERE place <= ? ORDER BY bot_user_id, place`,
    ...params,
    LIMITS.bot_tokens_per_bot,
  );
  return rows.map(toToken);
}

export async function revokeToken(tx: Tx, id: string, at: string): Promise<boolean> {
  const { changes } = await tx.run("UPDATE bot_tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", at, id);
  return changes > 0;
}

/** Revokes what a bot holds in one workspace; answers the ids. */
export async function revokeTokensIn(tx: Tx, workspace_id: string, bot_user_id: string, at: string): Promise<string[]> {
  const rows = await tx.all<{ id: string }>(
    `UPDATE bot_tokens SET revoked_at = ? WHERE workspace_id = ? AND bot_user_id = ? AND revoked_at IS NULL
     RETURNING id`,
    at,
    workspace_id,
    bot_user_id,
  );
  return rows.map((row) => row.id);
}

/** The same for every workspace, also those the bot has left. */
export async function revokeTokens(tx: Tx, bot_user_id: string, at: string): Promise<string[]> {
  const rows = await tx.all<{ id: string }>(
    "UPDATE bot_tokens SET revoked_at = ? WHERE bot_user_id = ? AND revoked_at IS NULL RETURNING id",
    at,
    bot_user_id,
  );
  return rows.map((row) => row.id);
}

/** Gives a token that still works another secret; the old one is nothing from here on. */
export async function renewToken(tx: Tx, id: string, token_hash: string): Promise<BotToken | undefined> {
  const row = await tx.get<TokenRow>(
    `UPDATE bot_tokens SET token_hash = ? WHERE id = ? AND revoked_at IS NULL RETURNING ${COLUMNS}`,
    token_hash,
    id,
  );
  return row && toToken(row);
}

/** The workspaces a bot is a member of. */
export async function botWorkspaces(tx: Tx, bot_user_id: string): Promise<string[]> {
  const rows = await tx.all<{ workspace_id: string }>(
    "SELECT workspace_id FROM workspace_members WHERE user_id = ? AND role = 'bot' ORDER BY workspace_id",
    bot_user_id,
  );
  return rows.map((row) => row.workspace_id);
}

export async function botsIn(tx: Tx, workspace_id: string): Promise<User[]> {
  const rows = await tx.all<UserRow>(
    `SELECT ${USER_COLUMNS} FROM workspace_members m JOIN users u ON u.id = m.user_id
     WHERE m.workspace_id = ? AND m.role = 'bot' ORDER BY m.sort_name, m.sort_handle, m.user_id LIMIT ?`,
    workspace_id,
    LIMITS.bots_per_workspace,
  );
  return rows.map(toUser);
}

type OwnedRow = UserRow & { place_id: string; place_route_id: string; place_name: string; active_token_count: number };

/** A person's own bots, once for each workspace that both are in. */
export async function botsOwnedBy(tx: Tx, owner_user_id: string) {
  const rows = await tx.all<OwnedRow>(
    `SELECT ${USER_COLUMNS}, w.id AS place_id, w.route_id AS place_route_id, w.name AS place_name,
       (SELECT COUNT(*) FROM bot_tokens t
        WHERE t.workspace_id = w.id AND t.bot_user_id = u.id AND t.revoked_at IS NULL) AS active_token_count
     FROM users u
     JOIN workspace_members m ON m.user_id = u.id AND m.role = 'bot'
     JOIN workspace_members o ON o.workspace_id = m.workspace_id AND o.user_id = u.owner_user_id
     JOIN workspaces w ON w.id = m.workspace_id
     WHERE u.owner_user_id = ? ORDER BY u.id, w.id LIMIT ?`,
    owner_user_id,
    LIMITS.bots_per_workspace,
  );
  return rows.map((row) => ({
    bot: toUser(row),
    workspace: { id: row.place_id, route_id: row.place_route_id, name: row.place_name },
    active_token_count: row.active_token_count,
  }));
}

export interface SetupRequest {
  created_by: string;
  setup_nonce: string;
  request_hash: string;
  workspace_id: string;
  bot_user_id: string;
  bot_token_id: string | null;
  created_at: string;
}

export async function setupRequest(tx: Tx, created_by: string, setup_nonce: string): Promise<SetupRequest | undefined> {
  return tx.get<SetupRequest>(
    `SELECT created_by, setup_nonce, request_hash, workspace_id, bot_user_id, bot_token_id, created_at
     FROM bot_setup_requests WHERE created_by = ? AND setup_nonce = ?`,
    created_by,
    setup_nonce,
  );
}

export async function insertSetupRequest(tx: Tx, request: SetupRequest): Promise<void> {
  await tx.run(
    `INSERT INTO bot_setup_requests
       (created_by, setup_nonce, request_hash, workspace_id, bot_user_id, bot_token_id, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    request.created_by,
    request.setup_nonce,
    request.request_hash,
    request.workspace_id,
    request.bot_user_id,
    request.bot_token_id,
    request.created_at,
  );
}
