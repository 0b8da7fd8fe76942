import { LIMITS } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import { networkOf } from "../../http/address.ts";
import { publicOrigin } from "../../http/origin.ts";
import { created, noContent, ok } from "../../http/reply.ts";
import type { Router } from "../../http/router.ts";
import { createRateLimit } from "../../lib/ratelimit.ts";
import type { Ephemeral } from "../../realtime/ephemeral.ts";
import { addBot, listBots, listMyBots } from "./bots.ts";
import { listCommands, setCommands } from "./commands.ts";
import { deleteBot, removeBot } from "./endings.ts";
import * as schema from "./schema.ts";
import { claimSetupCode, createSetupCode } from "./setup-codes.ts";
import { listTokens, mintToken, revokeToken } from "./tokens.ts";

export interface BotDeps {
  db: Database;
  ephemeral: Ephemeral;
  public_url: string | undefined;
}

const tag = "bots";

export function botRoutes(router: Router, deps: BotDeps): void {
  botListRoutes(router, deps.db);
  endingRoutes(router, deps);
  tokenRoutes(router, deps.db);
  setupCodeRoutes(router, deps);
  commandRoutes(router, deps);
}

function botListRoutes(router: Router, db: Database): void {
  const all = { path: "/api/workspaces/{workspace_id}/bots", tag, access: "human" } as const;
  router.on(
    {
      ...all,
      method: "get",
      summary: "The workspace's bots with their tokens, secrets left out",
      params: schema.WorkspaceParams,
      responses: { 200: schema.BotsReply },
    },
    async ({ actor, params }) => ok({ bots: await listBots(db, actor, params.workspace_id) }),
  );
  router.on(
    {
      ...all,
      method: "post",
      summary: "Make a bot, with a token unless told not to; 200 when setup_nonce was seen before",
      params: schema.WorkspaceParams,
      body: schema.CreateBotBody,
      responses: { 200: schema.BotReply, 201: schema.BotReply },
    },
    async ({ actor, params, body }) => {
      const { fresh, ...made } = await addBot(db, actor, params.workspace_id, body);
      return fresh ? created(made) : ok(made);
    },
  );
  router.on(
    {
      method: "get",
      path: "/api/me/bots",
      tag,
      summary: "The bots that belong to me",
      access: "human",
      responses: { 200: schema.MyBotsReply },
    },
    async ({ actor }) => ok({ bots: await listMyBots(db, actor) }),
  );
}

function endingRoutes(router: Router, { db, ephemeral }: BotDeps): void {
  router.on(
    {
      method: "delete",
      path: "/api/workspaces/{workspace_id}/bots/{bot_user_id}/membership",
      tag,
      summary: "Take a bot out of the workspace",
      access: "human",
      params: schema.WorkspaceBotParams,
      responses: { 204: schema.Nothing },
    },
    async ({ actor, params: { workspace_id, bot_user_id } }) => {
      await removeBot(db, actor, workspace_id, bot_user_id);
      ephemeral.tell("bot.membership_removed", workspace_id, actor.at_ms, { bot_user_id });
      return noContent();
    },
  );
  router.on(
    {
      method: "delete",
      path: "/api/bots/{bot_user_id}",
      tag,
      summary: "Delete a bot; what it wrote stays",
      access: "human",
      params: schema.BotParams,
      responses: { 200: schema.DeletedBotReply },
    },
    async ({ actor, params }) => {
      const { deleted_bot, workspace_ids } = await deleteBot(db, actor, params.bot_user_id);
      const { id: bot_user_id, ...bot } = deleted_bot;
      for (const id of workspace_ids) ephemeral.tell("bot.deleted", id, actor.at_ms, { bot_user_id, ...bot });
      return ok({ deleted_bot });
    },
  );
}

