import { LIMITS } from "@clickclack/protocol";
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Logger } from "pino";
import pino from "pino";
import type { Database } from "./db/database.ts";
import { auditRoutes } from "./features/audit/routes.ts";
import { actorLookup } from "./features/auth/auth.ts";
import { createSignInLimits } from "./features/auth/limits.ts";
import { authRoutes } from "./features/auth/routes.ts";
import { botRoutes } from "./features/bots/routes.ts";
import { channelRoutes } from "./features/channels/routes.ts";
import { audienceOf } from "./features/conversations/conversations.ts";
import { directRoutes } from "./features/dms/routes.ts";
import { groupRoutes } from "./features/groups/routes.ts";
import { draftRoutes } from "./features/drafts/routes.ts";
import { inviteRoutes } from "./features/invites/routes.ts";
import type { Mailer } from "./features/mail/mail.ts";
import { memberRoutes } from "./features/members/routes.ts";
import { messageRoutes } from "./features/messages/routes.ts";
import { permalinkRoutes } from "./features/permalinks/routes.ts";
import { pinRoutes } from "./features/pins/routes.ts";
import { reactionRoutes } from "./features/reactions/routes.ts";
import { realtimeRoutes } from "./features/realtime/routes.ts";
import { reportRoutes } from "./features/reports/routes.ts";
import { savedRoutes } from "./features/saved/routes.ts";
import { searchRoutes } from "./features/search/routes.ts";
import { setupRoutes } from "./features/setup/routes.ts";
import type { Claim } from "./features/setup/setup.ts";
import { threadRoutes } from "./features/threads/routes.ts";
import { topicRoutes } from "./features/topics/routes.ts";
import { looseFiles } from "./features/uploads/cleaning.ts";
import { uploadRoutes } from "./features/uploads/routes.ts";
import type { UploadStore } from "./features/uploads/store.ts";
import { userRoutes } from "./features/users/routes.ts";
import { ErrorSchema } from "./features/users/schema.ts";
import { workspaceRoutes } from "./features/workspaces/routes.ts";
import { requestContext } from "./http/context.ts";
import { answerError } from "./http/errors.ts";
import { contractDocument } from "./http/openapi.ts";
import { operatorRoutes, type OperatorDeps } from "./http/operator.ts";
import type { AppContext, AppEnv } from "./http/reply.ts";
import { createRequestLimit } from "./http/request-limit.ts";
import { createRouter, type Router } from "./http/router.ts";
import { socketRoute } from "./http/socket-route.ts";
import { createSpa } from "./http/spa.ts";
import type { WebAsset } from "./http/web-assets.ts";
import type { Clock } from "./lib/clock.ts";
import { systemClock } from "./lib/clock.ts";
import { AppError } from "./lib/errors.ts";
import { createPasswords, type Passwords } from "./lib/password.ts";
import { createRateLimit } from "./lib/ratelimit.ts";
import type { Ephemeral } from "./realtime/ephemeral.ts";
import type { FrameLoaders } from "./realtime/frames.ts";
import type { Presence } from "./realtime/presence.ts";
import type { SocketRegistry } from "./realtime/registry.ts";

export interface AppDeps {
  db: Database;
  uploads: UploadStore;
  clock: Clock;
  log: Logger;
  passwords: Passwords;
  mailer: Mailer;
  loaders: FrameLoaders;
  ephemeral: Ephemeral;
  presence: Presence;
  registry: SocketRegistry;
  claim: Claim | undefined;
  assets: Record<string, WebAsset>;
  version: string;
  config: {
    public_url?: string | undefined;
    trusted_proxy: readonly string[];
    dev_bootstrap: boolean;
    home_url: string;
    home_label: string;
    rate_limit: number;
    metrics_enabled: boolean;
    access_log: "all" | "errors" | "off";
  };
  operator: Omit<OperatorDeps, "metrics_enabled" | "version">;
}

