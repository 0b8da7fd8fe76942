import { AUDIT_ACTIONS, type AuditLogEntry } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, requireHuman } from "../../lib/actor.ts";
import { timestamp } from "../../lib/clock.ts";
import { invalid } from "../../lib/errors.ts";
import { foreignCursor, readCursor, writeCursor } from "../../lib/page-cursor.ts";
import { requireManager } from "../workspaces/workspaces.ts";
import * as queries from "./queries.ts";
import type { EntryRow, Filter } from "./queries.ts";

/** A filter as the query string says it. */
export interface AuditQuery {
  cursor?: string | undefined;
  /** Actions, with commas between them. */
  action?: string | undefined;
  /** A user's id, or `operator` for the command line. */
  actor?: string | undefined;
  target?: string | undefined;
  target_type?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

export interface AuditPage {
  audit_log_entries: AuditLogEntry[];
  next_cursor?: string;
}

/** What was done in a workspace, newest first, for those who manage it. */
export async function listAudit(
  db: Database,
  actor: Actor,
  workspace_id: string,
  query: AuditQuery & { limit: number },
): Promise<AuditPage> {
  requireHuman(actor);
  const filter = filterOf(query);
  await db.read((tx) => requireManager(tx, actor, workspace_id));
  return pageOf(db, actor, workspace_id, filter, query.limit);
}

/** A page for an actor who was found to manage the workspace. */
export async function pageOf(
  db: Database,
  actor: Actor,
  workspace_id: string,
  filter: Filter,
  limit: number,
): Promise<AuditPage> {
  const rows = await queries.entriesOf(db, workspace_id, filter, limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    audit_log_entries: await db.read((tx) => dress(tx, actor, workspace_id, page)),
    ...(rows.length > limit && last && { next_cursor: writeCursor({ id: last.id }) }),
  };
}

export function filterOf(query: AuditQuery): Filter {
  const { target, target_type } = query;
  return {
    target,
    target_type,
    before: query.cursor === undefined ? undefined : entryOf(query.cursor),
    actions: query.action === undefined ? undefined : actionsOf(query.action),
    actor: query.actor === "operator" ? null : query.actor,
    since: query.since === undefined ? undefined : momentOf("since", query.since),
    until: query.until === undefined ? undefined : momentOf("until", query.until),
  };
}

function entryOf(cursor: string): string {
  const { id } = readCursor(cursor);
  if (typeof id !== "string") throw foreignCursor();
  return id;
}

function actionsOf(text: string): string[] {
  const actions = [...new Set(text.split(",").map((one) => one.trim()))];
  const unknown = actions.find((one) => !AUDIT_ACTIONS.some((action) => action === one));
  if (unknown === undefined) return actions;
  throw invalid("action", `action must be of ${AUDIT_ACTIONS.join(", ")}, with commas between several`);
}

/** Days begin at midnight UTC. */
function momentOf(path: "since" | "until", text: string): string {
  const isMoment = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const ms = isMoment ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return timestamp(ms);
  throw invalid(path, `${path} must be a day or a moment, like 2026-05-08 or 2026-05-08T12:00:00Z`);
}

async function dress(tx: Tx, reader: Actor, workspace_id: string, rows: EntryRow[]): Promise<AuditLogEntry[]> {
  const ids = [...new Set(rows.map((row) => row.target_id))];
  const people = await queries.usersByIds(tx, [...new Set([...ids, ...rows.map((row) => row.actor_user_id ?? "")])]);
  const names = await queries.namesOf(tx, ids, reader.user.id);
  return rows.map((row) => {
    const before = fieldsOf(row.before_json);
    const after = fieldsOf(row.after_json);
    const actor = row.actor_user_id === null ? undefined : people.get(row.actor_user_id);
    // What is gone is called what it was called then.
    const target_name =
      people.get(row.target_id)?.display_name ?? names.get(row.target_id) ?? after?.["name"] ?? before?.["name"];
    return {
      id: row.id,
      workspace_id,
      ...(row.actor_user_id !== null && { actor_user_id: row.actor_user_id }),
      ...(actor && { actor }),
      action: row.action,
      target_type: row.target_type,
      target_id: row.target_id,
      ...(typeof target_name === "string" && target_name !== "" && { target_name }),
      address: row.address,
      ...(before && { before }),
      ...(after && { after }),
      metadata: fieldsOf(row.metadata_json) ?? {},
      created_at: row.created_at,
    };
  });
}

function fieldsOf(json: string | null): Record<string, unknown> | undefined {
  return json === null ? undefined : (JSON.parse(json) as Record<string, unknown>);
}
