import { CLOSE, LIMITS } from "@clickclack/protocol";
import { join } from "node:path";
import type { Logger } from "pino";
import { createApp } from "./app.ts";
import { type Config, readAddress } from "./config.ts";
import { lockDataDirectory } from "./db/lock.ts";
import { openDatabase, type ServerDatabase } from "./db/open.ts";
import { channelsByIds } from "./features/channels/queries.ts";
import { audienceOf } from "./features/conversations/conversations.ts";
import { conversationsByIds } from "./features/dms/queries.ts";
import { draftsByIds } from "./features/drafts/queries.ts";
import { groupsForFrames } from "./features/groups/reading.ts";
import { reindexSome } from "./features/messages/changing.ts";
import { messagesForFrames } from "./features/messages/messages.ts";
import { threadStates } from "./features/messages/queries.ts";
import { holdsCredential, pruneCredentials } from "./features/auth/auth.ts";
import type { Mailer } from "./features/mail/mail.ts";
import { mailerOf } from "./features/mail/mailer.ts";
import { startMail } from "./features/mail/post.ts";
import { pruneEvents } from "./features/realtime/realtime.ts";
import { startReminders } from "./features/saved/reminding.ts";
import { startRemover } from "./features/setup/remover.ts";
import { bootstrap, openClaim } from "./features/setup/setup.ts";
import { topicsByIds } from "./features/topics/queries.ts";
import { startCleaner } from "./features/uploads/cleaner.ts";
import { createUploadStore } from "./features/uploads/store.ts";
import { usersByIds, workspaceIdsOfAll } from "./features/users/queries.ts";
import { startStatuses } from "./features/users/statuses.ts";
import { workspacesByIds } from "./features/workspaces/queries.ts";
import { createMetrics, type Gauge } from "./http/metrics.ts";
import type { AppEnv } from "./http/reply.ts";
import { loadWebAssets } from "./http/web-assets.ts";
import { systemClock, timestamp } from "./lib/clock.ts";
import { AppError } from "./lib/errors.ts";
import { createPasswords } from "./lib/password.ts";
import type { FrameLoaders } from "./realtime/frames.ts";
import { startLive } from "./realtime/live.ts";
import type { SocketData, SocketRegistry } from "./realtime/registry.ts";
import type { createSockets } from "./realtime/socket.ts";

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
  messages: messagesForFrames,
  threadStates,
  channels: channelsByIds,
  conversations: conversationsByIds,
  workspaces: workspacesByIds,
  users: usersByIds,
  groups: groupsForFrames,
  topics: topicsByIds,
  drafts: draftsByIds,
};

/** Wires everything and listens. Throws an `AppError` that says what to do when it cannot. */
export async function serve(config: Config, program: Program): Promise<RunningServer> {
  const address = readAddress(config.addr) ?? { hostname: "", port: 8080 };
  const mailer = mailerOf(config);
  requireFreePort(address);
  const lock = lockDataDirectory(config.data);
  const db = await openOrUnlock(config, program, lock);
  const live = startRealtime(db, program);
  async function release(): Promise<void> {
    await live.stop();
    await db.close();
    lock.release();
  }
  try {
    return await run(config, program, { address, db, live, mailer, release });
  } catch (error) {
    // Its timers and its lock would keep a process alive that serves nobody.
    await release();
    throw error;
  }
}

interface Parts {
  address: { hostname: string; port: number };
  db: ServerDatabase;
  live: ReturnType<typeof startRealtime>;
  mailer: Mailer;
  release(): Promise<void>;
}

async function run(
  config: Config,
  program: Program,
  { address, db, live, mailer, release }: Parts,
): Promise<RunningServer> {
  const { log, version } = program;
  if (config.dev_bootstrap) await bootstrapDevelopment(db, systemClock.now());
  const claim = await openClaim(db);
  const uploads = createUploadStore(uploadsOf(config));
  const app = createApp({
    ...live,
    db,
    mailer,
    uploads,
    log,
    claim,
    config,
    version,
    clock: systemClock,
    passwords: createPasswords(),
    assets: await loadWebAssets(),
    operator: {
      metrics: createMetrics(),
      gauges: () => gauges(db, live.registry),
      ready: async () => ({ synchronous: synchronous(db), version }),
    },
  });
  const server = listen(address, app, live.sockets);
  live.publishTo(server);
  const prune = setInterval(() => void pruneOld(db).catch(live.failed), LIMITS.prune_interval_ms);
  const reindex = setInterval(() => void reindexAll(db).catch(live.failed), LIMITS.reindex_interval_ms);
  const post = startMail(config, { db, clock: systemClock, log }, live.failed);
  const sweepers = [
    startCleaner({ db, store: uploads }, systemClock, live.failed),
    startRemover(db, systemClock, live.failed),
    startReminders(db, systemClock, live.failed),
    startStatuses(db, { clock: systemClock }, live.failed),
  ];

  async function stop(): Promise<void> {
    clearInterval(prune);
    clearInterval(reindex);
    const letters = post.stop();
    live.sockets.closeAll(CLOSE.going_away, "the server is stopping");
    // Stops listening; its promise also waits for idle keep-alive connections, which hold no request.
    void server.stop(false);
    await drained(server);
    await server.stop(true);
    await Promise.all([letters, ...sweepers.map((one) => one.stop())]);
    await release();
  }

  const port = server.port ?? address.port;
  const url = config.public_url ?? `http://${shownHost(address.hostname)}:${port}`;
  return { url, port, db, stop, claim_url: claim && `${url}/setup?token=${claim.token}` };
}

