import type { Tx } from "../../db/database.ts";
import { type Actor, canUseScope, requireScope, type Scope } from "../../lib/actor.ts";
import { conflict, forbidden, notFound } from "../../lib/errors.ts";
import { appendEvent, type LogEvent, type NewEvent } from "../../realtime/events.ts";
import { topics } from "../../realtime/topics.ts";
import {
  isManager,
  requireMember,
  requireUnrestricted,
  restrictedUntil,
  type Role,
  roleIn,
} from "../workspaces/workspaces.ts";
import * as queries from "./queries.ts";
import type { Readable } from "./queries.ts";

/** What other features need of conversations. */
export { type Readable, readersAmong } from "./queries.ts";

/** A channel or a direct conversation, as its reader may use it. */
export interface Conversation {
  id: string;
  kind: "public" | "private" | "dm";
  workspace_id: string;
  archived_at: string | null;
  post_policy: "everyone" | "managers";
  created_by: string | null;
  last_seq: number;
  /** The actor's role in the workspace. */
  role: Role;
  /** Until when the actor may only read; `""` for whoever may write. */
  restricted_until: string;
  /** Guests were added to this public channel; they listen on a topic of their own. */
  has_guests: boolean;
  /** The actor left it, or closed it. */
  hidden: boolean;
  /** Everybody else of a direct conversation has left the workspace. */
  is_alone: boolean;
}

/** The id, if it is one of a channel: a direct conversation has routes of its own. */
export function inChannel(id: string): string {
  if (id.startsWith("dm_")) throw notFound("channel");
  return id;
}

export function inDirect(id: string): string {
  if (!id.startsWith("dm_")) throw notFound("conversation");
  return id;
}

/**
 * The conversation as the actor may use it: not found and not allowed look alike. `write` refuses an
 * archived channel and whoever may only read now; `send` leaves that to the caller, who looks for a nonce first. `scope` is what a
 * bot's token needs in a channel; in a direct conversation that is always `dms:read` or `dms:write`.
 */
export async function requireConversation(
  tx: Tx,
  actor: Actor,
  id: string,
  want: "read" | "write" | "send",
  scope?: Scope,
): Promise<Conversation> {
  const isDirect = id.startsWith("dm_");
  const row = isDirect
    ? await queries.directAccess(tx, id, actor.user.id)
    : await queries.channelAccess(tx, id, actor.user.id);
  if (!row || !canSee(row, actor)) throw notFound(isDirect ? "conversation" : "channel");
  if (isDirect) requireScope(actor, want === "read" ? "dms:read" : "dms:write");
  else if (scope) requireScope(actor, scope);
  if (want === "write") {
    requireOpen(row);
    requireUnrestricted(row.restricted_until, actor);
  }
  const { has_members, is_in: _in, hidden, is_alone, ...rest } = row;
  const has_guests = row.kind === "public" && has_members === 1;
  return { ...rest, has_guests, hidden: hidden === 1, is_alone: is_alone === 1 };
}

function canSee(row: queries.AccessRow, actor: Actor): boolean {
  if (actor.workspace_id !== undefined && actor.workspace_id !== row.workspace_id) return false;
  if (row.kind === "dm") return row.role !== "guest";
  return row.is_in === 1 || (row.kind === "public" && row.role !== "guest");
}

/** Nothing is written into an archived channel. */
function requireOpen(conversation: { archived_at: string | null }): void {
  if (conversation.archived_at !== null) throw conflict("this channel is archived; restore it to write in it");
}

/**
 * Nothing is said in an archived channel, nor in a direct conversation that everybody else has left, nor by
 * somebody who was timed out or blocked.
 */
export function requireWritable(conversation: Conversation, actor: Actor): void {
  requireOpen(conversation);
  requireUnrestricted(conversation.restricted_until, actor);
  if (conversation.is_alone) throw conflict("nobody else is left in this conversation");
}

/**
 * Refuses who may not begin a message here: where only some may post, those are managers, the channel's
 * maker, and bots that managers made.
 */
export function requirePoster(conversation: Conversation, actor: Actor): void {
  requireWritable(conversation, actor);
  if (!canPost(conversation, actor)) throw forbidden("only owners and moderators post in this channel");
}

function canPost(conversation: Conversation, actor: Actor): boolean {
  if (conversation.post_policy === "everyone" || isManager(conversation.role)) return true;
  const isService = actor.user.kind === "bot" && actor.user.owner_user_id === undefined;
  return isService || conversation.created_by === actor.user.id;
}

