import { defineCommand } from "citty";
import type { ArgsDef, CommandDef, SubCommandsDef } from "citty";
import { UsageError } from "./failure.ts";
import { requireKnownFlags } from "./flags.ts";
import { printLine } from "./output.ts";

const SHELLS: Record<string, (words: Completions) => string> = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** What may follow the words that lead to a command: its commands, or its flags. The root is the empty text. */
type Completions = Map<string, string[]>;

/** What it needs of an entry of the first level; the table itself leads here. */
interface Entry {
  name: string;
  load(): Promise<CommandDef>;
}

const args = {
  shell: { type: "positional", description: "bash, zsh or fish", required: true },
} as const satisfies ArgsDef;

export function completionCommand(commands: Entry[]): CommandDef<ArgsDef> {
  return defineCommand({
    meta: {
      name: "completion",
      description: 'Print what completes words in a shell: eval "$(clickclack completion bash)"',
    },
    args,
    async run(context) {
      requireKnownFlags(context.rawArgs, args);
      const script = SHELLS[context.args.shell];
      if (!script) throw new UsageError(`there is no completion for "${context.args.shell}": write bash, zsh or fish`);
      printLine(script(await collect(commands)));
    },
  }) as CommandDef<ArgsDef>;
}

async function collect(commands: Entry[]): Promise<Completions> {
  const words: Completions = new Map([["", commands.map(({ name }) => name)]]);
  for (const { name, load } of commands) await add(words, ` ${name}`, await load());
  return words;
}

async function add(words: Completions, path: string, command: CommandDef): Promise<void> {
  const inner = (await resolve(command.subCommands)) as SubCommandsDef | undefined;
  const flags = Object.entries(((await resolve(command.args)) as ArgsDef | undefined) ?? {});
  words.set(path, inner ? Object.keys(inner) : flags.flatMap(([name, flag]) => flagWords(name, flag)));
  for (const [name, one] of Object.entries(inner ?? {})) {
    await add(words, `${path} ${name}`, (await resolve(one)) as CommandDef);
  }
}

/** What is on unless it is switched off is written `--no-…`. */
function flagWords(name: string, flag: ArgsDef[string]): string[] {
  if (flag.type === "positional") return [];
  return [flag.type === "boolean" && flag.default === true ? `--no-${name}` : `--${name}`];
}

async function resolve(value: unknown): Promise<unknown> {
  return typeof value === "function" ? (value as () => unknown)() : value;
}

/** The names avoid `path` and `words`, which zsh keeps for itself. */
function bashScript(words: Completions): string {
  return `# Made by: clickclack completion bash
_clickclack() {
  local word at="" choices=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$at $word" in
      ${known(words).join("|")}) at="$at $word" ;;
    esac
  done
  case "$at" in
${[...words].map(([path, after]) => `    "${path}") choices="${after.join(" ")}" ;;`).join("\n")}
  esac
  COMPREPLY=($(compgen -W "$choices" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _clickclack clickclack`;
}

function zshScript(words: Completions): string {
  return `autoload -U +X compinit bashcompinit
(( $+functions[compdef] )) || compinit
bashcompinit
${bashScript(words)}`;
}

function fishScript(words: Completions): string {
  const cases = [...words].map(([path, after]) => `    case "${path}"\n      printf "%s\\n" ${after.join(" ")}`);
  return `# Made by: clickclack completion fish
function __clickclack_words
  set -l path ""
  set -l words (commandline -opc)
  set -e words[1]
  for word in $words
    switch "$path $word"
      case ${known(words).join(" ")}
        set path "$path $word"
    end
  end
  switch "$path"
${cases.join("\n")}
  end
end
complete -c clickclack -a "(__clickclack_words)"`;
}

/** Every path but the root's, quoted. */
function known(words: Completions): string[] {
  return [...words.keys()].filter((path) => path !== "").map((path) => `"${path}"`);
}
