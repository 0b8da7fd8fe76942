import { LIMITS } from "@clickclack/protocol";
import { z } from "@hono/zod-openapi";
import { SCOPES } from "../../lib/actor.ts";
import { UserSchema } from "../users/schema.ts";
import { WorkspaceParams } from "../workspaces/schema.ts";

export { WorkspaceParams };

/** 204 has no body. */
export const Nothing = z.undefined();

const id = z.string().max(64);

export const BotParams = z.object({ bot_user_id: id });
export const WorkspaceBotParams = z.object({ workspace_id: id, bot_user_id: id });
export const TokenParams = z.object({ token_id: id });

const name = z
  .string()
  .max(LIMITS.display_name_bytes * 4)
  .optional();
const scopes = z.array(z.string().max(64)).max(64).optional();
const setup_nonce = z.string().min(LIMITS.setup_nonce_min_chars).max(LIMITS.setup_nonce_max_chars).optional();

export const BotTokenSchema = z
  .strictObject({
    id: z.string(),
    bot_user_id: z.string(),
    workspace_id: z.string(),
    owner_user_id: z.string().optional(),
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    created_by: z.string(),
    created_at: z.string(),
    last_used_at: z.string().optional(),
    revoked_at: z.string().optional(),
    token: z
      .string()
      .optional()
      .openapi({ description: "The raw secret, in the answer that made it and nowhere else." }),
  })
  .openapi("BotToken");

export const CreateBotBody = z
  .object({
    display_name: z.string().max(LIMITS.display_name_bytes * 4),
    owner_user_id: id.optional(),
    handle: z
      .string()
      .max(LIMITS.handle_chars + 1)
      .optional(),
    avatar_url: z.string().max(LIMITS.avatar_url_chars).optional(),
    token_name: name,
    scopes,
    setup_nonce,
    initial_token: z.boolean().optional(),
  })
  .openapi({ example: { display_name: "Pinch", handle: "pinch", scopes: ["bot:write"] } });
export const BotReply = z.strictObject({ bot: UserSchema, bot_token: BotTokenSchema.optional() });
export const BotsReply = z.strictObject({
  bots: z.array(z.strictObject({ bot: UserSchema, tokens: z.array(BotTokenSchema) })),
});
export const MyBotsReply = z.strictObject({
  bots: z.array(
    z.strictObject({
      bot: UserSchema,
      workspace: z.strictObject({ id: z.string(), route_id: z.string(), name: z.string() }),
      active_token_count: z.number().int(),
    }),
  ),
});
export const DeletedBotReply = z.strictObject({
  deleted_bot: z.strictObject({
    id: z.string(),
    display_name: z.string(),
    former_handle: z.string(),
    deleted_at: z.string(),
  }),
});

export const CreateTokenBody = z
  .object({ name, scopes, setup_nonce })
  .openapi({ example: { name: "gateway", scopes: ["bot:write", "agent_activity:write"] } });
export const TokenReply = z.strictObject({ bot_token: BotTokenSchema });
export const TokensReply = z.strictObject({ bot_tokens: z.array(BotTokenSchema) });

/** What a gateway is told to begin with; its field names are the gateways' own. */
const text = z.string().max(LIMITS.setup_default_chars);
const defaults = {
  defaultTo: text.optional(),
  allowFrom: z.array(text).max(LIMITS.setup_allow_from).optional(),
  agentActivity: z.union([z.boolean(), text]).optional(),
};

export const SetupCodeSchema = z
  .strictObject({
    id: z.string(),
    bot_user_id: z.string(),
    workspace_id: z.string(),
    token_name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    defaults: z.strictObject(defaults),
    created_by: z.string(),
    created_at: z.string(),
    expires_at: z.string(),
    code: z.string(),
    contract_version: z.literal(1),
    claim_url: z.string(),
    api_base_url: z.string(),
  })
  .openapi("BotSetupCode");
export const CreateCodeBody = z
  .object({ name, scopes, defaults: z.object(defaults).optional() })
  .openapi({ example: { name: "gateway", scopes: ["bot:write"], defaults: { defaultTo: "channel:general" } } });
export const SetupCodeReply = z.strictObject({ setup_code: SetupCodeSchema });

/** A malformed code counts as an attempt, so it is refused where unknown ones are. */
export const ClaimBody = z.object({ code: z.string() }).openapi({ example: { code: "KWPQ-3CKA-8KRT" } });
export const ClaimReply = z
  .strictObject({
    token: z.string(),
    bot: z.strictObject({ id: z.string(), handle: z.string(), display_name: z.string() }),
    workspace: z.strictObject({ id: z.string(), route_id: z.string(), slug: z.string(), name: z.string() }),
    defaults: z.strictObject(defaults),
    contract_version: z.literal(1),
    api_base_url: z.string(),
  })
  .openapi("BotSetupClaim");

export const BotCommandSchema = z
  .strictObject({
    id: z.string(),
    workspace_id: z.string(),
    bot_user_id: z.string(),
    command: z.string(),
    description: z.string(),
    args_hint: z.string(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .openapi("BotCommand");
export const SetCommandsBody = z
  .object({
    commands: z
      .array(
        z.object({
          command: z.string().max(64),
          description: z.string().max(LIMITS.bot_command_text_chars * 4),
          args_hint: z
            .string()
            .max(LIMITS.bot_command_text_chars * 4)
            .optional(),
        }),
      )
      .max(LIMITS.bot_commands),
  })
  .openapi({ example: { commands: [{ command: "/status", description: "Say how it goes", args_hint: "[service]" }] } });
export const CommandsReply = z.strictObject({ bot_commands: z.array(BotCommandSchema) });
export const MenuReply = z.strictObject({
  bot_commands: z.array(
    z
      .strictObject({
        id: z.string(),
        command: z.string(),
        description: z.string(),
        args_hint: z.string(),
        bot: z.strictObject({
          id: z.string(),
          handle: z.string(),
          display_name: z.string(),
          avatar_url: z.string(),
        }),
        created_at: z.string(),
        updated_at: z.string(),
      })
      .openapi("BotMenuCommand"),
  ),
});
