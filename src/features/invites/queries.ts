import type { Tx } from "../../db/database.ts";

export interface InviteRow {
  id: string;
  workspace_id: string;
  code: string;
  role: "moderator" | "member";
  max_uses: number | null;
  uses: number;
  created_by: string;
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
}

const COLUMNS = "id, workspace_id, code, role, max_uses, uses, created_by, created_at, expires_at, revoked_at";

export async function insertInvite(tx: Tx, invite: InviteRow): Promise<void> {
  await tx.run(
    "INSERT INTO invites (id, workspace_id, code, role, max_uses, created_by, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    invite.id,
    invite.workspace_id,
    invite.code,
    invite.role,
    invite.max_uses,
    invite.created_by,
    invite.created_at,
    invite.expires_at,
  );
}

export async function inviteById(tx: Tx, id: string): Promise<InviteRow | undefined> {
  return tx.get<InviteRow>(`SELECT ${COLUMNS} FROM invites WHERE id = ?`, id);
}

export async function invitesOf(tx: Tx, workspace_id: string, limit: number): Promise<InviteRow[]> {
  return tx.all<InviteRow>(
    `SELECT ${COLUMNS} FROM invites WHERE workspace_id = ? ORDER BY id DESC LIMIT ?`,
    workspace_id,
    limit,
  );
}

export async function revokeInvite(tx: Tx, id: string, at: string): Promise<void> {
  await tx.run("UPDATE invites SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", at, id);
}

/** The invite, if it can still be used. */
export async function usableInvite(tx: Tx, code: string, at: string): Promise<InviteRow | undefined> {
  return tx.get<InviteRow>(
    `SELECT ${COLUMNS} FROM invites WHERE code = ? AND revoked_at IS NULL
       AND (expires_at IS NULL OR expires_at > ?) AND (max_uses IS NULL OR uses < max_uses)`,
    code,
    at,
  );
}

export async function countUse(tx: Tx, id: string): Promise<void> {
  await tx.run("UPDATE invites SET uses = uses + 1 WHERE id = ?", id);
}
