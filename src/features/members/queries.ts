import type { Tx } from "../../db/database.ts";
import { type Role, ROLE_ORDER } from "../workspaces/queries.ts";

export { ownedBotTokens } from "../workspaces/queries.ts";

export async function updateRole(tx: Tx, workspace_id: string, user_id: string, role: Role, at: string): Promise<void> {
  await tx.run(
    "UPDATE workspace_members SET role = ?, role_sort = ?, role_since = ? WHERE workspace_id = ? AND user_id = ?",
    role,
    ROLE_ORDER[role],
    at,
    workspace_id,
    user_id,
  );
}

/** The rows that let a guest into public channels. */
export async function leavePublicChannels(tx: Tx, workspace_id: string, user_id: string): Promise<void> {
  await tx.run(
    `DELETE FROM channel_members WHERE user_id = ?
       AND channel_id IN (SELECT c.id FROM channels c WHERE c.workspace_id = ? AND c.kind = 'public')`,
    user_id,
    workspace_id,
  );
}

/** What managers decided about somebody. */
export interface Moderation {
  timeout_until: string | null;
  blocked_at: string | null;
  note: string;
  moderated_by: string;
  moderated_at: string;
}

export async function moderationOf(tx: Tx, workspace_id: string, user_id: string): Promise<Moderation | undefined> {
  return tx.get<Moderation>(
    `SELECT timeout_until, blocked_at, note, moderated_by, moderated_at FROM workspace_moderation
     WHERE workspace_id = ? AND user_id = ?`,
    workspace_id,
    user_id,
  );
}

/** Also where every write looks: in the membership, and in those of the bots that belong to them. */
export async function putModeration(tx: Tx, workspace_id: string, user_id: string, to: Moderation): Promise<void> {
  await tx.run(
    `INSERT INTO workspace_moderation (workspace_id, user_id, timeout_until, blocked_at, note, moderated_by, moderated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (workspace_id, user_id) DO UPDATE SET timeout_until = excluded.timeout_until,
       blocked_at = excluded.blocked_at, note = excluded.note, moderated_by = excluded.moderated_by,
       moderated_at = excluded.moderated_at`,
    workspace_id,
    user_id,
    to.timeout_until,
    to.blocked_at,
    to.note,
    to.moderated_by,
    to.moderated_at,
  );
  await tx.run(
    `UPDATE workspace_members SET restricted_until = ? WHERE workspace_id = ?
       AND (user_id = ? OR user_id IN (SELECT u.id FROM users u WHERE u.owner_user_id = ?))`,
    to.blocked_at === null ? (to.timeout_until ?? "") : "blocked",
    workspace_id,
    user_id,
    user_id,
  );
}
