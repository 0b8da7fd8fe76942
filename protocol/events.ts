/**
 * Events: what changed, in commit order. The log stores ids and counts; a frame on the wire adds
 * the current state of what changed, once for everybody (never per-reader fields).
 *
 * Entity types come from the generated contract, so they cannot drift from the routes.
 */
import * as v from "valibot";
import type { components } from "./generated/contract.ts";
import { CURSOR } from "./ids.ts";

type Schemas = components["schemas"];
export type User = Schemas["User"];
export type Me = Schemas["Me"];
export type Workspace = Schemas["Workspace"];
export type Channel = Schemas["Channel"];
export type Message = Schemas["Message"];
export type Reaction = Schemas["Reaction"];
export type Upload = Schemas["Upload"];
export type ThreadState = Schemas["ThreadState"];
export type Member = Schemas["Member"];
export type MemberModeration = Schemas["MemberModeration"];
export type Draft = Schemas["Draft"];
export type UserGroup = Schemas["UserGroup"];
export type Topic = Schemas["Topic"];
export type Report = Schemas["Report"];
export type AuditLogEntry = Schemas["AuditLogEntry"];
export type DirectConversation = Schemas["DirectConversation"];
export type Invite = Schemas["Invite"];
export type Session = Schemas["Session"];
export type BotToken = Schemas["BotToken"];
export type BotSetupCode = Schemas["BotSetupCode"];
export type BotSetupClaim = Schemas["BotSetupClaim"];
export type BotCommand = Schemas["BotCommand"];
export type BotMenuCommand = Schemas["BotMenuCommand"];
export type MessagePage = Schemas["MessagePage"];
export type ThreadPage = Schemas["ThreadPage"];
export type SearchPage = Schemas["SearchPage"];
export type SearchResult = Schemas["SearchResult"];

const id = v.pipe(v.string(), v.minLength(1));
const optionalId = v.optional(id);
const entity = <T>() => v.optional(v.custom<T>((value) => typeof value === "object" && value !== null));

/** Ids and counts of every durable event type. */
export const DURABLE = {
  "channel.created": v.looseObject({ channel_id: id, channel: entity<Channel>() }),
  "channel.updated": v.looseObject({ channel_id: id, archived: v.boolean(), channel: entity<Channel>() }),
  "message.created": v.looseObject({
    message_id: id,
    author_id: id,
    nonce: v.optional(v.string()),
    correlation_id: v.optional(v.string()),
    kind: v.optional(v.string()),
    turn_id: v.optional(v.string()),
    topic_id: optionalId,
    /** The message calls everybody (`channel`), or everybody who is here now (`here`). */
    mention_scope: v.optional(v.picklist(["channel", "here"])),
    direct_conversation_id: optionalId,
    message: entity<Message>(),
  }),
  "message.updated": v.looseObject({
    message_id: id,
    root_message_id: id,
    direct_conversation_id: optionalId,
    message: entity<Message>(),
  }),
  "message.deleted": v.looseObject({ message_id: id, root_message_id: id, direct_conversation_id: optionalId }),
  "thread.reply_created": v.looseObject({
    message_id: id,
    root_message_id: id,
    author_id: optionalId,
    nonce: v.optional(v.string()),
    correlation_id: v.optional(v.string()),
    direct_conversation_id: optionalId,
    message: entity<Message>(),
  }),
  "thread.state_updated": v.looseObject({
    root_message_id: id,
    direct_conversation_id: optionalId,
    thread_state: entity<ThreadState>(),
  }),
  "thread.read": v.looseObject({
    user_id: id,
    root_message_id: id,
    following: v.boolean(),
    last_read_seq: v.number(),
    unread_count: v.number(),
    mention_count: v.number(),
    direct_conversation_id: optionalId,
  }),
  "thread.follow_updated": v.looseObject({
    user_id: id,
    root_message_id: id,
    following: v.boolean(),
    last_read_seq: v.number(),
    unread_count: v.number(),
    mention_count: v.number(),
    direct_conversation_id: optionalId,
  }),
  "channel.member_added": v.looseObject({ channel_id: id, user_id: id, channel: entity<Channel>() }),
  "channel.member_removed": v.looseObject({ channel_id: id, user_id: id }),
  "channel.read": v.looseObject({
    user_id: id,
    channel_id: id,
    last_read_seq: v.number(),
    unread_count: v.number(),
    mention_count: v.number(),
  }),
  "channel.settings_updated": v.looseObject({
    user_id: id,
    channel_id: id,
    preference: v.string(),
    hidden: v.boolean(),
  }),
  "dm.created": v.looseObject({
    direct_conversation_id: id,
    user_id: id,
    conversation: entity<DirectConversation>(),
  }),
  "dm.read": v.looseObject({
    user_id: id,
    direct_conversation_id: id,
    last_read_seq: v.number(),
    unread_count: v.number(),
    mention_count: v.number(),
  }),
  "dm.settings_updated": v.looseObject({
    user_id: id,
    direct_conversation_id: id,
    preference: v.string(),
    hidden: v.boolean(),
  }),
  "pin.added": v.looseObject({ channel_id: id, message_id: id, pinned_by: id }),
  "pin.removed": v.looseObject({ channel_id: id, message_id: id, pinned_by: id }),
  "saved.added": v.looseObject({ user_id: id, message_id: id, direct_conversation_id: optionalId }),
  "saved.removed": v.looseObject({ user_id: id, message_id: id, direct_conversation_id: optionalId }),
  "reaction.added": v.looseObject({ message_id: id, emoji: v.string(), user_id: id, count: v.number() }),
  "reaction.removed": v.looseObject({ message_id: id, emoji: v.string(), user_id: id, count: v.number() }),
  "workspace.updated": v.looseObject({ workspace_id: id, workspace: entity<Workspace>() }),
  "member.joined": v.looseObject({ user_id: id, role: v.string() }),
  "member.left": v.looseObject({ user_id: id }),
  "member.updated": v.looseObject({ user_id: id, role: v.string() }),
  "member.moderation_updated": v.looseObject({ user_id: id, role: v.string() }),
  "workspace.ownership_transferred": v.looseObject({ workspace_id: id, new_owner_user_id: id }),
  /** Something only oneself sees: settings (`user_id` alone), or the order of the sidebar. Fetch `/api/me`. */
  "preferences.updated": v.looseObject({ user_id: id }),
  "draft.updated": v.looseObject({
    user_id: id,
    draft_id: id,
    target_id: id,
    direct_conversation_id: optionalId,
    draft: entity<Draft>(),
  }),
  "draft.deleted": v.looseObject({ user_id: id, draft_id: id, target_id: id, direct_conversation_id: optionalId }),
  /** Its reminder was set, moved or taken back. */
  "saved.updated": v.looseObject({ user_id: id, message_id: id, direct_conversation_id: optionalId }),
  /** A reminder of a saved message is due. */
  "saved.reminded": v.looseObject({ user_id: id, message_id: id, direct_conversation_id: optionalId }),
  "group.created": v.looseObject({ group_id: id, group: entity<UserGroup>() }),
  "group.updated": v.looseObject({ group_id: id, group: entity<UserGroup>() }),
  "group.deleted": v.looseObject({ group_id: id }),
  "topic.created": v.looseObject({ topic_id: id, topic: entity<Topic>() }),
  "topic.updated": v.looseObject({ topic_id: id, topic: entity<Topic>() }),
  "report.created": v.looseObject({ report_id: id, message_id: id }),
  "report.updated": v.looseObject({ report_id: id, message_id: id, status: v.string() }),
  "user.updated": v.looseObject({ user_id: id, user: entity<User>() }),
} as const;

