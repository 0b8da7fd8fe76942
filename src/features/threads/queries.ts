import type { Message } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
import { selectMessages } from "../messages/queries.ts";

export async function repliesBelow(
  tx: Tx,
  root_id: string,
  seq: number | undefined,
  limit: number,
): Promise<Message[]> {
  const stored = await selectMessages(
    tx,
    "WHERE m.thread_root_id = ? AND m.thread_seq < ? ORDER BY m.thread_seq DESC LIMIT ?",
    root_id,
    seq ?? Number.MAX_SAFE_INTEGER,
    limit,
  );
  return stored.map(({ message }) => message);
}

export async function repliesAbove(tx: Tx, root_id: string, seq: number, limit: number): Promise<Message[]> {
  const stored = await selectMessages(
    tx,
    "WHERE m.thread_root_id = ? AND m.thread_seq > ? ORDER BY m.thread_seq LIMIT ?",
    root_id,
    seq,
    limit,
  );
  return stored.map(({ message }) => message);
}

/** Numbers the reply and updates the summary its root carries, in one statement. */
export async function addReply(
  tx: Tx,
  root_id: string,
  { last_reply_at, last_reply_author_ids }: { last_reply_at: string; last_reply_author_ids: string[] },
): Promise<{ last_thread_seq: number; reply_count: number }> {
  const row = await tx.get<{ last_thread_seq: number; reply_count: number }>(
    `UPDATE messages SET last_thread_seq = last_thread_seq + 1, reply_count = reply_count + 1,
       last_reply_at = ?, last_reply_author_ids = ? WHERE id = ? RETURNING last_thread_seq, reply_count`,
    last_reply_at,
    JSON.stringify(last_reply_author_ids),
    root_id,
  );
  if (!row) throw new Error(`root ${root_id} vanished inside its own transaction`);
  return row;
}

export async function setRouteId(tx: Tx, message_id: string, route_id: string): Promise<string> {
  const row = await tx.get<{ route_id: string }>(
    "UPDATE messages SET route_id = COALESCE(route_id, ?) WHERE id = ? RETURNING route_id",
    route_id,
    message_id,
  );
  return row?.route_id ?? route_id;
}
