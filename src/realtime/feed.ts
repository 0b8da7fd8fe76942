import { LIMITS } from "@clickclack/protocol";
import type { Database } from "../db/database.ts";
import { eventsAfter, type LogEvent, type StoredEvent } from "./events.ts";
import { dressEvents, type FrameLoaders, withRow } from "./frames.ts";
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
  failed(error: unknown): void;
}

interface Log {
  position: string;
  ring: Ring;
  /** Set while a drain runs; a wake during it makes the drain go round once more. */
  draining: Promise<void> | undefined;
  woken: boolean;
}

export function createFeed({ db, loaders, publish, revoked, failed }: FeedOptions): Feed {
  const logs = new Map<string, Log>();
  let stopped = false;

  const unlisten = db.listen((keys) => {
    for (const key of keys) {
      if (key.startsWith("wsp_")) wake(key);
      else revoked(key);
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
        const stored = await db.read(async (tx) => {
          const events = await eventsAfter(tx, workspace_id, log.position, LIMITS.replay_page_events);
          const dressed = await dressEvents(
            tx,
            loaders,
            events.map((one) => one.event),
          );
          return events.map((one, index) => ({ topic: one.topic, event: dressed[index] ?? one.event }));
        });
        // Left and followed anew meanwhile: the new log begins where its caller stood and sends these itself.
        if (!isFollowed()) break;
        publishAll(workspace_id, log, stored, publish);
        if (stored.length === LIMITS.replay_page_events) log.woken = true;
      } catch (error) {
        // The next commit or heartbeat wakes the feed again and it goes on from the same position.
        failed(error);
      }
    }
    // In the tick that found nothing more to do, so that no wake falls between the two.
    log.draining = undefined;
  }

  return {
    follow(workspace_id, tail) {
      if (logs.has(workspace_id)) return;
      logs.set(workspace_id, { position: tail, ring: new Ring(tail), draining: undefined, woken: false });
      // What was committed between the caller's read and now has no wake of its own.
      void wake(workspace_id);
    },
    unfollow: (workspace_id) => void logs.delete(workspace_id),
    position: (workspace_id) => logs.get(workspace_id)?.position ?? "",
    since: (workspace_id, cursor) => logs.get(workspace_id)?.ring.after(cursor),
    settled: (workspace_id) => wake(workspace_id),
    followed: () => logs.keys(),
    async stop() {
      stopped = true;
      unlisten();
      await Promise.all([...logs.values()].map((log) => log.draining));
    },
  };
}

/** A whole batch in one tick: into the ring, and out to whoever listens. */
function publishAll(workspace_id: string, log: Log, stored: StoredEvent[], publish: FeedOptions["publish"]): void {
  for (const { topic, event } of stored) {
    const frame = JSON.stringify(event);
    refresh(log.ring, event);
    log.ring.push({ topic, event, frame });
    log.position = event.cursor;
    publish(subscription(workspace_id, topic), frame);
  }
  const last = stored.at(-1);
  // A frame shows its author as they are now; names change rarely, so the ring simply starts anew.
  if (last && stored.some(({ event }) => event.type === "user.updated")) log.ring.clear(last.event.cursor);
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
