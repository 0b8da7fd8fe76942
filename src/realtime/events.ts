import type { DurableType } from "@clickclack/protocol";
import type { Tx } from "../db/database.ts";
import { cursorAt, newId, nextCursor } from "../lib/ids.ts";
import { topics } from "./topics.ts";

/** What a verb says happened. `topic` is the audience, decided here and stored once. */
export interface NewEvent {
  type: DurableType;
  topic: string;
  workspace_id: string;
  channel_id?: string;
  seq?: number;
  payload: Record<string, unknown>;
  mentioned_user_ids?: string[];
  created_at: string;
}

/** An event as answers and frames carry it; `topic` stays inside. */
export interface LogEvent {
  id: string;
  cursor: string;
  type: DurableType;
  workspace_id: string;
  channel_id?: string;
  seq?: number;
  created_at: string;
  payload: Record<string, unknown>;
  mentioned_user_ids?: string[];
}

/**
 * Appends to the workspace's log and wakes the feed when the transaction commits. The cursor is
 * taken from the workspace's row, so commit order is cursor order.
 */
export async function appendEvent(tx: Tx, event: NewEvent): Promise<LogEvent> {
  const row = await tx.get<{ last_cursor: string | null }>(
    "SELECT last_cursor FROM workspaces WHERE id = ?",
    event.workspace_id,
  );
  if (!row) throw new Error(`no workspace ${event.workspace_id} to append an event to`);
  const cursor = nextCursor(row.last_cursor);
  const id = newId("event");
  await tx.run("UPDATE workspaces SET last_cursor = ? WHERE id = ?", cursor, event.workspace_id);
  await tx.run(
    `INSERT INTO events (workspace_id, cursor, id, topic, type, channel_id, seq, payload, mentioned_user_ids, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    event.workspace_id,
    cursor,
    id,
    event.topic,
    event.type,
    event.channel_id ?? null,
    event.seq ?? null,
    JSON.stringify(event.payload),
    event.mentioned_user_ids?.length ? JSON.stringify(event.mentioned_user_ids) : null,
    event.created_at,
  );
  tx.notify(event.workspace_id);
  return logEvent({ ...event, id, cursor });
}

function logEvent(event: NewEvent & { id: string; cursor: string }): LogEvent {
  const { topic: _topic, mentioned_user_ids, ...rest } = event;
  return mentioned_user_ids?.length ? { ...rest, mentioned_user_ids } : rest;
}

interface EventRow {
  id: string;
  cursor: string;
  workspace_id: string;
  topic: string;
  type: DurableType;
  channel_id: string | null;
  seq: number | null;
  payload: string;
  mentioned_user_ids: string | null;
  created_at: string;
}

export interface StoredEvent {
  topic: string;
  event: LogEvent;
}

function toStored(row: EventRow): StoredEvent {
  const event: LogEvent = {
    id: row.id,
    cursor: row.cursor,
    type: row.type,
    workspace_id: row.workspace_id,
    created_at: row.created_at,
    payload: JSON.parse(row.payload) as Record<string, unknown>,
  };
  if (row.channel_id !== null) event.channel_id = row.channel_id;
  if (row.seq !== null) event.seq = row.seq;
  if (row.mentioned_user_ids !== null) event.mentioned_user_ids = JSON.parse(row.mentioned_user_ids) as string[];
  return { topic: row.topic, event };
}

/** The events after a cursor (`""` is the beginning of the retained log), oldest first. */
export async function eventsAfter(tx: Tx, workspace_id: string, cursor: string, limit: number): Promise<StoredEvent[]> {
  return (await rowsAfter(tx, { workspace_id, cursor }, limit)).map(toStored);
}

interface Span {
  workspace_id: string;
  cursor: string;
  /** The last cursor of the span, itself included. */
  until?: string;
}

function rowsAfter(tx: Tx, { workspace_id, cursor, until = AFTER_ALL }: Span, limit: number): Promise<EventRow[]> {
  return tx.all<EventRow>(
    "SELECT * FROM events WHERE workspace_id = ? AND cursor > ? AND cursor <= ? ORDER BY cursor LIMIT ?",
    workspace_id,
    cursor,
    until,
    limit,
  );
}

/** Sorts after every cursor: these are `cur_` and digits or lower-case letters. */
const AFTER_ALL = "cur_~";

/** What one look into the log found: the visible events, and how far the look went. */
export interface VisiblePage {
  events: LogEvent[];
  /** The last event looked at, the cursor itself when there was none. */
  cursor: string;
  /** Events looked at, visible or not. */
  scanned: number;
}

/** Looks at the next `limit` events after a cursor, `until` included, and keeps those of some audiences. */
export async function visibleAfter(
  tx: Tx,
  { visible, ...span }: Span & { visible: ReadonlySet<string> },
  limit: number,
): Promise<VisiblePage> {
  const rows = await rowsAfter(tx, span, limit);
  // Most of a log may be hidden from its reader, so only what is shown is parsed.
  const events = rows.filter(({ topic }) => visible.has(topic)).map((row) => toStored(row).event);
  return { events, cursor: rows.at(-1)?.cursor ?? span.cursor, scanned: rows.length };
}

/** The newest cursor of a workspace's log, `""` while it is empty. */
export async function tailCursor(tx: Tx, workspace_id: string): Promise<string> {
  const row = await tx.get<{ last_cursor: string | null }>(
    "SELECT last_cursor FROM workspaces WHERE id = ?",
    workspace_id,
  );
  return row?.last_cursor ?? "";
}

/** The newest cursor, and whether another has a row: what a joining client asks of a log. */
export async function logStanding(tx: Tx, workspace_id: string, cursor: string) {
  const row = await tx.get<{ last_cursor: string | null; known: number }>(
    `SELECT last_cursor, EXISTS (SELECT 1 FROM events WHERE workspace_id = ? AND cursor = ?) AS known
     FROM workspaces WHERE id = ?`,
    workspace_id,
    cursor,
    workspace_id,
  );
  return { tail: row?.last_cursor ?? "", known: cursor === "" || row?.known === 1 };
}

export async function hasCursor(tx: Tx, workspace_id: string, cursor: string): Promise<boolean> {
  const row = await tx.get("SELECT 1 FROM events WHERE workspace_id = ? AND cursor = ?", workspace_id, cursor);
  return row !== undefined;
}

/**
 * Makes a channel's earlier events what its members alone may read: their frames carry current rows, so
 * a replay must not show those to whom the channel has become private. Reads the workspace's whole log.
 */
export async function narrowEvents(tx: Tx, workspace_id: string, channel_id: string): Promise<void> {
  const topic = topics.channel(channel_id);
  // What guests were told by an event of their own, the next one in the log, is there already.
  await tx.run(
    `UPDATE events SET topic = CASE WHEN EXISTS (
         SELECT 1 FROM events t WHERE t.workspace_id = events.workspace_id AND t.cursor = (
             SELECT MIN(n.cursor) FROM events n WHERE n.workspace_id = events.workspace_id AND n.cursor > events.cursor)
           AND t.topic = ? AND t.type = events.type AND t.payload = events.payload) THEN ? ELSE ? END
     WHERE workspace_id = ? AND channel_id = ? AND topic IN (?, ?)`,
    topic,
    topics.nobody,
    topic,
    workspace_id,
    channel_id,
    topics.messages(workspace_id),
    topics.members(workspace_id),
  );
}

/**
 * Makes a channel's earlier events what everybody may read, so that a replay misses nothing that was said
 * before it became public. Where guests stay, what was told to its members by one event remains theirs.
 */
export async function widenEvents(
  tx: Tx,
  workspace_id: string,
  { channel_id, has_guests }: { channel_id: string; has_guests: boolean },
): Promise<void> {
  await tx.run(
    `UPDATE events SET topic = CASE WHEN type LIKE 'channel.%' THEN ? ELSE ? END
     WHERE workspace_id = ? AND channel_id = ? AND topic = ?`,
    topics.members(workspace_id),
    topics.messages(workspace_id),
    workspace_id,
    channel_id,
    has_guests ? topics.nobody : topics.channel(channel_id),
  );
}

/** Events one write deletes at most, so that a long overdue prune never holds the writer. */
const PRUNE_SLICE = 2000;

/**
 * Deletes a slice of old events, the oldest first: those before a moment, or all but the newest
 * `keep_latest`. The newest event of the workspace always stays, so a caught-up client's cursor keeps
 * its row. Answers how many went; 0 means done.
 */
export async function deleteEvents(
  tx: Tx,
  workspace_id: string,
  which: { before_ms: number } | { keep_latest: number },
): Promise<number> {
  let before: string;
  if ("before_ms" in which) {
    before = cursorAt(which.before_ms);
  } else {
    const row = await tx.get<{ cursor: string }>(
      "SELECT cursor FROM events WHERE workspace_id = ? ORDER BY cursor DESC LIMIT 1 OFFSET ?",
      workspace_id,
      Math.max(0, which.keep_latest - 1),
    );
    if (!row) return 0;
    before = row.cursor;
  }
  const { changes } = await tx.run(
    `DELETE FROM events WHERE workspace_id = ? AND cursor IN (
       SELECT cursor FROM events WHERE workspace_id = ? AND cursor < ?
         AND cursor <> (SELECT MAX(cursor) FROM events WHERE workspace_id = ?) ORDER BY cursor LIMIT ?)`,
    workspace_id,
    workspace_id,
    before,
    workspace_id,
    PRUNE_SLICE,
  );
  return changes;
}
