import type { Tx } from "../../db/database.ts";

/** Whether a channel of the workspace is there for everybody to read and write in. */
export async function isOpenChannel(tx: Tx, workspace_id: string, channel_id: string): Promise<boolean> {
  const row = await tx.get(
    "SELECT 1 FROM channels WHERE id = ? AND workspace_id = ? AND kind = 'public' AND archived_at IS NULL",
    channel_id,
    workspace_id,
  );
  return row !== undefined;
}

/** What kind of file somebody uploaded to the workspace, if they did. */
export async function uploadedType(
  tx: Tx,
  { id, workspace_id, owner_id }: { id: string; workspace_id: string; owner_id: string },
): Promise<string | undefined> {
  const row = await tx.get<{ content_type: string }>(
    "SELECT content_type FROM uploads WHERE id = ? AND workspace_id = ? AND owner_id = ?",
    id,
    workspace_id,
    owner_id,
  );
  return row?.content_type;
}
