import { LIMITS } from "@clickclack/protocol";
import type {
  Channel,
  DirectConversation,
  Draft,
  Message,
  ThreadState,
  Topic,
  User,
  UserGroup,
  Workspace,
} from "@clickclack/protocol";
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
  groups(tx: Tx, ids: string[]): Promise<Map<string, UserGroup>>;
  topics(tx: Tx, ids: string[]): Promise<Map<string, Topic>>;
  drafts(tx: Tx, ids: string[]): Promise<Map<string, Draft>>;
}

type Carried =
  | "message"
  | "thread_state"
  | "channel"
  | "conversation"
  | "workspace"
  | "user"
  | "group"
  | "topic"
  | "draft";

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
  "group.created": { field: "group", id: "group_id" },
  "group.updated": { field: "group", id: "group_id" },
  "topic.created": { field: "topic", id: "topic_id" },
  "topic.updated": { field: "topic", id: "topic_id" },
  "draft.updated": { field: "draft", id: "draft_id" },
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
    group: new Set(),
    topic: new Set(),
    draft: new Set(),
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
    group: wanted.group.size ? await loaders.groups(tx, [...wanted.group]) : NONE,
    topic: wanted.topic.size ? await loaders.topics(tx, [...wanted.topic]) : NONE,
    draft: wanted.draft.size ? await loaders.drafts(tx, [...wanted.draft]) : NONE,
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
  const isLong = field === "message" || field === "draft";
  if (isLong && !fits(row as Message | Draft, event.mentioned_user_ids?.length ?? 0)) return event;
  return { ...event, payload: { ...event.payload, [field]: row } };
}

// The body is what makes a frame large. JSON never shrinks text, so a short body needs no measuring.
function fits(message: Message | Draft, mentioned: number): boolean {
  if (message.body.length < LIMITS.frame_bytes / 16) return true;
  const ids_bytes = mentioned * ID_BYTES;
  return Buffer.byteLength(JSON.stringify(message)) + ids_bytes + 1024 <= LIMITS.frame_bytes;
}

/** An id in a list: prefix, ULID, quotes and comma. */
const ID_BYTES = 33;
