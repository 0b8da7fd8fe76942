import { ClickClackClient } from "@clickclack/sdk";
import type { ParsedArgs } from "citty";
import manifest from "../../package.json" with { type: "json" };
import { readMode } from "./client-flags.ts";
import type { ClientFlags } from "./client-flags.ts";
import { UsageError } from "./failure.ts";
import type { Mode } from "./output.ts";
import { readSettings, sameServer, settingsPath } from "./settings.ts";
import type { Settings } from "./settings.ts";

/** What a client command works with: whom it talks to, as whom, and how it prints. */
export interface Session {
  client: ClickClackClient;
  server: string;
  token: string | undefined;
  mode: Mode;
  /** Whether it may ask. */
  interactive: boolean;
  /** Workspace and channel wanted by flag, environment or file, in the words given. */
  workspace: string | undefined;
  channel: string | undefined;
  settings_path: string;
  /** What is stored for this server; empty when the file belongs to another. */
  stored: Settings;
}

const DEFAULT_SERVER = "http://localhost:8080";
const TIMEOUT_MS = 10_000;

/** Flag, else environment, else file. What is stored for one server never reaches another. */
export function openSession(args: ParsedArgs<ClientFlags>, env: Record<string, string | undefined>): Session {
  const settings_path = settingsPath(env);
  const settings = readSettings(settings_path);
  const server = args.server || env["CLICKCLACK_SERVER"] || settings.server || DEFAULT_SERVER;
  const stored = settings.server && sameServer(settings.server, server) ? settings : {};
  const userId = args.user || args["user-id"] || env["CLICKCLACK_USER_ID"] || undefined;
  const token = args.token || env["CLICKCLACK_TOKEN"] || (userId ? undefined : stored.token);
  if (!/^https?:\/\//i.test(server) || !URL.canParse(server)) {
    throw new UsageError(`--server is "${server}": write an address like ${DEFAULT_SERVER}`);
  }
  const client = new ClickClackClient({
    baseUrl: server,
    token,
    userId,
    timeout_ms: TIMEOUT_MS,
    fetch: args.verbose ? fetchAloud : fetchNamed,
    ...(userId && { webSocket: webSocketAs(userId) }),
  });
  return {
    client,
    server: client.baseUrl,
    token,
    mode: readMode(args),
    interactive: args.input && Boolean(process.stdin.isTTY),
    workspace: args.workspace || env["CLICKCLACK_WORKSPACE"] || stored.workspace,
    channel: args.channel || env["CLICKCLACK_CHANNEL"] || stored.channel,
    settings_path,
    stored,
  };
}

/** What the list of sessions knows this program by. */
const USER_AGENT = `clickclack/${manifest.version} (${process.platform})`;

function fetchNamed(url: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("user-agent", USER_AGENT);
  return fetch(url, { ...init, headers });
}

/** Says each request; never its headers or body, which hold secrets. */
async function fetchAloud(url: string, init: RequestInit): Promise<Response> {
  const started = performance.now();
  const say = (outcome: string) =>
    process.stderr.write(`${init.method} ${url} ${outcome} ${Math.round(performance.now() - started)} ms\n`);
  try {
    const response = await fetchNamed(url, init);
    say(String(response.status));
    return response;
  } catch (error) {
    say("failed");
    throw error;
  }
}

/** Bun's WebSocket can carry the development identity as a header, as the HTTP calls do. */
function webSocketAs(userId: string) {
  return class extends WebSocket {
    constructor(url: string, protocols: string[] = []) {
      const options = { headers: { "X-ClickClack-User": userId }, protocols };
      // The standard's second argument is a list; Bun takes options too.
      super(url, options as unknown as string[]);
    }
  };
}
