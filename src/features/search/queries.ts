import { type Channel, LIMITS, type Upload, type User } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
import { channelsByIds } from "../channels/queries.ts";
import { attachmentsOf } from "../uploads/queries.ts";
import { toUser, USER_COLUMNS, type UserRow, usersByIds } from "../users/queries.ts";

/** A message that was found, with all that a result shows of it. */
export interface FoundMessage {
  doc_id: number;
  id: string;
  workspace_id: string;
  conversation_id: string;
  /** Absent in a direct conversation. */
  channel: { name: string; kind: "public" | "private" } | undefined;
  author: User;
  parent_message_id: string | null;
  thread_root_id: string;
  channel_seq: number | null;
  thread_seq: number | null;
  body: string;
  created_at: string;
  edited_at: string | null;
  reply_count: number;
  last_reply_at: string | null;
}

type FoundRow = Omit<FoundMessage, "author" | "channel"> &
  Omit<UserRow, "id" | "created_at" | "deleted_at"> & {
    author_id: string;
    author_created_at: string;
    author_deleted_at: string | null;
    channel_name: string | null;
    channel_kind: "public" | "private" | null;
  };

/** What is still there of these, in no order. */
export async function foundMessages(tx: Tx, workspace_id: string, doc_ids: readonly number[]): Promise<FoundMessage[]> {
  if (doc_ids.length === 0) return [];
  const rows = await tx.all<FoundRow>(
    `SELECT m.doc_id, m.id, m.workspace_id, m.conversation_id, m.parent_message_id, m.thread_root_id, m.channel_seq,
       m.thread_seq, m.body, m.created_at, m.edited_at, m.reply_count, m.last_reply_at,
       c.name AS channel_name, c.kind AS channel_kind, ${AUTHOR}
     FROM messages m JOIN users u ON u.id = m.author_id LEFT JOIN channels c ON c.id = m.conversation_id
     WHERE m.doc_id IN (${doc_ids.map(() => "?").join(", ")}) AND m.workspace_id = ? AND m.deleted_at IS NULL
       AND m.kind = 'message'`,
    ...doc_ids,
    workspace_id,
  );
  return rows.map(toFound);
}

const AUTHOR = USER_COLUMNS.replace("u.id", "u.id AS author_id")
  .replace("u.deleted_at", "u.deleted_at AS author_deleted_at")
  .replace("u.created_at", "u.created_at AS author_created_at");

function toFound(row: FoundRow): FoundMessage {
  const { channel_name: name, channel_kind: kind } = row;
  const author = { ...row, id: row.author_id, created_at: row.author_created_at, deleted_at: row.author_deleted_at };
  return { ...row, author: toUser(author), channel: name !== null && kind !== null ? { name, kind } : undefined };
}

/** Whether most of what is written on this server is written in this workspace: a look at the newest. */
export async function isMostOfAll(tx: Tx, workspace_id: string): Promise<boolean> {
  const newest = "SELECT workspace_id FROM messages ORDER BY doc_id DESC LIMIT 50";
  const row = await tx.get<{ share: number }>(
    `SELECT AVG(CASE WHEN workspace_id = ? THEN 1.0 ELSE 0.0 END) AS share FROM (${newest}) AS n`,
    workspace_id,
  );
  return (row?.share ?? 0) > 0.5;
}

/** The numbers of the newest pinned messages of a workspace. */
export async function pinnedDocIds(tx: Tx, workspace_id: string, limit: number): Promise<number[]> {
  const rows = await tx.all<{ doc_id: number }>(
    `SELECT DISTINCT m.doc_id FROM pinned_messages p JOIN messages m ON m.id = p.message_id
     WHERE p.workspace_id = ? ORDER BY m.doc_id DESC LIMIT ?`,
    workspace_id,
    limit,
  );
  return rows.map((row) => row.doc_id);
}

/** The numbers of what somebody saved in a workspace. */
export async function savedDocIds(tx: Tx, workspace_id: string, user_id: string): Promise<number[]> {
  const rows = await tx.all<{ doc_id: number }>(
    `SELECT m.doc_id FROM saved_messages v JOIN messages m ON m.id = v.message_id
     WHERE v.user_id = ? AND v.workspace_id = ? ORDER BY m.doc_id DESC LIMIT ?`,
    user_id,
    workspace_id,
    LIMITS.saved_per_user,
  );
  return rows.map((row) => row.doc_id);
}

