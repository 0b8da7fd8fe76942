import type { Message } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
import { selectMessages } from "../messages/queries.ts";

export interface Pin {
  id: string;
  workspace_id: string;
  channel_id: string;
  message_id: string;
  pinned_by: string;
  created_at: string;
}

/** The pinned messages, the newest pin first. */
export async function pinnedMessages(tx: Tx, channel_id: string, limit: number): Promise<Message[]> {
  const stored = await selectMessages(
    tx,
    "JOIN pinned_messages p ON p.message_id = m.id WHERE p.channel_id = ? ORDER BY p.id DESC LIMIT ?",
    channel_id,
    limit,
  );
  return stored.map(({ message }) => message);
}

export async function isPinned(tx: Tx, channel_id: string, message_id: string): Promise<boolean> {
  const row = await tx.get(
    "SELECT 1 FROM pinned_messages WHERE channel_id = ? AND message_id = ?",
    channel_id,
    message_id,
  );
  return row !== undefined;
}

export async function countPins(tx: Tx, channel_id: string): Promise<number> {
  const row = await tx.get<{ n: number }>("SELECT COUNT(*) AS n FROM pinned_messages WHERE channel_id = ?", channel_id);
  return row?.n ?? 0;
}

export async function insertPin(tx: Tx, pin: Pin): Promise<void> {
  await tx.run(
    `INSERT INTO pinned_messages (id, workspace_id, channel_id, message_id, pinned_by, created_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
    pin.id,
    pin.workspace_id,
    pin.channel_id,
    pin.message_id,
    pin.pinned_by,
    pin.created_at,
  );
}

export async function deletePin(tx: Tx, channel_id: string, message_id: string): Promise<boolean> {
  const { changes } = await tx.run(
    "DELETE FROM pinned_messages WHERE channel_id = ? AND message_id = ?",
    channel_id,
    message_id,
  );
  return changes > 0;
}
