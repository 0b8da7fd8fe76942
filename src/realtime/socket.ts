import { CLOSE } from "@clickclack/protocol";
import { timestamp } from "../lib/clock.ts";
import { nextTurn } from "../lib/turn.ts";
import { createReadyFrames, endCredential, join, type JoinDeps, leaveTopics } from "./join.ts";
import type { Presence } from "./presence.ts";
import type { PresenceNews } from "./presence-news.ts";
import type { Socket } from "./registry.ts";

export interface SocketDeps extends Omit<JoinDeps, "ready"> {
  presence: Presence;
  news: PresenceNews;
  failed(error: unknown): void;
}

/** The life of sockets: join, stay, leave, and be cut off when rights end. */
export function createSockets(given: SocketDeps) {
  const deps = { ...given, ready: createReadyFrames(given) };
  const { presence, news, registry, failed } = deps;

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
      const { id } = socket.data.actor.user;
      registry.add(socket);
      if (presence.arrived(id)) news.arrived(id);
      start(socket);
    },
    drain(socket: Socket): void {
      socket.data.drained?.();
    },
    close(socket: Socket): void {
      const { id } = socket.data.actor.user;
      socket.data.state = "closed";
      socket.data.drained?.();
      registry.remove(socket);
      if (registry.countIn(socket.data.workspace_id) === 0) deps.feed.unfollow(socket.data.workspace_id);
      const was = presence.left(id);
      if (was) news.left(id, was);
    },
    /** In the tick of the commit that ended a session or token, or changed a membership. */
    revoke(key: string): void {
      registry.nextEpoch();
      for (const socket of registry.byCredential(key)) endCredential(socket);
      for (const socket of registry.byUser(key)) rejoin(socket);
    },
    /**
     * At the place in the feed where a person's rights in a workspace changed: another process may
     * have committed that. A socket that read its topics later than the change has nothing to do.
     */
    rightsChanged(user_id: string, workspace_id: string, cursor: string): void {
      registry.nextEpoch();
      for (const socket of registry.byUser(user_id)) {
        if (socket.data.workspace_id === workspace_id && socket.data.rights_at < cursor) rejoin(socket);
      }
    },
    /** Ends the sockets whose session or token ended without a word: expired, or revoked by another process. */
    recheck(): Promise<void> {
      registry.nextEpoch();
      return endEnded(deps);
    },
    closeAll(code: number, reason: string): void {
      for (const socket of registry.all()) socket.close(code, reason);
    },
  };
}

const RECHECKED_AT_ONCE = 200;

async function endEnded({ db, registry, clock, holds }: JoinDeps): Promise<void> {
  const sockets = registry.all();
  for (let first = 0; first < sockets.length; first += RECHECKED_AT_ONCE) {
    const some = sockets.slice(first, first + RECHECKED_AT_ONCE);
    const at = timestamp(clock.now());
    const ended = await db.read(async (tx) => {
      const found: Socket[] = [];
      for (const socket of some) if (!(await holds(tx, socket.data.actor, at))) found.push(socket);
      return found;
    });
    for (const socket of ended) endCredential(socket);
    await nextTurn();
  }
}
