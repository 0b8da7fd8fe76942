import { CLOSE, LIMITS } from "@clickclack/protocol";
import type { Database, Tx } from "../db/database.ts";
import type { Actor } from "../lib/actor.ts";
import { type Clock, timestamp } from "../lib/clock.ts";
import { nextTurn } from "../lib/turn.ts";
import { type Ephemeral, ephemeralFrame } from "./ephemeral.ts";
import { hasCursor, type LogEvent, tailCursor } from "./events.ts";
import type { Feed } from "./feed.ts";
import type { FrameLoaders } from "./frames.ts";
import type { Presence } from "./presence.ts";
import type { Socket, SocketRegistry } from "./registry.ts";
import { replayPage } from "./replay.ts";
import { subscription } from "./topics.ts";

export interface SocketDeps {
  db: Database;
  feed: Feed;
  ephemeral: Ephemeral;
  presence: Presence;
  loaders: FrameLoaders;
  clock: Clock;
  /** Whether the session or token an actor came with has not ended. */
  holds(tx: Tx, actor: Actor, at: string): Promise<boolean>;
  /** The topics an actor may read in a workspace, or `undefined` for somebody who is not in it. */
  audience(tx: Tx, actor: Actor, workspace_id: string): Promise<string[] | undefined>;
  /** The workspaces in which a person's coming and going is shown. */
  workspacesOf(tx: Tx, user_id: string): Promise<string[]>;
  failed(error: unknown): void;
}

/** The life of sockets: join, stay, leave, and be cut off when rights end. */
export function createSockets(deps: SocketDeps, registry: SocketRegistry) {
  const { db, presence, failed } = deps;

  async function announce(user_id: string): Promise<void> {
    const workspaces = await db.read((tx) => deps.workspacesOf(tx, user_id));
    deps.ephemeral.presenceChanged(user_id, workspaces, presence.status(user_id), deps.clock.now());
  }

  /**
   * Rights may have changed: the socket leaves every topic in this tick, so nothing it may no longer
   * see slips through, and joins again from where it stood, so nothing it may see is lost.
   */
  function rejoin(socket: Socket): void {
    socket.data.generation++;
    if (socket.data.state !== "live") return;
    leaveTopics(socket);
    socket.data.state = "joining";
    socket.data.after_cursor = deps.feed.position(socket.data.workspace_id);
    start(socket);
  }

  function start(socket: Socket): void {
    join(socket, deps).catch((error: unknown) => {
      failed(error);
      socket.close(CLOSE.try_again, "realtime replay interrupted; try again");
    });
  }

  return {
    open(socket: Socket): void {
      registry.add(socket);
      if (presence.arrived(socket.data.actor.user.id)) announce(socket.data.actor.user.id).catch(failed);
      start(socket);
    },
    drain(socket: Socket): void {
      socket.data.drained?.();
    },
    close(socket: Socket): void {
      socket.data.state = "closed";
      socket.data.drained?.();
      registry.remove(socket);
      if (registry.countIn(socket.data.workspace_id) === 0) deps.feed.unfollow(socket.data.workspace_id);
      if (presence.left(socket.data.actor.user.id)) announce(socket.data.actor.user.id).catch(failed);
    },
    /** In the tick of the commit that ended a session or token, or changed a membership. */
    revoke(key: string): void {
      for (const socket of registry.byCredential(key)) endCredential(socket);
      for (const socket of registry.byUser(key)) rejoin(socket);
    },
    /** Ends the sockets whose session or token ended without a word: expired, or revoked by another process. */
    async recheck(): Promise<void> {
      const sockets = registry.all();
      for (let first = 0; first < sockets.length; first += RECHECKED_AT_ONCE) {
        const some = sockets.slice(first, first + RECHECKED_AT_ONCE);
        const at = timestamp(deps.clock.now());
        const ended = await db.read(async (tx) => {
          const found: Socket[] = [];
          for (const socket of some) if (!(await deps.holds(tx, socket.data.actor, at))) found.push(socket);
          return found;
        });
        for (const socket of ended) endCredential(socket);
        await nextTurn();
      }
    },
    closeAll(code: number, reason: string): void {
      for (const socket of registry.all()) socket.close(code, reason);
    },
  };
}

const RECHECKED_AT_ONCE = 200;

/**
 * Replays what was missed and goes live without a gap or a duplicate: the table's pages are read up
 * to the feed's position, and the rest comes from the ring in the same tick as the subscription.
 */
