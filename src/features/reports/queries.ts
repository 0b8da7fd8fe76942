import type { Report } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";

export { usersByIds } from "../users/queries.ts";

export interface ReportRow {
  id: string;
  workspace_id: string;
  message_id: string;
  conversation_id: string;
  author_id: string;
  reporter_id: string;
  body: string;
  reason: string;
  status: Report["status"];
  resolution: string;
  resolved_by: string | null;
  resolved_at: string | null;
  created_at: string;
  /** Of the message, and of its channel: what became of them since. */
  message_deleted: number;
  is_public: number;
}

const SELECT = `SELECT r.id, r.workspace_id, r.message_id, r.conversation_id, r.author_id, r.reporter_id, r.body,
  r.reason, r.status, r.resolution, r.resolved_by, r.resolved_at, r.created_at,
  NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = r.message_id AND m.deleted_at IS NULL) AS message_deleted,
  EXISTS (SELECT 1 FROM channels c WHERE c.id = r.conversation_id AND c.kind = 'public') AS is_public
  FROM reports r`;

export async function reportById(tx: Tx, id: string): Promise<ReportRow | undefined> {
  return tx.get<ReportRow>(`${SELECT} WHERE r.id = ?`, id);
}

export async function openReportOf(tx: Tx, message_id: string, reporter_id: string): Promise<ReportRow | undefined> {
  return tx.get<ReportRow>(
    `${SELECT} WHERE r.message_id = ? AND r.reporter_id = ? AND r.status = 'open'`,
    message_id,
    reporter_id,
  );
}

/** Newest first; only what is older than `before`, if that is given. */
/** Nobody reads who reported them, or a bot of theirs. */
const ABOUT_OTHERS = `r.author_id <> ?
  AND NOT EXISTS (SELECT 1 FROM users b WHERE b.id = r.author_id AND b.owner_user_id = ?)`;

export async function reportsIn(
  tx: Tx,
  workspace_id: string,
  query: { status: Report["status"]; reader_id: string; before: string | undefined; limit: number },
): Promise<ReportRow[]> {
  const { status, reader_id, before, limit } = query;
  return tx.all<ReportRow>(
    `${SELECT} WHERE r.workspace_id = ? AND r.status = ? AND ${ABOUT_OTHERS} ${before === undefined ? "" : "AND r.id < ?"}
     ORDER BY r.id DESC LIMIT ?`,
    workspace_id,
    status,
    reader_id,
    reader_id,
    ...(before === undefined ? [] : [before]),
    limit,
  );
}

export async function countOpen(tx: Tx, workspace_id: string, reader_id: string): Promise<number> {
  const row = await tx.get<{ n: number }>(
    `SELECT COUNT(*) AS n FROM reports r WHERE r.workspace_id = ? AND r.status = 'open' AND ${ABOUT_OTHERS}`,
    workspace_id,
    reader_id,
    reader_id,
  );
  return row?.n ?? 0;
}

export async function countOpenOf(tx: Tx, workspace_id: string, reporter_id: string): Promise<number> {
  const row = await tx.get<{ n: number }>(
    "SELECT COUNT(*) AS n FROM reports WHERE reporter_id = ? AND status = 'open' AND workspace_id = ?",
    reporter_id,
    workspace_id,
  );
  return row?.n ?? 0;
}

export async function insertReport(
  tx: Tx,
  report: Omit<ReportRow, "status" | "resolution" | "resolved_by" | "resolved_at" | "message_deleted" | "is_public">,
): Promise<void> {
  await tx.run(
    `INSERT INTO reports (id, workspace_id, message_id, conversation_id, author_id, reporter_id, body, reason, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    report.id,
    report.workspace_id,
    report.message_id,
    report.conversation_id,
    report.author_id,
    report.reporter_id,
    report.body,
    report.reason,
    report.created_at,
  );
}

export async function closeReport(
  tx: Tx,
  id: string,
  to: { status: Report["status"]; resolution: string; resolved_by: string; resolved_at: string },
): Promise<void> {
  await tx.run(
    "UPDATE reports SET status = ?, resolution = ?, resolved_by = ?, resolved_at = ? WHERE id = ?",
    to.status,
    to.resolution,
    to.resolved_by,
    to.resolved_at,
    id,
  );
}
