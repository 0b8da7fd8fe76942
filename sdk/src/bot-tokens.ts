import type { Answer, Body } from "./answer.ts";
import type { BotToken } from "./contract.ts";
import type { CallOptions, Http } from "./http.ts";
import { segment } from "./page.ts";

/** `setup_nonce` makes the call repeatable: the same one never makes two. */
export type BotTokenInput = Body<"post", "/api/workspaces/{workspace_id}/bots/{bot_user_id}/tokens">;
/** `defaults` is what a gateway begins with: `{ defaultTo, allowFrom, agentActivity }`. */
export type BotSetupCodeInput = Body<"post", "/api/workspaces/{workspace_id}/bots/{bot_user_id}/setup-codes">;

/** The part of `client.bots` that hands out access. */
export function botTokensApi(http: Http) {
  const path = (botUserId: string) => `/api/bots/${segment(botUserId)}`;
  const inside = (workspaceId: string, botUserId: string) =>
    `/api/workspaces/${segment(workspaceId)}/bots/${segment(botUserId)}`;
  const make = (address: string, body: BotTokenInput, options?: CallOptions) =>
    http.request<{ bot_token: BotToken }>("POST", address, {
      ...options,
      body,
      repeatable: Boolean(body.setup_nonce),
    });
  return {
    listWorkspaceTokens: (workspaceId: string, botUserId: string, options?: CallOptions) =>
      http.request<{ bot_tokens: BotToken[] }>("GET", `${inside(workspaceId, botUserId)}/tokens`, options),

    createWorkspaceToken: (workspaceId: string, botUserId: string, input: BotTokenInput, options?: CallOptions) =>
      make(`${inside(workspaceId, botUserId)}/tokens`, input, options),

    /** For a bot that is in one workspace only. */
    listTokens: (botUserId: string, options?: CallOptions) =>
      http.request<{ bot_tokens: BotToken[] }>("GET", `${path(botUserId)}/tokens`, options),

    /** For a bot that is in one workspace only. */
    createToken: (botUserId: string, input: BotTokenInput, options?: CallOptions) =>
      make(`${path(botUserId)}/tokens`, input, options),

    /** The token ends, and its open sockets close. */
    revokeToken: (tokenId: string, options?: CallOptions) =>
      http.request<{ bot_token: BotToken }>("POST", `/api/bot-tokens/${segment(tokenId)}/revoke`, {
        ...options,
        repeatable: true,
      }),

    /** A code for ten minutes with which a gateway gets its token; a new one for the same name replaces it. */
    createSetupCode: (workspaceId: string, botUserId: string, input: BotSetupCodeInput = {}, options?: CallOptions) =>
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
