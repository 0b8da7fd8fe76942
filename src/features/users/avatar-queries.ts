import type { Tx } from "../../db/database.ts";

/** A picture of somebody, and where its bytes are. */
export interface Avatar {
  key: string;
  user_id: string;
  content_type: string;
  byte_size: number;
  storage_path: string;
  created_at: string;
}

export async function avatarByKey(tx: Tx, key: string): Promise<Avatar | undefined> {
  return tx.get<Avatar>(
    "SELECT key, user_id, content_type, byte_size, storage_path, created_at FROM avatars WHERE key = ?",
    key,
  );
}

export async function insertAvatar(tx: Tx, avatar: Avatar): Promise<void> {
  await tx.run(
    "INSERT INTO avatars (key, user_id, content_type, byte_size, storage_path, created_at) VALUES (?, ?, ?, ?, ?, ?)",
    avatar.key,
    avatar.user_id,
    avatar.content_type,
    avatar.byte_size,
    avatar.storage_path,
    avatar.created_at,
  );
}

/** Deletes somebody's pictures, and answers where their bytes are. */
export async function deleteAvatars(tx: Tx, user_id: string): Promise<string[]> {
  const rows = await tx.all<{ storage_path: string }>(
    "DELETE FROM avatars WHERE user_id = ? RETURNING storage_path",
    user_id,
  );
  return rows.map((row) => row.storage_path);
}
