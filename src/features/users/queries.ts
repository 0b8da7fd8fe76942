import type { User } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";

export interface UserRow {
  id: string;
  kind: "human" | "bot";
  display_name: string;
  handle: string;
  avatar_url: string;
  owner_user_id: string | null;
  former_handle: string | null;
  deleted_at: string | null;
  profile: string | null;
  created_at: string;
}

/** What people show of themselves beside their name: the JSON of `users.profile`, spread into the user. */
export type Profile = Pick<User, "status" | "dnd_until" | "timezone" | "deactivated_at">;

/** The columns of a user; every query that embeds one selects these. */
export const USER_COLUMNS = `u.id, u.kind, u.display_name, u.handle, u.avatar_url, u.owner_user_id, u.former_handle,
  u.deleted_at, u.profile, u.created_at`;

export function toUser(row: UserRow): User {
  const user: User = {
    id: row.id,
    kind: row.kind,
    display_name: row.display_name,
    handle: row.handle,
    avatar_url: row.avatar_url,
    created_at: row.created_at,
  };
  if (row.owner_user_id !== null) user.owner_user_id = row.owner_user_id;
  if (row.former_handle !== null) user.former_handle = row.former_handle;
  if (row.deleted_at !== null) user.deleted_at = row.deleted_at;
  if (row.profile !== null) Object.assign(user, JSON.parse(row.profile) as Profile);
  return user;
}

export async function userById(tx: Tx, id: string): Promise<User | undefined> {
  const row = await tx.get<UserRow>(`SELECT ${USER_COLUMNS} FROM users u WHERE u.id = ?`, id);
  return row && toUser(row);
}

export async function usersByIds(tx: Tx, ids: string[]): Promise<Map<string, User>> {
  if (ids.length === 0) return new Map();
  const marks = ids.map(() => "?").join(", ");
  const rows = await tx.all<UserRow>(`SELECT ${USER_COLUMNS} FROM users u WHERE u.id IN (${marks})`, ...ids);
  return new Map(rows.map((row) => [row.id, toUser(row)]));
}

export async function userByEmail(tx: Tx, email: string): Promise<User | undefined> {
  const row = await tx.get<UserRow>(
    `SELECT ${USER_COLUMNS} FROM users u JOIN identities i ON i.user_id = u.id WHERE i.email = ? ORDER BY i.id LIMIT 1`,
    email,
  );
  return row && toUser(row);
}

export async function userByHandle(tx: Tx, handle: string): Promise<User | undefined> {
  const row = await tx.get<UserRow>(
    `SELECT ${USER_COLUMNS} FROM users u WHERE u.handle = ? AND u.handle <> ''`,
    handle,
  );
  return row && toUser(row);
}

export async function insertUser(tx: Tx, user: User): Promise<void> {
  await tx.run(
    "INSERT INTO users (id, kind, display_name, handle, avatar_url, owner_user_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
    user.id,
    user.kind,
    user.display_name,
    user.handle,
    user.avatar_url,
    user.owner_user_id ?? null,
    user.created_at,
  );
}

export async function insertIdentity(
  tx: Tx,
  identity: {
    id: string;
    user_id: string;
    provider: string;
    provider_subject: string;
    email: string;
    created_at: string;
    verified_at: string | null;
  },
): Promise<void> {
  await tx.run(
    "INSERT INTO identities (id, user_id, provider, provider_subject, email, created_at, verified_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
    identity.id,
    identity.user_id,
    identity.provider,
    identity.provider_subject,
    identity.email,
    identity.created_at,
    identity.verified_at,
  );
}

export async function emailOf(tx: Tx, user_id: string): Promise<string | undefined> {
  const row = await tx.get<{ email: string }>(
    "SELECT email FROM identities WHERE user_id = ? AND email <> '' ORDER BY id LIMIT 1",
    user_id,
  );
  return row?.email;
}

export async function updateUser(tx: Tx, user: User): Promise<void> {
  await tx.run(
    "UPDATE users SET display_name = ?, handle = ?, avatar_url = ? WHERE id = ?",
    user.display_name,
    user.handle,
    user.avatar_url,
    user.id,
  );
}

