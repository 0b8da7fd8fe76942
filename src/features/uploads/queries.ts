import type { Upload } from "@clickclack/protocol";
import type { Tx, Value } from "../../db/database.ts";

interface UploadRow extends Omit<Upload, "nonce"> {
  nonce: string | null;
  storage_path: string;
}

/** A file as the wire shows it, and where its bytes are. */
export interface StoredUpload {
  upload: Upload;
  storage_path: string;
}

const COLUMNS = `u.id, u.workspace_id, u.owner_id, u.nonce, u.filename, u.content_type, u.byte_size, u.width, u.height,
  u.duration_ms, u.created_at, u.storage_path`;

function toStored({ storage_path, nonce, ...row }: UploadRow): StoredUpload {
  return { upload: nonce === null ? row : { ...row, nonce }, storage_path };
}

async function one(tx: Tx, clause: string, ...params: Value[]): Promise<StoredUpload | undefined> {
  const row = await tx.get<UploadRow>(`SELECT ${COLUMNS} FROM uploads u ${clause}`, ...params);
  return row && toStored(row);
}

export async function uploadById(tx: Tx, id: string): Promise<StoredUpload | undefined> {
  return one(tx, "WHERE u.id = ?", id);
}

export async function uploadByNonce(tx: Tx, owner_id: string, nonce: string): Promise<StoredUpload | undefined> {
  return one(tx, "WHERE u.owner_id = ? AND u.nonce = ?", owner_id, nonce);
}

export async function insertUpload(tx: Tx, { upload, storage_path }: StoredUpload): Promise<void> {
  await tx.run(
    `INSERT INTO uploads (id, workspace_id, owner_id, nonce, filename, content_type, byte_size, storage_path,
       width, height, duration_ms, created_at, unattached_since)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    upload.id,
    upload.workspace_id,
    upload.owner_id,
    upload.nonce ?? null,
    upload.filename,
    upload.content_type,
    upload.byte_size,
    storage_path,
    upload.width,
    upload.height,
    upload.duration_ms,
    upload.created_at,
    upload.created_at,
  );
}

/** Where live messages carry the file. */
export async function conversationsOf(tx: Tx, upload_id: string): Promise<string[]> {
  const rows = await tx.all<{ conversation_id: string }>(
    `SELECT DISTINCT m.conversation_id FROM message_attachments a JOIN messages m ON m.id = a.message_id
     WHERE a.upload_id = ? AND m.deleted_at IS NULL`,
    upload_id,
  );
  return rows.map((row) => row.conversation_id);
}

export async function isWorkspaceIcon(tx: Tx, { id, workspace_id }: Upload): Promise<boolean> {
  const icon_url = `/api/uploads/${id}`;
  return (
    (await tx.get("SELECT 1 AS found FROM workspaces WHERE id = ? AND icon_url = ?", workspace_id, icon_url)) !==
    undefined
  );
}

/** The attachments of many messages at once, each in the order it was sent with. */
export async function attachmentsOf(tx: Tx, message_ids: string[]): Promise<Map<string, Upload[]>> {
  const found = new Map<string, Upload[]>();
  if (message_ids.length === 0) return found;
  const marks = message_ids.map(() => "?").join(", ");
  const rows = await tx.all<UploadRow & { message_id: string }>(
    `SELECT a.message_id, ${COLUMNS} FROM message_attachments a JOIN uploads u ON u.id = a.upload_id
     WHERE a.message_id IN (${marks}) ORDER BY a.message_id, a.position`,
    ...message_ids,
  );
  for (const { message_id, ...row } of rows) {
    const { upload } = toStored(row);
    const list = found.get(message_id);
    if (list) list.push(upload);
    else found.set(message_id, [upload]);
  }
  return found;
}

export async function insertAttachment(tx: Tx, message_id: string, upload_id: string, position: number): Promise<void> {
  await tx.run(
    "INSERT INTO message_attachments (message_id, upload_id, position) VALUES (?, ?, ?)",
    message_id,
    upload_id,
    position,
  );
  await tx.run("UPDATE uploads SET unattached_since = NULL WHERE id = ?", upload_id);
}

/** Takes the message's files off it, and answers those that no other message carries. */
export async function deleteAttachments(tx: Tx, message_id: string): Promise<StoredUpload[]> {
  const rows = await tx.all<UploadRow>(
    `SELECT ${COLUMNS} FROM message_attachments a JOIN uploads u ON u.id = a.upload_id WHERE a.message_id = ?
       AND NOT EXISTS (SELECT 1 FROM message_attachments o WHERE o.upload_id = u.id AND o.message_id <> a.message_id)`,
    message_id,
  );
  await tx.run("DELETE FROM message_attachments WHERE message_id = ?", message_id);
  return rows.map(toStored);
}

export async function setUnattached(tx: Tx, id: string, at: string): Promise<void> {
  await tx.run("UPDATE uploads SET unattached_since = ? WHERE id = ?", at, id);
}

export async function deleteUpload(tx: Tx, id: string): Promise<void> {
  await tx.run("DELETE FROM uploads WHERE id = ?", id);
}

/** Files that no message has carried since then and that are no workspace's icon. */
export async function unattachedSince(tx: Tx, before: string, limit: number): Promise<StoredUpload[]> {
  const rows = await tx.all<UploadRow>(
    `SELECT ${COLUMNS} FROM uploads u WHERE u.unattached_since < ? AND NOT EXISTS (
       SELECT 1 FROM workspaces w WHERE w.id = u.workspace_id AND w.icon_url = '/api/uploads/' || u.id)
     ORDER BY u.unattached_since LIMIT ?`,
    before,
    limit,
  );
  return rows.map(toStored);
}

export async function uploadsIn(tx: Tx, workspace_id: string, limit: number): Promise<StoredUpload[]> {
  const rows = await tx.all<UploadRow>(
    `SELECT ${COLUMNS} FROM uploads u WHERE u.workspace_id = ? LIMIT ?`,
    workspace_id,
    limit,
  );
  return rows.map(toStored);
}
