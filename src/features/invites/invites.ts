import { type Invite, LIMITS } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, requireHuman } from "../../lib/actor.ts";
import { AppError, conflict, endedLink, forbidden, invalid, notFound } from "../../lib/errors.ts";
import { newCode } from "../../lib/hash.ts";
import { newId } from "../../lib/ids.ts";
import { foreignCursor, readCursor, writeCursor } from "../../lib/page-cursor.ts";
import { requireEmail } from "../../lib/text.ts";
import type { Mailer } from "../mail/mail.ts";
import { byActor, recordAct } from "../workspaces/recording.ts";
import { requireManager, type Role } from "../workspaces/workspaces.ts";
import { requireLetters, sendInvite } from "./letter.ts";
import * as queries from "./queries.ts";
import type { Accepted, InviteRole, InviteRow } from "./queries.ts";

export interface InviteInput {
  role?: InviteRole | undefined;
  email?: string | undefined;
  max_uses?: number | undefined;
  expires_at?: string | undefined;
}

/** What the link begins with, in the answer and in a letter. */
export interface Delivery {
  origin: string;
  mailer: Mailer;
}

/**
 * Mints a link. Nobody hands out more than they have: only owners invite moderators. One for an e-mail
 * address works once unless it says otherwise, and is sent there when there is a way to.
 */
export async function createInvite(
  db: Database,
  actor: Actor,
  workspace_id: string,
  input: InviteInput,
  { origin, mailer }: Delivery,
): Promise<{ invite: Invite; sent?: true }> {
  requireHuman(actor);
  const expires_at = input.expires_at === undefined ? null : new Date(input.expires_at).toISOString();
  if (expires_at !== null && expires_at <= actor.at) throw invalid("expires_at", "expires_at must be in the future");
  const email = input.email === undefined || input.email.trim() === "" ? "" : requireEmail(input.email);
  const row: InviteRow = {
    id: newId("invite"),
    workspace_id,
    code: newCode(),
    role: input.role ?? "member",
    email,
    max_uses: input.max_uses ?? (email === "" ? null : 1),
    uses: 0,
    created_by: actor.user.id,
    created_at: actor.at,
    expires_at,
    revoked_at: null,
  };
  return db.write(async (tx) => {
    requireInviting(await requireManager(tx, actor, workspace_id), row.role);
    if ((await queries.countUsable(tx, workspace_id, actor.at)) >= LIMITS.invites_per_workspace)
      throw conflict(`a workspace has at most ${LIMITS.invites_per_workspace} invites that work; revoke some first`);
    const post = email !== "" && mailer.configured && mailer;
    if (post) await requireLetters(tx, actor);
    await queries.insertInvite(tx, row);
    await recordAct(tx, byActor(actor), workspace_id, {
      action: "invite.created",
      ...about(row),
      after: { role: row.role, email: row.email, max_uses: row.max_uses, expires_at },
    });
    const invite = toInvite(row, [], origin);
    if (!post) return { invite };
    await sendInvite(tx, actor, row, linkOf(row, post.origin));
    return { invite, sent: true };
  });
}

/** The roles that somebody may invite to: those below their own. */
const GIVEN: Partial<Record<Role, InviteRole[]>> = {
  owner: ["moderator", "member", "guest"],
  moderator: ["member", "guest"],
};

function requireInviting(own: Role, role: InviteRole): void {
  if (!GIVEN[own]?.includes(role)) throw forbidden("only owners can invite moderators");
}

/** The audit log knows an invite by its id; its code would let whoever reads the log in. */
const about = ({ id }: InviteRow) => ({ target_type: "invite", target_id: id }) as const;

export interface InvitesQuery {
  state?: "active" | "ended" | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** Newest first. A link is as good as its role, so nobody sees those they could not have made. */
export async function listInvites(
  db: Database,
  actor: Actor,
  workspace_id: string,
  { state, cursor, limit }: InvitesQuery,
  origin: string,
): Promise<{ invites: Invite[]; next_cursor?: string }> {
  const before = cursor === undefined ? undefined : idOf(cursor);
  return db.read(async (tx) => {
    const roles = GIVEN[await requireManager(tx, actor, workspace_id)] ?? [];
    const found = await queries.invitePage(tx, workspace_id, { roles, state, before, at: actor.at, limit: limit + 1 });
    const invites: Invite[] = [];
    for (const row of found.slice(0, limit))
      invites.push(toInvite(row, await queries.acceptedBy(tx, row.id, LIMITS.invite_accepted_shown), origin));
    const last = invites.at(-1);
    return { invites, ...(found.length > limit && last && { next_cursor: writeCursor({ id: last.id }) }) };
  });
}

function idOf(cursor: string): string {
  const { id } = readCursor(cursor);
  if (typeof id !== "string") throw foreignCursor();
  return id;
}

/** Ends a link; what it let in stays. */
export async function revokeInvite(db: Database, actor: Actor, invite_id: string): Promise<void> {
  await db.write(async (tx) => {
    const invite = await queries.inviteById(tx, invite_id);
    if (!invite) throw notFound("invite");
    const own = await requireManager(tx, actor, invite.workspace_id).catch((error: unknown) => {
      throw error instanceof AppError && error.code === "not_found" ? notFound("invite") : error;
    });
    requireInviting(own, invite.role);
    if (!(await queries.revokeInvite(tx, invite_id, actor.at))) return;
    await recordAct(tx, byActor(actor), invite.workspace_id, { action: "invite.revoked", ...about(invite) });
  });
}

/** Somebody who is let in uses the link up by one. */
export async function countUse(tx: Tx, invite: InviteRow, user_id: string, at: string): Promise<void> {
  await queries.insertUse(tx, invite.id, user_id, at);
}

/** The invite behind a code, if it is still good; unknown, ended and used up look alike. */
export async function requireUsable(tx: Tx, code: string, at: string): Promise<InviteRow> {
  const invite = await queries.usableInvite(tx, codeOf(code), at);
  if (!invite) throw endedLink("invite");
  return invite;
}

/** A code is forgiven what happens to it when it is typed. */
export const codeOf = (text: string) => text.trim().toLowerCase();

const linkOf = ({ code }: InviteRow, origin: string) => `${origin}/invite/${code}`;

function toInvite(row: InviteRow, accepted: Accepted[], origin: string): Invite {
  return {
    id: row.id,
    workspace_id: row.workspace_id,
    code: row.code,
    url: linkOf(row, origin),
    role: row.role,
    uses: row.uses,
    created_by: row.created_by,
    created_at: row.created_at,
    accepted,
    ...(row.email !== "" && { email: row.email }),
    ...(row.max_uses !== null && { max_uses: row.max_uses }),
    ...(row.expires_at !== null && { expires_at: row.expires_at }),
    ...(row.revoked_at !== null && { revoked_at: row.revoked_at }),
  };
}