/** Writes what they show of themselves, and beside it what is looked for. */
export async function updateProfile(
  tx: Tx,
  id: string,
  { status, dnd_until, timezone, deactivated_at }: Profile,
): Promise<void> {
  const profile = JSON.stringify({ status, dnd_until, timezone, deactivated_at });
  await tx.run(
    "UPDATE users SET profile = ?, status_expires_at = ?, deactivated_at = ? WHERE id = ?",
    profile === "{}" ? null : profile,
    status?.expires_at ?? null,
    deactivated_at ?? null,
    id,
  );
}

/** Whose status is over, the longest since first. */
export async function endedStatuses(tx: Tx, at: string, limit: number): Promise<User[]> {
  const rows = await tx.all<UserRow>(
    `SELECT ${USER_COLUMNS} FROM users u WHERE u.status_expires_at <= ? ORDER BY u.status_expires_at LIMIT ?`,
    at,
    limit,
  );
  return rows.map(toUser);
}

export async function nextStatusEnd(tx: Tx): Promise<string | undefined> {
  const row = await tx.get<{ at: string | null }>(
    "SELECT MIN(status_expires_at) AS at FROM users WHERE status_expires_at IS NOT NULL",
  );
  return row?.at ?? undefined;
}

/** Whether a group has this handle in a workspace somebody is in: a mention must mean one of them. */
export async function isGroupHandle(tx: Tx, handle: string, user_id: string): Promise<boolean> {
  const row = await tx.get(
    `SELECT 1 AS found FROM workspace_members m JOIN user_groups g ON g.workspace_id = m.workspace_id AND g.handle = ?
     WHERE m.user_id = ?`,
    handle,
    user_id,
  );
  return row !== undefined;
}

/** Takes the handle from a deleted bot and keeps it as the one it had. */
export async function entombUser(tx: Tx, id: string, at: string): Promise<void> {
  await tx.run(
    "UPDATE users SET former_handle = handle, handle = '', deleted_at = ? WHERE id = ? AND deleted_at IS NULL",
    at,
    id,
  );
}

/** The directory is kept in order by columns of the membership; a rename moves its rows. */
export async function updateDirectoryNames(tx: Tx, user: User): Promise<void> {
  await tx.run(
    "UPDATE workspace_members SET sort_name = ?, sort_handle = ? WHERE user_id = ?",
    user.display_name.toLowerCase(),
    user.handle,
    user.id,
  );
}

export async function workspaceIdsOf(tx: Tx, user_id: string): Promise<string[]> {
  const rows = await tx.all<{ workspace_id: string }>(
    "SELECT workspace_id FROM workspace_members WHERE user_id = ? ORDER BY workspace_id",
    user_id,
  );
  return rows.map((row) => row.workspace_id);
}

const PEOPLE_AT_ONCE = 200;

/** The workspaces of each of some people (200 at most), in their order. */
export async function workspaceIdsOfAll(tx: Tx, user_ids: string[]): Promise<string[][]> {
  // Two lengths of the list are two statements to keep, instead of one for each length.
  const places = user_ids.length <= 8 ? 8 : PEOPLE_AT_ONCE;
  const rows = await tx.all<{ user_id: string; workspace_id: string }>(
    `SELECT user_id, workspace_id FROM workspace_members
     WHERE user_id IN (${Array.from({ length: places }, () => "?").join(", ")}) ORDER BY workspace_id`,
    ...Array.from({ length: places }, (_, index) => user_ids[index] ?? ""),
  );
  const found = new Map<string, string[]>(user_ids.map((id) => [id, []]));
  for (const { user_id, workspace_id } of rows) found.get(user_id)?.push(workspace_id);
  return [...found.values()];
}

export async function hasPassword(tx: Tx, user_id: string): Promise<boolean> {
  return (await tx.get("SELECT 1 FROM user_passwords WHERE user_id = ?", user_id)) !== undefined;
}
