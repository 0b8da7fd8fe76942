import { LIMITS, type User } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
import { SCOPES, type Scope } from "../../lib/actor.ts";
import { invalid, notFound } from "../../lib/errors.ts";
import { newSecret, sha256 } from "../../lib/hash.ts";
import { newId } from "../../lib/ids.ts";
import { requireHandle, requireName } from "../../lib/text.ts";
import { freeHandle, insertUser, userById } from "../users/users.ts";
import { addMember, roleIn } from "../workspaces/workspaces.ts";
import * as queries from "./queries.ts";

const READ: Scope[] = [
  "workspaces:read",
  "channels:read",
  "messages:read",
  "threads:read",
  "dms:read",
  "realtime:read",
  "profile:read",
];
const WRITE: Scope[] = [...READ, "messages:write", "threads:write", "dms:write", "uploads:write", "commands:write"];
const BUNDLES: Record<string, readonly Scope[]> = {
  "bot:read": READ,
  "bot:write": WRITE,
  "bot:admin": [...WRITE, "channels:write"],
};

/** Expands bundles and sorts; an unknown scope is refused by name. */
export function expandScopes(asked: readonly string[]): Scope[] {
  const scopes = new Set<Scope>();
  for (const name of asked) {
    const bundle = BUNDLES[name] ?? SCOPES.filter((scope) => scope === name);
    if (bundle.length === 0) throw invalid("scopes", `unknown scope ${name}`);
    for (const scope of bundle) scopes.add(scope);
  }
  if (scopes.size === 0) throw invalid("scopes", "a token needs at least one scope");
  return [...scopes].sort();
}

export interface NewBot {
  workspace_id: string;
  display_name: string;
  handle?: string | undefined;
  avatar_url?: string | undefined;
  /** The person a personal bot belongs to; it works only while they are a member. */
  owner_user_id?: string | undefined;
  at: string;
}

/** A bot is a member like any other, with the role `bot`. */
export async function createBot(tx: Tx, input: NewBot): Promise<User> {
  if (input.owner_user_id !== undefined && !(await roleIn(tx, input.workspace_id, input.owner_user_id))) {
    throw notFound("a member of the workspace to own the bot was");
  }
  const bot: User = {
    id: newId("user"),
    kind: "bot",
    display_name: requireName("display_name", input.display_name, LIMITS.display_name_bytes),
    handle: input.handle ? await freeHandle(tx, requireHandle(input.handle)) : "",
    avatar_url: input.avatar_url ?? "",
    ...(input.owner_user_id !== undefined && { owner_user_id: input.owner_user_id }),
    created_at: input.at,
  };
  await insertUser(tx, bot);
  await addMember(tx, input.workspace_id, bot, "bot", input.at);
  return bot;
}

export interface BotToken {
  id: string;
  bot_user_id: string;
  workspace_id: string;
  owner_user_id?: string;
  name: string;
  scopes: Scope[];
  created_by: string;
  created_at: string;
  /** The raw secret, in the answer that made it and nowhere else. */
  token: string;
}

export interface NewBotToken {
  workspace_id: string;
  bot_user_id: string;
  name?: string | undefined;
  scopes?: readonly string[] | undefined;
  created_by: string;
  at: string;
}

export async function createBotToken(tx: Tx, input: NewBotToken): Promise<BotToken> {
  const bot = await userById(tx, input.bot_user_id);
  const role = await roleIn(tx, input.workspace_id, input.bot_user_id);
  if (!bot || bot.kind !== "bot" || role !== "bot") throw notFound("bot");
  const secret = newSecret("bot_token");
  const token: BotToken = {
    id: newId("bot_token"),
    bot_user_id: bot.id,
    workspace_id: input.workspace_id,
    ...(bot.owner_user_id !== undefined && { owner_user_id: bot.owner_user_id }),
    name: requireName("name", input.name ?? "default", LIMITS.display_name_bytes),
    scopes: expandScopes(input.scopes ?? ["bot:write"]),
    created_by: input.created_by,
    created_at: input.at,
    token: secret,
  };
  await queries.insertBotToken(tx, {
    ...token,
    token_hash: sha256(secret),
    owner_user_id: token.owner_user_id ?? null,
    scopes: token.scopes.join(" "),
  });
  return token;
}

/** The one workspace of a bot, for commands that do not name it. */
export async function onlyWorkspace(tx: Tx, bot_user_id: string): Promise<string> {
  const [workspace_id, another] = await queries.botWorkspaces(tx, bot_user_id);
  if (workspace_id === undefined) throw notFound("bot");
  if (another !== undefined) throw invalid("workspace", "the bot is in several workspaces; name one");
  return workspace_id;
}
