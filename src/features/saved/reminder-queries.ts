import type { Tx } from "../../db/database.ts";

/** Sets a reminder that is still to be told, or takes it back. */
export async function setReminder(
  tx: Tx,
  user_id: string,
  message_id: string,
  remind_at: string | undefined,
): Promise<void> {
  await tx.run(
    "UPDATE saved_messages SET remind_at = ?, reminded_at = NULL WHERE user_id = ? AND message_id = ?",
    remind_at ?? null,
    user_id,
    message_id,
  );
}

const IS_DUE = "v.remind_at IS NOT NULL AND v.reminded_at IS NULL AND v.remind_at <= ?";

export async function isAnyDue(tx: Tx, at: string): Promise<boolean> {
  return (await tx.get(`SELECT 1 FROM saved_messages v WHERE ${IS_DUE} LIMIT 1`, at)) !== undefined;
}

export interface Reminder {
  user_id: string;
  message_id: string;
  workspace_id: string;
  conversation_id: string;
  /** 0 for somebody who may not read the message any more. */
  is_readable: number;
}

/** The reminders that are due, the longest due first. */
export async function dueReminders(tx: Tx, at: string, limit: number): Promise<Reminder[]> {
  return tx.all<Reminder>(
    `SELECT v.user_id, v.message_id, v.workspace_id, m.conversation_id, CASE
         WHEN w.user_id IS NULL THEN 0
         WHEN c.id IS NULL THEN w.role <> 'guest' AND EXISTS (SELECT 1 FROM direct_conversation_members d
           WHERE d.conversation_id = m.conversation_id AND d.user_id = v.user_id)
         WHEN c.kind = 'public' AND w.role <> 'guest' THEN 1
         ELSE EXISTS (SELECT 1 FROM channel_members x WHERE x.channel_id = c.id AND x.user_id = v.user_id)
       END AS is_readable
     FROM saved_messages v JOIN messages m ON m.id = v.message_id
     LEFT JOIN workspace_members w ON w.workspace_id = v.workspace_id AND w.user_id = v.user_id
     LEFT JOIN channels c ON c.id = m.conversation_id
     WHERE ${IS_DUE} ORDER BY v.remind_at LIMIT ?`,
    at,
    limit,
  );
}

export async function markReminded(
  tx: Tx,
  { user_id, message_id }: Pick<Reminder, "user_id" | "message_id">,
  at: string,
): Promise<void> {
  await tx.run(
    "UPDATE saved_messages SET reminded_at = ? WHERE user_id = ? AND message_id = ?",
    at,
    user_id,
    message_id,
  );
}
