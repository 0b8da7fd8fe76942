import type { Tx } from "../../db/database.ts";

/** Channels and direct conversations count alike, each in a table of its own. */
function tableOf(conversation_id: string): string {
  return conversation_id.startsWith("dm_") ? "direct_conversations" : "channels";
}

export interface Totals {
  last_seq: number;
  posted_total: number;
  message_total: number;
  broadcast_total: number;
}

export async function totalsOf(tx: Tx, conversation_id: string): Promise<Totals> {
  const row = await tx.get<Totals>(
    `SELECT last_seq, posted_total, message_total, broadcast_total FROM ${tableOf(conversation_id)} WHERE id = ?`,
    conversation_id,
  );
  if (!row) throw new Error(`conversation ${conversation_id} vanished inside its own transaction`);
  return row;
}

/** Raises the sequence and, for what counts as unread, the totals. */
export async function countPosted(
  tx: Tx,
  conversation_id: string,
  { counts, broadcasts }: { counts: number; broadcasts: number },
): Promise<{ last_seq: number; posted_total: number }> {
  const row = await tx.get<{ last_seq: number; posted_total: number }>(
    `UPDATE ${tableOf(conversation_id)} SET last_seq = last_seq + 1, posted_total = posted_total + ?,
       message_total = message_total + ?, broadcast_total = broadcast_total + ? WHERE id = ?
     RETURNING last_seq, posted_total`,
    counts,
    counts,
    broadcasts,
    conversation_id,
  );
  if (!row) throw new Error(`conversation ${conversation_id} vanished inside its own transaction`);
  return row;
}

export async function countGone(tx: Tx, conversation_id: string, broadcasts: number): Promise<void> {
  await tx.run(
    `UPDATE ${tableOf(conversation_id)} SET message_total = message_total - 1, broadcast_total = broadcast_total - ?
     WHERE id = ?`,
    broadcasts,
    conversation_id,
  );
}

/** One's own message is never unread to oneself. */
export async function countOwn(tx: Tx, conversation_id: string, user_id: string, broadcasts: number): Promise<void> {
  await tx.run(
    `INSERT INTO standings (conversation_id, user_id, read_total, read_broadcasts) VALUES (?, ?, 1, ?)
     ON CONFLICT (conversation_id, user_id)
     DO UPDATE SET read_total = read_total + 1, read_broadcasts = read_broadcasts + excluded.read_broadcasts`,
    conversation_id,
    user_id,
    broadcasts,
  );
}

/** A deleted message is no longer among what its author and those beyond it have read. */
export async function countUnread(
  tx: Tx,
  conversation_id: string,
  message: { seq: number; author_id: string; broadcasts: number },
): Promise<void> {
  await tx.run(
    `UPDATE standings SET read_total = read_total - 1, read_broadcasts = read_broadcasts - ?
     WHERE conversation_id = ? AND (last_read_seq >= ? OR user_id = ?)`,
    message.broadcasts,
    conversation_id,
    message.seq,
    message.author_id,
  );
}

export async function countMention(tx: Tx, conversation_id: string, user_id: string): Promise<void> {
  await tx.run(
    `INSERT INTO standings (conversation_id, user_id, mention_count) VALUES (?, ?, 1)
     ON CONFLICT (conversation_id, user_id) DO UPDATE SET mention_count = mention_count + 1`,
    conversation_id,
    user_id,
  );
}

export async function uncountMention(tx: Tx, conversation_id: string, user_id: string, seq: number): Promise<void> {
  await tx.run(
    `UPDATE standings SET mention_count = mention_count - 1
     WHERE conversation_id = ? AND user_id = ? AND last_read_seq < ?`,
    conversation_id,
    user_id,
    seq,
  );
}

export interface Mention {
  scope_id: string;
  /** `*` stands for everybody. */
  user_id: string;
  seq: number;
  message_id: string;
}

export async function insertMention(tx: Tx, mention: Mention): Promise<void> {
  await tx.run(
    "INSERT INTO mentions (scope_id, user_id, seq, message_id) VALUES (?, ?, ?, ?)",
    mention.scope_id,
    mention.user_id,
    mention.seq,
    mention.message_id,
  );
}

/** Forgets whom a message mentions; answers them. */
export async function deleteMentions(tx: Tx, message_id: string): Promise<string[]> {
  const rows = await tx.all<{ user_id: string }>(
    "DELETE FROM mentions WHERE message_id = ? RETURNING user_id",
    message_id,
  );
  return rows.map((row) => row.user_id);
}

