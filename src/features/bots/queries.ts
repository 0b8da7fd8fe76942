import type { Tx } from "../../db/database.ts";

export interface BotTokenInsert {
  id: string;
  token_hash: string;
  bot_user_id: string;
  workspace_id: string;
  owner_user_id: string | null;
  name: string;
  scopes: string;
  created_by: string;
  created_at: string;
}

export async function insertBotToken(tx: Tx, token: BotTokenInsert): Promise<void> {
  await tx.run(
    `INSERT INTO bot_tokens (id, token_hash, bot_user_id, workspace_id, owner_user_id, name, scopes, created_by, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    token.id,
    token.token_hash,
    token.bot_user_id,
    token.workspace_id,
    token.owner_user_id,
    token.name,
    token.scopes,
    token.created_by,
    token.created_at,
  );
}

/** The workspaces a bot is a member of. */
export async function botWorkspaces(tx: Tx, bot_user_id: string): Promise<string[]> {
  const rows = await tx.all<{ workspace_id: string }>(
    "SELECT workspace_id FROM workspace_members WHERE user_id = ? AND role = 'bot' ORDER BY workspace_id",
    bot_user_id,
  );
  return rows.map((row) => row.workspace_id);
}
