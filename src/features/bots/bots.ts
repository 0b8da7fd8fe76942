import { LIMITS, type User } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, requireHuman } from "../../lib/actor.ts";
import { conflict, forbidden, invalid, notFound } from "../../lib/errors.ts";
import { newSecret, sha256 } from "../../lib/hash.ts";
import { newId } from "../../lib/ids.ts";
import { requireHandle, requireName } from "../../lib/text.ts";
import { requireAvatar } from "../users/pictures.ts";
import { freeHandle } from "../users/profile.ts";
import { insertUser, userById } from "../users/users.ts";
import { addMember, isManager, memberCounts, requireActive, requireMember, roleIn } from "../workspaces/workspaces.ts";
import { type By, byActor, byOperator, recordAct } from "../workspaces/recording.ts";
import { findRepeated, type IssuedToken, remember, renewToken, repeatable } from "./nonce.ts";
import * as queries from "./queries.ts";
import { requireNotGuest } from "./rights.ts";
import { DEFAULT_SCOPES, expandScopes } from "./scopes.ts";

export interface NewBot {
  workspace_id: string;
  display_name: string;
  handle?: string | undefined;
  avatar_url?: string | undefined;
  /** The person a personal bot belongs to; it works only while they are a member. */
  owner_user_id?: string | undefined;
  at: string;
  /** The operator unless it says otherwise. */
  by?: By | undefined;
}

/** A bot is a member like any other, with the role `bot`. */
export async function createBot(tx: Tx, input: NewBot): Promise<User> {
  if (input.owner_user_id !== undefined && !(await roleIn(tx, input.workspace_id, input.owner_user_id))) {
    throw notFound("a member of the workspace to own the bot was");
  }
  const { bot: bots = 0 } = await memberCounts(tx, input.workspace_id);
  if (bots >= LIMITS.bots_per_workspace) throw conflict(`a workspace has at most ${LIMITS.bots_per_workspace} bots`);
  const bot: User = {
    id: newId("user"),
    kind: "bot",
    display_name: requireName("display_name", input.display_name, LIMITS.display_name_bytes),
    handle: input.handle ? await freeHandle(tx, requireHandle(input.handle)) : "",
    avatar_url: requireAvatar(input.avatar_url ?? ""),
    ...(input.owner_user_id !== undefined && { owner_user_id: input.owner_user_id }),
    created_at: input.at,
  };
  await insertUser(tx, bot);
  const by = input.by ?? byOperator(input.at);
  const { display_name, handle, owner_user_id } = bot;
  await recordAct(tx, by, input.workspace_id, {
    action: "bot.created",
    target_type: "user",
    target_id: bot.id,
    after: { display_name, handle, ...(owner_user_id !== undefined && { owner_user_id }) },
  });
  await addMember(tx, input.workspace_id, bot, "bot", input.at, { by });
  return bot;
}

export interface NewBotToken {
  workspace_id: string;
  bot_user_id: string;
  name?: string | undefined;
  scopes?: readonly string[] | undefined;
  created_by: string;
  at: string;
  /** The operator unless it says otherwise. */
  by?: By | undefined;
}

export async function createBotToken(tx: Tx, input: NewBotToken): Promise<IssuedToken> {
  const bot = await userById(tx, input.bot_user_id);
  const role = await roleIn(tx, input.workspace_id, input.bot_user_id);
  if (!bot || bot.kind !== "bot" || role !== "bot") throw notFound("bot");
  if ((await queries.countLiveTokens(tx, input.workspace_id, bot.id)) >= LIMITS.bot_tokens_per_bot) {
    throw conflict(`the bot has ${LIMITS.bot_tokens_per_bot} tokens already; revoke one first`);
  }
  const secret = newSecret("bot_token");
  const token = {
    id: newId("bot_token"),
    bot_user_id: bot.id,
    workspace_id: input.workspace_id,
    ...(bot.owner_user_id !== undefined && { owner_user_id: bot.owner_user_id }),
    name: requireName("name", input.name ?? "default", LIMITS.display_name_bytes),
    scopes: expandScopes(input.scopes ?? DEFAULT_SCOPES),
    created_by: input.created_by,
    created_at: input.at,
  };
  await queries.insertToken(tx, token, sha256(secret));
  const { id, name, scopes } = token;
  await recordAct(tx, input.by ?? byOperator(input.at), input.workspace_id, {
    action: "bot_token.created",
    target_type: "bot_token",
    target_id: id,
    after: { name, scopes },
    metadata: { bot_user_id: bot.id },
  });
  return { ...token, token: secret };
}

