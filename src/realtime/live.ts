import { LIMITS } from "@clickclack/protocol";
import type { Database, Tx } from "../db/database.ts";
import type { Actor } from "../lib/actor.ts";
import { systemClock, systemLater } from "../lib/clock.ts";
import { createEphemeral } from "./ephemeral.ts";
import { createFeed } from "./feed.ts";
import type { FrameLoaders } from "./frames.ts";
import { createPresence } from "./presence.ts";
import { createPresenceNews } from "./presence-news.ts";
import { createSocketRegistry } from "./registry.ts";
import { createSockets } from "./socket.ts";
import type { Audience } from "./standing.ts";

export interface LiveOptions {
  db: Database;
  loaders: FrameLoaders;
  /** Sends a frame to every subscriber of a name. */
  publish(subscription: string, frame: string): void;
  audience: Audience;
  /** Whether the session or token an actor came with has not ended. */
  holds(tx: Tx, actor: Actor, at: string): Promise<boolean>;
  /** For each of some people, the workspaces in which their coming and going is shown. */
  workspacesOf(tx: Tx, user_ids: string[]): Promise<string[][]>;
  /** Changes when another process has committed. */
  foreignVersion(): unknown;
  failed(error: unknown): void;
  heartbeat_ms?: number | undefined;
  presence_grace_ms?: number | undefined;
}

/** The live half: feed, sockets, presence, heartbeats. */
export function startLive(options: LiveOptions) {
  const { db, loaders, publish, failed, audience, holds } = options;
  const registry = createSocketRegistry();
  const presence = createPresence();
  const ephemeral = createEphemeral(publish, (user_id) => registry.byUser(user_id));
  const news = createPresenceNews({
    presence,
    ephemeral,
    failed,
    clock: systemClock,
    later: systemLater,
    workspacesOf: (user_ids) => db.read((tx) => options.workspacesOf(tx, user_ids)),
    grace_ms: options.presence_grace_ms,
  });
  const feed = createFeed({
    db,
    loaders,
    publish,
    failed,
    revoked: (key) => sockets.revoke(key),
    rightsChanged: (user_id, workspace_id, cursor) => sockets.rightsChanged(user_id, workspace_id, cursor),
  });
  const sockets = createSockets({
    db,
    feed,
    presence,
    news,
    registry,
    loaders,
    clock: systemClock,
    failed,
    holds,
    audience,
  });
  /** What another process committed, or a read that failed, has woken nobody. */
  async function look(): Promise<void> {
    for (const id of [...feed.followed()]) await feed.settled(id);
    await sockets.recheck();
  }
  async function beat(): Promise<void> {
    await look();
    for (const id of feed.followed()) ephemeral.heartbeat(id, feed.position(id), systemClock.now());
  }
  const endBeats = every(options.heartbeat_ms ?? LIMITS.heartbeat_ms, beat, failed);
  const endWatch = watchFor(options.foreignVersion, look, failed);
  return {
    registry,
    presence,
    ephemeral,
    sockets,
    loaders,
    failed,
    async stop() {
      endBeats();
      endWatch();
      news.stop();
      await feed.stop();
    },
  };
}

/** Commits of the operator's commands wake nobody here; a counter of the database tells of them. */
function watchFor(version: () => unknown, look: () => Promise<void>, failed: (error: unknown) => void): () => void {
  let seen = version();
  return every(
    LIMITS.foreign_commit_poll_ms,
    async () => {
      const now = version();
      if (now === seen) return;
      seen = now;
      await look();
    },
    failed,
  );
}

function every(interval_ms: number, act: () => Promise<void>, failed: (error: unknown) => void): () => void {
  const timer = setInterval(() => void act().catch(failed), interval_ms);
  return () => clearInterval(timer);
}
