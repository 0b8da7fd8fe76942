import type { Message } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
import type { Readable } from "../conversations/conversations.ts";
import { readableClause } from "../conversations/queries.ts";
import { messagesByIds } from "../messages/queries.ts";

/** Where a saved message stands in its list. */
export interface SavedKey {
  message_id: string;
  saved_at: string;
}

/** A message somebody put aside, when, and when they want to be or were reminded of it. */
export interface Saved extends SavedKey {
  remind_at?: string;
  reminded_at?: string;
}

interface SavedRow extends SavedKey {
  remind_at: string | null;
  reminded_at: string | null;
}

const COLUMNS = "v.message_id, v.created_at AS saved_at, v.remind_at, v.reminded_at";

function toSaved({ message_id, saved_at, remind_at, reminded_at }: SavedRow): Saved {
  return {
    message_id,
    saved_at,
    ...(remind_at !== null && { remind_at }),
    ...(reminded_at !== null && { reminded_at }),
  };
}

export async function savedBy(tx: Tx, user_id: string, message_id: string): Promise<Saved | undefined> {
  const row = await tx.get<SavedRow>(
    `SELECT ${COLUMNS} FROM saved_messages v WHERE v.user_id = ? AND v.message_id = ?`,
    user_id,
    message_id,
  );
  return row && toSaved(row);
}

export async function countSaved(tx: Tx, user_id: string): Promise<number> {
  const row = await tx.get<{ n: number }>("SELECT COUNT(*) AS n FROM saved_messages WHERE user_id = ?", user_id);
  return row?.n ?? 0;
}

export async function insertSaved(tx: Tx, user_id: string, workspace_id: string, one: Saved): Promise<void> {
  await tx.run(
    "INSERT INTO saved_messages (user_id, message_id, workspace_id, created_at, remind_at) VALUES (?, ?, ?, ?, ?)",
    user_id,
    one.message_id,
    workspace_id,
    one.saved_at,
    one.remind_at ?? null,
  );
}

/** Where it was, if it was there; a bot's token reaches what was saved in its own workspace only. */
export async function deleteSaved(
  tx: Tx,
  user_id: string,
  message_id: string,
  workspace_id: string | undefined,
): Promise<{ workspace_id: string; conversation_id: string } | undefined> {
  return tx.get<{ workspace_id: string; conversation_id: string }>(
    `DELETE FROM saved_messages WHERE user_id = ? AND message_id = ? AND workspace_id = COALESCE(?, workspace_id)
     RETURNING workspace_id,
       (SELECT m.conversation_id FROM messages m WHERE m.id = saved_messages.message_id) AS conversation_id`,
    user_id,
    message_id,
    workspace_id ?? null,
  );
}

/** What somebody saved and may read now, saved last first. */
export async function savedMessages(
  tx: Tx,
  query: {
    user_id: string;
    workspace_id: string;
    readable: Readable;
    after: SavedKey | undefined;
    limit: number;
  },
): Promise<(Saved & { message: Message })[]> {
  const { user_id, workspace_id, readable, after, limit } = query;
  const inReadable = readableClause(readable);
  const rows = await tx.all<SavedRow>(
    `SELECT ${COLUMNS} FROM saved_messages v JOIN messages m ON m.id = v.message_id
     WHERE v.user_id = ? AND v.workspace_id = ? AND ${inReadable.sql}
       ${after ? "AND (v.created_at, v.message_id) < (?, ?)" : ""}
     ORDER BY v.created_at DESC, v.message_id DESC LIMIT ?`,
    user_id,
    workspace_id,
    ...inReadable.params,
    ...(after ? [after.saved_at, after.message_id] : []),
    limit,
  );
  const messages = await messagesByIds(
    tx,
    rows.map((row) => row.message_id),
  );
  return rows.flatMap((row) => {
    const message = messages.get(row.message_id);
    return message ? [{ ...toSaved(row), message }] : [];
  });
}
