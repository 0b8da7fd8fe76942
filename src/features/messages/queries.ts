import type { Message, Reaction, ThreadState, User } from "@clickclack/protocol";
import type { Tx, Value } from "../../db/database.ts";
import { messageRouteId } from "../../lib/ids.ts";
import { usersByIds } from "../users/queries.ts";

interface MessageRow {
  doc_id: number;
  id: string;
  workspace_id: string;
  conversation_id: string;
  author_id: string;
  parent_message_id: string | null;
  /** Absent in a root, which is its own. */
  thread_root_id: string | null;
  channel_seq: number | null;
  thread_seq: number | null;
  route_id: string | null;
  body: string;
  kind: Message["kind"];
  turn_id: string | null;
  nonce: string | null;
  topic_id: string | null;
  quoted_message_id: string | null;
  quoted_body_snapshot: string | null;
  quoted_author_id: string | null;
  author_model: string | null;
  author_thinking: string | null;
  author_runtime: string | null;
  created_at: string;
  edited_at: string | null;
  deleted_at: string | null;
  reply_count: number;
  last_reply_at: string | null;
  last_reply_author_ids: string | null;
}

/** A page pays for every value that it reads, so what a root's other columns say already comes as NULL. */
const SELECT = `SELECT m.doc_id, m.id, m.workspace_id, m.conversation_id, m.author_id, m.parent_message_id,
  NULLIF(m.thread_root_id, m.id) AS thread_root_id, m.channel_seq, m.thread_seq, m.route_id, m.body, m.kind, m.turn_id,
  m.nonce, m.topic_id, m.quoted_message_id, m.quoted_body_snapshot, m.quoted_author_id, m.author_model,
  m.author_thinking, m.author_runtime, m.created_at, m.edited_at, m.deleted_at, m.reply_count, m.last_reply_at,
  NULLIF(m.last_reply_author_ids, '[]') AS last_reply_author_ids FROM messages m`;

/** A message as the wire shows it, and the number its full-text row has. */
export interface Stored {
  doc_id: number;
  message: Message;
}

function toStored(row: MessageRow, people: Map<string, User>): Stored {
  const author = people.get(row.author_id);
  if (!author) throw new Error(`message ${row.id} has no author`);
  const message: Message = {
    id: row.id,
    workspace_id: row.workspace_id,
    ...placeOf(row.conversation_id),
    author_id: row.author_id,
    thread_root_id: row.thread_root_id ?? row.id,
    body: row.body,
    body_format: "markdown",
    kind: row.kind,
    created_at: row.created_at,
    author,
    attachments: [],
  };
  if (row.channel_seq !== null && message.channel_id !== undefined)
    message.route_id = row.route_id ?? messageRouteId(row.id);
  if (row.parent_message_id !== null) message.parent_message_id = row.parent_message_id;
  if (row.channel_seq !== null) message.channel_seq = row.channel_seq;
  if (row.thread_seq !== null) message.thread_seq = row.thread_seq;
  if (row.turn_id !== null) message.turn_id = row.turn_id;
  if (row.nonce !== null) message.nonce = row.nonce;
  if (row.topic_id !== null) message.topic_id = row.topic_id;
  if (row.author_model !== null) message.author_model = row.author_model;
  if (row.author_thinking !== null) message.author_thinking = row.author_thinking;
  if (row.author_runtime !== null) message.author_runtime = row.author_runtime;
  if (row.edited_at !== null) message.edited_at = row.edited_at;
  if (row.deleted_at !== null) message.deleted_at = row.deleted_at;
  if (row.quoted_message_id !== null) message.quoted_message_id = row.quoted_message_id;
  if (row.quoted_body_snapshot !== null) message.quoted_body_snapshot = row.quoted_body_snapshot;
  if (row.quoted_author_id !== null) {
    message.quoted_author_id = row.quoted_author_id;
    const quoted = people.get(row.quoted_author_id);
    if (quoted) message.quoted_author = quoted;
  }
  if (row.parent_message_id === null) message.thread_state = toThreadState(row);
  return { doc_id: row.doc_id, message };
}

