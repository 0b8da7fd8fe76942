import type { Draft } from "@clickclack/protocol";
import type { Tx, Value } from "../../db/database.ts";
import type { MomentKey } from "../../lib/page-cursor.ts";
import type { Readable } from "../conversations/conversations.ts";
import { readableClause } from "../conversations/queries.ts";
import { placeOf } from "../messages/queries.ts";

interface DraftRow {
  id: string;
  workspace_id: string;
  conversation_id: string;
  target_id: string;
  body: string;
  quoted_message_id: string | null;
  upload_ids_json: string | null;
  updated_at: string;
}

/** A quoted message that was deleted meanwhile is none any more: nobody could send it. */
const SELECT = `SELECT m.id, m.workspace_id, m.conversation_id, m.target_id, m.body, m.upload_ids_json, m.updated_at,
  (SELECT q.id FROM messages q WHERE q.id = m.quoted_message_id AND q.deleted_at IS NULL) AS quoted_message_id
  FROM drafts m`;

async function selectDrafts(tx: Tx, clause: string, ...params: Value[]): Promise<Draft[]> {
  const rows = await tx.all<DraftRow>(`${SELECT} ${clause}`, ...params);
  const named = rows.flatMap((row) => uploadsOf(row));
  // Files that no message carries are kept for a while only.
  const left = await existingUploads(tx, named);
  return rows.map((row) => ({
    id: row.id,
    workspace_id: row.workspace_id,
    target_id: row.target_id,
    ...placeOf(row.conversation_id),
    body: row.body,
    ...(row.quoted_message_id !== null && { quoted_message_id: row.quoted_message_id }),
    upload_ids: uploadsOf(row).filter((id) => left.has(id)),
    updated_at: row.updated_at,
  }));
}

function uploadsOf({ upload_ids_json }: DraftRow): string[] {
  return upload_ids_json === null ? [] : (JSON.parse(upload_ids_json) as string[]);
}

async function existingUploads(tx: Tx, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const marks = ids.map(() => "?").join(", ");
  const rows = await tx.all<{ id: string }>(`SELECT id FROM uploads WHERE id IN (${marks})`, ...ids);
  return new Set(rows.map((row) => row.id));
}

export async function draftFor(tx: Tx, user_id: string, target_id: string): Promise<Draft | undefined> {
  return (await selectDrafts(tx, "WHERE m.user_id = ? AND m.target_id = ?", user_id, target_id))[0];
}

export async function draftsByIds(tx: Tx, ids: string[]): Promise<Map<string, Draft>> {
  const drafts = await selectDrafts(tx, `WHERE m.id IN (${ids.map(() => "?").join(", ")})`, ...ids);
  return new Map(drafts.map((draft) => [draft.id, draft]));
}

/** Somebody's drafts where they may read now, written last first. */
export async function draftsOf(
  tx: Tx,
  query: {
    user_id: string;
    workspace_id: string;
    readable: Readable;
    after: MomentKey | undefined;
    limit: number;
  },
): Promise<Draft[]> {
  const { user_id, workspace_id, readable, after, limit } = query;
  // The clause asks of a row `m` in which conversation it is, as a draft says like a message.
  const inReadable = readableClause(readable);
  return selectDrafts(
    tx,
    `WHERE m.user_id = ? AND m.workspace_id = ? AND ${inReadable.sql}
       ${after ? "AND (m.updated_at, m.id) < (?, ?)" : ""} ORDER BY m.updated_at DESC, m.id DESC LIMIT ?`,
    user_id,
    workspace_id,
    ...inReadable.params,
    ...(after ? [after.at, after.id] : []),
    limit,
  );
}

export async function countDrafts(tx: Tx, user_id: string): Promise<number> {
  const row = await tx.get<{ n: number }>("SELECT COUNT(*) AS n FROM drafts WHERE user_id = ?", user_id);
  return row?.n ?? 0;
}

export async function putDraft(tx: Tx, user_id: string, conversation_id: string, draft: Draft): Promise<void> {
  await tx.run(
    `INSERT INTO drafts (id, user_id, workspace_id, conversation_id, target_id, body, quoted_message_id,
       upload_ids_json, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (user_id, target_id) DO UPDATE SET body = excluded.body,
       quoted_message_id = excluded.quoted_message_id, upload_ids_json = excluded.upload_ids_json,
       updated_at = excluded.updated_at`,
    draft.id,
    user_id,
    draft.workspace_id,
    conversation_id,
    draft.target_id,
    draft.body,
    draft.quoted_message_id ?? null,
    draft.upload_ids.length > 0 ? JSON.stringify(draft.upload_ids) : null,
    draft.updated_at,
  );
}

/** What it was, if there was one. */
export async function deleteDraft(
  tx: Tx,
  user_id: string,
  target_id: string,
): Promise<{ id: string; workspace_id: string; conversation_id: string } | undefined> {
  return tx.get(
    "DELETE FROM drafts WHERE user_id = ? AND target_id = ? RETURNING id, workspace_id, conversation_id",
    user_id,
    target_id,
  );
}

/** Those of the files that somebody uploaded to the workspace. */
export async function ownUploads(tx: Tx, user_id: string, workspace_id: string, ids: string[]): Promise<string[]> {
  const rows = await tx.all<{ id: string }>(
    `SELECT id FROM uploads WHERE owner_id = ? AND workspace_id = ? AND id IN (${ids.map(() => "?").join(", ")})`,
    user_id,
    workspace_id,
    ...ids,
  );
  return rows.map((row) => row.id);
}
