import type { Member, User, Workspace } from "@clickclack/protocol";
import type { Tx, Value } from "../../db/database.ts";
import { toUser, USER_COLUMNS, type UserRow } from "../users/queries.ts";

export type Role = Member["role"];

const COLUMNS = `w.id, w.route_id, w.name, w.slug, w.icon_url, w.created_at, w.channel_policy, w.waiting_room_channel_id,
  w.guest_post_budget`;

type WorkspaceRow = Omit<Workspace, "waiting_room_channel_id"> & { waiting_room_channel_id: string | null };

function toWorkspace<Row extends WorkspaceRow>({ waiting_room_channel_id, ...row }: Row) {
  return waiting_room_channel_id === null ? row : { ...row, waiting_room_channel_id };
}

export async function workspaceFor(
  tx: Tx,
  workspace_id: string,
  user_id: string,
): Promise<(Workspace & { role: Role }) | undefined> {
  const row = await tx.get<WorkspaceRow & { role: Role }>(
    `SELECT ${COLUMNS}, m.role FROM workspaces w JOIN workspace_members m ON m.workspace_id = w.id AND m.user_id = ?
     WHERE w.id = ?`,
    user_id,
    workspace_id,
  );
  return row && toWorkspace(row);
}

export async function roleIn(tx: Tx, workspace_id: string, user_id: string): Promise<Role | undefined> {
  const row = await tx.get<{ role: Role }>(
    "SELECT role FROM workspace_members WHERE workspace_id = ? AND user_id = ?",
    workspace_id,
    user_id,
  );
  return row?.role;
}

/** `""` for whoever may write. */
export async function restrictedUntil(tx: Tx, workspace_id: string, user_id: string): Promise<string> {
  const row = await tx.get<{ restricted_until: string }>(
    "SELECT restricted_until FROM workspace_members WHERE workspace_id = ? AND user_id = ?",
    workspace_id,
    user_id,
  );
  return row?.restricted_until ?? "";
}

/** Whether somebody was blocked here, a member or not. */
export async function isBlocked(tx: Tx, workspace_id: string, user_id: string): Promise<boolean> {
  const row = await tx.get(
    "SELECT 1 FROM workspace_moderation WHERE workspace_id = ? AND user_id = ? AND blocked_at IS NOT NULL",
    workspace_id,
    user_id,
  );
  return row !== undefined;
}

export async function workspacesOf(tx: Tx, user_id: string): Promise<(Workspace & { role: Role })[]> {
  const rows = await tx.all<WorkspaceRow & { role: Role }>(
    `SELECT ${COLUMNS}, m.role FROM workspace_members m JOIN workspaces w ON w.id = m.workspace_id
     WHERE m.user_id = ? ORDER BY w.created_at, w.id`,
    user_id,
  );
  return rows.map(toWorkspace);
}

export async function workspacesByIds(tx: Tx, ids: string[]): Promise<Map<string, Workspace>> {
  const marks = ids.map(() => "?").join(", ");
  const rows = await tx.all<WorkspaceRow>(`SELECT ${COLUMNS} FROM workspaces w WHERE w.id IN (${marks})`, ...ids);
  return new Map(rows.map((row) => [row.id, toWorkspace(row)]));
}

/** By id or slug, for the operator's commands. */
export async function findWorkspace(tx: Tx, wanted: string): Promise<Workspace | undefined> {
  const row = await tx.get<WorkspaceRow>(
    `SELECT ${COLUMNS} FROM workspaces w WHERE (w.id = ? OR w.slug = ?) AND w.deleted_at IS NULL ORDER BY w.id LIMIT 1`,
    wanted,
    wanted,
  );
  return row && toWorkspace(row);
}

export async function slugTaken(tx: Tx, slug: string): Promise<boolean> {
  return (await tx.get("SELECT 1 FROM workspaces WHERE slug = ?", slug)) !== undefined;
}

export async function insertWorkspace(tx: Tx, workspace: Workspace): Promise<void> {
  await tx.run(
    "INSERT INTO workspaces (id, route_id, name, slug, icon_url, created_at, guest_post_budget) VALUES (?, ?, ?, ?, ?, ?, ?)",
    workspace.id,
    workspace.route_id,
    workspace.name,
    workspace.slug,
    workspace.icon_url,
    workspace.created_at,
    workspace.guest_post_budget,
  );
}

export async function updateWorkspace(tx: Tx, workspace: Workspace): Promise<void> {
  await tx.run(
    `UPDATE workspaces SET name = ?, slug = ?, icon_url = ?, channel_policy = ?, waiting_room_channel_id = ?,
       guest_post_budget = ? WHERE id = ?`,
    workspace.name,
    workspace.slug,
    workspace.icon_url,
    workspace.channel_policy,
    workspace.waiting_room_channel_id ?? null,
    workspace.guest_post_budget,
    workspace.id,
  );
}

/** The directory's order of roles. */
export const ROLE_ORDER: Record<Role, number> = { owner: 1, moderator: 2, member: 3, bot: 4, guest: 5 };