/** The whole HTTP surface: the order requests pass through, and the list of features. */
export function createApp(deps: AppDeps): OpenAPIHono<AppEnv> {
  const { db, clock, log, config, version } = deps;
  const app = new OpenAPIHono<AppEnv>();
  const limits = createSignInLimits();
  const guesses = createRateLimit(LIMITS.wrong_codes_per_minute, 60_000, "too many wrong codes; wait a minute");
  const public_url = config.public_url;

  app.use("*", requestContext({ clock, log, config, metrics: deps.operator.metrics }));
  const router = createRouter({
    app,
    limit: createRequestLimit(config.rate_limit),
    log,
    lookup: actorLookup(db),
    dev_bootstrap: config.dev_bootstrap,
    public_url,
  });
  operatorRoutes(app, { ...deps.operator, metrics_enabled: config.metrics_enabled, version });

  userRoutes(router, { db, files: deps.uploads, cleanup: looseFiles });
  const home = { url: config.home_url, label: config.home_label };
  authRoutes(router, { ...deps, limits, public_url, dev_bootstrap: config.dev_bootstrap, home });
  setupRoutes(router, { db, passwords: deps.passwords, limits, guesses, claim: deps.claim, public_url });
  workspaceRoutes(router, db);
  inviteRoutes(router, { db, public_url, mailer: deps.mailer, guesses });
  channelRoutes(router, db);
  memberRoutes(router, db, public_url);
  auditRoutes(router, db);
  groupRoutes(router, db);
  topicRoutes(router, db);
  uploadRoutes(router, { db, store: deps.uploads });
  messageRoutes(router, db);
  threadRoutes(router, db);
  reactionRoutes(router, db);
  directRoutes(router, db);
  pinRoutes(router, db);
  savedRoutes(router, db);
  reportRoutes(router, db);
  draftRoutes(router, db);
  permalinkRoutes(router, db);
  searchRoutes(router, db);
  botRoutes(router, { ...deps, public_url });
  realtimeRoutes(router, deps);
  socketRoute(app, router, { db, log, public_url, audience: audienceOf, registry: deps.registry });

  app.openAPIRegistry.register("Error", ErrorSchema);
  // Made when it is first asked for: it is a third of the work of starting.
  let contract: string | undefined;
  app.get(
    "/api/openapi.json",
    () =>
      new Response((contract ??= JSON.stringify(contractDocument(app, version))), {
        headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-cache" },
      }),
  );

  const unmatched = fallback(createSpa(deps.assets), router, log);
  app.notFound((c) => {
    try {
      return unmatched(c);
    } catch (error) {
      return answerError(error, c.get("info"), log);
    }
  });
  app.onError((error, c) => answerError(error, c.get("info"), log));
  return app;
}

/** What no route answers: a page or file of the web client, a wrong method, or nothing that is here. */
function fallback(spa: ReturnType<typeof createSpa>, router: Router, log: Logger): (c: AppContext) => Response {
  return (c) => {
    const info = c.get("info");
    const isRead = c.req.method === "GET" || c.req.method === "HEAD";
    const page = c.req.path.startsWith("/api/") ? undefined : spa(c.req.raw, c.req.path);
    if (page && isRead) return page;
    const methods = page ? ["GET"] : router.methods(c.req.path);
    if (methods.length > 0) {
      const error = new AppError("method_not_allowed", `${c.req.method} is not allowed here`);
      return answerError(error, info, log, { allow: allowed(methods) });
    }
    return answerError(new AppError("not_found", "route not found"), info, log);
  };
}

function allowed(methods: string[]): string {
  const all = new Set(methods);
  if (all.has("GET")) all.add("HEAD");
  return [...all].join(", ");
}

/** The contract without a running server: the routes are declared, nothing is opened. */
export function openApiDocument(): Record<string, unknown> {
  const unused = new Proxy({}, { get: () => () => undefined });
  const app = createApp({
    db: unused as Database,
    uploads: unused as UploadStore,
    clock: systemClock,
    log: pino({ enabled: false }),
    passwords: createPasswords(),
    mailer: { configured: false },
    loaders: unused as FrameLoaders,
    ephemeral: unused as Ephemeral,
    presence: unused as Presence,
    registry: unused as SocketRegistry,
    claim: undefined,
    assets: {},
    version: "1",
    config: {
      trusted_proxy: [],
      dev_bootstrap: false,
      home_url: "/",
      home_label: "cc",
      rate_limit: 0,
      metrics_enabled: false,
      access_log: "off",
    },
    operator: unused as AppDeps["operator"],
  });
  return contractDocument(app, "1");
}
