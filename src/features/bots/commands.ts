import { type BotCommand, type BotMenuCommand, LIMITS } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import { type Actor, isBot } from "../../lib/actor.ts";
import { forbidden, invalid } from "../../lib/errors.ts";
import { newId } from "../../lib/ids.ts";
import { codePoints, requireText } from "../../lib/text.ts";
import { requireMember } from "../workspaces/workspaces.ts";
import * as queries from "./command-queries.ts";

const COMMAND = /^\/[a-z0-9_-]{1,32}$/;

export interface CommandInput {
  command: string;
  description: string;
  args_hint?: string | undefined;
}

type Entry = Required<CommandInput>;

/**
 * Replaces the menu that the actor, a bot, shows in its workspace. It is for completion only: a
 * command reaches the bot as an ordinary message.
 */
export async function setCommands(
  db: Database,
  actor: Actor,
  input: readonly CommandInput[],
): Promise<{ workspace_id: string; bot_commands: BotCommand[] }> {
  const { workspace_id } = actor;
  if (!isBot(actor) || workspace_id === undefined) throw forbidden("only a bot can declare its commands");
  const entries = readEntries(input);
  const bot_user_id = actor.user.id;
  return db.write(async (tx) => {
    await requireMember(tx, actor, workspace_id);
    await queries.deleteCommandsBut(
      tx,
      workspace_id,
      bot_user_id,
      entries.map((entry) => entry.command),
    );
    for (const entry of entries) {
      const id = newId("bot_command");
      await queries.putCommand(tx, {
        ...entry,
        id,
        workspace_id,
        bot_user_id,
        created_at: actor.at,
        updated_at: actor.at,
      });
    }
    return { workspace_id, bot_commands: await queries.commandsOf(tx, workspace_id, bot_user_id) };
  });
}

function readEntries(input: readonly CommandInput[]): Entry[] {
  const entries = input.map((one, index): Entry => {
    const path = `commands.${index}`;
    const command = one.command.trim().toLowerCase();
    if (!COMMAND.test(command)) {
      throw invalid(`${path}.command`, "a command is / and 1 to 32 of a-z, 0-9, _ and -");
    }
    const description = readText(`${path}.description`, one.description);
    if (description === "") throw invalid(`${path}.description`, "description must not be empty");
    return { command, description, args_hint: readText(`${path}.args_hint`, one.args_hint ?? "") };
  });
  if (new Set(entries.map((entry) => entry.command)).size < entries.length) {
    throw invalid("commands", "each command may be there once");
  }
  return entries;
}

function readText(path: string, value: string): string {
  const text = requireText(path, value.trim());
  if (codePoints(text) > LIMITS.bot_command_text_chars) {
    throw invalid(path, `${path} must be at most ${LIMITS.bot_command_text_chars} characters`);
  }
  return text;
}

/** What all bots of a workspace offer, for completion. */
export async function listCommands(db: Database, actor: Actor, workspace_id: string): Promise<BotMenuCommand[]> {
  return db.read(async (tx) => {
    await requireMember(tx, actor, workspace_id);
    return queries.menuOf(tx, workspace_id);
  });
}
