import type { Channel } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
import { closeIfEmpty } from "../workspaces/leaving-queries.ts";
import type { Role } from "../workspaces/queries.ts";

interface ChannelRow {
  id: string;
  route_id: string;
  workspace_id: string;
  name: string;
  display_title: string;
  purpose: string;
  kind: "public" | "private";
  external_managed: number;
  external_ref: string;
  external_url: string;
  sidebar_section: string;
  created_at: string;
  archived_at: string | null;
  last_seq: number;
  created_by: string | null;
  post_policy: Channel["post_policy"];
  invite_policy: Channel["invite_policy"];
}

const COLUMNS = `c.id, c.route_id, c.workspace_id, c.name, c.display_title, c.purpose, c.kind, c.external_managed,
  c.external_ref, c.external_url, c.sidebar_section, c.created_at, c.archived_at, c.last_seq,
  c.created_by, c.post_policy, c.invite_policy`;

function toChannel(row: Omit<ChannelRow, "last_seq"> & { last_seq?: number }): Channel {
  const channel: Channel = {
    id: row.id,
    route_id: row.route_id,
    workspace_id: row.workspace_id,
    name: row.name,
    purpose: row.purpose,
    kind: row.kind,
    external_managed: row.external_managed === 1,
    created_at: row.created_at,
    post_policy: row.post_policy,
    invite_policy: row.invite_policy,
  };
  if (row.last_seq !== undefined) channel.last_seq = row.last_seq;
  if (row.created_by !== null) channel.created_by = row.created_by;
  if (row.display_title !== "") channel.display_title = row.display_title;
  if (row.external_ref !== "") channel.external_ref = row.external_ref;
  if (row.external_url !== "") channel.external_url = row.external_url;
  if (row.sidebar_section !== "") channel.sidebar_section = row.sidebar_section;
  if (row.archived_at !== null) channel.archived_at = row.archived_at;
  return channel;
}

export async function channelById(tx: Tx, id: string): Promise<Channel | undefined> {
  const row = await tx.get<ChannelRow>(`SELECT ${COLUMNS} FROM channels c WHERE c.id = ?`, id);
  return row && toChannel(row);
}

export async function channelsByIds(tx: Tx, ids: string[]): Promise<Map<string, Channel>> {
  const marks = ids.map(() => "?").join(", ");
  const rows = await tx.all<ChannelRow>(`SELECT ${COLUMNS} FROM channels c WHERE c.id IN (${marks})`, ...ids);
  // A frame may be kept and sent again, and every message moves the sequence: lists tell it, frames do not.
  return new Map(rows.map(({ last_seq: _seq, ...row }) => [row.id, toChannel(row)]));
}

/**
 * The channels somebody may see, by name, with where they stand in each: counters of two rows, never a
 * count of messages. What they left counts nothing.
 */
export async function channelsFor(
  tx: Tx,
  { workspace_id, user_id, role, id }: { workspace_id: string; user_id: string; role: Role; id?: string },
): Promise<Channel[]> {
  const mine = "EXISTS (SELECT 1 FROM channel_members x WHERE x.channel_id = c.id AND x.user_id = ?)";
  const rows = await tx.all<ChannelRow & Reading>(
    `SELECT ${COLUMNS}, COALESCE(s.last_read_seq, 0) AS last_read_seq,
       c.message_total - COALESCE(s.read_total, 0) AS unread,
       COALESCE(s.mention_count, 0) + c.broadcast_total - COALESCE(s.read_broadcasts, 0) AS mentions,
       s.hidden_at, COALESCE(s.preference, 'all') AS preference
     FROM channels c LEFT JOIN standings s ON s.conversation_id = c.id AND s.user_id = ?
     WHERE c.workspace_id = ? AND (${role === "guest" ? mine : `c.kind = 'public' OR ${mine}`})
       ${id === undefined ? "" : "AND c.id = ?"} ORDER BY c.name`,
    user_id,
    workspace_id,
    user_id,
    ...(id === undefined ? [] : [id]),
  );
  return rows.map((row) => ({
    ...toChannel(row),
    last_read_seq: row.last_read_seq,
    unread_count: row.hidden_at === null ? row.unread : 0,
    mention_count: row.hidden_at === null ? row.mentions : 0,
    hidden: row.hidden_at !== null,
    preference: row.preference,
  }));
}

interface Reading {
  last_read_seq: number;
  unread: number;
  mentions: number;
  hidden_at: string | null;
  preference: "all" | "mentions" | "muted";
}

