import { CLOSE, LIMITS } from "@clickclack/protocol";
import type { Logger } from "pino";
import { createApp } from "./app.ts";
import { type Config, readAddress } from "./config.ts";
import { lockDataDirectory } from "./db/lock.ts";
import { openDatabase, type ServerDatabase } from "./db/open.ts";
import { channelsByIds } from "./features/channels/queries.ts";
import { messagesByIds, threadStates } from "./features/messages/queries.ts";
import { pruneEvents } from "./features/realtime/realtime.ts";
import { bootstrap, openClaim } from "./features/setup/setup.ts";
import { usersByIds, workspaceIdsOf } from "./features/users/queries.ts";
import { workspacesByIds } from "./features/workspaces/queries.ts";
import { audienceOf } from "./features/workspaces/workspaces.ts";
import { createMetrics } from "./http/metrics.ts";
import type { AppEnv } from "./http/reply.ts";
import { loadWebAssets } from "./http/web-assets.ts";
import { systemClock, timestamp } from "./lib/clock.ts";
import { AppError } from "./lib/errors.ts";
import { createPasswords } from "./lib/password.ts";
import { createEphemeral } from "./realtime/ephemeral.ts";
import { createFeed } from "./realtime/feed.ts";
import type { FrameLoaders } from "./realtime/frames.ts";
import { createPresence } from "./realtime/presence.ts";
import { createSocketRegistry, createSockets, type SocketData } from "./realtime/socket.ts";

export interface RunningServer {
  /** Where it listens, e.g. `http://localhost:8080`. */
  url: string;
  port: number;
  /** The one-time link of a server without people. */
  claim_url: string | undefined;
  db: ServerDatabase;
  /** Drains requests, closes sockets with 1001, checkpoints; at most ten seconds. */
  stop(): Promise<void>;
}

/** The rows that frames carry, from the features that own them. */
export const loaders: FrameLoaders = {
  messages: messagesByIds,
  threadStates,
  channels: channelsByIds,
  workspaces: workspacesByIds,
  users: usersByIds,
};

/** Wires everything and listens. Throws an `AppError` that says what to do when it cannot. */
export async function serve(config: Config, { log, version }: { log: Logger; version: string }): Promise<RunningServer> {
  const address = readAddress(config.addr) ?? { hostname: "", port: 8080 };
  requireFreePort(address);
  const lock = lockDataDirectory(config.data);
  const db = await openOrUnlock(config, version, log, lock);
  const clock = systemClock;
  if (config.dev_bootstrap) await bootstrapDevelopment(db, clock.now());
  const claim = await openClaim(db);

  const registry = createSocketRegistry();
  const presence = createPresence();
  const failed = (error: unknown) => log.error({ err: error }, "realtime");
  const publish = (subscription: string, frame: string) => void server.publish(subscription, frame);
  const ephemeral = createEphemeral(publish, (user_id) => registry.byUser(user_id));
  const feed = createFeed({ db, loaders, publish, failed, revoked: (key) => sockets.revoke(key) });
  const sockets = createSockets(
    { db, feed, ephemeral, presence, loaders, clock, failed, audience: audienceOf, workspacesOf: workspaceIdsOf },
    registry,
  );
  const metrics = createMetrics();
  const gauges = () => {
    const { commits, writes, queued } = db.stats();
    return {
      clickclack_sockets: { help: "Open sockets.", value: registry.count() },
      clickclack_commits: { help: "Commits since the start.", value: commits },
      clickclack_writes: { help: "Writes in those commits.", value: writes },
      clickclack_write_batch_mean: { help: "Writes per commit.", value: commits === 0 ? 0 : writes / commits },
      clickclack_write_queue: { help: "Writes waiting.", value: queued },
      clickclack_memory_bytes: { help: "Resident memory.", value: process.memoryUsage.rss() },
    };
  };
  const app = createApp({
    db, clock, log, loaders, ephemeral, presence, claim, config, version,
    sockets: registry,
    passwords: createPasswords(),
    assets: await loadWebAssets(),
    operator: { metrics, gauges, ready: async () => ({ synchronous: synchronous(db), version }) },
  });

  const server = Bun.serve<SocketData>({
    hostname: address.hostname || "::",
    port: address.port,
    idleTimeout: LIMITS.http_idle_timeout_s,
    // Above the upload limit: Bun's own 413 has no body, ours does.
    maxRequestBodySize: LIMITS.upload_bytes + LIMITS.json_body_bytes,
    fetch: (request, bun) => app.fetch(request, { server: bun } as AppEnv["Bindings"]),
    websocket: {
      perMessageDeflate: false,
      idleTimeout: LIMITS.socket_idle_timeout_s,
      maxPayloadLength: LIMITS.ephemeral_payload_bytes,
      backpressureLimit: LIMITS.socket_backlog_bytes,
      // Without it Bun drops frames silently and leaves the socket open.
      closeOnBackpressureLimit: true,
      open: (socket) => sockets.open(socket),
      drain: (socket) => sockets.drain(socket),
      close: (socket) => sockets.close(socket),
      // Output only: acts go over HTTP, where they are checked and answered.
      message: () => undefined,
    },
  });
  const timers = startTimers();

  function startTimers() {
    const heartbeat = setInterval(() => {
      for (const workspace_id of feed.followed()) ephemeral.heartbeat(workspace_id, feed.position(workspace_id), clock.now());
    }, LIMITS.heartbeat_ms);
    const prune = setInterval(() => {
      pruneEvents(db, { before_ms: clock.now() - LIMITS.event_retention_ms })
        .then(() => pruneEvents(db, { keep_latest: LIMITS.events_per_workspace }))
        .catch(failed);
    }, LIMITS.prune_interval_ms);
    return [heartbeat, prune];
  }

  async function stop(): Promise<void> {
    for (const timer of timers) clearInterval(timer);
    sockets.closeAll(CLOSE.going_away, "the server is stopping");
    const late = new Promise<void>((resolve) => setTimeout(resolve, LIMITS.shutdown_ms).unref());
    await Promise.race([server.stop(false), late]);
    await server.stop(true);
    await feed.stop();
    await db.close();
    lock.release();
  }

  const port = server.port ?? address.port;
  const url = config.public_url ?? `http://${address.hostname && address.hostname !== "0.0.0.0" && address.hostname !== "::" ? address.hostname : "localhost"}:${port}`;
  return { url, port, db, stop, claim_url: claim && `${url}/setup?token=${claim.token}` };
}

async function openOrUnlock(config: Config, version: string, log: Logger, lock: { release(): void }): Promise<ServerDatabase> {
  try {
    return await openDatabase(config.data, version, { log: (line) => log.info(line) });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Finding out before anything is made, so that a mistyped start leaves no trace. */
function requireFreePort({ hostname, port }: { hostname: string; port: number }): void {
  if (port === 0) return;
  try {
    Bun.listen({ hostname: hostname || "::", port, exclusive: true, socket: { data() {} } }).stop(true);
  } catch {
    throw new AppError("conflict", `port ${port} is in use; stop the other program or choose another with --addr :${port + 1}`);
  }
}

async function bootstrapDevelopment(db: ServerDatabase, at_ms: number): Promise<void> {
  await bootstrap(db, {
    display_name: "Local Captain",
    email: "local@clickclack.chat",
    workspace_name: "ClickClack",
    at: timestamp(at_ms),
  });
}

function synchronous(db: ServerDatabase): string {
  return ["OFF", "NORMAL", "FULL", "EXTRA"][Number(db.pragma("synchronous"))] ?? "unknown";
}
