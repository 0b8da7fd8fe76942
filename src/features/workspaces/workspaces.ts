import { LIMITS, type Member, type User, type Workspace } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, requireHuman } from "../../lib/actor.ts";
import { conflict, forbidden, invalid, notFound } from "../../lib/errors.ts";
import { newId, newRouteId } from "../../lib/ids.ts";
import { foreignCursor, readCursor, writeCursor } from "../../lib/page-cursor.ts";
import { requireName, slugify } from "../../lib/text.ts";
import { appendEvent, type LogEvent } from "../../realtime/events.ts";
import { topics } from "../../realtime/topics.ts";
import * as queries from "./queries.ts";
import type { Role } from "./queries.ts";

/** What other features need of workspaces. */
export {
  findWorkspace,
  memberById,
  memberCounts,
  type Role,
  roleIn,
  workspacesByIds,
  workspacesOf,
} from "./queries.ts";

const RESERVED_SLUGS = new Set(["clickclack", "guests"]);

/** The actor's role in a workspace. A stranger, and a bot of another workspace, find nothing. */
export async function requireMember(tx: Tx, actor: Actor, workspace_id: string): Promise<Role> {
  if (actor.workspace_id !== undefined && actor.workspace_id !== workspace_id) throw notFound("workspace");
  const role = await queries.roleIn(tx, workspace_id, actor.user.id);
  if (!role) throw notFound("workspace");
  return role;
}

export async function requireManager(tx: Tx, actor: Actor, workspace_id: string): Promise<Role> {
  const role = await requireMember(tx, actor, workspace_id);
  if (!isManager(role)) throw forbidden("only owners and moderators can do this");
  return role;
}

export function isManager(role: Role): boolean {
  return role === "owner" || role === "moderator";
}

export async function listWorkspaces(db: Database, actor: Actor): Promise<Workspace[]> {
  const all = await db.read((tx) => queries.workspacesOf(tx, actor.user.id));
  return actor.workspace_id === undefined ? all : all.filter((one) => one.id === actor.workspace_id);
}

export async function readWorkspace(db: Database, actor: Actor, workspace_id: string): Promise<Workspace> {
  return db.read((tx) => requireWorkspace(tx, actor, workspace_id));
}

async function requireWorkspace(tx: Tx, actor: Actor, workspace_id: string): Promise<Workspace & { role: Role }> {
  await requireMember(tx, actor, workspace_id);
  const workspace = await queries.workspaceFor(tx, workspace_id, actor.user.id);
  if (!workspace) throw notFound("workspace");
  return workspace;
}

/** Makes a workspace owned by a person; its first channel is `features/setup`'s business. */
export async function createWorkspace(
  tx: Tx,
  owner: User,
  input: { name: string; slug?: string | undefined },
  at: string,
): Promise<Workspace & { role: Role }> {
  const mine = await queries.workspacesOf(tx, owner.id);
  if (mine.length >= LIMITS.workspaces_per_user)
    throw forbidden(`you are in ${LIMITS.workspaces_per_user} workspaces already`);
  if (mine.length > 0 && mine.every((one) => one.role === "guest")) throw forbidden("guests cannot create workspaces");
  const name = input.name.trim() === "" ? "Untitled" : requireName("name", input.name, LIMITS.workspace_name_chars * 4);
  const workspace = {
    id: newId("workspace"),
    route_id: newRouteId("T"),
    name,
    slug: await freeSlug(tx, name, input.slug),
    icon_url: "",
    created_at: at,
    channel_policy: "members" as const,
  };
  await queries.insertWorkspace(tx, workspace);
  await queries.insertMember(tx, workspace.id, owner, "owner", at);
  await tellJoined(tx, workspace.id, owner.id, "owner", at);
  return { ...workspace, role: "owner" };
}

export async function updateWorkspace(
  db: Database,
  actor: Actor,
  workspace_id: string,
  patch: {
    name?: string | undefined;
    slug?: string | undefined;
    channel_policy?: Workspace["channel_policy"] | undefined;
  },
): Promise<{ workspace: Workspace; event: LogEvent }> {
  requireHuman(actor);
  return db.write(async (tx) => {
    const before = await requireWorkspace(tx, actor, workspace_id);
    if (!isManager(before.role)) throw forbidden("only owners and moderators can change the workspace");
    if (Object.values(patch).every((value) => value === undefined))
      throw invalid("name", "name, slug or channel_policy is required");
    const after = { ...before };
    if (patch.name !== undefined) after.name = requireName("name", patch.name, LIMITS.workspace_name_chars * 4);
    if (patch.slug !== undefined && slugify(patch.slug) !== before.slug)
      after.slug = await freeSlug(tx, after.name, patch.slug);
    after.channel_policy = patch.channel_policy ?? before.channel_policy;
    await queries.updateWorkspace(tx, after);
    const event = await appendEvent(tx, {
      type: "workspace.updated",
      topic: topics.all(workspace_id),
      workspace_id,
      payload: { workspace_id },
      created_at: actor.at,
    });
    return { workspace: after, event };
  });
}

/** A slug that was asked for must be free; one made from the name gets a number until it is. */
async function freeSlug(tx: Tx, name: string, asked?: string): Promise<string> {
  const wanted = asked === undefined ? slugify(name) || "workspace" : slugify(asked);
  if (wanted === "") throw invalid("slug", "slug must contain letters or digits");
  if (asked !== undefined && RESERVED_SLUGS.has(wanted)) throw invalid("slug", `the slug ${wanted} is reserved`);
  if (asked !== undefined && (await queries.slugTaken(tx, wanted))) throw conflict("another workspace has this slug");
  let slug = wanted;
  for (let n = 2; await queries.slugTaken(tx, slug); n++) slug = `${wanted}-${n}`;
  return slug;
}

/** Adds a person or bot. Answers false when they were in already. */
export async function addMember(tx: Tx, workspace_id: string, user: User, role: Role, at: string): Promise<boolean> {
  if (await queries.roleIn(tx, workspace_id, user.id)) return false;
  await queries.insertMember(tx, workspace_id, user, role, at);
  await tellJoined(tx, workspace_id, user.id, role, at);
  tx.notify(user.id);
  return true;
}

/**
 * Ends a membership of a person or bot, and what hangs on it: their places in channels, and the tokens
 * of bots that belong to them. Open sockets learn of it in the tick of the commit.
 */
export async function removeMember(tx: Tx, workspace_id: string, user_id: string, at: string): Promise<boolean> {
  if (!(await queries.deleteMember(tx, workspace_id, user_id))) return false;
  for (const token_id of await queries.ownedBotTokens(tx, workspace_id, user_id)) tx.notify(token_id);
  const topic = topics.all(workspace_id);
  await appendEvent(tx, { type: "member.left", topic, workspace_id, payload: { user_id }, created_at: at });
  tx.notify(user_id);
  return true;
}

async function tellJoined(tx: Tx, workspace_id: string, user_id: string, role: Role, at: string): Promise<void> {
  const topic = topics.all(workspace_id);
  await appendEvent(tx, { type: "member.joined", topic, workspace_id, payload: { user_id, role }, created_at: at });
}

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
