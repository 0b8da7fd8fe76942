/** SDK clients that stay subscribed while their server restarts: how long is each without its line? */
import { ClickClackClient } from "@clickclack/sdk";
import { quantile } from "../measure/statistics.ts";

export interface BlackoutLoad {
  origin: string;
  workspace_id: string;
  tokens: string[];
}

export interface BlackoutReport {
  p50_ms: number;
  max_ms: number;
}

async function run({ origin, workspace_id, tokens }: BlackoutLoad): Promise<BlackoutReport> {
  const lost_at = new Map<string, number>();
  const blackouts: number[] = [];
  const allLive = Promise.withResolvers<void>();
  const allBack = Promise.withResolvers<void>();
  let live = 0;
  const subscriptions = tokens.map((token) =>
    new ClickClackClient({ baseUrl: origin, token }).events.subscribe({
      workspaceId: workspace_id,
      onEvent: () => undefined,
      onState({ name }) {
        const lost = lost_at.get(token);
        if (name === "offline" && lost === undefined) lost_at.set(token, performance.now());
        if (name !== "live") return;
        if (lost === undefined && ++live === tokens.length) allLive.resolve();
        if (lost === undefined) return;
        blackouts.push(performance.now() - lost);
        if (blackouts.length === tokens.length) allBack.resolve();
      },
    }),
  );
  await allLive.promise;
  process.stdout.write(`${JSON.stringify({ live })}\n`);
  await allBack.promise;
  for (const subscription of subscriptions) subscription.close();
  const sorted = blackouts.toSorted((a, b) => a - b);
  return { p50_ms: quantile(sorted, 0.5), max_ms: quantile(sorted, 1) };
}

process.stdout.write(`${JSON.stringify(await run(await Bun.stdin.json()))}\n`);
process.exit(0);
