import type { Tx } from "../../db/database.ts";

export async function waitingRoom(
  tx: Tx,
  workspace_id: string,
): Promise<{ waiting_room_channel_id: string | null; guest_post_budget: number } | undefined> {
  return tx.get("SELECT waiting_room_channel_id, guest_post_budget FROM workspaces WHERE id = ?", workspace_id);
}

/** Those since they became a guest, at the earliest since a moment. */
export async function postsSince(
  tx: Tx,
  workspace_id: string,
  user_id: string,
  since: string,
): Promise<{ used: number; oldest: string | null }> {
  const row = await tx.get<{ used: number; oldest: string | null }>(
    `SELECT COUNT(*) AS used, MIN(p.created_at) AS oldest
     FROM guest_posts p JOIN workspace_members m ON m.workspace_id = p.workspace_id AND m.user_id = p.user_id
     WHERE p.workspace_id = ? AND p.user_id = ? AND p.created_at > ? AND p.created_at >= m.role_since`,
    workspace_id,
    user_id,
    since,
  );
  return row ?? { used: 0, oldest: null };
}

/** Also forgets those of theirs that count no more. */
export async function insertPost(
  tx: Tx,
  post: { workspace_id: string; user_id: string; message_id: string; created_at: string; since: string },
): Promise<void> {
  const { workspace_id, user_id, message_id, created_at, since } = post;
  await tx.run(
    "DELETE FROM guest_posts WHERE workspace_id = ? AND user_id = ? AND created_at <= ?",
    workspace_id,
    user_id,
    since,
  );
  await tx.run(
    "INSERT INTO guest_posts (workspace_id, user_id, message_id, created_at) VALUES (?, ?, ?, ?)",
    workspace_id,
    user_id,
    message_id,
    created_at,
  );
}
