import type { Member } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { forbidden, notFound } from "../../lib/errors.ts";
import { appendEvent, type LogEvent } from "../../realtime/events.ts";
import { topics } from "../../realtime/topics.ts";
import { announce, type Conversation } from "../conversations/conversations.ts";
import {
  changeSettings,
  comeBack,
  moveMarker,
  type Receipt,
  type Standing,
  standingOf,
  beginReading,
} from "../conversations/unread.ts";
import { type MembersPage, type MembersQuery, pageOfMembers } from "../workspaces/directory.ts";
import { isManager, memberById, requireUnrestricted } from "../workspaces/workspaces.ts";
import { isMaker, requireChannel } from "./channels.ts";
import * as queries from "./queries.ts";
import { recordPlace } from "./recording.ts";

/** Who may read the channel. */
export async function listChannelMembers(
  db: Database,
  actor: Actor,
  channel_id: string,
  query: MembersQuery,
): Promise<MembersPage> {
  return db.read(async (tx) => {
    const channel = await requireChannel(tx, actor, channel_id);
    return pageOfMembers(tx, channel.workspace_id, query, channel);
  });
}

/**
 * Adds somebody to a private channel, or a guest to any; brings oneself back to a channel one left.
 * `me` stands for the actor.
 */
export async function addChannelMember(
  db: Database,
  actor: Actor,
  channel_id: string,
  wanted: string,
): Promise<{ member: Member; event?: LogEvent }> {
  const user_id = wanted === "me" ? actor.user.id : wanted;
  return db.write(async (tx) => {
    const channel = await requireChannel(tx, actor, channel_id);
    const member = await memberById(tx, channel.workspace_id, user_id);
    if (!member) throw notFound("member");
    if (user_id === actor.user.id) {
      await comeBack(tx, actor, channel);
      return { member };
    }
    requireUnrestricted(channel.restricted_until, actor);
    if (!needsPlace(channel, member)) return { member };
    await requireInviter(tx, actor, channel);
    const event = await letIn(tx, actor, channel, member);
    return event ? { member, event } : { member };
  });
}

/** Only private channels list everybody; public ones their guests. */
function needsPlace(channel: Pick<Conversation, "kind">, { role }: Pick<Member, "role">): boolean {
  return channel.kind === "private" || role === "guest";
}

/** A channel that the actor may add others to. */
export async function requireInvitable(tx: Tx, actor: Actor, channel_id: string): Promise<Conversation> {
  const channel = await requireChannel(tx, actor, channel_id);
  requireUnrestricted(channel.restricted_until, actor);
  await requireInviter(tx, actor, channel);
  return channel;
}

/** Lets a member in by the hand of an actor who was found to be allowed to; nothing for who is in. */
export async function letIn(
  tx: Tx,
  actor: Actor,
  channel: Conversation,
  member: Pick<Member, "role"> & { user: { id: string } },
): Promise<LogEvent | undefined> {
  if (!needsPlace(channel, member)) return undefined;
  const event = await enlist(tx, channel, member.user.id, actor.user.id, actor.at);
  if (event) await recordPlace(tx, actor, channel, member.user.id, "channel.member_added");
  return event;
}

/** Gives a row of membership; nothing for somebody who has one. */
async function enlist(
  tx: Tx,
  channel: Pick<Conversation, "id" | "kind" | "workspace_id" | "last_seq">,
  user_id: string,
  added_by: string,
  at: string,
): Promise<LogEvent | undefined> {
  const channel_id = channel.id;
  if (!(await queries.insertMember(tx, channel_id, user_id, added_by, at))) return undefined;
  tx.notify(user_id);
  const event = await announce(
    tx,
    { ...channel, has_guests: channel.kind === "public" },
    { type: "channel.member_added", payload: { channel_id, user_id }, created_at: at },
    "members",
  );
  await beginReading(tx, channel, user_id, at);
  return event;
}

/** Shows a guest a public channel without asking who lets them in: the rules of the workspace do. */
export async function admitGuest(tx: Tx, channel_id: string, user_id: string, at: string): Promise<void> {
  const channel = await queries.channelById(tx, channel_id);
  if (channel) await enlist(tx, { ...channel, last_seq: channel.last_seq ?? 0 }, user_id, user_id, at);
}

/** Guests invite nobody, not even where they made the channel; the channel says whether its members do. */
async function requireInviter(tx: Tx, actor: Actor, channel: Conversation): Promise<void> {
  if (isManager(channel.role) || isMaker(channel, actor)) return;
  const policy = (await queries.channelById(tx, channel.id))?.invite_policy;
  if (channel.role === "guest" || policy === "managers")
    throw forbidden("only owners and moderators add people to this channel");
}

/**
 * Removes somebody, or oneself, from a channel. Leaving a public one hides and silences it; there is no
 * removing somebody else from it, except a guest.
 */
export async function removeChannelMember(
  db: Database,
  actor: Actor,
  channel_id: string,
  wanted: string,
): Promise<{ event?: LogEvent }> {
  const user_id = wanted === "me" ? actor.user.id : wanted;
  return db.write(async (tx) => {
    const channel = await requireChannel(tx, actor, channel_id);
    const member = await memberById(tx, channel.workspace_id, user_id);
    if (!member) throw notFound("member");
    const isListed = channel.kind === "private" || member.role === "guest";
    if (user_id !== actor.user.id) requireUnrestricted(channel.restricted_until, actor);
    if (user_id !== actor.user.id && !isManager(channel.role) && !isMaker(channel, actor))
      throw forbidden("only owners and moderators remove others from a channel");
    if (!isListed) {
      if (user_id !== actor.user.id) throw forbidden("everybody is in a public channel; they can leave it themselves");
      const event = await changeSettings(tx, actor, channel, { hidden: true });
      return event ? { event } : {};
    }
    if (!(await queries.deleteMember(tx, channel_id, user_id, actor.at))) throw notFound("member");
    tx.notify(user_id);
    await recordPlace(tx, actor, channel, user_id, "channel.member_removed");
    return { event: await tellRemoved(tx, channel, user_id, actor.at) };
  });
}

/** Those who stay, and the one who does not hear the others any more. */
async function tellRemoved(tx: Tx, channel: Conversation, user_id: string, at: string): Promise<LogEvent> {
  const removed = {
    type: "channel.member_removed" as const,
    payload: { channel_id: channel.id, user_id },
    created_at: at,
  };
  const { workspace_id, id: channel_id } = channel;
  await appendEvent(tx, { ...removed, workspace_id, channel_id, topic: topics.user(user_id) });
  return announce(tx, channel, removed, "members");
}

export async function markChannel(
  db: Database,
  actor: Actor,
  channel_id: string,
  to: { read: number } | { unread: number },
): Promise<{ receipt: Receipt; event?: LogEvent }> {
  return db.write(async (tx) => moveMarker(tx, actor, await requireChannel(tx, actor, channel_id), to));
}

export async function readPreference(db: Database, actor: Actor, channel_id: string): Promise<Standing["preference"]> {
  return db.read(async (tx) => {
    await requireChannel(tx, actor, channel_id);
    return (await standingOf(tx, channel_id, actor.user.id)).preference;
  });
}

export async function setPreference(
  db: Database,
  actor: Actor,
  channel_id: string,
  preference: Standing["preference"],
): Promise<Standing["preference"]> {
  return db.write(async (tx) => {
    await changeSettings(tx, actor, await requireChannel(tx, actor, channel_id), { preference });
    return preference;
  });
}