/** A message names its conversation by the field of its kind. */
export function placeOf(conversation_id: string): Pick<Message, "channel_id" | "direct_conversation_id"> {
  return conversation_id.startsWith("dm_")
    ? { direct_conversation_id: conversation_id }
    : { channel_id: conversation_id };
}

function toThreadState(row: {
  id: string;
  reply_count: number;
  last_reply_at: string | null;
  last_reply_author_ids: string | null;
}): ThreadState {
  const { last_reply_author_ids } = row;
  const state: ThreadState = {
    root_message_id: row.id,
    reply_count: row.reply_count,
    last_reply_author_ids: last_reply_author_ids === null ? [] : (JSON.parse(last_reply_author_ids) as string[]),
  };
  if (row.last_reply_at !== null) state.last_reply_at = row.last_reply_at;
  return state;
}

/**
 * Selects messages with their authors, and the authors of what they quote. Few people write a page, so
 * each is read once instead of joined to every row.
 */
export async function selectMessages(tx: Tx, clause: string, ...params: Value[]): Promise<Stored[]> {
  const rows = await tx.all<MessageRow>(`${SELECT} ${clause}`, ...params);
  const ids = new Set<string>();
  for (const row of rows) {
    ids.add(row.author_id);
    if (row.quoted_author_id !== null) ids.add(row.quoted_author_id);
  }
  const people = await usersByIds(tx, [...ids]);
  return rows.map((row) => toStored(row, people));
}

export async function messageById(tx: Tx, id: string): Promise<Stored | undefined> {
  return (await selectMessages(tx, "WHERE m.id = ?", id))[0];
}

export async function messagesByIds(tx: Tx, ids: string[]): Promise<Map<string, Message>> {
  const stored = await selectMessages(tx, `WHERE m.id IN (${ids.map(() => "?").join(", ")})`, ...ids);
  return new Map(stored.map(({ message }) => [message.id, message]));
}

export async function messageByNonce(tx: Tx, author_id: string, nonce: string): Promise<Stored | undefined> {
  // Nearly always there is none, and one column is found faster than forty.
  const seen = await tx.get<{ id: string }>(
    "SELECT id FROM messages WHERE author_id = ? AND nonce = ?",
    author_id,
    nonce,
  );
  return seen && messageById(tx, seen.id);
}

/** Whether it has another topic than it was sent with, or had. */
export async function isRelabelled(tx: Tx, id: string): Promise<boolean> {
  return (await tx.get("SELECT 1 FROM messages WHERE id = ? AND topic_changed_at IS NOT NULL", id)) !== undefined;
}

/** The roots of a conversation, or those of them with a topic. */
export interface Roots {
  conversation_id: string;
  topic_id?: string | undefined;
}

function isAmong({ conversation_id, topic_id }: Roots): { sql: string; params: string[] } {
  if (topic_id === undefined) return { sql: "m.conversation_id = ?", params: [conversation_id] };
  return { sql: "m.conversation_id = ? AND m.topic_id = ?", params: [conversation_id, topic_id] };
}

export async function rootsBelow(tx: Tx, roots: Roots, seq: number | undefined, limit: number): Promise<Message[]> {
  const among = isAmong(roots);
  const stored = await selectMessages(
    tx,
    `WHERE ${among.sql} AND m.channel_seq < ? ORDER BY m.channel_seq DESC LIMIT ?`,
    ...among.params,
    seq ?? Number.MAX_SAFE_INTEGER,
    limit,
  );
  return stored.map(({ message }) => message);
}

export async function rootsAbove(tx: Tx, roots: Roots, seq: number, limit: number): Promise<Message[]> {
  const among = isAmong(roots);
  const stored = await selectMessages(
    tx,
    `WHERE ${among.sql} AND m.channel_seq > ? ORDER BY m.channel_seq LIMIT ?`,
    ...among.params,
    seq,
    limit,
  );
  return stored.map(({ message }) => message);
}

