import { LIMITS, type Member, type UserGroup } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { AppError, conflict, invalid, notFound } from "../../lib/errors.ts";
import { letIn, requireInvitable } from "../channels/members.ts";
import { memberById } from "../workspaces/workspaces.ts";
import * as queries from "./queries.ts";

/** Each place in a channel is a row, events and a marker, and one change holds the writer for all of them. */
export function requireFewPlaces(members: number, channels: number): void {
  if (members * channels <= LIMITS.group_places_at_once) return;
  throw invalid(
    "channel_ids",
    `${members} members and ${channels} channels are too many at once; add the channels one after the other`,
  );
}

/** Adds a channel that the actor may invite to, and the group's members to it. */
export async function attach(
  tx: Tx,
  actor: Actor,
  group: Pick<UserGroup, "id" | "workspace_id" | "member_ids">,
  channel_id: string,
): Promise<void> {
  const channel = await requireInvitable(tx, actor, channel_id);
  if (channel.workspace_id !== group.workspace_id) throw notFound("channel");
  // All of them count, those that the actor does not see as well.
  const attached = await queries.channelsOf(tx, [group.id], actor.user.id);
  if (attached.length >= LIMITS.channels_per_group)
    throw conflict(`a group has at most ${LIMITS.channels_per_group} channels`);
  await queries.insertChannel(tx, group.id, channel_id);
  for (const user_id of group.member_ids) {
    const member = await memberById(tx, group.workspace_id, user_id);
    if (member) await letIn(tx, actor, channel, member);
  }
}

/** Who came into the channel by the group stays in it. */
export async function detach(tx: Tx, group_id: string, channel_id: string): Promise<void> {
  await queries.deleteChannel(tx, group_id, channel_id);
}

/**
 * Adds somebody to the group's channels, as far as the actor may invite to them: a group is no way into a
 * private channel for a manager who is not in it.
 */
export async function bringIn(tx: Tx, actor: Actor, group: UserGroup, member: Member): Promise<void> {
  for (const channel_id of group.channel_ids) {
    const channel = await invitable(tx, actor, channel_id);
    if (channel) await letIn(tx, actor, channel, member);
  }
}

async function invitable(tx: Tx, actor: Actor, channel_id: string) {
  try {
    return await requireInvitable(tx, actor, channel_id);
  } catch (error) {
    if (error instanceof AppError && (error.code === "forbidden" || error.code === "not_found")) return undefined;
    throw error;
  }
}

/** The channels of a group that everybody may know of. */
export async function publicOf(tx: Tx, group_id: string): Promise<string[]> {
  const channels = await queries.channelsOf(tx, [group_id], "");
  return channels.filter(({ kind }) => kind === "public").map((one) => one.channel_id);
}
