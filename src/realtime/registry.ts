import type { ServerWebSocket } from "bun";
import type { Actor } from "../lib/actor.ts";

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

/** Every open socket, found by person or by credential. */
export interface SocketRegistry {
  add(socket: Socket): void;
  remove(socket: Socket): void;
  byUser(user_id: string): Socket[];
  byCredential(id: string): Socket[];
  all(): Socket[];
  count(): number;
  /** Open sockets of one workspace. */
  countIn(workspace_id: string): number;
}

export function createSocketRegistry(): SocketRegistry {
  const users = new Map<string, Set<Socket>>();
  const credentials = new Map<string, Set<Socket>>();
  const workspaces = new Map<string, Set<Socket>>();
  let count = 0;
  return {
    add(socket) {
      count++;
      put(users, socket.data.actor.user.id, socket);
      put(credentials, socket.data.actor.credential.id, socket);
      put(workspaces, socket.data.workspace_id, socket);
    },
    remove(socket) {
      count--;
      drop(users, socket.data.actor.user.id, socket);
      drop(credentials, socket.data.actor.credential.id, socket);
      drop(workspaces, socket.data.workspace_id, socket);
    },
    byUser: (user_id) => [...(users.get(user_id) ?? [])],
    byCredential: (id) => [...(credentials.get(id) ?? [])],
    all: () => [...users.values()].flatMap((sockets) => [...sockets]),
    count: () => count,
    countIn: (workspace_id) => workspaces.get(workspace_id)?.size ?? 0,
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
