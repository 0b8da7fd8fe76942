import type { Hono } from "hono";
import type { Gauge, Metrics } from "./metrics.ts";
import type { AppEnv } from "./reply.ts";

export interface OperatorDeps {
  metrics: Metrics;
  metrics_enabled: boolean;
  version: string;
  /** Proves that the database answers; what it says is shown. */
  ready(): Promise<Facts>;
  gauges(): Record<string, Gauge>;
}

const READY_TIMEOUT_MS = 2000;

/** What machines ask: is it alive, is it ready, how is it doing. */
export function operatorRoutes(app: Hono<AppEnv>, deps: OperatorDeps): void {
  app.get("/healthz", (c) => c.json({ status: "ok" }));
  app.get("/readyz", async (c) => {
    const facts = await readiness(deps);
    return facts ? c.json({ status: "ready", ...facts }) : c.json({ status: "unavailable" }, 503);
  });
  if (!deps.metrics_enabled) return;
  app.get("/metrics", async (c) => {
    const ready = { help: "Whether the database answers.", value: (await readiness(deps)) ? 1 : 0 };
    return c.text(deps.metrics.text({ clickclack_ready: ready, ...deps.gauges() }, deps.version), 200, {
      "content-type": "text/plain; version=0.0.4; charset=utf-8",
    });
  });
}

type Facts = Record<string, string | number>;

/** What the database says of itself, or `undefined` when it fails or takes too long. */
export async function readiness(
  { ready }: Pick<OperatorDeps, "ready">,
  timeout_ms = READY_TIMEOUT_MS,
): Promise<Facts | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(late.resolve, timeout_ms);
  try {
    return await Promise.race([ready().catch(() => undefined), late.promise]);
  } finally {
    // Left running, it would keep a server that was just asked from ending.
    clearTimeout(timer);
  }
}
