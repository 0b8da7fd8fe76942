import type { ArgsDef } from "citty";
import { UsageError } from "./failure.ts";
import type { Mode } from "./output.ts";

/** What every client command takes. */
export const CLIENT_FLAGS = {
  server: { type: "string", description: "Address of the server (CLICKCLACK_SERVER)", valueHint: "url" },
  token: { type: "string", description: "Session or bot token (CLICKCLACK_TOKEN)" },
  user: { type: "string", description: "Development servers: act as this user (CLICKCLACK_USER_ID)" },
  "user-id": { type: "string", description: "The same as --user" },
  workspace: { type: "string", description: "Workspace by id, slug or name (CLICKCLACK_WORKSPACE)" },
  channel: { type: "string", description: "Channel by id or name (CLICKCLACK_CHANNEL)" },
  json: { type: "boolean", description: "Print JSON" },
  plain: { type: "boolean", description: "Print ids and tab-separated rows" },
  input: {
    type: "boolean",
    default: true,
    description: "Ask when something is missing",
    negativeDescription: "Never ask",
  },
  verbose: { type: "boolean", description: "Say each request on standard error" },
} as const satisfies ArgsDef;

export type ClientFlags = typeof CLIENT_FLAGS;

export function readMode(args: { json?: boolean; plain?: boolean }): Mode {
  if (args.json && args.plain) throw new UsageError("--json and --plain exclude each other");
  return args.json ? "json" : args.plain ? "plain" : "human";
}