/** The one workspace of a bot, for commands and routes that do not name it. */
export async function onlyWorkspace(tx: Tx, bot_user_id: string): Promise<string> {
  const [workspace_id, another] = await queries.botWorkspaces(tx, bot_user_id);
  if (workspace_id === undefined) throw notFound("bot");
  if (another !== undefined) throw invalid("workspace", "the bot is in several workspaces; name one");
  return workspace_id;
}

export interface BotInput extends Omit<NewBot, "workspace_id" | "at"> {
  token_name?: string | undefined;
  scopes?: readonly string[] | undefined;
  setup_nonce?: string | undefined;
  initial_token?: boolean | undefined;
}

export interface MadeBot {
  bot: User;
  bot_token?: IssuedToken;
  /** False for a request that was sent again. */
  fresh: boolean;
}

/** Managers make bots for the workspace; members make their own. */
export async function addBot(db: Database, actor: Actor, workspace_id: string, input: BotInput): Promise<MadeBot> {
  requireHuman(actor);
  const { display_name, handle, avatar_url, owner_user_id, token_name, scopes, setup_nonce } = input;
  const initial_token = input.initial_token !== false;
  const asked = [workspace_id, display_name, handle, avatar_url, owner_user_id, token_name, scopes, initial_token];
  const request = repeatable(setup_nonce, ["bot", ...asked]);
  return db.write(async (tx) => {
    const role = await requireActive(tx, actor, workspace_id);
    requireNotGuest(role);
    if (owner_user_id === undefined ? !isManager(role) : owner_user_id !== actor.user.id) {
      throw forbidden("only owners and moderators make bots of the workspace; others make bots of their own");
    }
    const before = await findRepeated(tx, actor, request);
    if (before) return repeatBot(tx, before);
    const made = { workspace_id, at: actor.at, by: byActor(actor) };
    const bot = await createBot(tx, { ...made, display_name, handle, avatar_url, owner_user_id });
    const named = { ...made, bot_user_id: bot.id, name: token_name, scopes, created_by: actor.user.id };
    const bot_token = initial_token ? await createBotToken(tx, named) : undefined;
    await remember(tx, actor, request, { workspace_id, bot_user_id: bot.id, bot_token_id: bot_token?.id ?? null });
    return { bot, ...(bot_token && { bot_token }), fresh: true };
  });
}

async function repeatBot(tx: Tx, before: queries.SetupRequest): Promise<MadeBot> {
  const bot = await userById(tx, before.bot_user_id);
  if (!bot || (await roleIn(tx, before.workspace_id, bot.id)) !== "bot") {
    throw conflict("the bot that this setup_nonce made is gone; take a new nonce");
  }
  const bot_token = before.bot_token_id === null ? undefined : await renewToken(tx, before.bot_token_id);
  return { bot, ...(bot_token && { bot_token }), fresh: false };
}

/** A workspace's bots with their tokens, of which only the secrets are left out. */
export async function listBots(db: Database, actor: Actor, workspace_id: string) {
  requireHuman(actor);
  return db.read(async (tx) => {
    requireNotGuest(await requireMember(tx, actor, workspace_id));
    const tokens = Map.groupBy(await queries.tokensIn(tx, workspace_id), (token) => token.bot_user_id);
    return (await queries.botsIn(tx, workspace_id)).map((bot) => ({ bot, tokens: tokens.get(bot.id) ?? [] }));
  });
}

/** The bots that belong to the actor. */
export async function listMyBots(db: Database, actor: Actor) {
  requireHuman(actor);
  return db.read((tx) => queries.botsOwnedBy(tx, actor.user.id));
}
