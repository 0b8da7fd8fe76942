import { LIMITS, type UserGroup } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, requireHuman } from "../../lib/actor.ts";
import { conflict, forbidden, invalid, notFound } from "../../lib/errors.ts";
import { newId } from "../../lib/ids.ts";
import { codePoints, requireHandle, requireName, requireText } from "../../lib/text.ts";
import { appendEvent, type LogEvent } from "../../realtime/events.ts";
import { topics } from "../../realtime/topics.ts";
import { byActor, recordAct, recordChange } from "../workspaces/recording.ts";
import { isManager, memberById, requireActive, requireManager } from "../workspaces/workspaces.ts";
import { attach, bringIn, detach, publicOf, requireFewPlaces } from "./channels.ts";
import * as queries from "./queries.ts";
import { requireGroup } from "./reading.ts";

export interface GroupInput {
  handle: string;
  name: string;
  description?: string | undefined;
  member_ids?: string[] | undefined;
  channel_ids?: string[] | undefined;
}

/** What changed of a group; no event when nothing did. */
export interface GroupChange {
  group: UserGroup;
  event?: LogEvent;
}

/** Managers make groups, and change and end them. */
export async function createGroup(
  db: Database,
  actor: Actor,
  workspace_id: string,
  input: GroupInput,
): Promise<GroupChange> {
  requireHuman(actor);
  return db.write(async (tx) => {
    await requireManager(tx, actor, workspace_id);
    const member_ids = [...new Set(input.member_ids)];
    const channel_ids = [...new Set(input.channel_ids)];
    requireFewPlaces(member_ids.length, channel_ids.length);
    await requireRoom(tx, workspace_id, { groups: 1, memberships: member_ids.length });
    const group = {
      id: newId("group"),
      workspace_id,
      handle: await freeHandle(tx, workspace_id, input.handle),
      name: requireName("name", input.name, LIMITS.display_name_bytes),
      description: requireDescription(input.description ?? ""),
      created_by: actor.user.id,
      created_at: actor.at,
    };
    await queries.insertGroup(tx, group);
    for (const user_id of member_ids) await enrol(tx, group, user_id);
    for (const channel_id of channel_ids) await attach(tx, actor, { ...group, member_ids }, channel_id);
    const { handle, name, description } = group;
    const after = { handle, name, description, member_ids, channel_ids: await publicOf(tx, group.id) };
    await recordAct(tx, byActor(actor), workspace_id, { action: "group.created", ...about(group.id), after });
    return told(tx, actor, "group.created", group.id);
  });
}

async function requireRoom(tx: Tx, workspace_id: string, more: { groups: number; memberships: number }): Promise<void> {
  const { groups, memberships } = await queries.countIn(tx, workspace_id);
  if (groups + more.groups > LIMITS.groups_per_workspace)
    throw conflict(`a workspace has at most ${LIMITS.groups_per_workspace} groups`);
  if (memberships + more.memberships > LIMITS.group_memberships)
    throw conflict(`the groups of a workspace have at most ${LIMITS.group_memberships} members together`);
}

/** A handle means one group or one person. */
async function freeHandle(tx: Tx, workspace_id: string, wanted: string): Promise<string> {
  const handle = requireHandle(wanted);
  if (handle === "") throw invalid("handle", "handle must not be empty");
  if (await queries.handleTaken(tx, workspace_id, handle)) throw conflict("handle is already taken");
  return handle;
}

function requireDescription(value: string): string {
  const text = requireText("description", value.trim());
  if (codePoints(text) <= LIMITS.group_description_chars) return text;
  throw invalid("description", `description must be at most ${LIMITS.group_description_chars} characters`);
}

const about = (group_id: string) => ({ target_type: "group", target_id: group_id }) as const;

/** Somebody of the workspace; answers whether they were not in the group yet. */
async function enrol(tx: Tx, { id, workspace_id }: Pick<UserGroup, "id" | "workspace_id">, user_id: string) {
  const member = await memberById(tx, workspace_id, user_id);
  if (!member) throw notFound("member");
  return (await queries.insertMember(tx, id, user_id)) ? member : undefined;
}

async function told(
  tx: Tx,
  actor: Actor,
  type: "group.created" | "group.updated",
  group_id: string,
): Promise<{ group: UserGroup; event: LogEvent }> {
  const { group } = await requireGroup(tx, actor, group_id);
  return { group, event: await tell(tx, actor, type, group) };
}

function tell(
  tx: Tx,
  actor: Actor,
  type: "group.created" | "group.updated" | "group.deleted",
  { id, workspace_id }: UserGroup,
): Promise<LogEvent> {
  const topic = topics.members(workspace_id);
  return appendEvent(tx, { type, topic, workspace_id, payload: { group_id: id }, created_at: actor.at });
}

