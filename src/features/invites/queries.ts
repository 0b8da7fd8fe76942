import type { User } from "@clickclack/protocol";
import type { Tx, Value } from "../../db/database.ts";
import { toUser, USER_COLUMNS, type UserRow } from "../users/queries.ts";

export type InviteRole = "moderator" | "member" | "guest";

export interface InviteRow {
  id: string;
  workspace_id: string;
  code: string;
  role: InviteRole;
  /** `""` is anybody. */
  email: string;
  max_uses: number | null;
  uses: number;
  created_by: string;
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
}

const COLUMNS = `i.id, i.workspace_id, i.code, i.role, i.email, i.max_uses, i.uses, i.created_by, i.created_at,
  i.expires_at, i.revoked_at`;

/**
 * Until it is revoked, expired or used up, and only while whoever made it could still make it: they are an
 * active manager there, and an owner where it makes moderators. Two parameters, both the present moment.
 */
const WORKS = `(i.revoked_at IS NULL AND (i.expires_at IS NULL OR i.expires_at > ?)
  AND (i.max_uses IS NULL OR i.uses < i.max_uses)
  AND EXISTS (
    SELECT 1 FROM workspace_members m JOIN users c ON c.id = m.user_id
    WHERE m.workspace_id = i.workspace_id AND m.user_id = i.created_by AND m.restricted_until <= ?
      AND c.deactivated_at IS NULL AND (m.role = 'owner' OR (m.role = 'moderator' AND i.role <> 'moderator'))))`;

export async function insertInvite(tx: Tx, invite: InviteRow): Promise<void> {
  await tx.run(
    `INSERT INTO invites (id, workspace_id, code, role, email, max_uses, created_by, created_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    invite.id,
    invite.workspace_id,
    invite.code,
    invite.role,
    invite.email,
    invite.max_uses,
    invite.created_by,
    invite.created_at,
    invite.expires_at,
  );
}

export async function inviteById(tx: Tx, id: string): Promise<InviteRow | undefined> {
  return tx.get<InviteRow>(`SELECT ${COLUMNS} FROM invites i WHERE i.id = ?`, id);
}

export async function isCode(tx: Tx, code: string): Promise<boolean> {
  return (await tx.get("SELECT 1 FROM invites WHERE code = ?", code)) !== undefined;
}

/** The invite, if it can still be used. */
export async function usableInvite(tx: Tx, code: string, at: string): Promise<InviteRow | undefined> {
  return tx.get<InviteRow>(`SELECT ${COLUMNS} FROM invites i WHERE i.code = ? AND ${WORKS}`, code, at, at);
}

export async function countUsable(tx: Tx, workspace_id: string, at: string): Promise<number> {
  const row = await tx.get<{ n: number }>(
    `SELECT COUNT(*) AS n FROM invites i WHERE i.workspace_id = ? AND ${WORKS}`,
    workspace_id,
    at,
    at,
  );
  return row?.n ?? 0;
}

export interface InvitesWanted {
  roles: InviteRole[];
  state?: "active" | "ended" | undefined;
  /** The last one of the page before. */
  before?: string | undefined;
  at: string;
  limit: number;
}

/** Newest first. */
export async function invitePage(
  tx: Tx,
  workspace_id: string,
  { roles, state, before, at, limit }: InvitesWanted,
): Promise<InviteRow[]> {
  const where = ["i.workspace_id = ?", `i.role IN (${roles.map(() => "?").join(", ")})`];
  const params: Value[] = [workspace_id, ...roles];
  if (before !== undefined) {
    where.push("i.id < ?");
    params.push(before);
  }
  if (state !== undefined) {
    where.push(state === "active" ? WORKS : `NOT ${WORKS}`);
    params.push(at, at);
  }
  return tx.all<InviteRow>(
    `SELECT ${COLUMNS} FROM invites i WHERE ${where.join(" AND ")} ORDER BY i.id DESC LIMIT ?`,
    ...params,
    limit,
  );
}

/** Answers false when it was revoked before. */
export async function revokeInvite(tx: Tx, id: string, at: string): Promise<boolean> {
  const { changes } = await tx.run("UPDATE invites SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", at, id);
  return changes > 0;
}

/** Somebody who was let in, went and came back is one who came by it, and two uses. */
export async function insertUse(tx: Tx, invite_id: string, user_id: string, at: string): Promise<void> {
  await tx.run("UPDATE invites SET uses = uses + 1 WHERE id = ?", invite_id);
  await tx.run(
    `INSERT INTO invite_uses (invite_id, user_id, used_at) VALUES (?, ?, ?)
     ON CONFLICT (invite_id, user_id) DO UPDATE SET used_at = excluded.used_at`,
    invite_id,
    user_id,
    at,
  );
}

export interface Accepted {
  user: User;
  accepted_at: string;
}

/** Who came by an invite, newest first. */
export async function acceptedBy(tx: Tx, invite_id: string, limit: number): Promise<Accepted[]> {
  const rows = await tx.all<UserRow & { used_at: string }>(
    `SELECT ${USER_COLUMNS}, x.used_at FROM invite_uses x JOIN users u ON u.id = x.user_id
     WHERE x.invite_id = ? ORDER BY x.used_at DESC, x.user_id DESC LIMIT ?`,
    invite_id,
    limit,
  );
  return rows.map((row) => ({ user: toUser(row), accepted_at: row.used_at }));
}

/** The letters somebody had sent since a moment. */
export async function lettersSince(tx: Tx, created_by: string, since: string): Promise<number> {
  const row = await tx.get<{ n: number }>(
    "SELECT COUNT(*) AS n FROM invites WHERE created_by = ? AND created_at > ? AND email <> ''",
    created_by,
    since,
  );
  return row?.n ?? 0;
}
