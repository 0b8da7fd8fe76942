import { defineCommand } from "citty";
import type { ArgsDef } from "citty";
import pino from "pino";
import manifest from "../../package.json" with { type: "json" };
import type { Config } from "../config.ts";
import { serve } from "../server.ts";
import type { RunningServer } from "../server.ts";
import { readMode } from "./client-flags.ts";
import { requireKnownFlags } from "./flags.ts";
import { print } from "./output.ts";
import { DATA_FLAGS, loadConfig } from "./server-flags.ts";

const ARGS: ArgsDef = {
  addr: { type: "string", description: "Where to listen, host:port (:8080)" },
  ...DATA_FLAGS,
  uploads: { type: "string", description: "Where files are kept (uploads in the data directory)", valueHint: "path" },
  "public-url": { type: "string", description: "The address people open, when a proxy stands in front" },
  "trusted-proxy": { type: "string", description: "Addresses or blocks of proxies whose X-Forwarded-For is believed" },
  "smtp-url": { type: "string", description: "The server that takes letters, smtp://host:587 or smtps://host" },
  "mail-from": { type: "string", description: "Who letters come from, Name <address>" },
  "home-url": { type: "string", description: "Where the link home leads (/)" },
  "home-label": { type: "string", description: "What the link home says (cc)" },
  "dev-bootstrap": {
    type: "boolean",
    description: "Development: a first user and workspace; local requests need no sign-in",
  },
  "rate-limit": { type: "string", description: "Requests a minute of one actor, or off" },
  "metrics-enabled": { type: "boolean", description: "Serve /metrics" },
  "access-log": { type: "string", description: "all, errors or off" },
  "log-level": { type: "string", description: "debug, info, warn, error or silent" },
  json: { type: "boolean", description: "Say where it listens as JSON" },
  plain: { type: "boolean", description: "Say where it listens as a bare address" },
};

const KEYS = [
  "addr",
  "data",
  "uploads",
  "public_url",
  "trusted_proxy",
  "smtp_url",
  "mail_from",
  "home_url",
  "home_label",
  "dev_bootstrap",
  "rate_limit",
  "metrics_enabled",
  "access_log",
  "log_level",
] as const;

export default defineCommand({
  meta: { name: "serve", description: "Run the server until it is told to stop" },
  args: ARGS,
  async run({ rawArgs, args }) {
    requireKnownFlags(rawArgs, ARGS);
    const mode = readMode({ json: args["json"] === true, plain: args["plain"] === true });
    const config = loadConfig(args, KEYS);
    // Standard output says where to click; the log goes beside it.
    const destination = pino.destination({ fd: 2, sync: false });
    // A log on a full disk or without a reader must not take the server with it.
    destination.on("error", () => undefined);
    const log = pino({ level: config.log_level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
    // Before anything is printed: whoever reads the greeting may already ask to stop.
    const stopping = stopSignal();
    const server = await serve(config, { log, version: manifest.version });
    const { url, port, claim_url } = server;
    print(mode, { json: { url, port, ...(claim_url && { claim_url }) }, plain: url, human: greeting(server, config) });
    const signal = await stopping;
    log.info({ signal }, "stopping");
    await server.stop();
    log.info("stopped");
    await endLog(destination);
  },
});

function greeting({ url, claim_url }: RunningServer, config: Config): string[] {
  const lines = [`ClickClack is running at ${url}`, `Data is in ${config.data}`];
  if (claim_url) lines.push("", "Nobody is here yet. Open this link to become the owner:", `  ${claim_url}`);
  if (config.dev_bootstrap) lines.push("", "Development mode: requests from this machine need no sign-in.");
  return lines;
}

/** How long the last lines may take to get out. */
const LAST_LINES_MS = 1000;

/**
 * Writes the last lines, or finds that nobody takes them. Not with `flushSync`: where nothing can be written it
 * tries for ever, and so would pino's own exit handler, had the destination not ended before.
 */
async function endLog(destination: ReturnType<typeof pino.destination>): Promise<void> {
  const ended = Promise.withResolvers<void>();
  const late = setTimeout(ended.resolve, LAST_LINES_MS);
  destination.once("close", ended.resolve);
  destination.once("error", ended.resolve);
  destination.end();
  await ended.promise;
  clearTimeout(late);
  destination.destroy();
}

/** How long a repeated signal counts as the same one: a terminal and a wrapper both pass Ctrl-C on. */
const SAME_SIGNAL_MS = 1000;

/** The first signal asks the server to stop; one that comes later ends the process at once. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    let asked_ms: number | undefined;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        if (asked_ms !== undefined && performance.now() - asked_ms > SAME_SIGNAL_MS) process.exit(1);
        asked_ms ??= performance.now();
        resolve(signal);
      });
    }
  });
}