/** What is left out stays. Of its channels those that the actor does not see stay as well. */
export async function updateGroup(
  db: Database,
  actor: Actor,
  group_id: string,
  patch: Partial<Omit<GroupInput, "member_ids">>,
): Promise<GroupChange> {
  requireHuman(actor);
  return db.write(async (tx) => {
    const { group } = await requireGroup(tx, actor, group_id);
    await requireManager(tx, actor, group.workspace_id);
    const after = { ...group };
    if (patch.handle !== undefined && requireHandle(patch.handle) !== group.handle)
      after.handle = await freeHandle(tx, group.workspace_id, patch.handle);
    if (patch.name !== undefined) after.name = requireName("name", patch.name, LIMITS.display_name_bytes);
    if (patch.description !== undefined) after.description = requireDescription(patch.description);
    const channels = await publicOf(tx, group_id);
    const moved = await replaceChannels(tx, actor, group, patch.channel_ids);
    const fields = ["handle", "name", "description"] as const;
    if (!moved && fields.every((field) => after[field] === group[field])) return { group };
    await queries.updateGroup(tx, after);
    await recordSettings(tx, actor, [group, channels], [after, await publicOf(tx, group_id)]);
    return told(tx, actor, "group.updated", group_id);
  });
}

async function recordSettings(
  tx: Tx,
  actor: Actor,
  [before, before_ids]: [UserGroup, string[]],
  [after, after_ids]: [UserGroup, string[]],
): Promise<void> {
  const settings = ({ handle, name, description }: UserGroup, channel_ids: string[]) => {
    return { handle, name, description, channel_ids };
  };
  // Fields are compared by what they are, and two lists are never the same one.
  const is_same = before_ids.join() === after_ids.join();
  const fields: [object, object] = [settings(before, before_ids), settings(after, is_same ? before_ids : after_ids)];
  const act = { action: "group.updated", ...about(after.id) } as const;
  await recordChange(tx, byActor(actor), after.workspace_id, act, fields);
}

async function replaceChannels(tx: Tx, actor: Actor, group: UserGroup, wanted: string[] | undefined): Promise<boolean> {
  if (wanted === undefined) return false;
  const shown = new Set(group.channel_ids);
  const added = [...new Set(wanted)].filter((id) => !shown.has(id));
  const dropped = group.channel_ids.filter((id) => !wanted.includes(id));
  requireFewPlaces(group.member_ids.length, added.length);
  for (const id of dropped) await detach(tx, group.id, id);
  for (const id of added) await attach(tx, actor, group, id);
  return added.length + dropped.length > 0;
}

/** Ends the group. Nobody leaves a channel by it. */
export async function deleteGroup(db: Database, actor: Actor, group_id: string): Promise<LogEvent> {
  requireHuman(actor);
  return db.write(async (tx) => {
    const { group } = await requireGroup(tx, actor, group_id);
    await requireManager(tx, actor, group.workspace_id);
    await queries.deleteGroup(tx, group_id);
    const { handle, name, description, member_ids } = group;
    const before = { handle, name, description, member_ids };
    await recordAct(tx, byActor(actor), group.workspace_id, { action: "group.deleted", ...about(group_id), before });
    return tell(tx, actor, "group.deleted", group);
  });
}

/** Managers, and whoever made the group, say who is in it. */
async function requireKeeper(tx: Tx, actor: Actor, group_id: string): Promise<UserGroup> {
  requireHuman(actor);
  const { group } = await requireGroup(tx, actor, group_id);
  const role = await requireActive(tx, actor, group.workspace_id);
  if (!isManager(role) && group.created_by !== actor.user.id)
    throw forbidden("only owners, moderators and whoever made the group can do this");
  return group;
}

/** Puts somebody into the group, and into those of its channels that the actor may invite to. */
export async function addToGroup(db: Database, actor: Actor, group_id: string, user_id: string): Promise<GroupChange> {
  return db.write(async (tx) => {
    const group = await requireKeeper(tx, actor, group_id);
    if (group.member_ids.includes(user_id)) return { group };
    if (group.member_ids.length >= LIMITS.members_per_group)
      throw conflict(`a group has at most ${LIMITS.members_per_group} members`);
    await requireRoom(tx, group.workspace_id, { groups: 0, memberships: 1 });
    const member = await enrol(tx, group, user_id);
    if (!member) return { group };
    await recordMembership(tx, actor, group, user_id, "group.member_added");
    await bringIn(tx, actor, group, member);
    return told(tx, actor, "group.updated", group_id);
  });
}

/** Takes somebody out of the group; the channels they are in stay theirs. */
export async function removeFromGroup(
  db: Database,
  actor: Actor,
  group_id: string,
  user_id: string,
): Promise<GroupChange> {
  return db.write(async (tx) => {
    const group = await requireKeeper(tx, actor, group_id);
    if (!(await queries.deleteMember(tx, group_id, user_id))) throw notFound("member");
    await recordMembership(tx, actor, group, user_id, "group.member_removed");
    return told(tx, actor, "group.updated", group_id);
  });
}

async function recordMembership(
  tx: Tx,
  actor: Actor,
  { id, workspace_id }: UserGroup,
  user_id: string,
  action: "group.member_added" | "group.member_removed",
): Promise<void> {
  await recordAct(tx, byActor(actor), workspace_id, { action, ...about(id), metadata: { user_id } });
}
