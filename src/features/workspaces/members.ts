import type { Member } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, requireHuman } from "../../lib/actor.ts";
import { conflict, forbidden, invalid, notFound } from "../../lib/errors.ts";
import { appendEvent, type LogEvent } from "../../realtime/events.ts";
import { topics } from "../../realtime/topics.ts";
import * as queries from "./queries.ts";
import type { Role } from "./queries.ts";
import { isManager, removeMember, requireMember } from "./workspaces.ts";

/** Nobody changes, or becomes by another's hand, what stands as high as they do. */
const RANK: Record<Role, number> = { owner: 5, bot: 4, moderator: 3, member: 2, guest: 1 };

export type GivenRole = "moderator" | "member" | "guest";

/** Gives somebody another role. Their sockets see what the new one sees in the tick of the commit. */
export async function changeRole(
  db: Database,
  actor: Actor,
  workspace_id: string,
  user_id: string,
  role: GivenRole,
): Promise<{ member: Member; event?: LogEvent }> {
  requireHuman(actor);
  return db.write(async (tx) => {
    const { own, member } = await requirePair(tx, actor, workspace_id, user_id);
    if (!isManager(own)) throw forbidden("only owners and moderators change roles");
    if (user_id === actor.user.id) throw forbidden("you cannot change your own role");
    if (RANK[member.role] >= RANK[own] || RANK[role] >= RANK[own])
      throw forbidden("you can only change, and only give, roles below your own");
    if (member.role === "bot") throw invalid("role", "a bot's role is bot");
    if (member.role === role) return { member };
    await queries.updateRole(tx, workspace_id, user_id, role);
    // The bots of a guest stop working.
    for (const id of await queries.ownedBotTokens(tx, workspace_id, user_id)) tx.notify(id);
    tx.notify(user_id);
    const event = await appendEvent(tx, {
      type: "member.updated",
      topic: topics.all(workspace_id),
      workspace_id,
      payload: { user_id, role },
      created_at: actor.at,
    });
    return { member: { ...member, role }, event };
  });
}

/** Removes somebody, or oneself, from the workspace. */
export async function endMembership(db: Database, actor: Actor, workspace_id: string, wanted: string): Promise<void> {
  requireHuman(actor);
  const user_id = wanted === "me" ? actor.user.id : wanted;
  await db.write(async (tx) => {
    const { own, member } = await requirePair(tx, actor, workspace_id, user_id);
    if (user_id === actor.user.id) {
      if (own === "owner") throw conflict("the last owner cannot leave; transfer the workspace first");
    } else {
      if (!isManager(own)) throw forbidden("only owners and moderators remove members");
      if (member.role === "bot") throw invalid("user_id", "a bot is removed by its membership of the workspace");
      if (RANK[member.role] >= RANK[own]) throw forbidden("you can only remove members below your own role");
    }
    await removeMember(tx, workspace_id, user_id, actor.at);
  });
}

async function requirePair(
  tx: Tx,
  actor: Actor,
  workspace_id: string,
  user_id: string,
): Promise<{ own: Role; member: Member }> {
  const own = await requireMember(tx, actor, workspace_id);
  const member = await queries.memberById(tx, workspace_id, user_id);
  if (!member) throw notFound("member");
  return { own, member };
}
