import type { UserGroup } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";

type GroupRow = Omit<UserGroup, "member_ids" | "channel_ids">;

/** A channel of a group, as far as its reader may know of it. */
export interface GroupChannel {
  group_id: string;
  channel_id: string;
  kind: "public" | "private";
  /** The reader is in it. */
  is_in: number;
}

const COLUMNS = "g.id, g.workspace_id, g.handle, g.name, g.description, g.created_by, g.created_at";

export async function groupById(tx: Tx, id: string): Promise<GroupRow | undefined> {
  return tx.get<GroupRow>(`SELECT ${COLUMNS} FROM user_groups g WHERE g.id = ?`, id);
}

export async function groupsByIds(tx: Tx, ids: readonly string[]): Promise<GroupRow[]> {
  if (ids.length === 0) return [];
  return tx.all<GroupRow>(
    `SELECT ${COLUMNS} FROM user_groups g WHERE g.id IN (${ids.map(() => "?").join(", ")})`,
    ...ids,
  );
}

export async function groupsIn(tx: Tx, workspace_id: string): Promise<GroupRow[]> {
  return tx.all<GroupRow>(
    `SELECT ${COLUMNS} FROM user_groups g WHERE g.workspace_id = ? ORDER BY g.handle`,
    workspace_id,
  );
}

export async function membersOf(tx: Tx, ids: readonly string[]): Promise<{ group_id: string; user_id: string }[]> {
  return tx.all(
    `SELECT group_id, user_id FROM user_group_members WHERE group_id IN (${ids.map(() => "?").join(", ")})
     ORDER BY user_id`,
    ...ids,
  );
}

export async function channelsOf(tx: Tx, ids: readonly string[], reader_id: string): Promise<GroupChannel[]> {
  return tx.all<GroupChannel>(
    `SELECT p.group_id, p.channel_id, c.kind,
       EXISTS (SELECT 1 FROM channel_members x WHERE x.channel_id = c.id AND x.user_id = ?) AS is_in
     FROM user_group_channels p JOIN channels c ON c.id = p.channel_id
     WHERE p.group_id IN (${ids.map(() => "?").join(", ")}) ORDER BY p.channel_id`,
    reader_id,
    ...ids,
  );
}

/** Whether a group or a member of the workspace is called so. */
export async function handleTaken(tx: Tx, workspace_id: string, handle: string): Promise<boolean> {
  const row = await tx.get(
    `SELECT 1 FROM user_groups WHERE workspace_id = ? AND handle = ?
     UNION ALL SELECT 1 FROM users u CROSS JOIN workspace_members m
       WHERE u.handle = ? AND u.handle <> '' AND m.user_id = u.id AND m.workspace_id = ? LIMIT 1`,
    workspace_id,
    handle,
    handle,
    workspace_id,
  );
  return row !== undefined;
}

export async function countIn(tx: Tx, workspace_id: string): Promise<{ groups: number; memberships: number }> {
  const row = await tx.get<{ groups: number; memberships: number }>(
    `SELECT (SELECT COUNT(*) FROM user_groups WHERE workspace_id = ?) AS groups,
       (SELECT COUNT(*) FROM user_groups g JOIN user_group_members x ON x.group_id = g.id
        WHERE g.workspace_id = ?) AS memberships`,
    workspace_id,
    workspace_id,
  );
  return row ?? { groups: 0, memberships: 0 };
}

export async function insertGroup(tx: Tx, group: GroupRow): Promise<void> {
  await tx.run(
    `INSERT INTO user_groups (id, workspace_id, handle, name, description, created_by, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    group.id,
    group.workspace_id,
    group.handle,
    group.name,
    group.description,
    group.created_by,
    group.created_at,
  );
}

export async function updateGroup(tx: Tx, { id, handle, name, description }: GroupRow): Promise<void> {
  await tx.run(
    "UPDATE user_groups SET handle = ?, name = ?, description = ? WHERE id = ?",
    handle,
    name,
    description,
    id,
  );
}

export async function deleteGroup(tx: Tx, id: string): Promise<void> {
  for (const table of ["user_group_members", "user_group_channels"])
    await tx.run(`DELETE FROM ${table} WHERE group_id = ?`, id);
  await tx.run("DELETE FROM user_groups WHERE id = ?", id);
}

/** Answers whether they were not in yet. */
export async function insertMember(tx: Tx, group_id: string, user_id: string): Promise<boolean> {
  const { changes } = await tx.run(
    "INSERT INTO user_group_members (group_id, user_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
    group_id,
    user_id,
  );
  return changes > 0;
}

export async function deleteMember(tx: Tx, group_id: string, user_id: string): Promise<boolean> {
  const { changes } = await tx.run(
    "DELETE FROM user_group_members WHERE group_id = ? AND user_id = ?",
    group_id,
    user_id,
  );
  return changes > 0;
}

export async function insertChannel(tx: Tx, group_id: string, channel_id: string): Promise<void> {
  await tx.run("INSERT INTO user_group_channels (group_id, channel_id) VALUES (?, ?)", group_id, channel_id);
}

export async function deleteChannel(tx: Tx, group_id: string, channel_id: string): Promise<void> {
  await tx.run("DELETE FROM user_group_channels WHERE group_id = ? AND channel_id = ?", group_id, channel_id);
}
