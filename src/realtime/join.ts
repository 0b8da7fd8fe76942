import { CLOSE, LIMITS } from "@clickclack/protocol";
import type { Database, Tx } from "../db/database.ts";
import type { Actor } from "../lib/actor.ts";
import { type Clock, timestamp } from "../lib/clock.ts";
import { nextTurn } from "../lib/turn.ts";
import { ephemeralFrame } from "./ephemeral.ts";
import type { LogEvent } from "./events.ts";
import type { Feed } from "./feed.ts";
import type { FrameLoaders } from "./frames.ts";
import type { Socket, SocketRegistry } from "./registry.ts";
import { replayPage } from "./replay.ts";
import { type Audience, readStanding, type Standing } from "./standing.ts";
import { subscription } from "./topics.ts";

export interface JoinDeps {
  db: Database;
  feed: Feed;
  loaders: FrameLoaders;
  clock: Clock;
  registry: SocketRegistry;
  /** Whether the session or token an actor came with has not ended. */
  holds(tx: Tx, actor: Actor, at: string): Promise<boolean>;
  audience: Audience;
  /** The frame that ends a replay. */
  ready(workspace_id: string): string;
}

const NO_TOPICS: ReadonlySet<string> = new Set();

/**
 * Replays what was missed and goes live without a gap or a duplicate: the table's pages are read up
 * to the feed's position, and the rest comes from the ring in the same tick as the subscription.
 */
export async function join(socket: Socket, deps: JoinDeps): Promise<void> {
  const { feed } = deps;
  const { workspace_id, after_cursor, generation } = socket.data;
  const standing = atUpgrade(socket, deps) ?? (await ask(socket, deps));
  if (isClosed(socket)) return;
  if (standing === "ended") return endCredential(socket);
  if (!standing.audience) return socket.close(CLOSE.revoked, "workspace access revoked");
  if (!standing.known) return resync(socket);
  socket.data.topics = new Set(standing.audience);
  socket.data.rights_at = standing.tail;
  feed.follow(workspace_id, standing.tail);

  const replay: Replay = { cursor: after_cursor, sent: 0, scanned: 0, generation, reached: false };
  while (socket.data.generation === generation) {
    // A cursor from an answer can be ahead of the feed by a moment; events up to it must not come live.
    if (replay.cursor > feed.position(workspace_id)) await feed.settled(workspace_id);
    // With its last socket the workspace is forgotten, and has no position to compare with.
    if (isClosed(socket)) return;
    if (replay.cursor > feed.position(workspace_id)) throw new Error("the feed could not catch up with the log");
    if (socket.data.generation !== generation) break;
    const missed = feed.since(workspace_id, replay.cursor);
    if (missed) {
      if (replay.sent + missed.length > LIMITS.replay_events) return resync(socket);
      return goLive(socket, deps, missed);
    }
    if (replay.reached) {
      if (!(await sendPage(socket, deps, replay))) return;
    } else {
      replay.reached = true;
      await feed.reach(workspace_id, replay.cursor);
      if (isClosed(socket)) return;
    }
  }
  if (isClosed(socket)) return;
  socket.data.after_cursor = replay.cursor;
  return join(socket, deps);
}

interface Replay {
  cursor: string;
  sent: number;
  scanned: number;
  generation: number;
  /** The ring was asked to reach back: once, after that the socket reads for itself. */
  reached: boolean;
}

/** What the upgrade read a moment ago, unless rights may have changed since. */
function atUpgrade(socket: Socket, { registry }: JoinDeps): Standing | undefined {
  const { standing } = socket.data;
  socket.data.standing = undefined;
  return standing?.epoch === registry.epoch() ? standing : undefined;
}

function ask(socket: Socket, { db, clock, audience, holds }: JoinDeps): Promise<Standing | "ended"> {
  const { actor } = socket.data;
  return db.read(async (tx) => {
    if (!(await holds(tx, actor, timestamp(clock.now())))) return "ended";
    return readStanding(tx, audience, actor, socket.data);
  });
}

/** Sends one page of the table; answers whether the replay goes on. */
async function sendPage(socket: Socket, deps: JoinDeps, replay: Replay): Promise<boolean> {
  const { workspace_id, topics } = socket.data;
  const until = deps.feed.position(workspace_id);
  const page = await replayPage(deps.db, deps.loaders, { workspace_id, cursor: replay.cursor, until, visible: topics });
  if (isClosed(socket)) return false;
  replay.sent += page?.events.length ?? 0;
  replay.scanned += page?.scanned ?? 0;
  if (!page?.scanned || replay.sent > LIMITS.replay_events || replay.scanned > LIMITS.replay_events * 10) {
    resync(socket);
    return false;
  }
  if (socket.data.generation !== replay.generation) return true;
  const last = await sendSlowly(socket, page.events, replay.generation);
  if (socket.data.generation === replay.generation) {
    replay.cursor = page.cursor;
    await nextTurn();
  } else {
    replay.cursor = last ?? replay.cursor;
  }
  return !isClosed(socket);
}

function goLive(socket: Socket, deps: JoinDeps, missed: { topic: string; frame: string }[]): void {
  const { workspace_id, topics } = socket.data;
  socket.cork(() => {
    for (const entry of missed) if (topics.has(entry.topic)) socket.sendText(entry.frame);
    for (const topic of topics) socket.subscribe(subscription(workspace_id, topic));
    socket.data.state = "live";
    socket.sendText(deps.ready(workspace_id));
  });
  socket.data.topics = NO_TOPICS;
}

/** Those who join in one millisecond at one place of the log are told so by one frame. */
export function createReadyFrames({ feed, clock }: Pick<JoinDeps, "feed" | "clock">): JoinDeps["ready"] {
  let last = { key: "", frame: "" };
  return (workspace_id) => {
    const cursor = feed.position(workspace_id);
    const at_ms = clock.now();
    const key = `${workspace_id} ${cursor} ${at_ms}`;
    if (last.key !== key) {
      const frame = ephemeralFrame("realtime.ready", workspace_id, at_ms, { cursor });
      last = { key, frame: JSON.stringify(frame) };
    }
    return last.frame;
  };
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

/** Waits until a slow socket has taken most of what was sent, so replay stays bounded. */
async function backlog(socket: Socket): Promise<void> {
  while (!isClosed(socket) && socket.getBufferedAmount() > LIMITS.replay_backlog_bytes) {
    await new Promise<void>((resolve) => {
      socket.data.drained = resolve;
    });
    socket.data.drained = undefined;
  }
}

export function endCredential(socket: Socket): void {
  const isBot = socket.data.actor.credential.kind === "bot_token";
  socket.data.generation++;
  leaveTopics(socket);
  socket.close(CLOSE.revoked, isBot ? "bot token revoked" : "session revoked; sign in again");
}

export function leaveTopics(socket: Socket): void {
  for (const name of socket.subscriptions) socket.unsubscribe(name);
}

function resync(socket: Socket): void {
  socket.close(CLOSE.resync, "realtime replay limit exceeded; resync required");
}

function isClosed(socket: Socket): boolean {
  return socket.data.state === "closed";
}
