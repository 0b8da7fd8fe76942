import type { Invite } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, requireHuman } from "../../lib/actor.ts";
import { endedLink, forbidden, invalid, notFound } from "../../lib/errors.ts";
import { newCode } from "../../lib/hash.ts";
import { newId } from "../../lib/ids.ts";
import { userById } from "../users/users.ts";
import { memberCounts, requireManager, workspacesByIds } from "../workspaces/workspaces.ts";
import * as queries from "./queries.ts";
import type { InviteRow } from "./queries.ts";

const LIST_MAX = 200;

export interface InviteInput {
  role?: "moderator" | "member" | undefined;
  max_uses?: number | undefined;
  expires_at?: string | undefined;
}

/** Mints a link. Nobody hands out more than they have: only owners invite moderators. */
export async function createInvite(
  db: Database,
  actor: Actor,
  workspace_id: string,
  input: InviteInput,
  origin: string,
): Promise<Invite> {
  requireHuman(actor);
  const expires_at = input.expires_at === undefined ? null : new Date(input.expires_at).toISOString();
  if (expires_at !== null && expires_at <= actor.at) throw invalid("expires_at", "expires_at must be in the future");
  return db.write(async (tx) => {
    const role = await requireManager(tx, actor, workspace_id);
    if (input.role === "moderator" && role !== "owner") throw forbidden("only owners can invite moderators");
    const row: InviteRow = {
      id: newId("invite"),
      workspace_id,
      code: newCode(),
      role: input.role ?? "member",
      max_uses: input.max_uses ?? null,
      uses: 0,
      created_by: actor.user.id,
      created_at: actor.at,
      expires_at,
      revoked_at: null,
    };
    await queries.insertInvite(tx, row);
    return toInvite(row, origin);
  });
}

export async function listInvites(db: Database, actor: Actor, workspace_id: string, origin: string): Promise<Invite[]> {
  return db.read(async (tx) => {
    await requireManager(tx, actor, workspace_id);
    return (await queries.invitesOf(tx, workspace_id, LIST_MAX)).map((row) => toInvite(row, origin));
  });
}

export async function revokeInvite(db: Database, actor: Actor, invite_id: string): Promise<void> {
  await db.write(async (tx) => {
    const invite = await queries.inviteById(tx, invite_id);
    if (!invite) throw notFound("invite");
    await requireManager(tx, actor, invite.workspace_id).catch((error: unknown) => {
      throw isMissing(error) ? notFound("invite") : error;
    });
    await queries.revokeInvite(tx, invite_id, actor.at);
  });
}

function isMissing(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "not_found";
}

export interface PublicInvite {
  code: string;
  workspace_name: string;
  inviter_name: string;
  role: "moderator" | "member";
  member_count: number;
  expires_at?: string;
}

/** What the link shows to whoever holds it. */
export async function readInvite(db: Database, code: string, at: string): Promise<PublicInvite> {
  return db.read(async (tx) => {
    const invite = await requireUsable(tx, code, at);
    const workspace = (await workspacesByIds(tx, [invite.workspace_id])).get(invite.workspace_id);
    const inviter = await userById(tx, invite.created_by);
    const counts = await memberCounts(tx, invite.workspace_id);
    return {
      code: invite.code,
      workspace_name: workspace?.name ?? "",
      inviter_name: inviter?.display_name ?? "",
      role: invite.role,
      member_count: (counts.owner ?? 0) + (counts.moderator ?? 0) + (counts.member ?? 0),
      ...(invite.expires_at !== null && { expires_at: invite.expires_at }),
    };
  });
}

/** The invite behind a code, if it is still good; unknown, used up and expired look alike. */
export async function requireUsable(tx: Tx, code: string, at: string): Promise<InviteRow> {
  const invite = await queries.usableInvite(tx, code.trim().toLowerCase(), at);
  if (!invite) throw endedLink("invite");
  return invite;
}

export async function countUse(tx: Tx, invite: InviteRow): Promise<void> {
  await queries.countUse(tx, invite.id);
}

function toInvite(row: InviteRow, origin: string): Invite {
  return {
    id: row.id,
    workspace_id: row.workspace_id,
    code: row.code,
    url: `${origin}/invite/${row.code}`,
    role: row.role,
    uses: row.uses,
    created_by: row.created_by,
    created_at: row.created_at,
    ...(row.max_uses !== null && { max_uses: row.max_uses }),
    ...(row.expires_at !== null && { expires_at: row.expires_at }),
    ...(row.revoked_at !== null && { revoked_at: row.revoked_at }),
  };
}
