import { type BotSetupClaim, type BotSetupCode, LIMITS } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, requireHuman } from "../../lib/actor.ts";
import { timestamp } from "../../lib/clock.ts";
import { conflict, endedLink } from "../../lib/errors.ts";
import { sha256 } from "../../lib/hash.ts";
import { newId } from "../../lib/ids.ts";
import { requireName } from "../../lib/text.ts";
import { userById } from "../users/users.ts";
import { type By, byActor, recordAct } from "../workspaces/recording.ts";
import {
  isManager,
  memberById,
  requireActive,
  restrictedUntil,
  type Role,
  roleIn,
  workspacesByIds,
} from "../workspaces/workspaces.ts";
import { createBotToken } from "./bots.ts";
import * as queries from "./code-queries.ts";
import { requireBot, requireKeeper } from "./rights.ts";
import { DEFAULT_SCOPES, expandScopes } from "./scopes.ts";

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE = /^[0-9A-HJKMNP-TV-Z]{12}$/;

/** What is said of the server in every answer, so that a gateway knows how to speak to it. */
const CONTRACT_VERSION = 1;

type Defaults = BotSetupCode["defaults"];

export interface CodeInput {
  name?: string | undefined;
  scopes?: readonly string[] | undefined;
  defaults?: Defaults | undefined;
}

/** A short code to type into an agent gateway, which claims a token with it once. */
export async function createSetupCode(
  db: Database,
  actor: Actor,
  { workspace_id, bot_user_id }: { workspace_id: string; bot_user_id: string },
  input: CodeInput,
  origin: string,
): Promise<BotSetupCode> {
  requireHuman(actor);
  const token_name = requireName("name", input.name ?? "default", LIMITS.display_name_bytes);
  const scopes = expandScopes(input.scopes ?? DEFAULT_SCOPES);
  const defaults = input.defaults ?? {};
  const code = newSetupCode();
  return db.write(async (tx) => {
    requireKeeper(actor, await requireBot(tx, actor, workspace_id, bot_user_id));
    await requireActive(tx, actor, workspace_id);
    await queries.deleteExpiredCodes(tx, workspace_id, actor.at);
    if ((await queries.countOtherCodes(tx, workspace_id, bot_user_id, token_name)) >= LIMITS.bot_tokens_per_bot) {
      throw conflict(`${LIMITS.bot_tokens_per_bot} setup codes of this bot are waiting; claim one or let it expire`);
    }
    const row = {
      id: newId("bot_setup_code"),
      bot_user_id,
      workspace_id,
      token_name,
      created_by: actor.user.id,
      created_at: actor.at,
      expires_at: timestamp(actor.at_ms + LIMITS.setup_code_ttl_ms),
    };
    const stored = { scopes: scopes.join(" "), defaults: JSON.stringify(defaults), code_hash: codeHash(code) };
    await queries.putCode(tx, { ...row, ...stored });
    const after = { name: token_name, scopes, expires_at: row.expires_at };
    await recordCode(tx, byActor(actor), "bot_setup_code.created", row, after);
    const claim_url = `${origin}/api/bot-setup-codes/claim`;
    return { ...row, scopes, defaults, code, contract_version: CONTRACT_VERSION, claim_url, api_base_url: origin };
  });
}

async function recordCode(
  tx: Tx,
  by: By,
  action: "bot_setup_code.created" | "bot_setup_code.claimed",
  { id, workspace_id, bot_user_id }: { id: string; workspace_id: string; bot_user_id: string },
  after: Record<string, unknown>,
): Promise<void> {
  const act = { action, target_type: "bot_setup_code", target_id: id, after, metadata: { bot_user_id } } as const;
  await recordAct(tx, by, workspace_id, act);
}

/** Sixty random bits as `XXXX-XXXX-XXXX`. */
function newSetupCode(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  const letters = [...bytes].map((byte) => CROCKFORD.charAt(byte & 31)).join("");
  return letters.replace(/(.{4})(?=.)/g, "$1-");
}

/** However people write it: in any case, with any separators, with O for 0 and I or L for 1. */
function codeHash(code: string): string {
  const letters = code
    .toUpperCase()
    .replace(/[\s_-]+/g, "")
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1");
  return CODE.test(letters) ? sha256(`bot-setup-code:${letters}`) : "";
}

/**
 * Turns a code into a token. Unknown, used, replaced and expired codes are one answer, and so is the
 * code of somebody who may not make tokens any more.
 */
export async function claimSetupCode(
  db: Database,
  code: string,
  { at_ms, address }: { at_ms: number; address: string },
  origin: string,
): Promise<BotSetupClaim> {
  const at = timestamp(at_ms);
  const code_hash = codeHash(code);
  if (code_hash === "") throw endedLink("setup code");
  return db.write(async (tx) => {
    const taken = await queries.takeCode(tx, code_hash, at);
    if (!taken) throw endedLink("setup code");
    const { workspace_id, bot_user_id, created_by } = taken;
    const bot = await requireStillKept(tx, taken, at);
    const scopes = taken.scopes.split(" ");
    // Whoever made the code is who hands out the token, from where the gateway is.
    const by = { user_id: created_by, address, at };
    const named = { workspace_id, bot_user_id, name: taken.token_name, scopes, created_by, at, by };
    const { token, id: bot_token_id } = await createBotToken(tx, named);
    await recordCode(tx, by, "bot_setup_code.claimed", taken, { bot_token_id });
    const workspace = (await workspacesByIds(tx, [workspace_id])).get(workspace_id);
    if (!workspace) throw endedLink("setup code");
    const { id, route_id, slug, name } = workspace;
    return {
      token,
      bot: { id: bot.id, handle: bot.handle, display_name: bot.display_name },
      workspace: { id, route_id, slug, name },
      defaults: { defaultTo: "channel:general", ...(JSON.parse(taken.defaults) as Defaults) },
      contract_version: CONTRACT_VERSION,
      api_base_url: origin,
    };
  });
}

async function requireStillKept(tx: Tx, { workspace_id, bot_user_id, created_by }: queries.CodeRow, at: string) {
  const bot = await userById(tx, bot_user_id);
  const role = await roleOfMaker(tx, workspace_id, created_by, at);
  const inside = (await roleIn(tx, workspace_id, bot_user_id)) === "bot";
  const keeps = role !== undefined && (isManager(role) || (role !== "guest" && bot?.owner_user_id === created_by));
  if (!bot || !inside || !keeps) throw endedLink("setup code");
  return bot;
}

/** What whoever made a code is now, if they may do anything here: a block or a closed account ends it too. */
async function roleOfMaker(tx: Tx, workspace_id: string, user_id: string, at: string): Promise<Role | undefined> {
  const maker = await memberById(tx, workspace_id, user_id);
  if (!maker || maker.user.deactivated_at !== undefined) return undefined;
  return (await restrictedUntil(tx, workspace_id, user_id)) <= at ? maker.role : undefined;
}
