import type { AuditLogEntry } from "@clickclack/protocol";
import type { Database, Tx, Value } from "../../db/database.ts";

export { usersByIds } from "../users/queries.ts";

/** What of a workspace's log is wanted; everything that is given has to hold. */
export interface Filter {
  /** Only what is older than this entry. */
  before?: string | undefined;
  actions?: readonly string[] | undefined;
  /** A person's or bot's id; `null` is the operator. */
  actor?: string | null | undefined;
  target?: string | undefined;
  target_type?: string | undefined;
  /** From this moment on, and until before that one. */
  since?: string | undefined;
  until?: string | undefined;
}

export interface EntryRow {
  id: string;
  actor_user_id: string | null;
  action: AuditLogEntry["action"];
  target_type: string;
  target_id: string;
  address: string;
  before_json: string | null;
  after_json: string | null;
  metadata_json: string | null;
  created_at: string;
}

/** Newest first. By itself and not in a transaction: a filter that finds little looks through the whole log. */
export function entriesOf(db: Database, workspace_id: string, filter: Filter, limit: number): Promise<EntryRow[]> {
  const where = ["e.workspace_id = ?"];
  const params: Value[] = [workspace_id];
  const want = (sql: string, ...values: Value[]) => {
    where.push(sql);
    params.push(...values);
  };
  const { before, actions, actor, target, target_type, since, until } = filter;
  if (before !== undefined) want("e.id < ?", before);
  if (actions) want(`e.action IN (${actions.map(() => "?").join(", ")})`, ...actions);
  if (actor === null) want("e.actor_user_id IS NULL");
  else if (actor !== undefined) want("e.actor_user_id = ?", actor);
  if (target !== undefined) want("e.target_id = ?", target);
  if (target_type !== undefined) want("e.target_type = ?", target_type);
  if (since !== undefined) want("e.created_at >= ?", since);
  if (until !== undefined) want("e.created_at < ?", until);
  return db.query<EntryRow>(
    `SELECT e.id, e.actor_user_id, e.action, e.target_type, e.target_id, e.address, e.before_json, e.after_json,
       e.metadata_json, e.created_at FROM audit_log_entries e WHERE ${where.join(" AND ")} ORDER BY e.id DESC LIMIT ?`,
    ...params,
    limit,
  );
}

/** What things other than people are called; of a private channel only to those who are in it. */
export async function namesOf(tx: Tx, ids: readonly string[], reader_id: string): Promise<Map<string, string>> {
  const marks = ids.map(() => "?").join(", ");
  const rows = await tx.all<{ id: string; name: string }>(
    `SELECT id, name FROM workspaces WHERE id IN (${marks})
     UNION ALL SELECT c.id, c.name FROM channels c WHERE c.id IN (${marks}) AND (c.kind = 'public'
       OR EXISTS (SELECT 1 FROM channel_members x WHERE x.channel_id = c.id AND x.user_id = ?))
     UNION ALL SELECT id, name FROM bot_tokens WHERE id IN (${marks})
     UNION ALL SELECT id, name FROM user_groups WHERE id IN (${marks})`,
    ...ids,
    ...ids,
    reader_id,
    ...ids,
    ...ids,
  );
  return new Map(rows.map((row) => [row.id, row.name]));
}