export interface Standing {
  last_read_seq: number;
  last_read_at: string;
  read_total: number;
  read_broadcasts: number;
  mention_count: number;
  hidden_at: string | null;
  preference: "all" | "mentions" | "muted";
}

export async function standingOf(tx: Tx, conversation_id: string, user_id: string): Promise<Standing | undefined> {
  return tx.get<Standing>(
    `SELECT last_read_seq, last_read_at, read_total, read_broadcasts, mention_count, hidden_at, preference
     FROM standings WHERE conversation_id = ? AND user_id = ?`,
    conversation_id,
    user_id,
  );
}

export async function putStanding(tx: Tx, conversation_id: string, user_id: string, to: Standing): Promise<void> {
  await tx.run(
    `INSERT INTO standings (conversation_id, user_id, last_read_seq, last_read_at, read_total, read_broadcasts,
       mention_count, hidden_at, preference) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (conversation_id, user_id) DO UPDATE SET last_read_seq = excluded.last_read_seq,
       last_read_at = excluded.last_read_at, read_total = excluded.read_total,
       read_broadcasts = excluded.read_broadcasts, mention_count = excluded.mention_count,
       hidden_at = excluded.hidden_at, preference = excluded.preference`,
    conversation_id,
    user_id,
    to.last_read_seq,
    to.last_read_at,
    to.read_total,
    to.read_broadcasts,
    to.mention_count,
    to.hidden_at,
    to.preference,
  );
}

/** A direct conversation somebody closed comes back with the next message. */
export async function reopenForAll(tx: Tx, conversation_id: string): Promise<void> {
  await tx.run(
    "UPDATE standings SET hidden_at = NULL WHERE conversation_id = ? AND hidden_at IS NOT NULL",
    conversation_id,
  );
}

/**
 * What a marker leaves unread. It reads one number of the message at the marker and counts what has to
 * be left out of the difference: one's own messages and deleted ones, each by an index of its own.
 */
export async function unreadAfter(
  tx: Tx,
  conversation_id: string,
  user_id: string,
  seq: number,
): Promise<{ unread: number; broadcasts: number; mentions: number }> {
  const { last_seq, posted_total } = await totalsOf(tx, conversation_id);
  if (seq >= last_seq) return { unread: 0, broadcasts: 0, mentions: 0 };
  const row = await tx.get<{ posted_no: number; own: number; gone: number; broadcasts: number; mentions: number }>(
    `SELECT
       COALESCE((SELECT posted_no FROM messages WHERE conversation_id = ? AND channel_seq = ?), 0) AS posted_no,
       (SELECT COUNT(*) FROM messages WHERE conversation_id = ? AND author_id = ? AND channel_seq > ?
          AND kind = 'message') AS own,
       (SELECT COUNT(*) FROM messages WHERE conversation_id = ? AND channel_seq > ? AND deleted_at IS NOT NULL
          AND kind = 'message' AND author_id <> ?) AS gone,
       (SELECT COUNT(*) FROM mentions n JOIN messages m ON m.id = n.message_id
          WHERE n.scope_id = ? AND n.user_id = '*' AND n.seq > ? AND m.author_id <> ?) AS broadcasts,
       (SELECT COUNT(*) FROM mentions WHERE scope_id = ? AND user_id = ? AND seq > ?) AS mentions`,
    conversation_id,
    seq,
    conversation_id,
    user_id,
    seq,
    conversation_id,
    seq,
    user_id,
    conversation_id,
    seq,
    user_id,
    conversation_id,
    user_id,
    seq,
  );
  const { posted_no = 0, own = 0, gone = 0, broadcasts = 0, mentions = 0 } = row ?? {};
  return { unread: posted_total - posted_no - own - gone, broadcasts, mentions };
}

/** Whoever comes to public channels has read what was said before; `channel_id` is one, else it is all. */
export async function startAtEnd(
  tx: Tx,
  user_id: string,
  where: { workspace_id: string } | { channel_id: string },
  at: string,
): Promise<void> {
  const [clause, value] =
    "channel_id" in where
      ? ["c.id = ?", where.channel_id]
      : ["c.workspace_id = ? AND c.kind = 'public' AND c.last_seq > 0", where.workspace_id];
  await tx.run(
    `INSERT INTO standings (conversation_id, user_id, last_read_seq, last_read_at, read_total, read_broadcasts)
     SELECT c.id, ?, c.last_seq, ?, c.message_total, c.broadcast_total FROM channels c WHERE ${clause}
     ON CONFLICT (conversation_id, user_id) DO NOTHING`,
    user_id,
    at,
    value,
  );
}
