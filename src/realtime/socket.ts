import { CLOSE, LIMITS } from "@clickclack/protocol";
import type { ServerWebSocket } from "bun";
import type { Database, Tx } from "../db/database.ts";
import type { Actor } from "../lib/actor.ts";
import type { Clock } from "../lib/clock.ts";
import { type Ephemeral, ephemeralFrame } from "./ephemeral.ts";
import { hasCursor, tailCursor } from "./events.ts";
import type { Feed } from "./feed.ts";
import type { FrameLoaders } from "./frames.ts";
import type { Presence } from "./presence.ts";
import { replayPage } from "./replay.ts";
import { subscription } from "./topics.ts";

/** What a socket is for; made at the upgrade, after authentication. */
export interface SocketData {
  actor: Actor;
  workspace_id: string;
  /** `""` replays the retained log from its beginning. */
  after_cursor: string;
  state: "joining" | "live" | "closed";
  /** Raised when rights may have changed; a socket still joining then starts over. */
  generation: number;
  topics: ReadonlySet<string>;
  /** Settled by `drain` when a slow socket has caught up. */
  drained: (() => void) | undefined;
}

export type Socket = ServerWebSocket<SocketData>;

export interface SocketDeps {
  db: Database;
  feed: Feed;
  ephemeral: Ephemeral;
  presence: Presence;
  loaders: FrameLoaders;
  clock: Clock;
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

  async function recheck(socket: Socket): Promise<void> {
    const { actor, workspace_id } = socket.data;
    const allowed = await db.read((tx) => deps.audience(tx, actor, workspace_id));
    if (!allowed) return socket.close(CLOSE.revoked, "workspace access revoked");
    if (socket.data.state === "live") changeTopics(socket, new Set(allowed));
    else socket.data.generation++;
  }

  return {
    open(socket: Socket): void {
      registry.add(socket);
      if (presence.arrived(socket.data.actor.user.id)) announce(socket.data.actor.user.id).catch(failed);
      join(socket, deps).catch((error: unknown) => {
        failed(error);
        socket.close(CLOSE.try_again, "realtime replay interrupted; try again");
      });
    },
    drain(socket: Socket): void {
      socket.data.drained?.();
    },
    close(socket: Socket): void {
      socket.data.state = "closed";
      socket.data.drained?.();
      registry.remove(socket);
      if (presence.left(socket.data.actor.user.id)) announce(socket.data.actor.user.id).catch(failed);
    },
    /** In the tick of the commit that ended a session or token, or changed a membership. */
    revoke(key: string): void {
      for (const socket of registry.byCredential(key)) {
        const what = socket.data.actor.credential.kind === "bot_token" ? "bot token revoked" : "session revoked; sign in again";
        socket.data.generation++;
        leaveTopics(socket);
        socket.close(CLOSE.revoked, what);
      }
      for (const socket of registry.byUser(key)) recheck(socket).catch(failed);
    },
    closeAll(code: number, reason: string): void {
      for (const socket of registry.all()) socket.close(code, reason);
    },
  };
}

/**
 * Replays what was missed and goes live without a gap or a duplicate: the table's pages are read up
 * to the feed's position, and the rest comes from the ring in the same tick as the subscription.
 */
async function join(socket: Socket, deps: SocketDeps): Promise<void> {
  const { db, feed } = deps;
  const { actor, workspace_id, after_cursor, generation } = socket.data;
  const start = await db.read(async (tx) => ({
    audience: await deps.audience(tx, actor, workspace_id),
    tail: await tailCursor(tx, workspace_id),
    known: after_cursor === "" || (await hasCursor(tx, workspace_id, after_cursor)),
  }));
  if (socket.data.state === "closed") return;
  if (!start.audience) return socket.close(CLOSE.revoked, "workspace access revoked");
  if (!start.known) return resync(socket);
  socket.data.topics = new Set(start.audience);
  feed.follow(workspace_id, start.tail);

  let cursor = after_cursor;
  let sent = 0;
  let scanned = 0;
  while (socket.data.generation === generation) {
    // A cursor from an answer can be ahead of the feed by a moment; events up to it must not come live.
    if (cursor > feed.position(workspace_id)) await feed.settled(workspace_id);
    if (isClosed(socket)) return;
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
    if (!page || sent > LIMITS.replay_events || scanned > LIMITS.replay_events * 10) return resync(socket);
    if (socket.data.generation !== generation) break;
    socket.cork(() => {
      for (const event of page.events) socket.sendText(JSON.stringify(event));
    });
    cursor = page.cursor;
    await backlog(socket);
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

function changeTopics(socket: Socket, next: ReadonlySet<string>): void {
  const { topics, workspace_id } = socket.data;
  for (const topic of topics) if (!next.has(topic)) socket.unsubscribe(subscription(workspace_id, topic));
  for (const topic of next) if (!topics.has(topic)) socket.subscribe(subscription(workspace_id, topic));
  socket.data.topics = next;
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

/** Every open socket, found by person or by credential. */
export interface SocketRegistry {
  add(socket: Socket): void;
  remove(socket: Socket): void;
  byUser(user_id: string): Socket[];
  byCredential(id: string): Socket[];
  all(): Socket[];
  count(): number;
}

export function createSocketRegistry(): SocketRegistry {
  const users = new Map<string, Set<Socket>>();
  const credentials = new Map<string, Set<Socket>>();
  let count = 0;
  return {
    add(socket) {
      count++;
      put(users, socket.data.actor.user.id, socket);
      put(credentials, socket.data.actor.credential.id, socket);
    },
    remove(socket) {
      count--;
      drop(users, socket.data.actor.user.id, socket);
      drop(credentials, socket.data.actor.credential.id, socket);
    },
    byUser: (user_id) => [...(users.get(user_id) ?? [])],
    byCredential: (id) => [...(credentials.get(id) ?? [])],
    all: () => [...users.values()].flatMap((sockets) => [...sockets]),
    count: () => count,
  };
}

function put(index: Map<string, Set<Socket>>, key: string, socket: Socket): void {
  const sockets = index.get(key);
  if (sockets) sockets.add(socket);
  else index.set(key, new Set([socket]));
}

function drop(index: Map<string, Set<Socket>>, key: string, socket: Socket): void {
  const sockets = index.get(key);
  sockets?.delete(socket);
  if (sockets?.size === 0) index.delete(key);
}
