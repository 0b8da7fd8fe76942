import type { Tx } from "../../db/database.ts";

export async function insertReaction(
  tx: Tx,
  message_id: string,
  user_id: string,
  emoji: string,
  at: string,
): Promise<boolean> {
  const { changes } = await tx.run(
    "INSERT INTO reactions (message_id, emoji, user_id, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    message_id,
    emoji,
    user_id,
    at,
  );
  return changes > 0;
}

export async function deleteReaction(tx: Tx, message_id: string, user_id: string, emoji: string): Promise<boolean> {
  const { changes } = await tx.run(
    "DELETE FROM reactions WHERE message_id = ? AND emoji = ? AND user_id = ?",
    message_id,
    emoji,
    user_id,
  );
  return changes > 0;
}
