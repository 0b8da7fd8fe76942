import { LIMITS } from "@clickclack/protocol";
import type { Database, Tx } from "../db/database.ts";
import { eventsAfter, type LogEvent, type StoredEvent } from "./events.ts";
import { dressEvents, type FrameLoaders, withRow } from "./frames.ts";
import { whoseRights } from "./rights.ts";
import { Ring, type RingEntry } from "./ring.ts";
import { subscription } from "./topics.ts";

/** Follows the logs of the workspaces somebody listens to, and publishes each event once. */
export interface Feed {
  /** Begins to follow a workspace from a cursor (its tail as the caller just read it). */
  follow(workspace_id: string, tail: string): void;
  /** Forgets a workspace nobody listens to any more. */
  unfollow(workspace_id: string): void;
  /** How far the workspace has been published; `""` before its first event. */
  position(workspace_id: string): string;
  /** The frames after a cursor, or `undefined` when the ring does not reach back that far. */
  since(workspace_id: string, cursor: string): RingEntry[] | undefined;
  /**
   * Tries to read the ring back to a cursor, once for everybody who waits for it: after an outage
   * all clients come back from about the same place.
   */
  reach(workspace_id: string, cursor: string): Promise<void>;
  /** Settles when everything committed before the call has been published. */
  settled(workspace_id: string): Promise<void>;
  /** The workspaces followed, for heartbeats. */
  followed(): IterableIterator<string>;
  stop(): Promise<void>;
}

export interface FeedOptions {
  db: Database;
  loaders: FrameLoaders;
  publish(subscription: string, frame: string): void;
  /** Called in the tick of the commit with each key that is not a workspace. */
  revoked(key: string): void;
  /** Called right before the publishing of an event that changes what somebody may read. */
  rightsChanged(user_id: string, workspace_id: string, cursor: string): void;
  failed(error: unknown): void;
}

interface Log {
  position: string;
  ring: Ring;
  /** Set while a drain runs; a wake during it makes the drain go round once more. */
  draining: Promise<void> | undefined;
  woken: boolean;
  /** Set while the ring is being read back. */
  reaching: Promise<void> | undefined;
}

export function createFeed(options: FeedOptions): Feed {
  const { db, loaders, failed } = options;
  const logs = new Map<string, Log>();
  let stopped = false;

  const unlisten = db.listen((keys) => {
    for (const key of keys) {
      if (key.startsWith("wsp_")) wake(key);
      else options.revoked(key);
    }
  });

  function wake(workspace_id: string): Promise<void> {
    const log = logs.get(workspace_id);
    if (!log || stopped) return Promise.resolve();
    log.woken = true;
    log.draining ??= drain(workspace_id, log);
    return log.draining;
  }

  async function drain(workspace_id: string, log: Log): Promise<void> {
    const isFollowed = () => !stopped && logs.get(workspace_id) === log;
    while (log.woken && isFollowed()) {
      log.woken = false;
      try {
        const stored = await db.read(async (tx) =>
          dressed(tx, loaders, await eventsAfter(tx, workspace_id, log.position, LIMITS.replay_page_events)),
        );
        // Left and followed anew meanwhile: the new log begins where its caller stood and sends these itself.
        if (!isFollowed()) break;
        publishAll(workspace_id, log, stored, options);
        if (stored.length === LIMITS.replay_page_events) log.woken = true;
      } catch (error) {
        // The next commit or heartbeat wakes the feed again and it goes on from the same position.
        failed(error);
      }
    }
    // In the tick that found nothing more to do, so that no wake falls between the two.
    log.draining = undefined;
  }

  async function reach(workspace_id: string, cursor: string): Promise<void> {
    const log = logs.get(workspace_id);
    if (log && !stopped) await reachBack(workspace_id, log, cursor, options);
  }

  return {
    follow(workspace_id, tail) {
      if (logs.has(workspace_id)) return;
      logs.set(workspace_id, newLog(tail));
      // What was committed between the caller's read and now has no wake of its own.
      void wake(workspace_id);
    },
    unfollow: (workspace_id) => void logs.delete(workspace_id),
    position: (workspace_id) => logs.get(workspace_id)?.position ?? "",
    since: (workspace_id, cursor) => logs.get(workspace_id)?.ring.after(cursor),
    reach,
    settled: (workspace_id) => wake(workspace_id),
    followed: () => logs.keys(),
    async stop() {
      stopped = true;
      unlisten();
      await Promise.all([...logs.values()].flatMap((log) => [log.draining, log.reaching]));
    },
  };
}

