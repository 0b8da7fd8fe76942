import type { Member } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
import { type Actor, requireHuman } from "../../lib/actor.ts";
import { forbidden, invalid, notFound } from "../../lib/errors.ts";
import { isManager, memberById, requireManager, requireMember, type Role } from "../workspaces/workspaces.ts";

/** Nobody changes, or becomes by another's hand, what stands as high as they do. */
export const RANK: Record<Role, number> = { owner: 5, bot: 4, moderator: 3, member: 2, guest: 1 };

/** What a manager may make of somebody; owner is given by transfer, bot by making one. */
export type GivenRole = "moderator" | "member" | "guest";

/** A manager and somebody they want to do something about, of whom both are in the workspace. */
export interface Pair {
  own: Role;
  member: Member;
}

export async function requirePair(tx: Tx, actor: Actor, workspace_id: string, user_id: string): Promise<Pair> {
  requireHuman(actor);
  const own = await requireMember(tx, actor, workspace_id);
  const member = await memberById(tx, workspace_id, user_id);
  if (!member) throw notFound("member");
  return { own, member };
}

/** Somebody the actor may command: a person below them, never themselves. */
export async function requireBelow(tx: Tx, actor: Actor, workspace_id: string, user_id: string): Promise<Pair> {
  const pair = await requirePair(tx, actor, workspace_id, user_id);
  await requireManager(tx, actor, workspace_id);
  if (user_id === actor.user.id) throw forbidden("you cannot do this to yourself");
  if (RANK[pair.member.role] >= RANK[pair.own]) throw forbidden("you can only do this to members below your own role");
  if (pair.member.role === "bot") throw invalid("user_id", "this is about people; a bot is managed by its own routes");
  return pair;
}

/** Nobody hands out more than what is below their own. */
export function requireGivable(own: Role, role: GivenRole): void {
  if (!isManager(own) || RANK[role] >= RANK[own]) throw forbidden("you can only give roles below your own");
}
