import { LIMITS } from "@clickclack/protocol";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Logger } from "pino";
import type { Database } from "../db/database.ts";
import { requireScope } from "../lib/actor.ts";
import { AppError, forbidden, invalid, notFound } from "../lib/errors.ts";
import { createTurnstile } from "../lib/turn.ts";
import type { SocketData, SocketRegistry } from "../realtime/registry.ts";
import { type Audience, readStanding } from "../realtime/standing.ts";
import { bearerProtocol, isSameOrigin } from "./actor.ts";
import { answerError } from "./errors.ts";
import type { AppContext, AppEnv } from "./reply.ts";
import type { Router } from "./router.ts";

export interface SocketRouteDeps {
  db: Database;
  log: Logger;
  public_url: string | undefined;
  registry: SocketRegistry;
  audience: Audience;
}

/** The realtime endpoint: everything is checked before the upgrade, so a refusal has a status. */
export function socketRoute(app: OpenAPIHono<AppEnv>, router: Router, deps: SocketRouteDeps): void {
  declare(app);
  const turn = createTurnstile(LIMITS.handshakes_per_turn, LIMITS.handshakes_turn_ms);
  app.get("/api/realtime/ws", async (c) => {
    try {
      await turn();
      return await upgrade(c, router, deps);
    } catch (error) {
      return answerError(error, c.get("info"), deps.log);
    }
  });
}

const NO_TOPICS: ReadonlySet<string> = new Set();

async function upgrade(
  c: AppContext,
  router: Router,
  { db, public_url, registry, audience }: SocketRouteDeps,
): Promise<Response> {
  const request = c.req.raw;
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket")
    throw invalid("upgrade", "this is a WebSocket; connect to it as one");
  const epoch = registry.epoch();
  const actor = await router.actor(c);
  if (!actor) throw new AppError("unauthenticated", "authentication required");
  // A browser sends its cookie from any page, so a socket by cookie has to come from our own.
  if (request.headers.get("origin") !== null && !isSameOrigin(request, public_url))
    throw forbidden("cross-site sockets are not allowed");
  requireScope(actor, "realtime:read");
  const workspace_id = c.req.query("workspace_id") ?? "";
  if (workspace_id === "") throw invalid("workspace_id", "workspace_id is required");
  const after_cursor = c.req.query("after_cursor") ?? "";
  if (after_cursor.length > 64) throw invalid("after_cursor", "after_cursor must be a cursor");
  const standing = await db.read((tx) => readStanding(tx, audience, actor, { workspace_id, after_cursor }));
  if (!standing.audience) throw notFound("workspace");
  if (registry.countOf(actor.user.id) >= LIMITS.sockets_per_user) {
    throw new AppError("rate_limited", `at most ${LIMITS.sockets_per_user} open sockets; close some`, {
      retry_after_s: 30,
    });
  }
  const data: SocketData = {
    actor,
    workspace_id,
    after_cursor,
    state: "joining",
    generation: 0,
    rights_at: "",
    standing: { ...standing, epoch },
    topics: NO_TOPICS,
    drained: undefined,
  };
  const protocol = bearerProtocol(request);
  // Bun would echo the first protocol offered; the one that carried the token is the one in use.
  const headers = protocol === undefined ? {} : { headers: { "sec-websocket-protocol": protocol } };
  if (c.env.server?.upgrade(request, { data, ...headers })) return new Response(null);
  throw invalid("upgrade", "the WebSocket handshake is incomplete");
}

function declare(app: OpenAPIHono<AppEnv>): void {
  const text = { in: "query", schema: { type: "string" } } as const;
  const error = (description: string) => ({
    description,
    content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
  });
  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/api/realtime/ws",
    operationId: "get_realtime_ws",
    tags: ["realtime"],
    summary: "The event socket",
    description: "One event object per text frame. Close codes: 4001 resync, 1008 revoked, 1013 try again.",
    security: [{ bearer: [] }, { cookie: [] }],
    parameters: [
      { name: "workspace_id", required: true, ...text },
      { name: "after_cursor", ...text },
    ],
    responses: {
      101: { description: "Switching to a WebSocket." },
      400: error("Not a WebSocket handshake, or a parameter is wrong."),
      401: error("No credential, or one that has ended."),
      403: error("Another site's page, or a bot's token without `realtime:read`."),
      404: error("Not there, or not yours to see."),
      429: error("Too many sockets."),
    },
  });
}