function tokenRoutes(router: Router, db: Database): void {
  const named = {
    path: "/api/workspaces/{workspace_id}/bots/{bot_user_id}/tokens",
    tag,
    access: "human",
    params: schema.WorkspaceBotParams,
  } as const;
  const bare = { path: "/api/bots/{bot_user_id}/tokens", tag, access: "human", params: schema.BotParams } as const;
  const minted = { 200: schema.TokenReply, 201: schema.TokenReply };

  router.on(
    { ...named, method: "get", summary: "A bot's tokens, secrets left out", responses: { 200: schema.TokensReply } },
    async ({ actor, params }) => ok({ bot_tokens: await listTokens(db, actor, params) }),
  );
  router.on(
    {
      ...named,
      method: "post",
      summary: "Make a token; 200 and a fresh secret when setup_nonce was seen before",
      body: schema.CreateTokenBody,
      responses: minted,
    },
    async ({ actor, params, body }) => {
      const { fresh, bot_token } = await mintToken(db, actor, params, body);
      return fresh ? created({ bot_token }) : ok({ bot_token });
    },
  );
  router.on(
    { ...bare, method: "get", summary: "The tokens of a bot in one workspace", responses: { 200: schema.TokensReply } },
    async ({ actor, params }) => ok({ bot_tokens: await listTokens(db, actor, params) }),
  );
  router.on(
    {
      ...bare,
      method: "post",
      summary: "Make a token for a bot in one workspace",
      body: schema.CreateTokenBody,
      responses: minted,
    },
    async ({ actor, params, body }) => {
      const { fresh, bot_token } = await mintToken(db, actor, params, body);
      return fresh ? created({ bot_token }) : ok({ bot_token });
    },
  );
  router.on(
    {
      method: "post",
      path: "/api/bot-tokens/{token_id}/revoke",
      tag,
      summary: "Revoke a bot's token; its open sockets close",
      access: "human",
      params: schema.TokenParams,
      responses: { 200: schema.TokenReply },
    },
    async ({ actor, params }) => ok({ bot_token: await revokeToken(db, actor, params.token_id) }),
  );
}

function setupCodeRoutes(router: Router, { db, public_url }: BotDeps): void {
  const minute_ms = 60_000;
  const claims = createRateLimit(LIMITS.setup_claims_per_minute, minute_ms, "too many setup codes; wait a minute");
  router.on(
    {
      method: "post",
      path: "/api/workspaces/{workspace_id}/bots/{bot_user_id}/setup-codes",
      tag,
      summary: "Make a ten-minute code that an agent gateway claims a token with",
      access: "human",
      params: schema.WorkspaceBotParams,
      body: schema.CreateCodeBody,
      body_optional: true,
      responses: { 201: schema.SetupCodeReply },
    },
    async ({ actor, params, body, request }) =>
      created({ setup_code: await createSetupCode(db, actor, params, body, publicOrigin(request, public_url)) }),
  );
  router.on(
    {
      method: "post",
      path: "/api/bot-setup-codes/claim",
      tag,
      summary: "Exchange a setup code for a bot's token, once",
      access: "public",
      body: schema.ClaimBody,
      responses: { 200: schema.ClaimReply },
    },
    async ({ body, info, request }) => {
      claims.take(networkOf(info.address), info.at_ms);
      return ok(await claimSetupCode(db, body.code, info, publicOrigin(request, public_url)));
    },
  );
}

function commandRoutes(router: Router, { db, ephemeral }: BotDeps): void {
  router.on(
    {
      method: "put",
      path: "/api/bots/self/commands",
      tag,
      summary: "Replace the command menu of the bot that asks",
      scope: "commands:write",
      body: schema.SetCommandsBody,
      responses: { 200: schema.CommandsReply },
    },
    async ({ actor, body }) => {
      const { workspace_id, bot_commands } = await setCommands(db, actor, body.commands);
      const bot_user_id = actor.user.id;
      ephemeral.tell("bot_command.updated", workspace_id, actor.at_ms, { workspace_id, bot_user_id });
      return ok({ bot_commands });
    },
  );
  router.on(
    {
      method: "get",
      path: "/api/workspaces/{workspace_id}/bot-commands",
      tag,
      summary: "The command menus of the workspace's bots",
      scope: "workspaces:read",
      params: schema.WorkspaceParams,
      responses: { 200: schema.MenuReply },
    },
    async ({ actor, params }) => ok({ bot_commands: await listCommands(db, actor, params.workspace_id) }),
  );
}