/**
 * The number of the first message written at this moment or later. Numbers rise with time, so halving
 * finds it in some twenty look-ups, and no message carries an index of its time.
 */
export async function firstDocAt(tx: Tx, at: string): Promise<number> {
  let low = 0;
  let high =
    ((await tx.get<{ doc_id: number }>("SELECT doc_id FROM messages ORDER BY doc_id DESC LIMIT 1"))?.doc_id ?? 0) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const next = await tx.get<{ doc_id: number; created_at: string }>(
      "SELECT doc_id, created_at FROM messages WHERE doc_id >= ? ORDER BY doc_id LIMIT 1",
      middle,
    );
    if (next && next.created_at < at) low = next.doc_id + 1;
    else high = middle;
  }
  return low;
}

export async function channelIdByName(tx: Tx, workspace_id: string, name: string): Promise<string | undefined> {
  const row = await tx.get<{ id: string }>(
    "SELECT id FROM channels WHERE workspace_id = ? AND name = ?",
    workspace_id,
    name,
  );
  return row?.id;
}

export async function isPublicChannel(tx: Tx, workspace_id: string, id: string): Promise<boolean> {
  const sql = "SELECT 1 AS found FROM channels WHERE id = ? AND workspace_id = ? AND kind = 'public'";
  return (await tx.get(sql, id, workspace_id)) !== undefined;
}

export async function userIdByHandle(tx: Tx, handle: string): Promise<string | undefined> {
  const row = await tx.get<{ id: string }>("SELECT id FROM users WHERE handle = ? AND handle <> ''", handle);
  return row?.id;
}

/** The conversation of exactly these two people, or of one with themselves. */
export async function directIdWith(
  tx: Tx,
  workspace_id: string,
  user_id: string,
  other_id: string,
): Promise<string | undefined> {
  const row = await tx.get<{ id: string }>(
    `SELECT d.id FROM direct_conversation_members mine JOIN direct_conversations d ON d.id = mine.conversation_id
     JOIN direct_conversation_members theirs ON theirs.conversation_id = d.id AND theirs.user_id = ?
     WHERE mine.user_id = ? AND d.workspace_id = ?
       AND (SELECT COUNT(*) FROM direct_conversation_members x WHERE x.conversation_id = d.id) = ?`,
    other_id,
    user_id,
    workspace_id,
    user_id === other_id ? 1 : 2,
  );
  return row?.id;
}

export interface PersonName {
  id: string;
  display_name: string;
  handle: string;
}

export async function peopleOf(tx: Tx, workspace_id: string, limit: number): Promise<PersonName[]> {
  return tx.all<PersonName>(
    `SELECT u.id, u.display_name, u.handle FROM workspace_members m JOIN users u ON u.id = m.user_id
     WHERE m.workspace_id = ? AND u.deleted_at IS NULL ORDER BY m.role_sort, m.sort_name, m.sort_handle, m.user_id LIMIT ?`,
    workspace_id,
    limit,
  );
}

export interface ChannelName {
  id: string;
  kind: "public" | "private";
  name: string;
  display_title: string;
  purpose: string;
}

export async function channelNamesOf(tx: Tx, workspace_id: string): Promise<ChannelName[]> {
  return tx.all<ChannelName>(
    "SELECT id, kind, name, display_title, purpose FROM channels WHERE workspace_id = ? ORDER BY name",
    workspace_id,
  );
}

export async function usersFound(tx: Tx, ids: string[]): Promise<User[]> {
  const found = await usersByIds(tx, ids);
  return ids.flatMap((id) => found.get(id) ?? []);
}

export async function channelsFound(tx: Tx, ids: string[]): Promise<Channel[]> {
  if (ids.length === 0) return [];
  const found = await channelsByIds(tx, ids);
  return ids.flatMap((id) => found.get(id) ?? []);
}

export async function filesOf(tx: Tx, message_ids: string[]): Promise<Map<string, Upload[]>> {
  return attachmentsOf(tx, message_ids);
}
