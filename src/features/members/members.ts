import { LIMITS, type Member, type User } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, requireHuman } from "../../lib/actor.ts";
import { conflict, forbidden, invalid, notFound } from "../../lib/errors.ts";
import { appendEvent, type LogEvent } from "../../realtime/events.ts";
import { topics } from "../../realtime/topics.ts";
import { admitGuest } from "../channels/members.ts";
import { startAtEnd } from "../conversations/unread.ts";
import { userById } from "../users/users.ts";
import { byActor, recordAct } from "../workspaces/recording.ts";
import {
  addMember,
  type Admission,
  isBlocked,
  memberById,
  removeMember,
  requireManager,
  type Role,
  sharesWorkspace,
  waitingRoomOf,
  workspacesOf,
} from "../workspaces/workspaces.ts";
import { requireAuthority } from "./authority.ts";
import { setDeactivated } from "./deactivating.ts";
import * as queries from "./queries.ts";
import { type GivenRole, type Pair, requireBelow, requireGivable, requirePair } from "./rank.ts";

/**
 * Lets a person in; what was said before they came is not news to them, and a guest begins in the waiting
 * room. Answers false when they were in already. Who was blocked does not come back by leaving.
 */
export async function admit(
  tx: Tx,
  workspace_id: string,
  user: User,
  role: Role,
  admission: Admission,
): Promise<boolean> {
  if (await isBlocked(tx, workspace_id, user.id)) {
    if (await memberById(tx, workspace_id, user.id)) return false;
    throw forbidden("you were blocked from this workspace");
  }
  const { by } = admission;
  if (!(await addMember(tx, workspace_id, user, role, by.at, admission))) return false;
  await startAtEnd(tx, user.id, { workspace_id }, by.at);
  if (role === "guest") await showWaitingRoom(tx, workspace_id, user.id, by.at);
  return true;
}

async function showWaitingRoom(tx: Tx, workspace_id: string, user_id: string, at: string): Promise<void> {
  const channel_id = await waitingRoomOf(tx, workspace_id);
  if (channel_id !== undefined) await admitGuest(tx, channel_id, user_id, at);
}

/** Adds somebody the actor knows from another workspace. */
export async function addPerson(
  db: Database,
  actor: Actor,
  workspace_id: string,
  user_id: string,
  role: GivenRole,
): Promise<{ member: Member; added: boolean }> {
  requireHuman(actor);
  return db.write(async (tx) => {
    const own = await requireManager(tx, actor, workspace_id);
    requireGivable(own, role);
    const user = await userById(tx, user_id);
    if (user?.kind !== "human" || !(await sharesWorkspace(tx, actor.user.id, user_id))) throw notFound("user");
    const added = await admit(tx, workspace_id, user, role, { by: byActor(actor) });
    if (added && user.deactivated_at !== undefined) throw conflict("this account is deactivated");
    // By whomever they are brought in: what reaches all of somebody's workspaces has to end.
    if (added && (await workspacesOf(tx, user_id)).length > LIMITS.workspaces_per_user)
      throw conflict(`they are in ${LIMITS.workspaces_per_user} workspaces already`);
    const member = await memberById(tx, workspace_id, user_id);
    if (!member) throw notFound("member");
    return { member, added };
  });
}

/**
 * Gives somebody another role, closes their account or opens it again. Their sockets see what the new role
 * sees in the tick of the commit.
 */
export async function updateMember(
  db: Database,
  actor: Actor,
  workspace_id: string,
  user_id: string,
  { role, deactivated }: { role?: GivenRole | undefined; deactivated?: boolean | undefined },
): Promise<{ member: Member; event?: LogEvent }> {
  if (role === undefined && deactivated === undefined) throw invalid("role", "role or deactivated is required");
  return db.write(async (tx) => {
    // An account is more than a membership, so it takes more to close one.
    const requireWhom = deactivated === undefined ? requireBelow : requireAuthority;
    const pair = await requireWhom(tx, actor, workspace_id, user_id);
    const given = role === undefined ? { member: pair.member } : await giveRole(tx, actor, pair, role);
    if (deactivated === undefined) return given;
    const user = await setDeactivated(tx, given.member.user, deactivated, byActor(actor));
    return { ...given, member: { ...given.member, user } };
  });
}

/** Gives a role to somebody the actor was found to command. */
export async function giveRole(
  tx: Tx,
  actor: Actor,
  { own, member }: Pair,
  role: GivenRole,
): Promise<{ member: Member; event?: LogEvent }> {
  requireGivable(own, role);
  if (member.role === role) return { member };
  const { workspace_id, user } = member;
  await recordAct(tx, byActor(actor), workspace_id, {
    action: "member.role_changed",
    target_type: "user",
    target_id: user.id,
    before: { role: member.role },
    after: { role },
  });
  if (member.role === "guest") await openPublicChannels(tx, workspace_id, user.id, actor.at);
  const event = await setRole(tx, actor, { workspace_id, user_id: user.id }, role);
  if (role === "guest") await showWaitingRoom(tx, workspace_id, user.id, actor.at);
  return { member: { ...member, role }, event };
}

/**
 * Whoever is no guest any more is in every public channel, as everybody: not by a row of their own, which
 * would stand for a guest. What was said where they were not is not news to them.
 */
async function openPublicChannels(tx: Tx, workspace_id: string, user_id: string, at: string): Promise<void> {
  await queries.leavePublicChannels(tx, workspace_id, user_id);
  await startAtEnd(tx, user_id, { workspace_id }, at);
}

/** Writes another role, and tells whoever is concerned. */
export async function setRole(
  tx: Tx,
  actor: Actor,
  { workspace_id, user_id }: { workspace_id: string; user_id: string },
  role: Role,
): Promise<LogEvent> {
  await queries.updateRole(tx, workspace_id, user_id, role, actor.at);
  // The bots of a guest stop working.
  for (const id of await queries.ownedBotTokens(tx, workspace_id, user_id)) tx.notify(id);
  tx.notify(user_id);
  return appendEvent(tx, {
    type: "member.updated",
    topic: topics.all(workspace_id),
    workspace_id,
    payload: { user_id, role },
    created_at: actor.at,
  });
}

/** Removes somebody, or oneself, from the workspace. */
export async function endMembership(db: Database, actor: Actor, workspace_id: string, wanted: string): Promise<void> {
  const user_id = wanted === "me" ? actor.user.id : wanted;
  await db.write(async (tx) => {
    if (user_id === actor.user.id) {
      const { own } = await requirePair(tx, actor, workspace_id, user_id);
      if (own === "owner") throw conflict("the last owner cannot leave; transfer the workspace first");
    } else {
      await requireBelow(tx, actor, workspace_id, user_id);
    }
    await removeMember(tx, workspace_id, user_id, actor.at, byActor(actor));
  });
}
