import { LIMITS } from "@clickclack/protocol";
import type { Channel, DirectConversation, Message, ThreadState, User, Workspace } from "@clickclack/protocol";
import type { Tx } from "../db/database.ts";
import type { LogEvent } from "./events.ts";

/** Loads the current rows that frames carry; `server.ts` injects them from the features. */
export interface FrameLoaders {
  messages(tx: Tx, ids: string[]): Promise<Map<string, Message>>;
  threadStates(tx: Tx, root_ids: string[]): Promise<Map<string, ThreadState>>;
  channels(tx: Tx, ids: string[]): Promise<Map<string, Channel>>;
  conversations(tx: Tx, ids: string[]): Promise<Map<string, DirectConversation>>;
  workspaces(tx: Tx, ids: string[]): Promise<Map<string, Workspace>>;
  users(tx: Tx, ids: string[]): Promise<Map<string, User>>;
}

type Carried = "message" | "thread_state" | "channel" | "conversation" | "workspace" | "user";

/** Which row an event type carries, and which id of its payload names it. */
const CARRIES: Partial<Record<LogEvent["type"], { field: Carried; id: string }>> = {
  "message.created": { field: "message", id: "message_id" },
  "message.updated": { field: "message", id: "message_id" },
  "thread.reply_created": { field: "message", id: "message_id" },
  "thread.state_updated": { field: "thread_state", id: "root_message_id" },
  "channel.created": { field: "channel", id: "channel_id" },
  "channel.updated": { field: "channel", id: "channel_id" },
  "channel.member_added": { field: "channel", id: "channel_id" },
  "dm.created": { field: "conversation", id: "direct_conversation_id" },
  "workspace.updated": { field: "workspace", id: "workspace_id" },
  "user.updated": { field: "user", id: "user_id" },
};

const NONE: ReadonlyMap<string, unknown> = new Map();

/**
 * Adds to each event the current state of what it names, in one query per kind. Live delivery,
 * the ring, replay and the HTTP pull all build their frames here.
 */
export async function dressEvents(tx: Tx, loaders: FrameLoaders, events: LogEvent[]): Promise<LogEvent[]> {
  const wanted: Record<Carried, Set<string>> = {
    message: new Set(),
    thread_state: new Set(),
    channel: new Set(),
    conversation: new Set(),
    workspace: new Set(),
    user: new Set(),
  };
  for (const event of events) {
    const carries = CARRIES[event.type];
    if (carries) wanted[carries.field].add(String(event.payload[carries.id]));
  }
  const rows: Record<Carried, ReadonlyMap<string, unknown>> = {
    message: wanted.message.size ? await loaders.messages(tx, [...wanted.message]) : NONE,
    thread_state: wanted.thread_state.size ? await loaders.threadStates(tx, [...wanted.thread_state]) : NONE,
    channel: wanted.channel.size ? await loaders.channels(tx, [...wanted.channel]) : NONE,
    conversation: wanted.conversation.size ? await loaders.conversations(tx, [...wanted.conversation]) : NONE,
    workspace: wanted.workspace.size ? await loaders.workspaces(tx, [...wanted.workspace]) : NONE,
    user: wanted.user.size ? await loaders.users(tx, [...wanted.user]) : NONE,
  };
  return events.map((event) => {
    const carries = CARRIES[event.type];
    const row = carries && rows[carries.field].get(String(event.payload[carries.id]));
    return carries && row ? withRow(event, carries.field, row) : event;
  });
}

/** The event with its row, or without one that would make the frame too large. */
export function withRow(event: LogEvent, field: Carried, row: unknown): LogEvent {
  if (field === "message" && !fits(row as Message)) return event;
  return { ...event, payload: { ...event.payload, [field]: row } };
}

// The body is what makes a frame large. JSON never shrinks text, so a short body needs no measuring.
function fits(message: Message): boolean {
  if (message.body.length < LIMITS.frame_bytes / 16) return true;
  return Buffer.byteLength(JSON.stringify(message)) + 1024 <= LIMITS.frame_bytes;
}
