import type { Message } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
import type { Readable } from "../conversations/conversations.ts";
import { readableClause } from "../conversations/queries.ts";
import { messagesByIds, selectMessages } from "../messages/queries.ts";

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

/** Whether a thread has a reply at the number or beyond it. */
export async function isAnyReply(tx: Tx, root_id: string, from: "at most" | "at least", seq: number): Promise<boolean> {
  const compared = from === "at most" ? "<=" : ">=";
  const row = await tx.get(
    `SELECT 1 AS found FROM messages WHERE thread_root_id = ? AND thread_seq ${compared} ? LIMIT 1`,
    root_id,
    seq,
  );
  return row !== undefined;
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

/** Where somebody stands in a thread. */
export interface Follow {
  following: number;
  last_read_seq: number;
  read_replies: number;
  mention_count: number;
  unread: number;
}

interface Follower {
  root_id: string;
  user_id: string;
  workspace_id: string;
  at: string;
}

export async function followOf(tx: Tx, root_id: string, user_id: string): Promise<Follow | undefined> {
  return tx.get<Follow>(
    "SELECT following, last_read_seq, read_replies, mention_count, unread FROM thread_follows WHERE root_id = ? AND user_id = ?",
    root_id,
    user_id,
  );
}

export async function putFollow(tx: Tx, who: Follower, to: Follow): Promise<void> {
  await tx.run(
    `INSERT INTO thread_follows (root_id, user_id, workspace_id, following, last_read_seq, read_replies,
       mention_count, unread, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (root_id, user_id) DO UPDATE SET following = excluded.following,
       last_read_seq = excluded.last_read_seq, read_replies = excluded.read_replies,
       mention_count = excluded.mention_count, unread = excluded.unread`,
    who.root_id,
    who.user_id,
    who.workspace_id,
    to.following,
    to.last_read_seq,
    to.read_replies,
    to.mention_count,
    to.unread,
    who.at,
  );
}

/** Follows from the beginning, unless they stand somewhere already. */
export async function follow(tx: Tx, who: Follower): Promise<void> {
  await tx.run(
    `INSERT INTO thread_follows (root_id, user_id, workspace_id, created_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (root_id, user_id) DO NOTHING`,
    who.root_id,
    who.user_id,
    who.workspace_id,
    who.at,
  );
}

/** Who writes in a thread follows it; whoever comes to it so begins with their own reply. */
export async function countOwnReply(tx: Tx, who: Follower): Promise<void> {
  await tx.run(
    `INSERT INTO thread_follows (root_id, user_id, workspace_id, last_read_seq, read_replies, created_at)
     SELECT id, ?, ?, last_thread_seq, reply_count, ? FROM messages WHERE id = ?
     ON CONFLICT (root_id, user_id) DO UPDATE SET following = 1, read_replies = read_replies + 1,
       unread = CASE WHEN read_replies + 1 < excluded.read_replies THEN 1 ELSE 0 END`,
    who.user_id,
    who.workspace_id,
    who.at,
    who.root_id,
  );
}

/** Who is mentioned for the first time finds this reply unread, and none before it. */
export async function countMention(tx: Tx, who: Follower): Promise<void> {
  await tx.run(
    `INSERT INTO thread_follows (root_id, user_id, workspace_id, last_read_seq, read_replies, mention_count, created_at)
     SELECT id, ?, ?, last_thread_seq - 1, reply_count - 1, 1, ? FROM messages WHERE id = ?
     ON CONFLICT (root_id, user_id) DO UPDATE SET following = 1, mention_count = mention_count + 1`,
    who.user_id,
    who.workspace_id,
    who.at,
    who.root_id,
  );
}

/** A reply is unread for whoever follows the thread and did not write it; most of them know of others. */
export async function raiseUnread(tx: Tx, root_id: string, author_id: string): Promise<void> {
  await tx.run(
    "UPDATE thread_follows SET unread = 1 WHERE root_id = ? AND unread = 0 AND following = 1 AND user_id <> ?",
    root_id,
    author_id,
  );
}

export async function replyTotals(tx: Tx, root_id: string): Promise<{ last_thread_seq: number; reply_count: number }> {
  const row = await tx.get<{ last_thread_seq: number; reply_count: number }>(
    "SELECT last_thread_seq, reply_count FROM messages WHERE id = ?",
    root_id,
  );
  return row ?? { last_thread_seq: 0, reply_count: 0 };
}

/** What a marker leaves unread; nothing is counted when it is at the end, where markers mostly go. */
export async function unreadAfter(
  tx: Tx,
  root_id: string,
  user_id: string,
  seq: number,
  last_seq: number,
): Promise<{ unread: number; mentions: number }> {
  if (seq >= last_seq) return { unread: 0, mentions: 0 };
  const row = await tx.get<{ unread: number; mentions: number }>(
    `SELECT (SELECT COUNT(*) FROM messages WHERE thread_root_id = ? AND thread_seq > ? AND deleted_at IS NULL
         AND author_id <> ?) AS unread,
       (SELECT COUNT(*) FROM mentions WHERE scope_id = ? AND user_id = ? AND seq > ?) AS mentions`,
    root_id,
    seq,
    user_id,
    root_id,
    user_id,
    seq,
  );
  return row ?? { unread: 0, mentions: 0 };
}

interface Followed {
  user_id: string;
  workspace_id: string;
  readable: Readable;
}

/** Followed threads of conversations that the reader may still read; a channel they left is silent. */
function followedClause({ user_id, workspace_id, readable }: Followed, unread: boolean) {
  const inReadable = readableClause(readable);
  const where = [
    "f.user_id = ? AND f.workspace_id = ? AND f.following = 1 AND m.last_reply_at IS NOT NULL",
    inReadable.sql,
    `NOT EXISTS (SELECT 1 FROM standings s JOIN channels c ON c.id = s.conversation_id
       WHERE s.conversation_id = m.conversation_id AND s.user_id = f.user_id AND s.hidden_at IS NOT NULL)`,
    ...(unread ? ["f.unread = 1"] : []),
  ];
  return { where: where.join(" AND "), params: [user_id, workspace_id, ...inReadable.params] };
}

export async function followedThreads(
  tx: Tx,
  query: Followed & { unread: boolean; after?: { at: string; id: string } | undefined; limit: number },
): Promise<{ root: Message; last_read_seq: number; unread_count: number; mention_count: number }[]> {
  const { where, params } = followedClause(query, query.unread);
  const keyset = query.after ? "AND (m.last_reply_at, m.id) < (?, ?)" : "";
  const rows = await tx.all<{ id: string; last_read_seq: number; unread_count: number; mention_count: number }>(
    `SELECT m.id, f.last_read_seq, m.reply_count - f.read_replies AS unread_count, f.mention_count
     FROM thread_follows f JOIN messages m ON m.id = f.root_id
     WHERE ${where} ${keyset} ORDER BY m.last_reply_at DESC, m.id DESC LIMIT ?`,
    ...params,
    ...(query.after ? [query.after.at, query.after.id] : []),
    query.limit,
  );
  const roots = await messagesByIds(
    tx,
    rows.map((row) => row.id),
  );
  return rows.flatMap(({ id, ...counts }) => {
    const root = roots.get(id);
    return root ? [{ root, ...counts }] : [];
  });
}

/** Threads, not replies: what a badge on the inbox says. */
export async function countUnreadThreads(tx: Tx, query: Followed): Promise<number> {
  const { where, params } = followedClause(query, true);
  const row = await tx.get<{ n: number }>(
    `SELECT COUNT(*) AS n FROM thread_follows f JOIN messages m ON m.id = f.root_id WHERE ${where}`,
    ...params,
  );
  return row?.n ?? 0;
}
