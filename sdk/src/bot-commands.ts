import type { BotCommandInput } from "./bots.ts";
import type { ClickClackClient } from "./client.ts";

/** Puts up the menu, and answers the commands in it. */
export async function declareCommands(client: ClickClackClient, commands: BotCommandInput[]): Promise<Set<string>> {
  const { bot_commands } = await client.bots.setCommands(commands);
  return new Set(bot_commands.map(({ command }) => command));
}

/** The commands that a bot's menu has now. */
export async function ownCommands(client: ClickClackClient, workspaceId: string, botId: string): Promise<Set<string>> {
  const { bot_commands } = await client.bots.listCommands(workspaceId);
  return new Set(bot_commands.filter(({ bot }) => bot.id === botId).map(({ command }) => command));
}
