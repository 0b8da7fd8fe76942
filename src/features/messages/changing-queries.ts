import { LIMITS, type Message, type ThreadState } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";

/** Sets the text and keeps the one before it. */
export async function updateBody(tx: Tx, message: Message, body: string, at: string): Promise<void> {
  const row = await tx.get<{ revision_count: number }>(
    "UPDATE messages SET body = ?, edited_at = ?, revision_count = revision_count + ? WHERE id = ? RETURNING revision_count",
    body,
    at,
    message.kind === "message" ? 1 : 0,
    message.id,
  );
  // Activity rows are written over many times a turn; only what somebody said has a history.
  if (!row || message.kind !== "message") return;
  await tx.run(
    "INSERT INTO message_revisions (message_id, revision, body, written_at) VALUES (?, ?, ?, ?)",
    message.id,
    row.revision_count,
    message.body,
    message.edited_at ?? message.created_at,
  );
  await tx.run(
    "DELETE FROM message_revisions WHERE message_id = ? AND revision <= ?",
    message.id,
    row.revision_count - LIMITS.revisions_per_message,
  );
}

/** Gives it another topic or none, and keeps that it was done. */
export async function updateTopic(tx: Tx, id: string, topic_id: string | undefined, at: string): Promise<void> {
  await tx.run("UPDATE messages SET topic_id = ?, topic_changed_at = ? WHERE id = ?", topic_id ?? null, at, id);
}

export async function revisionsOf(
  tx: Tx,
  message_id: string,
): Promise<{ revision: number; body: string; written_at: string }[]> {
  return tx.all(
    "SELECT revision, body, written_at FROM message_revisions WHERE message_id = ? ORDER BY revision",
    message_id,
  );
}

/** Wipes the body and everything hanging on it; the row keeps its place in the sequence. */
export async function wipeMessage(tx: Tx, id: string, at: string): Promise<void> {
  await tx.run("UPDATE messages SET body = '', deleted_at = ? WHERE id = ?", at, id);
  await tx.run("DELETE FROM reactions WHERE message_id = ?", id);
  await tx.run("DELETE FROM message_revisions WHERE message_id = ?", id);
  await tx.run("DELETE FROM saved_messages WHERE message_id = ?", id);
}

/** Answers whether it was pinned. */
export async function deletePin(tx: Tx, message_id: string): Promise<boolean> {
  return (await tx.run("DELETE FROM pinned_messages WHERE message_id = ?", message_id)).changes > 0;
}

/** A deleted reply is no longer among what its author and those beyond it have read of the thread. */
export async function uncountReply(
  tx: Tx,
  root_id: string,
  reply: { id: string; author_id: string; thread_seq: number },
): Promise<void> {
  await tx.run(
    "UPDATE thread_follows SET read_replies = read_replies - 1 WHERE root_id = ? AND (last_read_seq >= ? OR user_id = ?)",
    root_id,
    reply.thread_seq,
    reply.author_id,
  );
  const mentioned = await tx.all<{ user_id: string }>(
    "DELETE FROM mentions WHERE message_id = ? RETURNING user_id",
    reply.id,
  );
  for (const { user_id } of mentioned) {
    await tx.run(
      "UPDATE thread_follows SET mention_count = mention_count - 1 WHERE root_id = ? AND user_id = ? AND last_read_seq < ?",
      root_id,
      user_id,
      reply.thread_seq,
    );
  }
}

/** Whoever has read all replies that are left has nothing unread in the thread. */
export async function settleFollows(tx: Tx, state: ThreadState): Promise<void> {
  await tx.run(
    "UPDATE thread_follows SET unread = 0 WHERE root_id = ? AND unread = 1 AND read_replies >= ?",
    state.root_message_id,
    state.reply_count,
  );
}

export async function isReindexing(tx: Tx): Promise<boolean> {
  return (await tx.get("SELECT 1 FROM reindexing LIMIT 1")) !== undefined;
}

/**
 * The next messages whose full-text rows are to be written anew. It looks at a bounded number of rows,
 * whichever conversation they are of.
 */
export async function nextReindexing(tx: Tx, limit: number): Promise<SearchSource[] | undefined> {
  const queued = await tx.get<{ conversation_id: string; after_doc_id: number; newest: number }>(
    `SELECT conversation_id, after_doc_id, (SELECT COALESCE(MAX(doc_id), 0) FROM messages) AS newest
     FROM reindexing ORDER BY conversation_id LIMIT 1`,
  );
  if (!queued) return undefined;
  const { conversation_id, after_doc_id } = queued;
  const until = after_doc_id + limit;
  if (until >= queued.newest) await tx.run("DELETE FROM reindexing WHERE conversation_id = ?", conversation_id);
  else await tx.run("UPDATE reindexing SET after_doc_id = ? WHERE conversation_id = ?", until, conversation_id);
  return tx.all<SearchSource>(
    `SELECT m.doc_id, m.id, m.body, m.workspace_id, m.conversation_id, m.author_id, c.kind
     FROM messages m JOIN channels c ON c.id = m.conversation_id
     WHERE m.doc_id > ? AND m.doc_id <= ? AND m.conversation_id = ? AND m.deleted_at IS NULL AND m.kind = 'message'`,
    after_doc_id,
    until,
    conversation_id,
  );
}

export interface SearchSource {
  doc_id: number;
  id: string;
  body: string;
  workspace_id: string;
  conversation_id: string;
  author_id: string;
  kind: "public" | "private";
}
