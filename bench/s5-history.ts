/**
 * S5: pages of 50 in channels of a million messages, the newest, any and the oldest, where messages
 * stand alone and where they carry threads, reactions and files. The floor reads the same database.
 */
import { createRandom } from "./load/bodies.ts";
import type { GetWindow } from "./load/gets.ts";
import { startLoad } from "./load/start-load.ts";
import { describeCpu, requireFairLoad } from "./measure/fairness.ts";
import { createReport, type Report } from "./measure/report.ts";
import { formatNumber } from "./measure/statistics.ts";
import type { Options } from "./options.ts";
import { clickclackTarget } from "./target/clickclack.ts";
import { type History, keepHistory, type Look, LOOKS } from "./target/history.ts";
import { pagesFloor } from "./target/pages-floor.ts";
import { type RunningServer, startServer } from "./target/server.ts";

const PAGE = 50;
const PLACES = ["newest", "random", "oldest"] as const;
type Place = (typeof PLACES)[number];
const RANDOM_PATHS = 4096;
const PER_CORE_TARGET: Record<Look, number> = { bare: 10_000, dressed: 4000 };
/** How much slower the oldest page may be than the newest. */
const OLDEST_TARGET = 1.3;

type Samples = Map<string, GetWindow[]>;
type Name = "ours" | "floor";

export async function runHistory(options: Options): Promise<boolean> {
  const history = await keepHistory();
  const report = createReport(`S5 history, ${options.rounds} rounds of ${options.measure_ms / 1000} s`);
  const connections = options.connections.filter((count) => count <= 16);
  const samples: Samples = new Map();
  const servers: Record<Name, RunningServer> = {
    ours: await startServer(clickclackTarget(options), history.directory),
    floor: await startServer(pagesFloor(), history.directory),
  };
  try {
    for (let round = 0; round < options.rounds; round++) {
      for (const look of LOOKS)
        for (const place of PLACES)
          for (const count of connections) {
            // Alternating who goes first keeps a drifting machine from favouring one of them.
            const order: Name[] = round % 2 === 0 ? ["ours", "floor"] : ["floor", "ours"];
            for (const name of order) {
              const window = await measure(servers[name], history, { look, place, count }, options);
              const key = keyOf(name, look, place, count);
              samples.set(key, [...(samples.get(key) ?? []), window]);
              console.log(
                `s5 ${key}: ${formatNumber(window.gets_per_core_s)} pages/s a core, ${formatNumber(window.gets_per_s)}/s, p50 ${formatNumber(window.p50_ms)} ms, p99 ${formatNumber(window.p99_ms)} ms, ${formatNumber(window.reply_bytes / 1000)} kB, ${describeCpu(window)}`,
              );
            }
          }
    }
  } finally {
    for (const server of Object.values(servers)) await server.stop();
  }
  for (const look of LOOKS) for (const count of connections) addToReport(report, samples, look, count);
  return report.finish(options);
}

function keyOf(name: Name, look: Look, place: Place, count: number): string {
  return `${name}, ${look}, ${place}, ${count} connection${count === 1 ? "" : "s"}`;
}

async function measure(
  server: RunningServer,
  history: History,
  { look, place, count }: { look: Look; place: Place; count: number },
  options: Options,
): Promise<GetWindow> {
  const load = startLoad<GetWindow>("gets.ts", {
    port: server.port,
    server_pid: server.pid,
    token: history.tokens[1],
    paths: pathsOf(history, look, place),
    connections: count,
    warm_ms: options.warm_ms / 4,
    measure_ms: options.measure_ms,
    list: { field: "messages", entries: PAGE },
  });
  try {
    const window = await load.next();
    requireFairLoad(`s5 ${place}`, window);
    return window;
  } finally {
    await load.end();
  }
}

function pathsOf({ channel_ids, messages }: History, look: Look, place: Place): string[] {
  const path = `/api/channels/${channel_ids[LOOKS.indexOf(look)]}/messages?limit=${PAGE}`;
  if (place === "newest") return [path];
  if (place === "oldest") return [`${path}&before_seq=${PAGE + 1}`];
  const random = createRandom(1);
  const anywhere = () => PAGE + 1 + Math.floor(random() * (messages - PAGE));
  return Array.from({ length: RANDOM_PATHS }, () => `${path}&before_seq=${anywhere()}`);
}

function addToReport(report: Report, samples: Samples, look: Look, count: number): void {
  const perCore = (name: Name, place: Place) =>
    (samples.get(keyOf(name, look, place, count)) ?? []).map((one) => one.gets_per_core_s);
  for (const place of PLACES) {
    const key = `s5.${look}.${place}.${count}`;
    report.ratio(key, keyOf("ours", look, place, count), perCore("ours", place), perCore("floor", place));
    report.reach(keyOf("ours", look, place, count), perCore("ours", place), "pages/s", PER_CORE_TARGET[look]);
    report.figure(keyOf("floor", look, place, count), perCore("floor", place), "pages/s");
  }
  const oldest = perCore("ours", "oldest");
  const slower = perCore("ours", "newest").map((value, index) => value / (oldest[index] ?? Number.NaN));
  report.limit(`${look}, ${count}: oldest / newest page, time`, slower, "×", OLDEST_TARGET);
}
