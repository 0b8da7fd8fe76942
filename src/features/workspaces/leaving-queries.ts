import type { Tx } from "../../db/database.ts";
import type { Role } from "./queries.ts";

/**
 * With the places in the workspace's channels and groups; answers the role they had. What a guest has posted
 * stays counted, for when they come back.
 */
export async function deleteMember(
  tx: Tx,
  workspace_id: string,
  user_id: string,
  at: string,
): Promise<Role | undefined> {
  const gone = await tx.get<{ role: Role }>(
    "DELETE FROM workspace_members WHERE workspace_id = ? AND user_id = ? RETURNING role",
    workspace_id,
    user_id,
  );
  for (const table of ["drafts", "user_sidebars"])
    await tx.run(`DELETE FROM ${table} WHERE user_id = ? AND workspace_id = ?`, user_id, workspace_id);
  await tx.run(
    `DELETE FROM user_group_members WHERE user_id = ?
       AND group_id IN (SELECT g.id FROM user_groups g WHERE g.workspace_id = ?)`,
    user_id,
    workspace_id,
  );
  const left = await tx.all<{ channel_id: string }>(
    `DELETE FROM channel_members WHERE user_id = ?
       AND channel_id IN (SELECT c.id FROM channels c WHERE c.workspace_id = ?) RETURNING channel_id`,
    user_id,
    workspace_id,
  );
  for (const { channel_id } of left) await closeIfEmpty(tx, channel_id, at);
  return gone?.role;
}

/**
 * A private channel that its last member has left is archived, and its name is free: nobody sees it any more,
 * so nobody could take it back. The id takes the name's place, which no name can look like.
 */
export async function closeIfEmpty(tx: Tx, channel_id: string, at: string): Promise<void> {
  await tx.run(
    `UPDATE channels SET archived_at = COALESCE(archived_at, ?), name = id,
       display_title = CASE WHEN display_title = '' THEN name ELSE display_title END
     WHERE id = ? AND kind = 'private' AND name <> id
       AND NOT EXISTS (SELECT 1 FROM channel_members x WHERE x.channel_id = channels.id)`,
    at,
    channel_id,
  );
}
