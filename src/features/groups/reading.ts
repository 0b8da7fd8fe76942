import type { UserGroup } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { AppError, forbidden, notFound } from "../../lib/errors.ts";
import { requireMember, type Role } from "../workspaces/workspaces.ts";
import * as queries from "./queries.ts";

/** The groups of a workspace by handle, with who is in each; not for guests. */
export async function listGroups(db: Database, actor: Actor, workspace_id: string): Promise<UserGroup[]> {
  return db.read(async (tx) => {
    if ((await requireMember(tx, actor, workspace_id)) === "guest") throw forbidden("guests do not see groups");
    return withPeople(tx, await queries.groupsIn(tx, workspace_id), actor.user.id);
  });
}

export async function readGroup(db: Database, actor: Actor, group_id: string): Promise<UserGroup> {
  return db.read(async (tx) => (await requireGroup(tx, actor, group_id)).group);
}

/** A group, found through one's own membership of its workspace. Guests find none. */
export async function requireGroup(tx: Tx, actor: Actor, group_id: string): Promise<{ group: UserGroup; role: Role }> {
  const row = await queries.groupById(tx, group_id);
  if (!row) throw notFound("group");
  const role = await roleOf(tx, actor, row.workspace_id);
  const [group] = await withPeople(tx, [row], actor.user.id);
  if (!group || role === "guest") throw notFound("group");
  return { group, role };
}

/** A stranger to the workspace is told of the group, not of the workspace. */
async function roleOf(tx: Tx, actor: Actor, workspace_id: string): Promise<Role> {
  try {
    return await requireMember(tx, actor, workspace_id);
  } catch (error) {
    throw error instanceof AppError && error.code === "not_found" ? notFound("group") : error;
  }
}

/** Names private channels only to a reader who is in them. */
export async function withPeople(
  tx: Tx,
  rows: Awaited<ReturnType<typeof queries.groupsIn>>,
  reader_id: string,
): Promise<UserGroup[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const members = Map.groupBy(await queries.membersOf(tx, ids), (one) => one.group_id);
  const channels = Map.groupBy(await queries.channelsOf(tx, ids, reader_id), (one) => one.group_id);
  return rows.map((row) => ({
    ...row,
    member_ids: (members.get(row.id) ?? []).map((one) => one.user_id),
    channel_ids: (channels.get(row.id) ?? []).filter(isShown).map((one) => one.channel_id),
  }));
}

const isShown = ({ kind, is_in }: queries.GroupChannel) => kind === "public" || is_in === 1;

/**
 * Everybody gets the same frame, and not everybody may know of a private channel: a group that has one travels
 * without its row, and clients fetch it. A list that only looked whole would come back as a change.
 */
export async function groupsForFrames(tx: Tx, ids: string[]): Promise<Map<string, UserGroup>> {
  const hidden = (await queries.channelsOf(tx, ids, "")).filter((one) => !isShown(one));
  const shown = new Set(ids).difference(new Set(hidden.map((one) => one.group_id)));
  const groups = await withPeople(tx, await queries.groupsByIds(tx, [...shown]), "");
  return new Map(groups.map((group) => [group.id, group]));
}
