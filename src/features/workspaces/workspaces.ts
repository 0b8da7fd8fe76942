import { LIMITS, type User, type Workspace } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, requireHuman } from "../../lib/actor.ts";
import { conflict, forbidden, invalid, notFound } from "../../lib/errors.ts";
import { isPictureType } from "../../lib/file-type.ts";
import { newId, newRouteId } from "../../lib/ids.ts";
import { requireName, slugify } from "../../lib/text.ts";
import { appendEvent, type LogEvent } from "../../realtime/events.ts";
import { topics } from "../../realtime/topics.ts";
import { deleteMember } from "./leaving-queries.ts";
import * as queries from "./queries.ts";
import type { Role } from "./queries.ts";
import { isOpenChannel, uploadedType } from "./setting-queries.ts";
import { type By, byActor, byOperator, recordAct, recordChange } from "./recording.ts";

/** What other features need of workspaces. */
export {
  findWorkspace,
  isBlocked,
  memberById,
  memberCounts,
  restrictedUntil,
  type Role,
  roleIn,
  sharesWorkspace,
  waitingRoomOf,
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

/** The role of an actor who may do more than read: nobody timed out or blocked. */
export async function requireActive(tx: Tx, actor: Actor, workspace_id: string): Promise<Role> {
  const role = await requireMember(tx, actor, workspace_id);
  requireUnrestricted(await queries.restrictedUntil(tx, workspace_id, actor.user.id), actor);
  return role;
}

/** Refuses who may only read now. */
export function requireUnrestricted(restricted_until: string, { at }: Actor): void {
  if (restricted_until <= at) return;
  throw forbidden(
    restricted_until === BLOCKED
      ? "you are blocked in this workspace: you can read, and nothing else"
      : `you are timed out in this workspace until ${restricted_until}: until then you can only read`,
  );
}

/** Sorts after every moment. */
export const BLOCKED = "blocked";

export async function requireManager(tx: Tx, actor: Actor, workspace_id: string): Promise<Role> {
  const role = await requireActive(tx, actor, workspace_id);
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

/** With the role of the actor, who is in it. */
export async function requireWorkspace(
  tx: Tx,
  actor: Actor,
  workspace_id: string,
): Promise<Workspace & { role: Role }> {
  await requireMember(tx, actor, workspace_id);
  const workspace = await queries.workspaceFor(tx, workspace_id, actor.user.id);
  if (!workspace) throw notFound("workspace");
  return workspace;
}

export interface NewWorkspace {
  name: string;
  slug?: string | undefined;
  /** The name may lead to a reserved slug: the operator's own workspace. */
  may_reserve?: true;
}

/** Makes a workspace owned by a person; its first channel is `features/setup`'s business. */
export async function createWorkspace(
  tx: Tx,
  owner: User,
  input: NewWorkspace,
  by: By,
): Promise<Workspace & { role: Role }> {
  const at = by.at;
  const mine = await queries.workspacesOf(tx, owner.id);
  if (mine.length >= LIMITS.workspaces_per_user)
    throw forbidden(`you are in ${LIMITS.workspaces_per_user} workspaces already`);
  if (mine.length > 0 && mine.every((one) => one.role === "guest")) throw forbidden("guests cannot create workspaces");
  const name = input.name.trim() === "" ? "Untitled" : requireName("name", input.name, LIMITS.workspace_name_chars * 4);
  const workspace = {
    id: newId("workspace"),
    route_id: newRouteId("T"),
    name,
    slug: await freeSlug(tx, name, input.slug, input.may_reserve),
    icon_url: "",
    created_at: at,
    channel_policy: "members" as const,
    guest_post_budget: LIMITS.guest_post_budget_default,
  };
  await queries.insertWorkspace(tx, workspace);
  const after = settingsOf(workspace);
  await recordAct(tx, by, workspace.id, { action: "workspace.created", ...aboutWorkspace(workspace.id), after });
  await enrol(tx, workspace.id, owner, "owner", { by });
  return { ...workspace, role: "owner" };
}

export async function updateWorkspace(
  db: Database,
  actor: Actor,
  workspace_id: string,
  patch: WorkspacePatch,
): Promise<{ workspace: Workspace; event: LogEvent }> {
  requireHuman(actor);
  return db.write(async (tx) => {
    await requireManager(tx, actor, workspace_id);
    const before = await requireWorkspace(tx, actor, workspace_id);
    if (Object.values(patch).every((value) => value === undefined)) throw invalid("name", "nothing was sent to change");
    const after = await changed(tx, actor, before, patch);
    await queries.updateWorkspace(tx, after);
    const act = { action: "workspace.updated", ...aboutWorkspace(workspace_id) } as const;
    await recordChange(tx, byActor(actor), workspace_id, act, [settingsOf(before), settingsOf(after)]);
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

export interface WorkspacePatch {
  name?: string | undefined;
  slug?: string | undefined;
  icon_url?: string | undefined;
  channel_policy?: Workspace["channel_policy"] | undefined;
  waiting_room_channel_id?: string | undefined;
  guest_post_budget?: number | undefined;
}

async function changed(
  tx: Tx,
  actor: Actor,
  before: Workspace & { role: Role },
  patch: WorkspacePatch,
): Promise<Workspace & { role: Role }> {
  const after = { ...before };
  if (patch.name !== undefined) after.name = requireName("name", patch.name, LIMITS.workspace_name_chars * 4);
  if (patch.slug !== undefined && slugify(patch.slug) !== before.slug) {
    // Everybody's links and bookmarks hang on it.
    if (before.role !== "owner") throw forbidden("only the owner can change the slug");
    after.slug = await freeSlug(tx, after.name, patch.slug);
  }
  after.channel_policy = patch.channel_policy ?? before.channel_policy;
  after.guest_post_budget = patch.guest_post_budget ?? before.guest_post_budget;
  if (patch.icon_url !== undefined && patch.icon_url !== before.icon_url) {
    await requireIcon(tx, actor, before.id, patch.icon_url);
    after.icon_url = patch.icon_url;
  }
  const room = patch.waiting_room_channel_id;
  if (room === "") delete after.waiting_room_channel_id;
  else if (room !== undefined && room !== before.waiting_room_channel_id) {
    if (!(await isOpenChannel(tx, before.id, room)))
      throw invalid("waiting_room_channel_id", "the waiting room is a public channel of this workspace");
    after.waiting_room_channel_id = room;
  }
  return after;
}

/** The icon is shown to everybody, so a picture becomes one by the hand of whoever uploaded it. */
async function requireIcon(tx: Tx, actor: Actor, workspace_id: string, icon_url: string): Promise<void> {
  if (icon_url === "") return;
  const upload_id = /^\/api\/uploads\/(upl_\w+)$/.exec(icon_url)?.[1] ?? "";
  const picture = { id: upload_id, workspace_id, owner_id: actor.user.id };
  const type = await uploadedType(tx, picture);
  if (type === undefined || !isPictureType(type))
    throw invalid("icon_url", "icon_url must be a picture that you uploaded to this workspace, or empty");
}

/** What of a workspace is a setting, as the audit log tells it. */
function settingsOf({ name, slug, icon_url, channel_policy, waiting_room_channel_id, guest_post_budget }: Workspace) {
  return {
    name,
    slug,
    icon_url,
    channel_policy,
    waiting_room_channel_id: waiting_room_channel_id ?? null,
    guest_post_budget,
  };
}

const aboutWorkspace = (workspace_id: string) => ({ target_type: "workspace", target_id: workspace_id }) as const;

/** A slug that was asked for must be free; one made from the name gets a number until it is. */
async function freeSlug(tx: Tx, name: string, asked?: string, may_reserve = false): Promise<string> {
  const wanted = asked === undefined ? slugify(name) || "workspace" : slugify(asked);
  if (wanted === "") throw invalid("slug", "slug must contain letters or digits");
  if (asked !== undefined && RESERVED_SLUGS.has(wanted)) throw invalid("slug", `the slug ${wanted} is reserved`);
  if (asked !== undefined && (await queries.slugTaken(tx, wanted))) throw conflict("another workspace has this slug");
  let slug = wanted;
  const isReserved = (one: string) => !may_reserve && RESERVED_SLUGS.has(one);
  for (let n = 2; isReserved(slug) || (await queries.slugTaken(tx, slug)); n++) slug = `${wanted}-${n}`;
  return slug;
}

/** By whom somebody comes in, and by which invite. */
export interface Admission {
  by: By;
  invite_id?: string | undefined;
}

/** Adds a person or bot; by the operator unless it says otherwise. Answers false when they were in already. */
export async function addMember(
  tx: Tx,
  workspace_id: string,
  user: User,
  role: Role,
  at: string,
  admission: Admission = { by: byOperator(at) },
): Promise<boolean> {
  if (await queries.roleIn(tx, workspace_id, user.id)) return false;
  await enrol(tx, workspace_id, user, role, admission);
  tx.notify(user.id);
  return true;
}

async function enrol(
  tx: Tx,
  workspace_id: string,
  user: User,
  role: Role,
  { by, invite_id }: Admission,
): Promise<void> {
  await queries.insertMember(tx, workspace_id, user, role, by.at, invite_id);
  await recordAct(tx, by, workspace_id, {
    action: "member.added",
    target_type: "user",
    target_id: user.id,
    after: { role },
    ...(invite_id !== undefined && { metadata: { invite_id } }),
  });
  await appendEvent(tx, {
    type: "member.joined",
    topic: topics.all(workspace_id),
    workspace_id,
    payload: { user_id: user.id, role },
    created_at: by.at,
  });
}

/**
 * Ends a membership of a person or bot, and what hangs on it: their places in channels, and the tokens
 * of bots that belong to them. Open sockets learn of it in the tick of the commit.
 */
export async function removeMember(
  tx: Tx,
  workspace_id: string,
  user_id: string,
  at: string,
  by: By = byOperator(at),
): Promise<boolean> {
  const role = await deleteMember(tx, workspace_id, user_id, at);
  if (!role) return false;
  await recordAct(tx, by, workspace_id, {
    action: by.user_id === user_id ? "member.left" : "member.removed",
    target_type: "user",
    target_id: user_id,
    before: { role },
  });
  for (const token_id of await queries.ownedBotTokens(tx, workspace_id, user_id)) tx.notify(token_id);
  const topic = topics.all(workspace_id);
  await appendEvent(tx, { type: "member.left", topic, workspace_id, payload: { user_id }, created_at: at });
  tx.notify(user_id);
  return true;
}