/** Waits until every request under way has its answer, ten seconds at most. */
async function drained(server: Bun.Server<SocketData>): Promise<void> {
  const until = Date.now() + LIMITS.shutdown_ms;
  while (server.pendingRequests > 0 && Date.now() < until) await Bun.sleep(LIMITS.shutdown_poll_ms);
}

interface Program {
  log: Logger;
  version: string;
  heartbeat_ms?: number;
  presence_grace_ms?: number;
}

/** The live half; what it publishes goes nowhere until `publishTo`. */
function startRealtime(db: ServerDatabase, { log, heartbeat_ms, presence_grace_ms }: Program) {
  let server: Bun.Server<SocketData> | undefined;
  const live = startLive({
    db,
    loaders,
    publish: (subscription, frame) => void server?.publish(subscription, frame),
    heartbeat_ms,
    presence_grace_ms,
    audience: audienceOf,
    holds: holdsCredential,
    workspacesOf: workspaceIdsOfAll,
    foreignVersion: () => db.pragma("data_version"),
    failed: (error) => log.error({ err: error }, "realtime"),
  });
  return { ...live, publishTo: (running: Bun.Server<SocketData>) => void (server = running) };
}

function listen(
  { hostname, port }: { hostname: string; port: number },
  app: ReturnType<typeof createApp>,
  sockets: ReturnType<typeof createSockets>,
) {
  const options: Bun.Serve.Options<SocketData> = {
    hostname: hostname || "::",
    port,
    // Bun's own error page would show code and stack.
    development: false,
    // Outside development Bun lets a second program take half of the connections of the same port.
    reusePort: false,
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
  };
  try {
    return Bun.serve<SocketData>(options);
  } catch (error) {
    throw portRefusal(error, port);
  }
}

function gauges(db: ServerDatabase, registry: SocketRegistry): Record<string, Gauge> {
  const { commits, writes, queued } = db.stats();
  return {
    clickclack_sockets: { help: "Open sockets.", value: registry.count() },
    clickclack_commits: { help: "Commits since the start.", value: commits },
    clickclack_writes: { help: "Writes in those commits.", value: writes },
    clickclack_write_batch_mean: { help: "Writes per commit.", value: commits === 0 ? 0 : writes / commits },
    clickclack_write_queue: { help: "Writes waiting.", value: queued },
    clickclack_memory_bytes: { help: "Resident memory.", value: process.memoryUsage.rss() },
  };
}

async function reindexAll(db: ServerDatabase): Promise<void> {
  while (await reindexSome(db));
}

async function pruneOld(db: ServerDatabase): Promise<void> {
  await pruneEvents(db, { before_ms: systemClock.now() - LIMITS.event_retention_ms });
  await pruneEvents(db, { keep_latest: LIMITS.events_per_workspace });
  await pruneCredentials(db, systemClock.now());
}

function uploadsOf(config: Config): string {
  return config.uploads ?? join(config.data, "uploads");
}

function shownHost(hostname: string): string {
  const everywhere = hostname === "" || hostname === "0.0.0.0" || hostname === "::";
  return everywhere ? "localhost" : hostname.includes(":") ? `[${hostname}]` : hostname;
}

async function openOrUnlock(
  config: Config,
  { version, log }: Program,
  lock: { release(): void },
): Promise<ServerDatabase> {
  try {
    return await openDatabase(config.data, version, {
      uploads: uploadsOf(config),
      log: (line) => log.info(line),
      // Here and not where it is used: the executable carries the thread's program beside this file.
      long_reader: () => new Worker(new URL("./reader-worker.ts", import.meta.url)),
      checkpointer: () => new Worker(new URL("./checkpoint-worker.ts", import.meta.url)),
    });
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
  } catch (error) {
    throw portRefusal(error, port);
  }
}

function portRefusal(error: unknown, port: number): unknown {
  if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) return error;
  return new AppError(
    "conflict",
    `port ${port} is in use; stop the other program or choose another with --addr :${port + 1}`,
  );
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
