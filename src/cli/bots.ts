import type { User, Workspace } from "@clickclack/sdk";
import { defineCommand } from "citty";
import { AppError } from "../lib/errors.ts";
import { clientCommand } from "./client-command.ts";
import { readList } from "./flags.ts";
import { print, row } from "./output.ts";
import type { Session } from "./session.ts";
import { findWorkspace } from "./target.ts";

const BOT = { type: "positional", description: "The bot, by @handle or id", required: true } as const;
const TOKEN_FLAGS = {
  "token-name": { type: "string", description: "What the token is called (default)" },
  scopes: { type: "string", description: "Scopes or bundles, separated by commas (bot:write)" },
} as const;

const list = clientCommand({
  name: "list",
  description: "List a workspace's bots: clickclack bots list",
  args: {},
  async run(session) {
    const workspace = await findWorkspace(session);
    const { bots } = await session.client.bots.list(workspace.id);
    const rows = bots.map(({ bot, tokens }) => {
      const active = tokens.filter(({ revoked_at }) => !revoked_at).length;
      return row(bot.id, bot.handle, bot.display_name, `${active} ${active === 1 ? "token" : "tokens"}`);
    });
    print(session.mode, { json: { workspace, bots }, plain: rows, human: rows });
  },
});

const create = clientCommand({
  name: "create",
  description: "Make a bot, and print its token once: clickclack bots create Pinch --handle pinch",
  args: {
    name: { type: "positional", description: "Display name", required: true },
    handle: { type: "string", description: "Handle, without @" },
    mine: { type: "boolean", description: "It belongs to you; without this only managers can make one" },
    ...TOKEN_FLAGS,
  },
  async run(session, args) {
    const workspace = await findWorkspace(session);
    const owner_user_id = args.mine ? (await session.client.me()).user.id : undefined;
    const { name: token_name, scopes } = readToken(args);
    const made = await session.client.bots.create(workspace.id, {
      display_name: args.name,
      // One nonce for all tries: an answer that got lost does not make two bots.
      setup_nonce: crypto.randomUUID(),
      ...(owner_user_id && { owner_user_id }),
      ...(args.handle && { handle: args.handle }),
      ...(token_name && { token_name }),
      ...(scopes && { scopes }),
    });
    const token = made.bot_token?.token ?? "";
    const human = [`created ${made.bot.id}`, `its token, shown only now: ${token}`];
    print(session.mode, { json: made, plain: token, human });
  },
});

const token = clientCommand({
  name: "token",
  description: "Make another token for a bot, and print it once: clickclack bots token @pinch",
  args: { bot: BOT, ...TOKEN_FLAGS },
  async run(session, args) {
    const { workspace, bot } = await findBot(session, args.bot);
    const input = { setup_nonce: crypto.randomUUID(), ...readToken(args) };
    const made = await session.client.bots.createWorkspaceToken(workspace.id, bot.id, input);
    const { token: secret = "" } = made.bot_token;
    print(session.mode, { json: made, plain: secret, human: `the token, shown only now: ${secret}` });
  },
});

const setupCode = clientCommand({
  name: "setup-code",
  description: "Make a code with which a gateway claims a token: clickclack bots setup-code @pinch",
  args: {
    bot: BOT,
    ...TOKEN_FLAGS,
    "default-to": { type: "string", description: "Where the gateway posts by default, like channel:general" },
  },
  async run(session, args) {
    const { workspace, bot } = await findBot(session, args.bot);
    const defaultTo = args["default-to"];
    const input = { ...readToken(args), ...(defaultTo && { defaults: { defaultTo } }) };
    const made = await session.client.bots.createSetupCode(workspace.id, bot.id, input);
    const { code, expires_at } = made.setup_code;
    print(session.mode, { json: made, plain: code, human: `${code} (until ${expires_at})` });
  },
});

const claim = clientCommand({
  name: "claim",
  description: "Exchange a setup code for the bot's token, once: clickclack bots claim KWPQ-3CKA-8KRT",
  args: { code: { type: "positional", description: "The code", required: true } },
  async run({ client, mode }, args) {
    const claimed = await client.bots.claimSetupCode(args.code);
    const human = [
      `claimed ${claimed.bot.display_name} in ${claimed.workspace.name}`,
      `the token, shown only now: ${claimed.token}`,
    ];
    print(mode, { json: claimed, plain: claimed.token, human });
  },
});

const commands = clientCommand({
  name: "commands",
  description: "List what the workspace's bots can be told: clickclack bots commands",
  args: {},
  async run(session) {
    const workspace = await findWorkspace(session);
    const { bot_commands } = await session.client.bots.listCommands(workspace.id);
    const columns = bot_commands.map(({ id, command, args_hint, description, bot }) => ({
      id,
      rest: [`${command} ${args_hint}`.trim(), `@${bot.handle}`, description],
    }));
    print(session.mode, {
      json: { workspace, bot_commands },
      plain: columns.map(({ id, rest }) => row(id, ...rest)),
      human: columns.map(({ rest }) => row(...rest)),
    });
  },
});

async function findBot(session: Session, word: string): Promise<{ workspace: Workspace; bot: User }> {
  const workspace = await findWorkspace(session);
  const { bots } = await session.client.bots.list(workspace.id);
  const handle = word.replace(/^@/, "").toLowerCase();
  const found = bots.find(({ bot }) => bot.id === word || bot.handle.toLowerCase() === handle);
  if (!found) throw new AppError("not_found", `no bot "${word}"; see: clickclack bots list`);
  return { workspace, bot: found.bot };
}

function readToken(args: { "token-name"?: string; scopes?: string }): { name?: string; scopes?: string[] } {
  const name = args["token-name"];
  return { ...(name && { name }), ...(args.scopes && { scopes: readList(args.scopes) }) };
}

export default defineCommand({
  meta: { name: "bots", description: "Bots, their tokens and commands" },
  subCommands: { list, create, token, "setup-code": setupCode, claim, commands },
});
