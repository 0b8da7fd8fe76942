import type { Tx } from "../../db/database.ts";

const idsOf = (rows: { id: string }[]): string[] => rows.map((row) => row.id);

/** Bots that belong to nobody and are in no other workspace. */
export async function loneServiceBots(tx: Tx, workspace_id: string): Promise<string[]> {
  return idsOf(
    await tx.all<{ id: string }>(
      `SELECT u.id FROM workspace_members m JOIN users u ON u.id = m.user_id
       WHERE m.workspace_id = ? AND m.role = 'bot' AND u.owner_user_id IS NULL AND NOT EXISTS (
         SELECT 1 FROM workspace_members o WHERE o.user_id = u.id AND o.workspace_id <> m.workspace_id)`,
      workspace_id,
    ),
  );
}

/** Marks it, and ends every way in: its id takes the slug's place, which no slug can look like. */
export async function closeWorkspace(tx: Tx, workspace_id: string, at: string): Promise<void> {
  await tx.run("UPDATE workspaces SET deleted_at = ?, slug = id WHERE id = ?", at, workspace_id);
  await tx.run("UPDATE invites SET revoked_at = ? WHERE workspace_id = ? AND revoked_at IS NULL", at, workspace_id);
  await tx.run("DELETE FROM bot_setup_codes WHERE workspace_id = ?", workspace_id);
}

export async function revokeTokensOf(tx: Tx, workspace_id: string, at: string): Promise<string[]> {
  return idsOf(
    await tx.all<{ id: string }>(
      "UPDATE bot_tokens SET revoked_at = ? WHERE workspace_id = ? AND revoked_at IS NULL RETURNING id",
      at,
      workspace_id,
    ),
  );
}

export async function deleteMembers(tx: Tx, workspace_id: string): Promise<string[]> {
  return idsOf(
    await tx.all<{ id: string }>(
      "DELETE FROM workspace_members WHERE workspace_id = ? RETURNING user_id AS id",
      workspace_id,
    ),
  );
}

export async function deletedWorkspace(tx: Tx): Promise<string | undefined> {
  const row = await tx.get<{ id: string }>("SELECT id FROM workspaces WHERE deleted_at IS NOT NULL LIMIT 1");
  return row?.id;
}

/** What is left of a workspace without conversations: tables and the key of a row within the workspace. */
const TABLES = {
  events: "cursor",
  audit_log_entries: "id",
  reports: "id",
  topics: "id",
  user_groups: "id",
  invites: "id",
  workspace_moderation: "user_id",
  guest_posts: "user_id, message_id",
  bot_commands: "id",
  bot_tokens: "id",
  bot_setup_requests: "created_by, setup_nonce",
  drafts: "id",
  user_sidebars: "user_id",
};

/** Deletes some of it; answers whether there was any. */
export async function deleteSomeRows(tx: Tx, workspace_id: string, limit: number): Promise<boolean> {
  for (const [table, key] of Object.entries(TABLES)) {
    const { changes } = await tx.run(
      `DELETE FROM ${table} WHERE workspace_id = ? AND (${key}) IN (
         SELECT ${key} FROM ${table} WHERE workspace_id = ? LIMIT ?)`,
      workspace_id,
      workspace_id,
      limit,
    );
    if (changes > 0) return true;
  }
  return false;
}

export async function deleteWorkspace(tx: Tx, workspace_id: string): Promise<void> {
  await tx.run("DELETE FROM workspaces WHERE id = ?", workspace_id);
}
