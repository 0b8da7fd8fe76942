import type { Answer, Body } from "./answer.ts";
import type { BotToken } from "./contract.ts";
import type { CallOptions, Http } from "./http.ts";
import { segment } from "./page.ts";

/** A command of a bot's menu: `{ command: "/deploy", description: "Deploy a service", args_hint: "[service]" }`. */
export type BotCommandInput = Body<"put", "/api/bots/self/commands">["commands"][number];
/** What can be said about a new bot. `scopes` takes bundles (`bot:read`, `bot:write`, `bot:admin`) and scopes. */
export type BotInput = Body<"post", "/api/workspaces/{workspace_id}/bots">;
/** `setup_nonce` makes the call repeatable: the same one never makes two. */
export type BotTokenInput = Body<"post", "/api/workspaces/{workspace_id}/bots/{bot_user_id}/tokens">;
/** `defaults` is what a gateway begins with: `{ defaultTo, allowFrom, agentActivity }`. */
export type BotSetupCodeInput = Body<"post", "/api/workspaces/{workspace_id}/bots/{bot_user_id}/setup-codes">;

/** Bots, their tokens and their command menus. All but `listCommands`, `setCommands` and `claimSetupCode` are for people. */
export function botsApi(http: Http) {
  const inWorkspace = (id: string) => `/api/workspaces/${segment(id)}`;
  const inside = (workspaceId: string, botUserId: string) => `${inWorkspace(workspaceId)}/bots/${segment(botUserId)}`;
  const path = (botUserId: string) => `/api/bots/${segment(botUserId)}`;
  const make = <T>(address: string, body: { setup_nonce?: string }, options?: CallOptions) =>
    http.request<T>("POST", address, { ...options, body, repeatable: Boolean(body.setup_nonce) });
  return {
    /** The bots that belong to you. */
    listMine: (options?: CallOptions) => http.request<Answer<"get", "/api/me/bots">>("GET", "/api/me/bots", options),

    /** A workspace's bots with their tokens, without the secrets. */
    list: (workspaceId: string, options?: CallOptions) =>
      http.request<Answer<"get", "/api/workspaces/{workspace_id}/bots">>(
        "GET",
        `${inWorkspace(workspaceId)}/bots`,
        options,
      ),

    /** The command menus of all bots, by bot and command. */
    listCommands: (workspaceId: string, options?: CallOptions) =>
      http.request<Answer<"get", "/api/workspaces/{workspace_id}/bot-commands">>(
        "GET",
        `${inWorkspace(workspaceId)}/bot-commands`,
        options,
      ),

    /** Replaces the menu of the bot whose token this is, all of it. At most 100 commands. */
    setCommands: (commands: BotCommandInput[], options?: CallOptions) =>
      http.request<Answer<"put", "/api/bots/self/commands">>("PUT", "/api/bots/self/commands", {
        ...options,
        body: { commands },
        repeatable: true,
      }),

    /** Makes a bot with a token, unless `initial_token` is false. `bot_token.token` is shown only now. */
    create: (workspaceId: string, input: BotInput, options?: CallOptions) =>
      make<Answer<"post", "/api/workspaces/{workspace_id}/bots">>(
        `${inWorkspace(workspaceId)}/bots`,
        input,
        options,
      ),

    /** Takes a bot out of one workspace; its tokens there end. */
    removeMembership: (workspaceId: string, botUserId: string, options?: CallOptions) =>
      http.request<void>("DELETE", `${inside(workspaceId, botUserId)}/membership`, options),

    /** Deletes a bot everywhere. What it wrote stays, its handle is free again. */
    delete: (botUserId: string, options?: CallOptions) =>
      http.request<Answer<"delete", "/api/bots/{bot_user_id}">>("DELETE", path(botUserId), options),

    listWorkspaceTokens: (workspaceId: string, botUserId: string, options?: CallOptions) =>
      http.request<{ bot_tokens: BotToken[] }>("GET", `${inside(workspaceId, botUserId)}/tokens`, options),

    createWorkspaceToken: (workspaceId: string, botUserId: string, input: BotTokenInput, options?: CallOptions) =>
      make<{ bot_token: BotToken }>(`${inside(workspaceId, botUserId)}/tokens`, input, options),

    /** For a bot that is in one workspace only. */
    listTokens: (botUserId: string, options?: CallOptions) =>
      http.request<{ bot_tokens: BotToken[] }>("GET", `${path(botUserId)}/tokens`, options),

    /** For a bot that is in one workspace only. */
    createToken: (botUserId: string, input: BotTokenInput, options?: CallOptions) =>
      make<{ bot_token: BotToken }>(`${path(botUserId)}/tokens`, input, options),

    /** The token ends, and its open sockets close. */
    revokeToken: (tokenId: string, options?: CallOptions) =>
      http.request<{ bot_token: BotToken }>("POST", `/api/bot-tokens/${segment(tokenId)}/revoke`, {
        ...options,
        repeatable: true,
      }),

    /** A code for ten minutes with which a gateway gets its token; a new one for the same name replaces it. */
    createSetupCode: (
      workspaceId: string,
      botUserId: string,
      input: BotSetupCodeInput = {},
      options?: CallOptions,
    ) =>
      http.request<Answer<"post", "/api/workspaces/{workspace_id}/bots/{bot_user_id}/setup-codes">>(
        "POST",
        `${inside(workspaceId, botUserId)}/setup-codes`,
        { ...options, body: input, repeatable: true },
      ),

    /**
     * Exchanges a setup code for the bot's token, once, without signing in. Case and dashes do not matter.
     *
     * @throws ClickClackError `not_found` for a code that is unknown, used or too old.
     */
    claimSetupCode: (code: string, options?: CallOptions) =>
      http.request<Answer<"post", "/api/bot-setup-codes/claim">>("POST", "/api/bot-setup-codes/claim", {
        ...options,
        body: { code },
      }),
  };
}
