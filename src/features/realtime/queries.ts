import type { Tx } from "../../db/database.ts";

export async function memberIds(tx: Tx, workspace_id: string): Promise<string[]> {
  const rows = await tx.all<{ user_id: string }>(
    "SELECT user_id FROM workspace_members WHERE workspace_id = ?",
    workspace_id,
  );
  return rows.map((row) => row.user_id);
}

export async function workspaceIds(tx: Tx): Promise<string[]> {
  return (await tx.all<{ id: string }>("SELECT id FROM workspaces ORDER BY id")).map((row) => row.id);
}
