import { LIMITS, type Report } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, requireHuman } from "../../lib/actor.ts";
import { AppError, conflict, forbidden, invalid, notFound } from "../../lib/errors.ts";
import { newId } from "../../lib/ids.ts";
import { foreignCursor, readCursor, writeCursor } from "../../lib/page-cursor.ts";
import { codePoints, requireText } from "../../lib/text.ts";
import { appendEvent, type LogEvent } from "../../realtime/events.ts";
import { topics } from "../../realtime/topics.ts";
import { readableConversations } from "../conversations/conversations.ts";
import { conversationOf, placeOf, requireMessage } from "../messages/messages.ts";
import { userById } from "../users/users.ts";
import { byActor, recordAct } from "../workspaces/recording.ts";
import { requireManager, requireUnrestricted } from "../workspaces/workspaces.ts";
import * as queries from "./queries.ts";
import type { ReportRow } from "./queries.ts";

/**
 * Tells those who manage the workspace of a message that the actor may read. What it said is kept, because
 * its author may change it, and they may not see where it was said. Once more while it is open is the same.
 */
export async function reportMessage(
  db: Database,
  actor: Actor,
  message_id: string,
  input: { reason: string },
): Promise<{ report: Report; is_new: boolean }> {
  requireHuman(actor);
  const reason = requireWords("reason", input.reason);
  if (reason === "") throw invalid("reason", "reason must not be empty");
  return db.write(async (tx) => {
    const { message, conversation } = await requireMessage(tx, actor, message_id, "read", "messages:read");
    requireUnrestricted(conversation.restricted_until, actor);
    if (message.author_id === actor.user.id) throw forbidden("this is your own message; you can edit or delete it");
    const before = await queries.openReportOf(tx, message_id, actor.user.id);
    if (before) return { report: await shown(tx, actor, before), is_new: false };
    if (message.deleted_at !== undefined) throw invalid("message_id", "a deleted message cannot be reported");
    const { workspace_id, author_id, body } = message;
    if ((await queries.countOpenOf(tx, workspace_id, actor.user.id)) >= LIMITS.open_reports_per_user)
      throw conflict(`${LIMITS.open_reports_per_user} of your reports wait for somebody to look at them`);
    const id = newId("report");
    const conversation_id = conversationOf(message);
    const about = { id, workspace_id, message_id, conversation_id, author_id, body };
    await queries.insertReport(tx, { ...about, reporter_id: actor.user.id, reason, created_at: actor.at });
    const payload = { report_id: id, message_id };
    const topic = topics.managers(workspace_id);
    await appendEvent(tx, { type: "report.created", topic, workspace_id, payload, created_at: actor.at });
    return { report: await shown(tx, actor, await found(tx, id)), is_new: true };
  });
}

function requireWords(path: "reason" | "resolution", value: string): string {
  const text = requireText(path, value.trim());
  if (codePoints(text) <= LIMITS.report_reason_chars) return text;
  throw invalid(path, `${path} must be at most ${LIMITS.report_reason_chars} characters`);
}

async function found(tx: Tx, report_id: string): Promise<ReportRow> {
  const report = await queries.reportById(tx, report_id);
  if (!report) throw notFound("report");
  return report;
}

async function shown(tx: Tx, actor: Actor, row: ReportRow): Promise<Report> {
  const [report] = await shownAll(tx, actor, row.workspace_id, [row]);
  if (!report) throw notFound("report");
  return report;
}

