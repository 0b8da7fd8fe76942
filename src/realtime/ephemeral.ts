import { type EphemeralType, LIMITS } from "@clickclack/protocol";
import { timestamp } from "../lib/clock.ts";
import { newId } from "../lib/ids.ts";
import { subscription, topics } from "./topics.ts";

/** A frame that is never stored: no cursor, gone when it has been sent. */
export interface EphemeralFrame {
  id: string;
  cursor: "";
  type: EphemeralType;
  workspace_id: string;
  channel_id?: string;
  created_at: string;
  payload: Record<string, unknown>;
}

export type PresenceStatus = "online" | "away";

/** Typing, presence, progress and heartbeats. */
export interface Ephemeral {
  /** Sends to a topic, sparing the author's own sockets when `author_id` is given. */
  send(topic: string, frame: EphemeralFrame, author_id?: string): void;
  /** A person came, went or is away. */
  presenceChanged(workspace_id: string, user_id: string, status: PresenceStatus | "offline", at_ms: number): void;
  heartbeat(workspace_id: string, cursor: string, at_ms: number): void;
  /** A word of the server's own to everybody in a workspace. */
  tell(type: EphemeralType, workspace_id: string, at_ms: number, payload: Record<string, unknown>): void;
}

/** A socket as far as sparing it an echo needs to know it. */
interface Subscriber {
  subscribe(name: string): void;
  unsubscribe(name: string): void;
  isSubscribed(name: string): boolean;
}

export function createEphemeral(
  publish: (subscription: string, frame: string) => void,
  socketsOf: (user_id: string) => Iterable<Subscriber>,
): Ephemeral {
  function send(topic: string, frame: EphemeralFrame, author_id?: string): void {
    const name = subscription(frame.workspace_id, topic);
    const own = author_id ? [...socketsOf(author_id)].filter((socket) => socket.isSubscribed(name)) : [];
    // Leaving and coming back happen in one tick, so the author's sockets miss this frame only.
    for (const socket of own) socket.unsubscribe(name);
    publish(name, JSON.stringify(frame));
    for (const socket of own) socket.subscribe(name);
  }

  return {
    send,
    presenceChanged(workspace_id, user_id, status, at_ms) {
      send(
        topics.all(workspace_id),
        ephemeralFrame("presence.changed", workspace_id, at_ms, { user_id, status, online: status !== "offline" }),
      );
    },
    heartbeat(workspace_id, cursor, at_ms) {
      send(topics.all(workspace_id), ephemeralFrame("realtime.heartbeat", workspace_id, at_ms, { cursor }));
    },
    tell(type, workspace_id, at_ms, payload) {
      send(topics.all(workspace_id), ephemeralFrame(type, workspace_id, at_ms, payload));
    },
  };
}

export function ephemeralFrame(
  type: EphemeralType,
  workspace_id: string,
  at_ms: number,
  payload: Record<string, unknown>,
): EphemeralFrame {
  const frame: EphemeralFrame = {
    id: newId("ephemeral"),
    cursor: "",
    type,
    workspace_id,
    created_at: timestamp(at_ms),
    payload,
  };
  if (typeof payload.channel_id === "string") frame.channel_id = payload.channel_id;
  return frame;
}

/** Typing frames name the moment after which a client stops showing them. */
export function typingExpiry(at_ms: number): string {
  return timestamp(at_ms + LIMITS.typing_ttl_ms);
}