/** What happened in a conversation, without the fields that follow from where it is. */
export type ConversationEvent = Pick<NewEvent, "type" | "seq" | "payload" | "mentioned_user_ids" | "created_at">;

/**
 * Appends the event for the conversation's audience. Guests of a public channel do not listen where its
 * members do, so there it is two events, of which each reader sees one.
 */
export async function announce(
  tx: Tx,
  conversation: Pick<Conversation, "id" | "kind" | "workspace_id" | "has_guests">,
  event: ConversationEvent,
  audience: "readers" | "members" = "readers",
): Promise<LogEvent> {
  const { id, kind, workspace_id } = conversation;
  if (kind === "dm") {
    const payload = { ...event.payload, direct_conversation_id: id };
    return appendEvent(tx, { ...event, payload, topic: topics.dm(id), workspace_id });
  }
  const here = { ...event, workspace_id, channel_id: id };
  if (kind === "private") return appendEvent(tx, { ...here, topic: topics.channel(id) });
  const topic = audience === "readers" ? topics.messages(workspace_id) : topics.members(workspace_id);
  const appended = await appendEvent(tx, { ...here, topic });
  if (conversation.has_guests) await appendEvent(tx, { ...here, topic: topics.channel(id) });
  return appended;
}

/**
 * Appends an event for one person's devices only, about a conversation. What is about a direct one needs
 * the right to those.
 */
export async function announceTo(
  tx: Tx,
  user_id: string,
  { id, workspace_id }: Pick<Conversation, "id" | "workspace_id">,
  event: ConversationEvent,
): Promise<LogEvent> {
  if (!id.startsWith("dm_"))
    return appendEvent(tx, { ...event, workspace_id, channel_id: id, topic: topics.user(user_id) });
  const payload = { ...event.payload, direct_conversation_id: id };
  return appendEvent(tx, { ...event, payload, workspace_id, topic: topics.userDirect(user_id) });
}

/** Where a conversation's ephemeral frames go, one topic for each audience. */
export function topicsOf(conversation: Pick<Conversation, "id" | "kind" | "workspace_id" | "has_guests">): string[] {
  const { id, kind, workspace_id } = conversation;
  if (kind === "dm") return [topics.dm(id)];
  if (kind === "private") return [topics.channel(id)];
  return conversation.has_guests
    ? [topics.messages(workspace_id), topics.channel(id)]
    : [topics.messages(workspace_id)];
}

/** The topics an actor may read in a workspace; `undefined` for somebody who is not in it. */
export async function audienceOf(tx: Tx, actor: Actor, workspace_id: string): Promise<string[] | undefined> {
  if (actor.workspace_id !== undefined && actor.workspace_id !== workspace_id) return undefined;
  const role = await roleIn(tx, workspace_id, actor.user.id);
  if (!role) return undefined;
  const manages = isManager(role) && (await restrictedUntil(tx, workspace_id, actor.user.id)) <= actor.at;
  const audience = [topics.user(actor.user.id), topics.all(workspace_id)];
  const readable = await readableAs(tx, actor, workspace_id, role);
  if (role !== "guest") audience.push(topics.members(workspace_id));
  if (manages) audience.push(topics.managers(workspace_id));
  if (role !== "guest" && canUseScope(actor, "dms:read")) audience.push(topics.userDirect(actor.user.id));
  if (readable.all_public) audience.push(topics.messages(workspace_id));
  return [...audience, ...readable.channel_ids.map(topics.channel), ...readable.dm_ids.map(topics.dm)];
}

/** Needs a member: a stranger finds no workspace. A bot without the scope finds nothing to read. */
export async function readableConversations(tx: Tx, actor: Actor, workspace_id: string): Promise<Readable> {
  return readableAs(tx, actor, workspace_id, await requireMember(tx, actor, workspace_id));
}

async function readableAs(tx: Tx, actor: Actor, workspace_id: string, role: Role): Promise<Readable> {
  const readsMessages = canUseScope(actor, "messages:read");
  const readsDirect = role !== "guest" && canUseScope(actor, "dms:read");
  return {
    all_public: role !== "guest" && readsMessages,
    channel_ids: readsMessages ? await queries.channelIdsOf(tx, workspace_id, actor.user.id, role) : [],
    dm_ids: readsDirect ? await queries.directIdsOf(tx, workspace_id, actor.user.id) : [],
  };
}
