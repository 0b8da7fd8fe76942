import type { Answer, Body } from "./answer.ts";
import { botTokensApi } from "./bot-tokens.ts";
import type { CallOptions, Http } from "./http.ts";
import { segment } from "./page.ts";

/** A command of a bot's menu: `{ command: "/deploy", description: "Deploy a service", args_hint: "[service]" }`. */
export type BotCommandInput = Body<"put", "/api/bots/self/commands">["commands"][number];
/** What can be said about a new bot. `scopes` takes bundles (`bot:read`, `bot:write`, `bot:admin`) and scopes. */
export type BotInput = Body<"post", "/api/workspaces/{workspace_id}/bots">;

/** Bots, their tokens and their command menus. All but `listCommands`, `setCommands` and `claimSetupCode` are for people. */
export function botsApi(http: Http) {
  const inWorkspace = (id: string) => `/api/workspaces/${segment(id)}`;
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
      http.request<Answer<"post", "/api/workspaces/{workspace_id}/bots">>("POST", `${inWorkspace(workspaceId)}/bots`, {
        ...options,
        body: input,
        repeatable: Boolean(input.setup_nonce),
      }),

    /** Takes a bot out of one workspace; its tokens there end. */
    removeMembership: (workspaceId: string, botUserId: string, options?: CallOptions) =>
      http.request<void>("DELETE", `${inWorkspace(workspaceId)}/bots/${segment(botUserId)}/membership`, options),

    /** Deletes a bot everywhere. What it wrote stays, its handle is free again. */
    delete: (botUserId: string, options?: CallOptions) =>
      http.request<Answer<"delete", "/api/bots/{bot_user_id}">>("DELETE", `/api/bots/${segment(botUserId)}`, options),

    ...botTokensApi(http),
  };
}
