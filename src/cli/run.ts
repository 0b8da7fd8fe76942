import { defineCommand, runCommand } from "citty";
import type { CommandDef, SubCommandsDef } from "citty";
import { COMMANDS } from "./commands.ts";
import { UsageError } from "./failure.ts";
import { commandHelp, rootHelp } from "./help.ts";
import { endWithReader, printFailure, printLine } from "./output.ts";
import { versionLine } from "./version.ts";

/** Runs one command line and answers the exit code. */
export async function runCli(argv: string[]): Promise<number> {
  endWithReader();
  const words = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  try {
    await dispatch(argv, words);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return printFailure(error, words.includes("--json") ? "json" : "human");
  }
}

async function dispatch(argv: string[], words: string[]): Promise<void> {
  const rawArgs = commandFirst(argv);
  const [name = ""] = rawArgs;
  if (argv.length === 1 && ["--version", "-v"].includes(name)) return printLine(versionLine());
  if (name === "help" || words.includes("--help") || words.includes("-h")) return printHelp(rawArgs);
  const entry = COMMANDS.find((command) => command.name === name || command.aliases?.includes(name));
  if (!name.startsWith("-") && name !== "" && !entry) {
    throw new UsageError(`there is no command "${name}"; see: clickclack --help`);
  }
  // Nothing, or flags alone, is `serve`.
  await runCommand(root, { rawArgs: entry ? rawArgs : ["serve", ...rawArgs] });
}

const subCommands: SubCommandsDef = Object.fromEntries(
  COMMANDS.flatMap(({ name, aliases = [], load }) => [name, ...aliases].map((word) => [word, load])),
);

const root = defineCommand({ meta: { name: "clickclack" }, subCommands });

const VALUE_FLAGS = new Set(
  ["server", "token", "user", "user-id", "workspace", "channel", "addr", "data", "config", "public-url"]
    .concat(["trusted-proxy", "rate-limit", "access-log", "log-level"])
    .map((name) => `--${name}`),
);

/** Flags may stand before the command (`clickclack --json whoami`); citty wants them after it. */
function commandFirst(argv: string[]): string[] {
  let first = 0;
  while (argv[first]?.startsWith("-") && argv[first] !== "--") first += VALUE_FLAGS.has(argv[first] ?? "") ? 2 : 1;
  if (first === 0 || first >= argv.length) return argv;
  const rest = argv.slice(first);
  const terminator = rest.indexOf("--");
  const at = terminator === -1 ? rest.length : terminator;
  return [...rest.slice(0, at), ...argv.slice(0, first), ...rest.slice(at)];
}

async function printHelp(rawArgs: string[]): Promise<void> {
  const path: string[] = [];
  let command: CommandDef | undefined;
  let level: SubCommandsDef | undefined = subCommands;
  for (const word of rawArgs.filter((argument) => argument !== "help" && !argument.startsWith("-"))) {
    const next: SubCommandsDef[string] | undefined = level && Object.hasOwn(level, word) ? level[word] : undefined;
    if (!next) break;
    command = await (typeof next === "function" ? next() : next);
    level = await (typeof command?.subCommands === "function" ? command.subCommands() : command?.subCommands);
    path.push(word);
  }
  printLine(command ? await commandHelp(path, command) : rootHelp());
}
