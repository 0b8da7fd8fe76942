import type { Tx } from "../../db/database.ts";

/** A place in the quota for an upload under way. */
export interface Reservation {
  id: string;
  workspace_id: string;
  owner_id: string;
  nonce: string | null;
  byte_size: number;
  storage_path: string;
  created_at: string;
  expires_at: string;
}

const COLUMNS = "id, workspace_id, owner_id, nonce, byte_size, storage_path, created_at, expires_at";

export async function insertReservation(tx: Tx, one: Reservation): Promise<void> {
  await tx.run(
    `INSERT INTO upload_quota_reservations (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    one.id,
    one.workspace_id,
    one.owner_id,
    one.nonce,
    one.byte_size,
    one.storage_path,
    one.created_at,
    one.expires_at,
  );
}

export async function reservationByNonce(tx: Tx, owner_id: string, nonce: string): Promise<Reservation | undefined> {
  return tx.get<Reservation>(
    `SELECT ${COLUMNS} FROM upload_quota_reservations WHERE owner_id = ? AND nonce = ?`,
    owner_id,
    nonce,
  );
}

export async function reservationsBefore(tx: Tx, expired: string, limit: number): Promise<Reservation[]> {
  return tx.all<Reservation>(
    `SELECT ${COLUMNS} FROM upload_quota_reservations WHERE expires_at < ? LIMIT ?`,
    expired,
    limit,
  );
}

export async function reservationsIn(tx: Tx, workspace_id: string, limit: number): Promise<Reservation[]> {
  return tx.all<Reservation>(
    `SELECT ${COLUMNS} FROM upload_quota_reservations WHERE workspace_id = ? LIMIT ?`,
    workspace_id,
    limit,
  );
}

/** Answers whether it was still there. */
export async function deleteReservation(tx: Tx, id: string): Promise<boolean> {
  return (await tx.run("DELETE FROM upload_quota_reservations WHERE id = ?", id)).changes > 0;
}

export interface Usage {
  files: number;
  bytes: number;
  under_way: number;
}

/** What somebody keeps in a workspace, uploads under way included. */
export async function usageOf(tx: Tx, workspace_id: string, owner_id: string): Promise<Usage> {
  const kept = await tx.get<{ files: number; bytes: number }>(
    "SELECT COUNT(*) AS files, COALESCE(SUM(byte_size), 0) AS bytes FROM uploads WHERE workspace_id = ? AND owner_id = ?",
    workspace_id,
    owner_id,
  );
  const coming = await tx.get<{ files: number; bytes: number }>(
    `SELECT COUNT(*) AS files, COALESCE(SUM(byte_size), 0) AS bytes FROM upload_quota_reservations
     WHERE owner_id = ? AND workspace_id = ?`,
    owner_id,
    workspace_id,
  );
  const under_way = coming?.files ?? 0;
  return { files: (kept?.files ?? 0) + under_way, bytes: (kept?.bytes ?? 0) + (coming?.bytes ?? 0), under_way };
}
