import type { Channel } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
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
}

const COLUMNS = `c.id, c.route_id, c.workspace_id, c.name, c.display_title, c.purpose, c.kind, c.external_managed,
  c.external_ref, c.external_url, c.sidebar_section, c.created_at, c.archived_at, c.last_seq`;

function toChannel(row: ChannelRow): Channel {
  const channel: Channel = {
    id: row.id,
    route_id: row.route_id,
    workspace_id: row.workspace_id,
    name: row.name,
    purpose: row.purpose,
    kind: row.kind,
    external_managed: row.external_managed === 1,
    created_at: row.created_at,
    last_seq: row.last_seq,
  };
  if (row.display_title !== "") channel.display_title = row.display_title;
  if (row.external_ref !== "") channel.external_ref = row.external_ref;
  if (row.external_url !== "") channel.external_url = row.external_url;
  if (row.sidebar_section !== "") channel.sidebar_section = row.sidebar_section;
  if (row.archived_at !== null) channel.archived_at = row.archived_at;
  return channel;
}

/** What every act in a channel needs to know, found through the actor's membership. */
export interface ChannelAccess {
  id: string;
  workspace_id: string;
  kind: string;
  archived_at: string | null;
  role: Role;
}

export async function channelAccess(tx: Tx, channel_id: string, user_id: string): Promise<ChannelAccess | undefined> {
  return tx.get<ChannelAccess>(
    `SELECT c.id, c.workspace_id, c.kind, c.archived_at, m.role FROM channels c
     JOIN workspace_members m ON m.workspace_id = c.workspace_id AND m.user_id = ? WHERE c.id = ?`,
    user_id,
    channel_id,
  );
}

export async function channelById(tx: Tx, id: string): Promise<Channel | undefined> {
  const row = await tx.get<ChannelRow>(`SELECT ${COLUMNS} FROM channels c WHERE c.id = ?`, id);
  return row && toChannel(row);
}

export async function channelsByIds(tx: Tx, ids: string[]): Promise<Map<string, Channel>> {
  const marks = ids.map(() => "?").join(", ");
  const rows = await tx.all<ChannelRow>(`SELECT ${COLUMNS} FROM channels c WHERE c.id IN (${marks})`, ...ids);
  return new Map(rows.map((row) => [row.id, toChannel(row)]));
}

/** Every channel with where the reader stands in it. */
export async function channelsOf(tx: Tx, workspace_id: string, user_id: string): Promise<Channel[]> {
  const rows = await tx.all<ChannelRow & { last_read_seq: number | null }>(
    `SELECT ${COLUMNS}, r.last_read_seq FROM channels c
     LEFT JOIN channel_reads r ON r.channel_id = c.id AND r.user_id = ?
     WHERE c.workspace_id = ? ORDER BY c.name`,
    user_id,
    workspace_id,
  );
  return rows.map((row) => ({ ...toChannel(row), last_read_seq: row.last_read_seq ?? 0 }));
}

/**
 * Roots after the reader's marker that somebody else wrote, among the newest `cap` of them: a bot
 * that has written a million itself and never reads must not make anybody scan them.
 */
export async function unreadCount(
  tx: Tx,
  channel_id: string,
  user_id: string,
  after_seq: number,
  cap: number,
): Promise<number> {
  const row = await tx.get<{ n: number }>(
    `SELECT COUNT(*) AS n FROM (
       SELECT author_id, deleted_at, kind FROM messages WHERE channel_id = ? AND channel_seq > ?
       ORDER BY channel_seq DESC LIMIT ?) AS newest
     WHERE author_id <> ? AND deleted_at IS NULL AND kind = 'message'`,
    channel_id,
    after_seq,
    cap,
    user_id,
  );
  return row?.n ?? 0;
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
       external_ref, external_url, sidebar_section, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
  );
}

export async function updateChannel(tx: Tx, channel: Channel): Promise<void> {
  await tx.run(
    `UPDATE channels SET name = ?, display_title = ?, purpose = ?, external_managed = ?, external_ref = ?,
       external_url = ?, sidebar_section = ?, archived_at = ? WHERE id = ?`,
    channel.name,
    channel.display_title ?? "",
    channel.purpose,
    channel.external_managed ? 1 : 0,
    channel.external_ref ?? "",
    channel.external_url ?? "",
    channel.sidebar_section ?? "",
    channel.archived_at ?? null,
    channel.id,
  );
}

/** Raises the channel's sequence and answers the new number. */
export async function nextChannelSeq(tx: Tx, channel_id: string): Promise<number> {
  const row = await tx.get<{ last_seq: number }>(
    "UPDATE channels SET last_seq = last_seq + 1 WHERE id = ? RETURNING last_seq",
    channel_id,
  );
  if (!row) throw new Error(`channel ${channel_id} vanished inside its own transaction`);
  return row.last_seq;
}

/** Up to where the reader has read, 0 for nowhere yet. */
export async function readSeq(tx: Tx, channel_id: string, user_id: string): Promise<number> {
  const row = await tx.get<{ last_read_seq: number }>(
    "SELECT last_read_seq FROM channel_reads WHERE channel_id = ? AND user_id = ?",
    channel_id,
    user_id,
  );
  return row?.last_read_seq ?? 0;
}

/** Moves the reader's marker forward, never back and never beyond the last message. */
export async function raiseRead(
  tx: Tx,
  channel_id: string,
  user_id: string,
  seq: number,
  at: string,
): Promise<{ last_read_seq: number; last_read_at: string }> {
  const row = await tx.get<{ last_read_seq: number; last_read_at: string }>(
    `INSERT INTO channel_reads (channel_id, user_id, last_read_seq, last_read_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (channel_id, user_id) DO UPDATE SET
       last_read_at = CASE WHEN excluded.last_read_seq > last_read_seq THEN excluded.last_read_at ELSE last_read_at END,
       last_read_seq = CASE WHEN excluded.last_read_seq > last_read_seq THEN excluded.last_read_seq ELSE last_read_seq END
     RETURNING last_read_seq, last_read_at`,
    channel_id,
    user_id,
    seq,
    at,
  );
  return row ?? { last_read_seq: seq, last_read_at: at };
}
