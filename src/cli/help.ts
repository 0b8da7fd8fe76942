import { renderUsage } from "citty";
import type { CommandDef } from "citty";
import { COMMANDS } from "./commands.ts";
import { bold, colorful } from "./output.ts";

/** The first page: from the table, so that it loads no command. */
export function rootHelp(): string {
  const groups = ["Chat", "People", "Account", "Server"] as const;
  const lines = groups.flatMap((group) => [
    "",
    bold(group),
    ...COMMANDS.filter((entry) => entry.group === group).map(
      ({ name, description }) => `  ${name.padEnd(12)}${description}`,
    ),
  ]);
  return [
    "clickclack: a chat server, and its command line",
    "",
    "Usage: clickclack [command] [flags]",
    ...lines,
    "",
    "Every command says its flags: clickclack <command> --help",
  ].join("\n");
}

/** A command's own page. `path` is the words that lead to it. */
export async function commandHelp(path: string[], command: CommandDef): Promise<string> {
  const parent = { meta: { name: ["clickclack", ...path.slice(0, -1)].join(" ") } };
  const usage = await renderUsage(command, parent);
  return colorful() ? usage : Bun.stripANSI(usage);
}
