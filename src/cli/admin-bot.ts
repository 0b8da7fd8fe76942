import { createBot, createBotToken, onlyWorkspace } from "../features/bots/bots.ts";
import { adminCommand } from "./admin-command.ts";
import { requireBot, requireCreator, requirePerson, requireWorkspace } from "./admin-lookup.ts";
import { readList } from "./flags.ts";

const TOKEN_FLAGS = {
  "token-name": { type: "string", default: "default", description: "What the token is called" },
  scopes: { type: "string", default: "bot:write", description: "Scopes or bundles, separated by commas" },
  "created-by": { type: "string", description: "In whose name: a manager's id or e-mail address (the owner)" },
} as const;

export const createBotCommand = adminCommand({
  name: "create",
  description: "Create a bot with a token; the token is shown only now",
  args: {
    workspace: { type: "string", required: true, description: "Workspace by id or slug" },
    name: { type: "string", required: true, description: "Display name" },
    owner: { type: "string", description: "The person a personal bot belongs to, by user id" },
    handle: { type: "string", description: "Handle, without @" },
    "avatar-url": { type: "string", description: "Address of a picture" },
    ...TOKEN_FLAGS,
  },
  async run({ db, at }, args) {
    const made = await db.write(async (tx) => {
      const workspace = await requireWorkspace(tx, args.workspace);
      const created_by = await requireCreator(tx, workspace, args["created-by"]);
      const owner = args.owner === undefined ? undefined : await requirePerson(tx, { user: args.owner });
      const bot = await createBot(tx, {
        workspace_id: workspace.id,
        display_name: args.name,
        handle: args.handle,
        avatar_url: args["avatar-url"],
        owner_user_id: owner?.id,
        at,
      });
      const bot_token = await createBotToken(tx, {
        workspace_id: workspace.id,
        bot_user_id: bot.id,
        name: args["token-name"],
        scopes: readList(args.scopes),
        created_by,
        at,
      });
      return { bot, bot_token, token: bot_token.token };
    });
    return { json: made, plain: made.token, human: JSON.stringify(made, null, 2) };
  },
});

export const createTokenCommand = adminCommand({
  name: "token",
  description: "Make another token for a bot; it is shown only now",
  args: {
    bot: { type: "string", required: true, description: "The bot, by id or handle" },
    workspace: { type: "string", description: "Workspace by id or slug, when the bot is in several" },
    ...TOKEN_FLAGS,
  },
  async run({ db, at }, args) {
    const bot_token = await db.write(async (tx) => {
      const bot = await requireBot(tx, args.bot);
      const workspace = await requireWorkspace(tx, args.workspace ?? (await onlyWorkspace(tx, bot.id)));
      return createBotToken(tx, {
        workspace_id: workspace.id,
        bot_user_id: bot.id,
        name: args["token-name"],
        scopes: readList(args.scopes),
        created_by: await requireCreator(tx, workspace, args["created-by"]),
        at,
      });
    });
    const made = { bot_token, token: bot_token.token };
    return { json: made, plain: made.token, human: JSON.stringify(made, null, 2) };
  },
});
