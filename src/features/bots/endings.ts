import type { User } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, requireHuman } from "../../lib/actor.ts";
import { forbidden, notFound } from "../../lib/errors.ts";
import { entomb, userById } from "../users/users.ts";
import { byActor, recordAct } from "../workspaces/recording.ts";
import { isManager, removeMember, requireActive, requireManager, roleIn } from "../workspaces/workspaces.ts";
import { deleteCodes } from "./code-queries.ts";
import { deleteCommandsBut } from "./command-queries.ts";
import * as queries from "./queries.ts";
import { requireBot } from "./rights.ts";

/** Takes a bot out of a workspace; its tokens there end, and with them its open sockets. */
export async function removeBot(db: Database, actor: Actor, workspace_id: string, bot_user_id: string): Promise<void> {
  requireHuman(actor);
  await db.write(async (tx) => {
    await requireManager(tx, actor, workspace_id);
    const { bot } = await requireBot(tx, actor, workspace_id, bot_user_id);
    await leave(tx, actor, workspace_id, bot, "bot.membership_removed");
  });
}

async function leave(
  tx: Tx,
  actor: Actor,
  workspace_id: string,
  bot: User,
  action: "bot.membership_removed" | "bot.deleted",
): Promise<void> {
  const by = byActor(actor);
  const { display_name, handle } = bot;
  const bot_token_ids = await queries.revokeTokensIn(tx, workspace_id, bot.id, actor.at);
  await recordAct(tx, by, workspace_id, {
    action,
    target_type: "user",
    target_id: bot.id,
    before: { display_name, handle },
    metadata: { bot_token_ids },
  });
  for (const id of bot_token_ids) tx.notify(id);
  await deleteCodes(tx, workspace_id, bot.id);
  await deleteCommandsBut(tx, workspace_id, bot.id, []);
  await removeMember(tx, workspace_id, bot.id, actor.at, by);
}

export interface DeletedBot {
  id: string;
  display_name: string;
  former_handle: string;
  deleted_at: string;
}

/**
 * Ends a bot everywhere. What it wrote stays, under its name; its handle is free for somebody else.
 * Answers the workspaces it was in, whose members are to be told.
 */
export async function deleteBot(
  db: Database,
  actor: Actor,
  bot_user_id: string,
): Promise<{ deleted_bot: DeletedBot; workspace_ids: string[] }> {
  requireHuman(actor);
  return db.write(async (tx) => {
    const bot = await userById(tx, bot_user_id);
    if (bot?.kind !== "bot" || bot.deleted_at !== undefined) throw notFound("bot");
    const workspace_ids = await queries.botWorkspaces(tx, bot.id);
    if (bot.owner_user_id !== actor.user.id) await requireManagerOfAll(tx, actor, workspace_ids);
    await entomb(tx, bot, actor.at);
    for (const workspace_id of workspace_ids) await leave(tx, actor, workspace_id, bot, "bot.deleted");
    for (const id of await queries.revokeTokens(tx, bot.id, actor.at)) tx.notify(id);
    const { id, display_name, handle } = bot;
    return { workspace_ids, deleted_bot: { id, display_name, former_handle: handle, deleted_at: actor.at } };
  });
}

/** Whoever shares no workspace with the bot does not see it, and a bot in none is seen by nobody. */
async function requireManagerOfAll(tx: Tx, actor: Actor, workspace_ids: string[]): Promise<void> {
  const roles: Awaited<ReturnType<typeof roleIn>>[] = [];
  for (const workspace_id of workspace_ids) roles.push(await roleIn(tx, workspace_id, actor.user.id));
  if (roles.every((role) => role === undefined)) throw notFound("bot");
  if (!roles.every((role) => role !== undefined && isManager(role))) {
    throw forbidden("only the person it belongs to, or a manager of every workspace it is in, can delete a bot");
  }
  for (const workspace_id of workspace_ids) await requireActive(tx, actor, workspace_id);
}
