import { defineCommand } from "citty";
import type { ArgsDef, CommandDef, ParsedArgs } from "citty";
import { CLIENT_FLAGS } from "./client-flags.ts";
import type { ClientFlags } from "./client-flags.ts";
import { requireKnownFlags } from "./flags.ts";
import { openSession } from "./session.ts";
import type { Session } from "./session.ts";

/** A command that speaks HTTP through the SDK. All its words are in `args._`, the named ones too. */
export function clientCommand<const Args extends ArgsDef>(command: {
  name: string;
  description: string;
  args: Args;
  run(session: Session, args: ParsedArgs<Args & ClientFlags>, rawArgs: string[]): Promise<void>;
}): CommandDef<ArgsDef> {
  const args: ArgsDef = { ...command.args, ...CLIENT_FLAGS };
  return defineCommand({
    meta: { name: command.name, description: command.description },
    args,
    async run(context) {
      requireKnownFlags(context.rawArgs, args);
      // citty parsed them by these very definitions; only the type got lost on the way.
      const parsed = context.args as unknown as ParsedArgs<Args & ClientFlags>;
      const session = openSession(context.args as unknown as ParsedArgs<ClientFlags>, process.env);
      await command.run(session, parsed, context.rawArgs);
    },
  }) as CommandDef<ArgsDef>;
}

/**
 * Commands of which one runs when none is named. Its flags are known here too, so that a flag's value is not
 * taken for a command.
 */
export function clientGroup(group: {
  name: string;
  description: string;
  default: string;
  subCommands: Record<string, CommandDef<ArgsDef>>;
}): CommandDef<ArgsDef> {
  const { name, description, subCommands } = group;
  const args: ArgsDef = CLIENT_FLAGS;
  return defineCommand({ meta: { name, description }, args, default: group.default, subCommands });
}
