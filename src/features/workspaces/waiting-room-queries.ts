import type { Tx } from "../../db/database.ts";

/** The channels in which a guest's messages count: the waiting room, and any that let them in by itself. */
export async function waitingRoom(
  tx: Tx,
  workspace_id: string,
  user_id: string,
): Promise<{ channel_ids: string[]; guest_post_budget: number } | undefined> {
  const rows = await tx.all<{ guest_post_budget: number; id: string | null }>(
    `SELECT w.guest_post_budget, w.waiting_room_channel_id AS id FROM workspaces w WHERE w.id = ?
     UNION SELECT w.guest_post_budget, c.id FROM channel_members x JOIN channels c ON c.id = x.channel_id
       JOIN workspaces w ON w.id = c.workspace_id
       WHERE x.user_id = ? AND x.added_by = x.user_id AND c.workspace_id = ? AND c.kind = 'public'`,
    workspace_id,
    user_id,
    workspace_id,
  );
  const [first] = rows;
  if (!first) return undefined;
  const channel_ids = rows.flatMap(({ id }) => (id === null ? [] : [id]));
  return { channel_ids, guest_post_budget: first.guest_post_budget };
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