export async function nameTaken(tx: Tx, workspace_id: string, name: string): Promise<boolean> {
  return (await tx.get("SELECT 1 FROM channels WHERE workspace_id = ? AND name = ?", workspace_id, name)) !== undefined;
}

export async function countChannels(tx: Tx, workspace_id: string): Promise<number> {
  const row = await tx.get<{ n: number }>("SELECT COUNT(*) AS n FROM channels WHERE workspace_id = ?", workspace_id);
  return row?.n ?? 0;
}

export async function insertChannel(tx: Tx, channel: Channel): Promise<void> {
  await tx.run(
    `INSERT INTO channels (id, route_id, workspace_id, name, display_title, purpose, kind, external_managed,
       external_ref, external_url, sidebar_section, created_at, created_by, post_policy, invite_policy)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    channel.id,
    channel.route_id,
    channel.workspace_id,
    channel.name,
    channel.display_title ?? "",
    channel.purpose,
    channel.kind,
    channel.external_managed ? 1 : 0,
    channel.external_ref ?? "",
    channel.external_url ?? "",
    channel.sidebar_section ?? "",
    channel.created_at,
    channel.created_by ?? null,
    channel.post_policy,
    channel.invite_policy,
  );
}

export async function updateChannel(tx: Tx, channel: Channel): Promise<void> {
  await tx.run(
    `UPDATE channels SET kind = ?, name = ?, display_title = ?, purpose = ?, external_managed = ?, external_ref = ?,
       external_url = ?, sidebar_section = ?, archived_at = ?, post_policy = ?, invite_policy = ? WHERE id = ?`,
    channel.kind,
    channel.name,
    channel.display_title ?? "",
    channel.purpose,
    channel.external_managed ? 1 : 0,
    channel.external_ref ?? "",
    channel.external_url ?? "",
    channel.sidebar_section ?? "",
    channel.archived_at ?? null,
    channel.post_policy,
    channel.invite_policy,
    channel.id,
  );
}

/** Answers whether they were not in yet. */
export async function insertMember(
  tx: Tx,
  channel_id: string,
  user_id: string,
  added_by: string,
  at: string,
): Promise<boolean> {
  const { changes } = await tx.run(
    "INSERT INTO channel_members (channel_id, user_id, added_by, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    channel_id,
    user_id,
    added_by,
    at,
  );
  return changes > 0;
}

/** Answers whether they were in it. A private one that nobody is left in is closed. */
export async function deleteMember(tx: Tx, channel_id: string, user_id: string, at: string): Promise<boolean> {
  const { changes } = await tx.run(
    "DELETE FROM channel_members WHERE channel_id = ? AND user_id = ?",
    channel_id,
    user_id,
  );
  if (changes > 0) await closeIfEmpty(tx, channel_id, at);
  return changes > 0;
}

export async function memberIds(tx: Tx, channel_id: string): Promise<string[]> {
  const rows = await tx.all<{ user_id: string }>(
    "SELECT user_id FROM channel_members WHERE channel_id = ?",
    channel_id,
  );
  return rows.map((row) => row.user_id);
}

/** A public channel that becomes private keeps everybody who could read it. Answers who that is. */
export async function enrolAll(tx: Tx, channel_id: string, workspace_id: string, by: string, at: string) {
  await tx.run(
    `INSERT INTO channel_members (channel_id, user_id, added_by, created_at)
     SELECT ?, user_id, ?, ? FROM workspace_members WHERE workspace_id = ? AND role <> 'guest' ON CONFLICT DO NOTHING`,
    channel_id,
    by,
    at,
    workspace_id,
  );
  return memberIds(tx, channel_id);
}

/** A private channel that becomes public lists guests only. Answers who was in it. */
export async function dismissAll(tx: Tx, channel_id: string, workspace_id: string): Promise<string[]> {
  const before = await memberIds(tx, channel_id);
  await tx.run(
    `DELETE FROM channel_members WHERE channel_id = ? AND user_id IN (
       SELECT user_id FROM workspace_members WHERE workspace_id = ? AND role <> 'guest')`,
    channel_id,
    workspace_id,
  );
  return before;
}

/** The full-text rows of a channel's messages name its kind; they are written anew in slices. */
export async function queueReindex(tx: Tx, channel_id: string): Promise<void> {
  await tx.run(
    `INSERT INTO reindexing (conversation_id, after_doc_id) VALUES (?, 0)
     ON CONFLICT (conversation_id) DO UPDATE SET after_doc_id = 0`,
    channel_id,
  );
}