function newLog(tail: string): Log {
  return { position: tail, ring: new Ring(tail), draining: undefined, woken: false, reaching: undefined };
}

async function reachBack(workspace_id: string, log: Log, cursor: string, options: FeedOptions): Promise<void> {
  // Whoever reads already may read far enough; only then is it this caller's turn.
  while (log.reaching) await log.reaching;
  if (cursor >= log.ring.start) return;
  log.reaching = readBack(workspace_id, log, cursor, options)
    .catch(options.failed)
    .finally(() => {
      log.reaching = undefined;
    });
  await log.reaching;
}

async function readBack(workspace_id: string, log: Log, cursor: string, { db, loaders }: FeedOptions): Promise<void> {
  const { position } = log;
  const { start, room } = log.ring;
  const most = Math.min(room, LIMITS.ring_reach_events);
  const stored = await db.read(async (tx) => {
    const events = await eventsAfter(tx, workspace_id, cursor, most + 1);
    const older = events.filter(({ event }) => event.cursor <= start);
    // All of it, up to the very event the ring starts after, or nothing: the ring has no holes.
    if (older.length > most || older.at(-1)?.event.cursor !== start) return undefined;
    return dressed(tx, loaders, older);
  });
  if (!stored || log.ring.start !== start) return;
  const entries = stored.map(({ topic, event }) => ({ topic, event, frame: JSON.stringify(event) }));
  if (!log.ring.prepend(entries, cursor)) return;
  // Edited or deleted while they were read: what has been published since knows it.
  for (const { event } of log.ring.after(position) ?? []) refresh(log.ring, event);
}

/** Events with the rows they carry. */
async function dressed(tx: Tx, loaders: FrameLoaders, stored: StoredEvent[]): Promise<StoredEvent[]> {
  const events = await dressEvents(
    tx,
    loaders,
    stored.map((one) => one.event),
  );
  return stored.map((one, index) => ({ topic: one.topic, event: events[index] ?? one.event }));
}

/** A whole batch in one tick: into the ring, and out to whoever listens. */
function publishAll(workspace_id: string, log: Log, stored: StoredEvent[], options: FeedOptions): void {
  for (const one of stored) {
    const { topic, event } = one;
    // Before it is published: their sockets leave here, and join again from the event before this one.
    for (const user_id of whoseRights(one)) options.rightsChanged(user_id, workspace_id, event.cursor);
    const frame = JSON.stringify(event);
    refresh(log.ring, event);
    log.ring.push({ topic, event, frame });
    log.position = event.cursor;
    options.publish(subscription(workspace_id, topic), frame);
  }
  const last = stored.at(-1);
  if (last && stored.some(({ event }) => outdatesFrames(event))) log.ring.clear(last.event.cursor);
}

/**
 * A frame shows its author as they are now, and goes to whoever may read its channel now. Both change
 * rarely, so the ring simply starts anew.
 */
function outdatesFrames({ type }: LogEvent): boolean {
  return type === "channel.updated" || type === "user.updated";
}

/** An edited or deleted message must not come back from an older frame. */
function refresh(ring: Ring, event: LogEvent): void {
  const { message_id, message } = event.payload;
  if (typeof message_id !== "string") return;
  if (event.type === "message.updated" && message !== undefined) {
    ring.rebuild(message_id, (older) => withRow({ ...older, payload: withoutMessage(older) }, "message", message));
  } else if (event.type === "message.updated" || event.type === "message.deleted") {
    ring.rebuild(message_id, (older) => ({ ...older, payload: withoutMessage(older) }));
  }
}

function withoutMessage(event: LogEvent): Record<string, unknown> {
  const { message: _message, ...rest } = event.payload;
  return rest;
}
