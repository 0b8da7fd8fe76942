import type { User } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { forbidden, notFound } from "../../lib/errors.ts";
import { userById } from "../users/users.ts";
import { isManager, requireMember, type Role, roleIn } from "../workspaces/workspaces.ts";

/** A bot of a workspace, found through one's own membership of it. */
export interface FoundBot {
  bot: User;
  workspace_id: string;
  /** The role of who asks. */
  role: Role;
}

export async function requireBot(tx: Tx, actor: Actor, workspace_id: string, bot_user_id: string): Promise<FoundBot> {
  const role = await requireMember(tx, actor, workspace_id);
  const bot = await userById(tx, bot_user_id);
  if (bot?.kind !== "bot" || (await roleIn(tx, workspace_id, bot_user_id)) !== "bot") throw notFound("bot");
  return { bot, workspace_id, role };
}

/** Managers take care of every bot, and people of their own. */
export function requireKeeper(actor: Actor, { bot, role }: FoundBot): void {
  if (isManager(role)) return;
  requireNotGuest(role);
  if (bot.owner_user_id !== actor.user.id) {
    throw forbidden("only owners, moderators and the person the bot belongs to can do this");
  }
}

/** Guests meet bots in conversations; they have none and see nothing of how one is run. */
export function requireNotGuest(role: Role): void {
  if (role === "guest") throw forbidden("guests cannot manage bots");
}
