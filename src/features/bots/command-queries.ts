import { type BotCommand, type BotMenuCommand, LIMITS } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";

const COLUMNS = "id, workspace_id, bot_user_id, command, description, args_hint, created_at, updated_at";

/** Adds an entry or changes the one of that name, which keeps its id. */
export async function putCommand(tx: Tx, command: BotCommand): Promise<void> {
  await tx.run(
    `INSERT INTO bot_commands (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (workspace_id, bot_user_id, command) DO UPDATE SET
       description = excluded.description, args_hint = excluded.args_hint, updated_at = excluded.updated_at`,
    command.id,
    command.workspace_id,
    command.bot_user_id,
    command.command,
    command.description,
    command.args_hint,
    command.created_at,
    command.updated_at,
  );
}

/** Deletes the bot's entries that are not named. */
export async function deleteCommandsBut(
  tx: Tx,
  workspace_id: string,
  bot_user_id: string,
  kept: readonly string[],
): Promise<void> {
  // No command is empty; it keeps the list from being so, which is not SQL everywhere.
  const marks = ["?", ...kept.map(() => "?")].join(", ");
  await tx.run(
    `DELETE FROM bot_commands WHERE workspace_id = ? AND bot_user_id = ? AND command NOT IN (${marks})`,
    workspace_id,
    bot_user_id,
    "",
    ...kept,
  );
}

export async function commandsOf(tx: Tx, workspace_id: string, bot_user_id: string): Promise<BotCommand[]> {
  return tx.all<BotCommand>(
    `SELECT ${COLUMNS} FROM bot_commands WHERE workspace_id = ? AND bot_user_id = ? ORDER BY command`,
    workspace_id,
    bot_user_id,
  );
}

type MenuRow = Omit<BotMenuCommand, "bot"> & {
  bot_id: string;
  handle: string;
  display_name: string;
  avatar_url: string;
};

/** The menus of all bots that are in the workspace. */
export async function menuOf(tx: Tx, workspace_id: string): Promise<BotMenuCommand[]> {
  const rows = await tx.all<MenuRow>(
    `SELECT c.id, c.command, c.description, c.args_hint, c.created_at, c.updated_at,
       u.id AS bot_id, u.handle, u.display_name, u.avatar_url
     FROM bot_commands c
     JOIN workspace_members m ON m.workspace_id = c.workspace_id AND m.user_id = c.bot_user_id
     JOIN users u ON u.id = c.bot_user_id
     WHERE c.workspace_id = ? ORDER BY u.handle, c.command, u.id LIMIT ?`,
    workspace_id,
    LIMITS.bot_menu_commands,
  );
  return rows.map(({ bot_id, handle, display_name, avatar_url, ...command }) => ({
    ...command,
    bot: { id: bot_id, handle, display_name, avatar_url },
  }));
}
