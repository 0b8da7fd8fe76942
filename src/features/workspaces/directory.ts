import { LIMITS, type Member } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { invalid } from "../../lib/errors.ts";
import { foreignCursor, readCursor, writeCursor } from "../../lib/page-cursor.ts";
import * as queries from "./queries.ts";
import type { Role } from "./queries.ts";
import { requireMember } from "./workspaces.ts";

export interface MembersPage {
  members: Member[];
  has_more: boolean;
  next_cursor?: string;
  total_count?: number;
  total_by_role?: Record<Role, number>;
}

export interface MembersQuery {
  limit?: string | undefined;
  cursor?: string | undefined;
  q?: string | undefined;
  role?: Role | undefined;
}

export async function listMembers(
  db: Database,
  actor: Actor,
  workspace_id: string,
  query: MembersQuery,
): Promise<MembersPage> {
  return db.read(async (tx) => {
    await requireMember(tx, actor, workspace_id);
    return pageOfMembers(tx, workspace_id, query);
  });
}

/** A page of the directory, or of those who may read one of its channels. */
export async function pageOfMembers(
  tx: Tx,
  workspace_id: string,
  query: MembersQuery,
  channel?: { id: string; kind: string },
): Promise<MembersPage> {
  const limit = memberLimit(query.limit);
  const after = query.cursor === undefined ? undefined : directoryKey(query.cursor);
  const { q, role } = query;
  const rows = await queries.memberPage(tx, workspace_id, { after, q, role, channel, limit: limit + 1 });
  const page = rows.slice(0, limit);
  const has_more = rows.length > limit;
  const last = page.at(-1);
  return {
    members: page.map((row) => row.member),
    has_more,
    ...(has_more && last && { next_cursor: writeCursor({ ...last.key }) }),
    ...(!after && !q && !role && !channel && (await totals(tx, workspace_id))),
  };
}

async function totals(tx: Tx, workspace_id: string) {
  const counts = await queries.memberCounts(tx, workspace_id);
  const total_by_role = { owner: 0, moderator: 0, member: 0, bot: 0, guest: 0, ...counts };
  return { total_count: Object.values(total_by_role).reduce((sum, n) => sum + n, 0), total_by_role };
}

function memberLimit(text: string | undefined): number {
  if (text === undefined) return LIMITS.member_page_default;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit <= 0) throw invalid("limit", "limit must be at least 1");
  return Math.min(limit, LIMITS.member_page_max);
}

function directoryKey(text: string): queries.DirectoryKey {
  const { role_sort, sort_name, sort_handle, user_id } = readCursor(text);
  if (typeof role_sort !== "number" || typeof sort_name !== "string") throw foreignCursor();
  if (typeof sort_handle !== "string" || typeof user_id !== "string") throw foreignCursor();
  return { role_sort, sort_name, sort_handle, user_id };
}
