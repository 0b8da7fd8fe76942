import type { BotToken } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, requireHuman } from "../../lib/actor.ts";
import { forbidden, notFound } from "../../lib/errors.ts";
import { userById } from "../users/users.ts";
import { byActor, recordAct } from "../workspaces/recording.ts";
import { requireActive, roleIn } from "../workspaces/workspaces.ts";
import { createBotToken, onlyWorkspace } from "./bots.ts";
import { findRepeated, type IssuedToken, remember, renewToken, repeatable } from "./nonce.ts";
import * as queries from "./queries.ts";
import { requireBot, requireKeeper, requireNotGuest } from "./rights.ts";

/** A bot in a workspace; the older routes leave the workspace out. */
export interface BotAddress {
  workspace_id?: string | undefined;
  bot_user_id: string;
}

export async function listTokens(db: Database, actor: Actor, address: BotAddress): Promise<BotToken[]> {
  requireHuman(actor);
  return db.read(async (tx) => {
    const { bot, role, workspace_id } = await addressed(tx, actor, address);
    requireNotGuest(role);
    return queries.tokensIn(tx, workspace_id, bot.id);
  });
}

export interface TokenInput {
  name?: string | undefined;
  scopes?: readonly string[] | undefined;
  setup_nonce?: string | undefined;
}

export async function mintToken(
  db: Database,
  actor: Actor,
  address: BotAddress,
  { name, scopes, setup_nonce }: TokenInput,
): Promise<{ bot_token: IssuedToken; fresh: boolean }> {
  requireHuman(actor);
  return db.write(async (tx) => {
    const found = await addressed(tx, actor, address);
    requireKeeper(actor, found);
    await requireActive(tx, actor, found.workspace_id);
    const { workspace_id, bot } = found;
    const request = repeatable(setup_nonce, ["token", workspace_id, bot.id, name, scopes]);
    const before = await findRepeated(tx, actor, request);
    if (before?.bot_token_id) return { bot_token: await renewToken(tx, before.bot_token_id), fresh: false };
    const made = { workspace_id, at: actor.at, by: byActor(actor) };
    const named = { ...made, bot_user_id: bot.id, name, scopes, created_by: actor.user.id };
    const bot_token = await createBotToken(tx, named);
    await remember(tx, actor, request, { workspace_id, bot_user_id: bot.id, bot_token_id: bot_token.id });
    return { bot_token, fresh: true };
  });
}

/** Of a bot nobody named the workspace of, strangers learn nothing, not even that it is in several. */
async function addressed(tx: Tx, actor: Actor, { workspace_id, bot_user_id }: BotAddress) {
  if (workspace_id !== undefined) return requireBot(tx, actor, workspace_id, bot_user_id);
  for (const place of await queries.botWorkspaces(tx, bot_user_id)) {
    if (await roleIn(tx, place, actor.user.id)) {
      return requireBot(tx, actor, await onlyWorkspace(tx, bot_user_id), bot_user_id);
    }
  }
  throw notFound("bot");
}

/** Ends a token, and the sockets opened with it in the tick of the commit. Doing it again is no error. */
export async function revokeToken(db: Database, actor: Actor, token_id: string): Promise<BotToken> {
  requireHuman(actor);
  return db.write(async (tx) => {
    const token = await queries.tokenById(tx, token_id);
    if (!token) throw notFound("bot token");
    await requireTokenKeeper(tx, actor, token);
    if (await queries.revokeToken(tx, token.id, actor.at)) await endToken(tx, actor, token);
    return (await queries.tokenById(tx, token_id)) ?? token;
  });
}

async function endToken(tx: Tx, actor: Actor, { id, name, workspace_id, bot_user_id }: BotToken): Promise<void> {
  tx.notify(id);
  await recordAct(tx, byActor(actor), workspace_id, {
    action: "bot_token.revoked",
    target_type: "bot_token",
    target_id: id,
    before: { name },
    metadata: { bot_user_id },
  });
}

/** The bot may have left the workspace since; whom it belongs to may end its tokens from anywhere. */
async function requireTokenKeeper(tx: Tx, actor: Actor, token: BotToken): Promise<void> {
  const bot = await userById(tx, token.bot_user_id);
  if (bot && bot.owner_user_id === actor.user.id) return;
  const role = await roleIn(tx, token.workspace_id, actor.user.id);
  if (role === undefined) throw notFound("bot token");
  if (role !== "owner" && role !== "moderator") {
    throw forbidden("only owners, moderators and the person the bot belongs to can do this");
  }
  await requireActive(tx, actor, token.workspace_id);
}