/** Frames that are never stored and have no top-level cursor. */
export const EPHEMERAL = {
  "realtime.ready": v.looseObject({ cursor: v.string() }),
  "realtime.heartbeat": v.looseObject({ cursor: v.string() }),
  "typing.started": v.looseObject({ user_id: id }),
  "typing.stopped": v.looseObject({ user_id: id }),
  "presence.changed": v.looseObject({ user_id: id, status: v.optional(v.string()) }),
  "presence.reset": v.looseObject({}),
  "agent.progress": v.looseObject({ user_id: id }),
  "bot_command.updated": v.looseObject({ workspace_id: id, bot_user_id: id }),
  "bot.membership_removed": v.looseObject({ bot_user_id: id }),
  "bot.deleted": v.looseObject({
    bot_user_id: id,
    display_name: v.string(),
    former_handle: v.string(),
    deleted_at: v.string(),
  }),
} as const;

export type DurableType = keyof typeof DURABLE;
export type EphemeralType = keyof typeof EPHEMERAL;

/** What every frame carries around its payload. */
interface Envelope<Type extends string, Payload> {
  id: string;
  /** `cur_…` of a durable event, empty for an ephemeral one. */
  cursor: string;
  type: Type;
  workspace_id: string;
  channel_id?: string;
  /** The message's `channel_seq` (or the read position) where the type has one. */
  seq?: number;
  created_at: string;
  payload: Payload;
  mentioned_user_ids?: string[];
}

export type DurableEvent = {
  [T in DurableType]: Envelope<T, v.InferOutput<(typeof DURABLE)[T]>>;
}[DurableType];

export type EphemeralEvent = {
  [T in EphemeralType]: Envelope<T, v.InferOutput<(typeof EPHEMERAL)[T]>>;
}[EphemeralType];

/** One event as it travels over the socket, the HTTP pull and in answers. */
export type ClickClackEvent = DurableEvent | EphemeralEvent;

const envelope = v.looseObject({
  id: v.string(),
  cursor: v.optional(v.union([v.literal(""), v.pipe(v.string(), v.regex(CURSOR))]), ""),
  type: v.string(),
  workspace_id: v.string(),
  channel_id: optionalId,
  seq: v.optional(v.number()),
  created_at: v.string(),
  payload: v.nullish(v.unknown()),
  mentioned_user_ids: v.optional(v.array(v.string())),
});

/**
 * Reads one frame. Returns `undefined` for a type this version does not know (a newer server),
 * so callers skip it and still move their cursor.
 *
 * @throws ValiError when the frame is not an event at all or a known type lacks its ids.
 * @example
 * const event = parseEvent(JSON.parse(frame));
 * if (event?.type === "message.created") show(event.payload.message);
 */
export function parseEvent(value: unknown): ClickClackEvent | undefined {
  const event = v.parse(envelope, value);
  const schemas: Record<string, v.GenericSchema> = { ...DURABLE, ...EPHEMERAL };
  const schema = schemas[event.type];
  if (!schema) return undefined;
  v.parse(schema, event.payload);
  return event as ClickClackEvent;
}

/** True for an event that is in the log: it has a cursor and survives a reconnect. */
export function isDurable(event: ClickClackEvent): event is DurableEvent {
  return event.cursor !== "";
}