/** Whether a conversation has a root at the number or beyond it. */
export async function isAnyRoot(tx: Tx, roots: Roots, from: "at most" | "at least", seq: number): Promise<boolean> {
  const compared = from === "at most" ? "<=" : ">=";
  const among = isAmong(roots);
  const row = await tx.get(
    `SELECT 1 AS found FROM messages m WHERE ${among.sql} AND m.channel_seq ${compared} ? LIMIT 1`,
    ...among.params,
    seq,
  );
  return row !== undefined;
}

export async function threadStates(tx: Tx, root_ids: string[]): Promise<Map<string, ThreadState>> {
  const marks = root_ids.map(() => "?").join(", ");
  const rows = await tx.all<{
    id: string;
    reply_count: number;
    last_reply_at: string | null;
    last_reply_author_ids: string;
  }>(`SELECT id, reply_count, last_reply_at, last_reply_author_ids FROM messages WHERE id IN (${marks})`, ...root_ids);
  return new Map(rows.map((row) => [row.id, toThreadState(row)]));
}

/** The reactions of many messages at once, by count and then code point. */
export async function reactionsOf(tx: Tx, message_ids: string[], reader_id: string): Promise<Map<string, Reaction[]>> {
  const found = new Map<string, Reaction[]>();
  if (message_ids.length === 0) return found;
  const marks = message_ids.map(() => "?").join(", ");
  const rows = await tx.all<{ message_id: string; emoji: string; n: number; mine: number }>(
    `SELECT message_id, emoji, COUNT(*) AS n, MAX(CASE WHEN user_id = ? THEN 1 ELSE 0 END) AS mine
     FROM reactions WHERE message_id IN (${marks}) GROUP BY message_id, emoji ORDER BY n DESC, emoji`,
    reader_id,
    ...message_ids,
  );
  for (const row of rows) {
    const reaction = { emoji: row.emoji, count: row.n, reacted_by_me: row.mine === 1 };
    const list = found.get(row.message_id);
    if (list) list.push(reaction);
    else found.set(row.message_id, [reaction]);
  }
  return found;
}

/** Stores the message and answers the number its full-text row gets. */
export async function insertMessage(tx: Tx, message: Message, posted_no: number): Promise<number> {
  const row = await tx.get<{ doc_id: number }>(
    `INSERT INTO messages (id, workspace_id, conversation_id, author_id, parent_message_id, thread_root_id, channel_seq,
       thread_seq, posted_no, body, kind, turn_id, nonce, topic_id, quoted_message_id, quoted_body_snapshot,
       quoted_author_id, author_model, author_thinking, author_runtime, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING doc_id`,
    message.id,
    message.workspace_id,
    message.channel_id ?? message.direct_conversation_id ?? "",
    message.author_id,
    message.parent_message_id ?? null,
    message.thread_root_id,
    message.channel_seq ?? null,
    message.thread_seq ?? null,
    posted_no,
    message.body,
    message.kind,
    message.turn_id ?? null,
    message.nonce ?? null,
    message.topic_id ?? null,
    message.quoted_message_id ?? null,
    message.quoted_body_snapshot ?? null,
    message.quoted_author_id ?? null,
    message.author_model ?? null,
    message.author_thinking ?? null,
    message.author_runtime ?? null,
    message.created_at,
  );
  if (!row) throw new Error("the inserted message answered no doc_id");
  return row.doc_id;
}

/** The newest replies that are left, for a thread's summary. */
export async function lastReplies(
  tx: Tx,
  root_id: string,
  limit: number,
): Promise<{ author_id: string; created_at: string }[]> {
  return tx.all(
    `SELECT author_id, created_at FROM messages
     WHERE thread_root_id = ? AND thread_seq IS NOT NULL AND deleted_at IS NULL ORDER BY thread_seq DESC LIMIT ?`,
    root_id,
    limit,
  );
}

export async function setThreadState(tx: Tx, state: ThreadState): Promise<void> {
  await tx.run(
    "UPDATE messages SET reply_count = ?, last_reply_at = ?, last_reply_author_ids = ? WHERE id = ?",
    state.reply_count,
    state.last_reply_at ?? null,
    JSON.stringify(state.last_reply_author_ids),
    state.root_message_id,
  );
}
