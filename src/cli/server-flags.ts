import { readFileSync } from "node:fs";
import type { ArgsDef } from "citty";
import { ConfigError, readConfig } from "../config.ts";
import type { Config, ConfigSource } from "../config.ts";
import { UsageError } from "./failure.ts";

/** Where the data is: what every command of the host takes. */
export const DATA_FLAGS = {
  data: { type: "string", description: "The data directory (CLICKCLACK_DATA, ./data)", valueHint: "path" },
  config: { type: "string", description: "A JSON file of settings (CLICKCLACK_CONFIG)", valueHint: "path" },
} as const satisfies ArgsDef;

/** Reads the configuration of a command; what cannot be used is a usage error of one line. */
export function loadConfig(args: Record<string, unknown>, keys: readonly (keyof Config)[]): Config {
  const flags: ConfigSource = {};
  for (const key of keys) {
    const value = args[key.replaceAll("_", "-")];
    if (value !== undefined) flags[key] = value;
  }
  const file_path = textOf(args["config"]) || process.env["CLICKCLACK_CONFIG"];
  try {
    return readConfig({ flags, env: process.env, ...(file_path && { file: readJson(file_path), file_path }) });
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    const problem = cause instanceof SyntaxError ? "is not JSON" : "cannot be read";
    throw new UsageError(`the configuration ${path} ${problem}`, { cause });
  }
}
