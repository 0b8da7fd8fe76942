import type { ServerWebSocket } from "bun";
import type { Actor } from "../lib/actor.ts";
import type { Standing } from "./standing.ts";

/** What a socket is for; made at the upgrade, after authentication. */
export interface SocketData {
  actor: Actor;
  workspace_id: string;
  /** `""` replays the retained log from its beginning. */
  after_cursor: string;
  state: "joining" | "live" | "closed";
  /** Raised when rights may have changed; a socket still joining then starts over. */
  generation: number;
  /** Where the log stood when the topics were read: a change of rights up to here is in them. */
  rights_at: string;
  /** What the upgrade read, for the first join. */
  standing: (Standing & { epoch: number }) | undefined;
  /** While it joins; what a live socket may read is what it subscribes to. */
  topics: ReadonlySet<string>;
  /** Settled by `drain` when a slow socket has caught up. */
  drained: (() => void) | undefined;
}

export type Socket = ServerWebSocket<SocketData>;

/** Every open socket, found by person or by credential. */
export interface SocketRegistry {
  add(socket: Socket): void;
  remove(socket: Socket): void;
  byUser(user_id: string): Socket[];
  byCredential(id: string): Socket[];
  all(): Socket[];
  count(): number;
  countOf(user_id: string): number;
  /** Open sockets of one workspace. */
  countIn(workspace_id: string): number;
  /** Rises whenever rights may have changed: what was read under an older epoch has to be read again. */
  epoch(): number;
  nextEpoch(): void;
}

/** Most people and credentials have one socket, and a set for each would be the largest part of it. */
type Held = Socket | Set<Socket>;

export function createSocketRegistry(): SocketRegistry {
  const users = new Map<string, Held>();
  const credentials = new Map<string, Held>();
  const workspaces = new Map<string, number>();
  let count = 0;
  let epoch = 0;

  function counted(socket: Socket, by: 1 | -1): void {
    const { workspace_id } = socket.data;
    const now = (workspaces.get(workspace_id) ?? 0) + by;
    if (now > 0) workspaces.set(workspace_id, now);
    else workspaces.delete(workspace_id);
    count += by;
  }

  return {
    add(socket) {
      counted(socket, 1);
      put(users, socket.data.actor.user.id, socket);
      put(credentials, socket.data.actor.credential.id, socket);
    },
    remove(socket) {
      counted(socket, -1);
      drop(users, socket.data.actor.user.id, socket);
      drop(credentials, socket.data.actor.credential.id, socket);
    },
    byUser: (user_id) => listed(users.get(user_id)),
    byCredential: (id) => listed(credentials.get(id)),
    all: () => [...users.values()].flatMap(listed),
    count: () => count,
    countOf(user_id) {
      const held = users.get(user_id);
      return held instanceof Set ? held.size : held ? 1 : 0;
    },
    countIn: (workspace_id) => workspaces.get(workspace_id) ?? 0,
    epoch: () => epoch,
    nextEpoch: () => void epoch++,
  };
}

function listed(held: Held | undefined): Socket[] {
  if (held === undefined) return [];
  return held instanceof Set ? [...held] : [held];
}

function put(index: Map<string, Held>, key: string, socket: Socket): void {
  const held = index.get(key);
  if (held === undefined) index.set(key, socket);
  else if (held instanceof Set) held.add(socket);
  else index.set(key, new Set([held, socket]));
}

function drop(index: Map<string, Held>, key: string, socket: Socket): void {
  const held = index.get(key);
  if (held === socket) index.delete(key);
  else if (held instanceof Set && held.delete(socket) && held.size === 0) index.delete(key);
}