async function join(socket: Socket, deps: SocketDeps): Promise<void> {
  const { db, feed } = deps;
  const { actor, workspace_id, after_cursor, generation } = socket.data;
  const found = await db.read(async (tx) => ({
    audience: await deps.audience(tx, actor, workspace_id),
    tail: await tailCursor(tx, workspace_id),
    known: after_cursor === "" || (await hasCursor(tx, workspace_id, after_cursor)),
    // It may have ended after the upgrade asked and before the registry knew the socket.
    holds: await deps.holds(tx, actor, timestamp(deps.clock.now())),
  }));
  if (socket.data.state === "closed") return;
  if (!found.holds) return endCredential(socket);
  if (!found.audience) return socket.close(CLOSE.revoked, "workspace access revoked");
  if (!found.known) return resync(socket);
  socket.data.topics = new Set(found.audience);
  feed.follow(workspace_id, found.tail);

  let cursor = after_cursor;
  let sent = 0;
  let scanned = 0;
  while (socket.data.generation === generation) {
    // A cursor from an answer can be ahead of the feed by a moment; events up to it must not come live.
    if (cursor > feed.position(workspace_id)) await feed.settled(workspace_id);
    // With its last socket the workspace is forgotten, and has no position to compare with.
    if (isClosed(socket)) return;
    if (cursor > feed.position(workspace_id)) throw new Error("the feed could not catch up with the log");
    if (socket.data.generation !== generation) break;
    const missed = feed.since(workspace_id, cursor);
    if (missed) {
      if (sent + missed.length > LIMITS.replay_events) return resync(socket);
      return goLive(socket, deps, missed);
    }
    const page = await replayPage(db, deps.loaders, {
      workspace_id,
      cursor,
      until: feed.position(workspace_id),
      visible: socket.data.topics,
    });
    if (isClosed(socket)) return;
    sent += page?.events.length ?? 0;
    scanned += page?.scanned ?? 0;
    if (!page?.scanned || sent > LIMITS.replay_events || scanned > LIMITS.replay_events * 10) return resync(socket);
    if (socket.data.generation !== generation) break;
    const last = await sendSlowly(socket, page.events, generation);
    if (socket.data.generation !== generation) {
      cursor = last ?? cursor;
      break;
    }
    cursor = page.cursor;
    await nextTurn();
  }
  if (isClosed(socket)) return;
  socket.data.after_cursor = cursor;
  return join(socket, deps);
}

function goLive(socket: Socket, deps: SocketDeps, missed: { topic: string; frame: string }[]): void {
  const { workspace_id, topics } = socket.data;
  socket.cork(() => {
    for (const entry of missed) if (topics.has(entry.topic)) socket.sendText(entry.frame);
    for (const topic of topics) socket.subscribe(subscription(workspace_id, topic));
    socket.data.state = "live";
    const cursor = deps.feed.position(workspace_id);
    socket.sendText(JSON.stringify(ephemeralFrame("realtime.ready", workspace_id, deps.clock.now(), { cursor })));
  });
}

/**
 * Sends replayed events no faster than the socket takes them, and stops when its rights change.
 * Answers the cursor of the last one sent.
 */
async function sendSlowly(socket: Socket, events: LogEvent[], generation: number): Promise<string | undefined> {
  let sent = 0;
  while (sent < events.length && !isClosed(socket) && socket.data.generation === generation) {
    socket.cork(() => {
      do socket.sendText(JSON.stringify(events[sent++]));
      while (sent < events.length && socket.getBufferedAmount() <= LIMITS.replay_backlog_bytes);
    });
    await backlog(socket);
  }
  return events[sent - 1]?.cursor;
}

function endCredential(socket: Socket): void {
  const isBot = socket.data.actor.credential.kind === "bot_token";
  socket.data.generation++;
  leaveTopics(socket);
  socket.close(CLOSE.revoked, isBot ? "bot token revoked" : "session revoked; sign in again");
}

function leaveTopics(socket: Socket): void {
  for (const topic of socket.data.topics) socket.unsubscribe(subscription(socket.data.workspace_id, topic));
}

function resync(socket: Socket): void {
  socket.close(CLOSE.resync, "realtime replay limit exceeded; resync required");
}

/** Waits until a slow socket has taken most of what was sent, so replay stays bounded. */
async function backlog(socket: Socket): Promise<void> {
  while (!isClosed(socket) && socket.getBufferedAmount() > LIMITS.replay_backlog_bytes) {
    await new Promise<void>((resolve) => {
      socket.data.drained = resolve;
    });
    socket.data.drained = undefined;
  }
}

function isClosed(socket: Socket): boolean {
  return socket.data.state === "closed";
}
