import { LIMITS } from "@clickclack/protocol";
import type { MiddlewareHandler } from "hono";
import type { Logger } from "pino";
import type { Clock } from "../lib/clock.ts";
import { clientAddress, trustedProxies } from "./address.ts";
import type { Metrics } from "./metrics.ts";
import type { AppEnv } from "./reply.ts";

export interface ContextOptions {
  clock: Clock;
  log: Logger;
  config: { trusted_proxy: readonly string[]; access_log: "all" | "errors" | "off" };
  metrics: Metrics;
}

const CORRELATION = new RegExp(`^[A-Za-z0-9._:-]{1,${LIMITS.correlation_id_chars}}$`);

/** The first thing a request meets: its ids, its address, its time; and its line in the log. */
export function requestContext({ clock, log, config, metrics }: ContextOptions): MiddlewareHandler<AppEnv> {
  const trusted = trustedProxies(config.trusted_proxy);
  return async (c, next) => {
    const at_ms = clock.now();
    const request = c.req.raw;
    const peer = c.env?.server?.requestIP(request)?.address ?? "127.0.0.1";
    const given = request.headers.get("x-correlation-id");
    const id = crypto.randomUUID().replaceAll("-", "");
    const request_id = `req_${id}`;
    c.set("info", {
      request_id,
      correlation_id: given !== null && CORRELATION.test(given) ? given : `corr_${id}`,
      address: trusted
        ? clientAddress(peer, request.headers.get("x-forwarded-for"), trusted)
        : peer.replace(/^::ffff:/i, ""),
      at_ms,
    });
    await next();
    const { status } = c.res;
    const duration_ms = clock.now() - at_ms;
    metrics.count(request.method, status, duration_ms);
    if (config.access_log === "all" || (config.access_log === "errors" && status >= 500)) {
      // Never query strings, headers or bodies: they carry tokens and people's words.
      log.info(
        { request_id, method: request.method, path: c.req.path, status, duration_ms, address: c.get("info").address },
        "request",
      );
    }
  };
}
