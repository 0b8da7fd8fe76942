/**
 * S14: what the lists with unread counts cost as a workspace grows, in messages and in members. They
 * read counters, so they have to stay where they are; the page of a channel is measured beside them.
 */
import type { GetWindow } from "./load/gets.ts";
import { startLoad } from "./load/start-load.ts";
import { describeCpu, requireFairLoad } from "./measure/fairness.ts";
import { createReport } from "./measure/report.ts";
import { formatNumber } from "./measure/statistics.ts";
import type { Options } from "./options.ts";
import { clickclackTarget } from "./target/clickclack.ts";
import { borrowMillion, type Million, type MillionSize } from "./target/million.ts";
import { startServer } from "./target/server.ts";
import { fillStandings } from "./target/unread.ts";

const CHANNELS = 50;
const BY_MESSAGES: readonly MillionSize[] = [10_000, 100_000, 1_000_000].map((messages) => ({
  messages,
  members: 200,
  channels: CHANNELS,
}));
const BY_MEMBERS: readonly MillionSize[] = [10, 100, 1000].map((members) => ({
  messages: 100_000,
  members,
  channels: CHANNELS,
}));
/** Flat, with room for what a larger file costs in caches. */
const GROWTH_TARGET = 1.3;
const PAGE = 50;
const CONNECTIONS = 4;

/** The first person is in every channel and owns all direct conversations. */
const LISTS = {
  channels: ({ workspace_id }: Million) => `/api/workspaces/${workspace_id}/channels`,
  dms: ({ workspace_id }: Million) => `/api/dms?workspace_id=${workspace_id}`,
  threads: ({ workspace_id }: Million) => `/api/workspaces/${workspace_id}/threads?filter=unread&limit=10`,
  page: ({ channel_ids }: Million) => `/api/channels/${channel_ids[0]}/messages?limit=${PAGE}`,
};
type List = keyof typeof LISTS;
const FIELDS: Record<List, string> = {
  channels: "channels",
  dms: "conversations",
  threads: "threads",
  page: "messages",
};

export async function runGrowth(options: Options): Promise<boolean> {
  const report = createReport(`S14 growth, ${options.rounds} rounds of ${options.measure_ms / 1000} s`);
  const taken = new Map<string, number[]>();
  for (let round = 0; round < options.rounds; round++) {
    for (const size of [...BY_MESSAGES, ...BY_MEMBERS]) await measureSize(size, options, taken);
  }
  for (const list of Object.keys(LISTS) as List[]) {
    const times = (size: MillionSize | undefined) => (size ? (taken.get(keyOf(list, size)) ?? []) : []);
    for (const size of [...BY_MESSAGES, ...BY_MEMBERS]) report.figure(keyOf(list, size), times(size), "µs of a core");
    for (const [what, sizes] of [
      ["messages", BY_MESSAGES],
      // Ten people cannot have as many direct conversations, so growth is judged from a hundred on.
      ["members", BY_MEMBERS.slice(1)],
    ] as const) {
      const [least = [], most = []] = [times(sizes[0]), times(sizes.at(-1))];
      const growth = most.map((value, index) => value / (least[index] ?? Number.NaN));
      report.limit(`${list}: most / least ${what}`, growth, "×", GROWTH_TARGET);
    }
  }
  return report.finish(options);
}

function keyOf(list: List, { messages, members }: MillionSize): string {
  return `${list}, ${formatNumber(messages)} messages, ${formatNumber(members)} members`;
}

async function measureSize(size: MillionSize, options: Options, taken: Map<string, number[]>): Promise<void> {
  const million = await borrowMillion(size);
  try {
    fillStandings(million.directory);
    const server = await startServer(clickclackTarget(options), million.directory);
    try {
      for (const list of Object.keys(LISTS) as List[]) {
        const path = LISTS[list](million);
        const window = await measure(server, { path, field: FIELDS[list], token: million.tokens[0] ?? "" }, options);
        const key = keyOf(list, size);
        taken.set(key, [...(taken.get(key) ?? []), 1e6 / window.gets_per_core_s]);
        console.log(
          `s14 ${key}: ${formatNumber(1e6 / window.gets_per_core_s)} µs of a core, p50 ${formatNumber(window.p50_ms)} ms, ${formatNumber(window.reply_bytes / 1000)} kB, ${describeCpu(window)}`,
        );
      }
    } finally {
      await server.stop();
    }
  } finally {
    million.remove();
  }
}

async function measure(
  server: { port: number; pid: number; origin: string },
  { path, field, token }: { path: string; field: string; token: string },
  options: Options,
): Promise<GetWindow> {
  const reply = await fetch(server.origin + path, { headers: { authorization: `Bearer ${token}` } });
  const entries = ((await reply.json()) as Record<string, unknown[] | undefined>)[field]?.length ?? -1;
  if (entries <= 0) throw new Error(`s14: ${path} answers no ${field}`);
  const load = startLoad<GetWindow>("gets.ts", {
    port: server.port,
    server_pid: server.pid,
    token,
    paths: [path],
    connections: CONNECTIONS,
    warm_ms: options.warm_ms / 4,
    measure_ms: options.measure_ms,
    list: { field, entries },
  });
  try {
    const window = await load.next();
    requireFairLoad(`s14 ${field}`, window);
    return window;
  } finally {
    await load.end();
  }
}