/** Says where the message is only to whoever may read there. */
async function shownAll(tx: Tx, actor: Actor, workspace_id: string, rows: ReportRow[]): Promise<Report[]> {
  const { all_public, channel_ids, dm_ids } = await readableConversations(tx, actor, workspace_id);
  const readable = new Set([...channel_ids, ...dm_ids]);
  const ids = new Set(rows.flatMap((row) => [row.author_id, row.reporter_id]));
  const people = await queries.usersByIds(tx, [...ids]);
  return rows.flatMap((row) => {
    const author = people.get(row.author_id);
    const reporter = people.get(row.reporter_id);
    if (!author || !reporter) return [];
    const isReadable = (row.is_public === 1 && all_public) || readable.has(row.conversation_id);
    const { id, message_id, body, reason, status, created_at } = row;
    return {
      ...{ id, workspace_id, message_id },
      ...(isReadable && placeOf(row.conversation_id)),
      ...{ author, reporter, body, message_deleted: row.message_deleted === 1, reason, status, created_at },
      ...(row.resolution !== "" && { resolution: row.resolution }),
      ...(row.resolved_by !== null && { resolved_by: row.resolved_by }),
      ...(row.resolved_at !== null && { resolved_at: row.resolved_at }),
    };
  });
}

export interface ReportsPage {
  reports: Report[];
  open_count: number;
  next_cursor?: string;
}

/** The reports of a workspace, newest first, for those who manage it; those about themselves are for others. */
export async function listReports(
  db: Database,
  actor: Actor,
  workspace_id: string,
  query: { status: Report["status"]; cursor?: string | undefined; limit: number },
): Promise<ReportsPage> {
  requireHuman(actor);
  const before = query.cursor === undefined ? undefined : positionOf(query.cursor);
  return db.read(async (tx) => {
    await requireManager(tx, actor, workspace_id);
    const { status, limit } = query;
    const rows = await queries.reportsIn(tx, workspace_id, {
      status,
      reader_id: actor.user.id,
      before,
      limit: limit + 1,
    });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      reports: await shownAll(tx, actor, workspace_id, page),
      open_count: await queries.countOpen(tx, workspace_id, actor.user.id),
      ...(rows.length > limit && last && { next_cursor: writeCursor({ id: last.id }) }),
    };
  });
}

function positionOf(cursor: string): string {
  const { id } = readCursor(cursor);
  if (typeof id !== "string") throw foreignCursor();
  return id;
}

/** Closes a report. Nobody closes one about themselves, or about a bot of theirs. */
export async function closeReport(
  db: Database,
  actor: Actor,
  report_id: string,
  input: { status: "resolved" | "dismissed"; resolution?: string | undefined },
): Promise<{ report: Report; event: LogEvent }> {
  requireHuman(actor);
  const resolution = requireWords("resolution", input.resolution ?? "");
  return db.write(async (tx) => {
    const before = await managedReport(tx, actor, report_id);
    const author = await userById(tx, before.author_id);
    if (before.author_id === actor.user.id || author?.owner_user_id === actor.user.id)
      throw forbidden("this report is about you; somebody else has to look at it");
    if (before.status !== "open") throw conflict(`this report is ${before.status} already`);
    const { status } = input;
    const { workspace_id, message_id, author_id } = before;
    await queries.closeReport(tx, report_id, {
      ...{ status, resolution },
      resolved_by: actor.user.id,
      resolved_at: actor.at,
    });
    await recordAct(tx, byActor(actor), workspace_id, {
      action: "report.resolved",
      target_type: "report",
      target_id: report_id,
      before: { status: before.status },
      after: { status, resolution },
      metadata: { author_id },
    });
    const event = await appendEvent(tx, {
      type: "report.updated",
      topic: topics.managers(workspace_id),
      workspace_id,
      payload: { report_id, message_id, status },
      created_at: actor.at,
    });
    return { report: await shown(tx, actor, await found(tx, report_id)), event };
  });
}

/** A report, found through one's own membership of its workspace. */
async function managedReport(tx: Tx, actor: Actor, report_id: string): Promise<ReportRow> {
  const report = await found(tx, report_id);
  try {
    await requireManager(tx, actor, report.workspace_id);
    return report;
  } catch (error) {
    throw error instanceof AppError && error.code === "not_found" ? notFound("report") : error;
  }
}
