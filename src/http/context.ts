import { LIMITS } from "@clickclack/protocol";
import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { Logger } from "pino";
import type { Clock } from "../lib/clock.ts";
import { invalid } from "../lib/errors.ts";
import { clientAddress, trustedProxies } from "./address.ts";
import type { Metrics } from "./metrics.ts";
import type { AppEnv, RequestInfo } from "./reply.ts";

export interface ContextOptions {
  clock: Clock;
  log: Logger;
  config: { trusted_proxy: readonly string[]; access_log: "all" | "errors" | "off" };
  metrics: Metrics;
}

/** JSON answers have their ids from the start; pages, files and the operator's answers get them here. */
function finish(headers: Headers, info: RequestInfo): void {
  if (headers.has("x-request-id")) return;
  headers.set("x-request-id", info.request_id);
  headers.set("x-correlation-id", info.correlation_id);
  if (!info.allowance) return;
  headers.set("ratelimit-limit", info.allowance.limit);
  headers.set("ratelimit-remaining", info.allowance.remaining);
  headers.set("ratelimit-reset", info.allowance.reset);
}

/** Hono drops the body of an answer to HEAD, and with it the length that GET would have named. */
async function declareLength(answer: Response): Promise<void> {
  if (answer.body === null || answer.headers.has("content-length")) return;
  answer.headers.set("content-length", String((await answer.blob()).size));
}

const CORRELATION = new RegExp(`^[A-Za-z0-9._:-]{1,${LIMITS.correlation_id_chars}}$`);

const HOST = /^(\[[\da-f:.]+\]|[\w.-]*)(:\d{0,5})?$/i;

/** A request made in process, as tests make them, comes from here. */
function peerOf(request: Request, server: AppEnv["Bindings"]["server"]): string {
  const peer = server ? (server.requestIP(request)?.address ?? "") : "127.0.0.1";
  return peer.replace(/^::ffff:/i, "");
}

/** The first thing a request meets: its ids, its address, its time; and its line in the log. */
export function requestContext({ clock, log, config, metrics }: ContextOptions): MiddlewareHandler<AppEnv> {
  const trusted = trustedProxies(config.trusted_proxy);
  return async (c, next) => {
    const at_ms = clock.now();
    const request = c.req.raw;
    const peer = peerOf(request, c.env?.server);
    const given = request.headers.get("x-correlation-id");
    const id = crypto.randomUUID().replaceAll("-", "");
    const request_id = `req_${id}`;
    c.set("info", {
      request_id,
      correlation_id: given !== null && CORRELATION.test(given) ? given : `corr_${id}`,
      peer,
      address: trusted ? clientAddress(peer, request.headers.get("x-forwarded-for"), trusted) : peer,
      at_ms,
    });
    // The URL is made of it, so anything else in it would choose the route.
    if (!HOST.test(request.headers.get("host") ?? "")) throw invalid("host", "the Host header must name a host");
    await next();
    finish(c.res.headers, c.get("info"));
    if (request.method === "HEAD") await declareLength(c.res);
    const { status } = c.res;
    const duration_ms = clock.now() - at_ms;
    // After `next` this is the pattern that answered, which names no ids.
    const route = c.get("info").route ?? routePath(c);
    metrics.count({ method: request.method, route, status }, duration_ms);
    if (config.access_log === "all" || (config.access_log === "errors" && status >= 500)) {
      // The pattern, never the path, query, headers or body: they carry codes, tokens and people's words.
      const { address } = c.get("info");
      log.info({ request_id, method: request.method, route, status, duration_ms, address }, "request");
    }
  };
}
