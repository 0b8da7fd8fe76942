import { existsSync } from "node:fs";
import { defineCommand } from "citty";
import type { ArgsDef, CommandDef, ParsedArgs } from "citty";
import manifest from "../../package.json" with { type: "json" };
import type { Config } from "../config.ts";
import { databasePath, openDatabase } from "../db/open.ts";
import type { ServerDatabase } from "../db/open.ts";
import { systemClock, timestamp } from "../lib/clock.ts";
import { AppError } from "../lib/errors.ts";
import { readMode } from "./client-flags.ts";
import { requireKnownFlags } from "./flags.ts";
import { print } from "./output.ts";
import type { Result } from "./output.ts";
import { DATA_FLAGS, loadConfig } from "./server-flags.ts";

const OUTPUT_FLAGS = {
  json: { type: "boolean", description: "Print JSON" },
  plain: { type: "boolean", description: "Print the bare id or secret" },
} as const satisfies ArgsDef;

type AdminFlags = typeof DATA_FLAGS & typeof OUTPUT_FLAGS;

/** What a command of the host works with. */
export interface Host {
  db: ServerDatabase;
  config: Config;
  now_ms: number;
  /** The same moment as the database writes it. */
  at: string;
}

/**
 * A command that opens the database itself, beside a running server or without one. Only commands that can be
 * somebody's first (`creates`) make a database; for the others a missing one is a mistyped directory.
 */
export function adminCommand<const Args extends ArgsDef>(command: {
  name: string;
  description: string;
  args: Args;
  creates?: boolean;
  run(host: Host, args: ParsedArgs<Args & AdminFlags>): Promise<Result>;
}): CommandDef<ArgsDef> {
  const args: ArgsDef = { ...command.args, ...DATA_FLAGS, ...OUTPUT_FLAGS };
  return defineCommand({
    meta: { name: command.name, description: command.description },
    args,
    async run({ rawArgs, args: given }) {
      requireKnownFlags(rawArgs, args);
      const parsed = given as unknown as ParsedArgs<Args & AdminFlags>;
      const mode = readMode(given as { json?: boolean; plain?: boolean });
      const config = loadConfig(given, ["data"]);
      if (!command.creates) requireDatabase(config);
      const db = await openDatabase(config.data, manifest.version);
      const now_ms = systemClock.now();
      try {
        print(mode, await command.run({ db, config, now_ms, at: timestamp(now_ms) }, parsed));
      } finally {
        await db.close();
      }
    },
  }) as CommandDef<ArgsDef>;
}

function requireDatabase(config: Config): void {
  const path = databasePath(config.data);
  if (!existsSync(path)) {
    throw new AppError("not_found", `there is no database at ${path}; name the data directory with --data`);
  }
}