/** What was decided about somebody, or about the person a bot belongs to, holds when they come back. */
export async function insertMember(
  tx: Tx,
  workspace_id: string,
  user: User,
  role: Role,
  at: string,
  invite_id?: string,
): Promise<void> {
  await tx.run(
    `INSERT INTO workspace_members (workspace_id, user_id, role, role_sort, sort_name, sort_handle, created_at,
       role_since, invite_id, restricted_until)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, COALESCE((
       SELECT CASE WHEN r.blocked_at IS NULL THEN r.timeout_until ELSE 'blocked' END FROM workspace_moderation r
       WHERE r.workspace_id = ? AND r.user_id = ?), ''))`,
    workspace_id,
    user.id,
    role,
    ROLE_ORDER[role],
    user.display_name.toLowerCase(),
    user.handle,
    at,
    // A guest who comes back has posted what they have posted.
    role === "guest" ? "" : at,
    invite_id ?? null,
    workspace_id,
    user.owner_user_id ?? user.id,
  );
}

/** The working tokens of the bots that belong to somebody. */
export async function ownedBotTokens(tx: Tx, workspace_id: string, owner_user_id: string): Promise<string[]> {
  const rows = await tx.all<{ id: string }>(
    `SELECT t.id FROM bot_tokens t JOIN users u ON u.id = t.bot_user_id
     WHERE u.owner_user_id = ? AND t.workspace_id = ? AND t.revoked_at IS NULL`,
    owner_user_id,
    workspace_id,
  );
  return rows.map((row) => row.id);
}

export interface DirectoryKey {
  role_sort: number;
  sort_name: string;
  sort_handle: string;
  user_id: string;
}

type DirectoryRow = UserRow & DirectoryKey & { role: Role; joined_at: string };

export async function memberPage(
  tx: Tx,
  workspace_id: string,
  {
    after,
    q,
    role,
    channel,
    limit,
  }: {
    after?: DirectoryKey | undefined;
    q?: string | undefined;
    role?: Role | undefined;
    /** Only those who may read this channel. */
    channel?: { id: string; kind: string } | undefined;
    limit: number;
  },
): Promise<{ member: Member; key: DirectoryKey }[]> {
  const where = ["m.workspace_id = ?"];
  const params: Value[] = [workspace_id];
  if (role) {
    where.push("m.role = ?");
    params.push(role);
  }
  if (channel) {
    const isIn = "EXISTS (SELECT 1 FROM channel_members x WHERE x.channel_id = ? AND x.user_id = m.user_id)";
    where.push(channel.kind === "public" ? `(m.role <> 'guest' OR ${isIn})` : isIn);
    params.push(channel.id);
  }
  if (q) {
    where.push("(instr(m.sort_name, ?) > 0 OR instr(m.sort_handle, ?) > 0)");
    params.push(q.toLowerCase(), q.toLowerCase());
  }
  if (after) {
    where.push("(m.role_sort, m.sort_name, m.sort_handle, m.user_id) > (?, ?, ?, ?)");
    params.push(after.role_sort, after.sort_name, after.sort_handle, after.user_id);
  }
  const rows = await tx.all<DirectoryRow>(
    `SELECT ${USER_COLUMNS}, m.user_id, m.role, m.role_sort, m.sort_name, m.sort_handle, m.created_at AS joined_at
     FROM workspace_members m JOIN users u ON u.id = m.user_id
     WHERE ${where.join(" AND ")} ORDER BY m.role_sort, m.sort_name, m.sort_handle, m.user_id LIMIT ?`,
    ...params,
    limit,
  );
  return rows.map((row) => ({
    member: { workspace_id, user: toUser(row), role: row.role, joined_at: row.joined_at },
    key: { role_sort: row.role_sort, sort_name: row.sort_name, sort_handle: row.sort_handle, user_id: row.user_id },
  }));
}

export async function memberById(tx: Tx, workspace_id: string, user_id: string): Promise<Member | undefined> {
  const row = await tx.get<UserRow & { role: Role; joined_at: string }>(
    `SELECT ${USER_COLUMNS}, m.role, m.created_at AS joined_at
     FROM workspace_members m JOIN users u ON u.id = m.user_id WHERE m.workspace_id = ? AND m.user_id = ?`,
    workspace_id,
    user_id,
  );
  return row && { workspace_id, user: toUser(row), role: row.role, joined_at: row.joined_at };
}

export async function memberCounts(tx: Tx, workspace_id: string): Promise<Partial<Record<Role, number>>> {
  const rows = await tx.all<{ role: Role; n: number }>(
    "SELECT role, COUNT(*) AS n FROM workspace_members WHERE workspace_id = ? GROUP BY role",
    workspace_id,
  );
  return Object.fromEntries(rows.map((row) => [row.role, row.n]));
}

/** The public channel where guests begin, if there is one. */
export async function waitingRoomOf(tx: Tx, workspace_id: string): Promise<string | undefined> {
  const row = await tx.get<{ id: string }>(
    `SELECT c.id FROM workspaces w JOIN channels c ON c.id = w.waiting_room_channel_id
     WHERE w.id = ? AND c.kind = 'public' AND c.archived_at IS NULL`,
    workspace_id,
  );
  return row?.id;
}

/** Whether two people are in one workspace, so that they know of each other. */
export async function sharesWorkspace(tx: Tx, one_id: string, other_id: string): Promise<boolean> {
  const row = await tx.get(
    `SELECT 1 FROM workspace_members a JOIN workspace_members b ON b.workspace_id = a.workspace_id AND b.user_id = ?
     WHERE a.user_id = ? AND a.role <> 'guest' LIMIT 1`,
    other_id,
    one_id,
  );
  return row !== undefined;
}

export async function ownerOf(tx: Tx, workspace_id: string): Promise<string | undefined> {
  const row = await tx.get<{ user_id: string }>(
    "SELECT user_id FROM workspace_members WHERE workspace_id = ? AND role = 'owner' LIMIT 1",
    workspace_id,
  );
  return row?.user_id;
}
