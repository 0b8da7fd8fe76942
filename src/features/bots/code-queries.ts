import type { Tx } from "../../db/database.ts";

/** A setup code as stored: `scopes` by blanks, `defaults` as JSON. */
export interface CodeRow {
  id: string;
  code_hash: string;
  bot_user_id: string;
  workspace_id: string;
  token_name: string;
  scopes: string;
  defaults: string;
  created_by: string;
  created_at: string;
  expires_at: string;
}

/** A bot has one code for each token name: a new one takes the place of the one before. */
export async function putCode(tx: Tx, code: CodeRow): Promise<void> {
  await tx.run(
    `INSERT INTO bot_setup_codes
       (id, code_hash, bot_user_id, workspace_id, token_name, scopes, defaults, created_by, created_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (workspace_id, bot_user_id, token_name) DO UPDATE SET
       id = excluded.id, code_hash = excluded.code_hash, scopes = excluded.scopes, defaults = excluded.defaults,
       created_by = excluded.created_by, created_at = excluded.created_at, expires_at = excluded.expires_at`,
    code.id,
    code.code_hash,
    code.bot_user_id,
    code.workspace_id,
    code.token_name,
    code.scopes,
    code.defaults,
    code.created_by,
    code.created_at,
    code.expires_at,
  );
}

/** Takes a code that is still good out of the table, so that nobody takes it twice. */
export async function takeCode(tx: Tx, code_hash: string, at: string): Promise<CodeRow | undefined> {
  return tx.get<CodeRow>(
    `DELETE FROM bot_setup_codes WHERE code_hash = ? AND expires_at > ?
     RETURNING id, code_hash, bot_user_id, workspace_id, token_name, scopes, defaults, created_by, created_at, expires_at`,
    code_hash,
    at,
  );
}

export async function deleteExpiredCodes(tx: Tx, workspace_id: string, at: string): Promise<void> {
  await tx.run("DELETE FROM bot_setup_codes WHERE workspace_id = ? AND expires_at <= ?", workspace_id, at);
}

export async function deleteCodes(tx: Tx, workspace_id: string, bot_user_id: string): Promise<void> {
  await tx.run("DELETE FROM bot_setup_codes WHERE workspace_id = ? AND bot_user_id = ?", workspace_id, bot_user_id);
}

/** How many other codes of the bot wait to be claimed. */
export async function countOtherCodes(
  tx: Tx,
  workspace_id: string,
  bot_user_id: string,
  token_name: string,
): Promise<number> {
  const row = await tx.get<{ n: number }>(
    "SELECT COUNT(*) AS n FROM bot_setup_codes WHERE workspace_id = ? AND bot_user_id = ? AND token_name <> ?",
    workspace_id,
    bot_user_id,
    token_name,
  );
  return row?.n ?? 0;
}
