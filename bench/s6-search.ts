/**
 * S6: searches of every sort in a million messages, while 500 messages a second are sent. What somebody
 * types is measured as a client sees it, and so is what their searching costs those who write.
 */
import { createChatter, WORDS } from "./load/chatter.ts";
import type { Question, SearchReport } from "./load/search.ts";
import { startLoad } from "./load/start-load.ts";
import { describeCpu } from "./measure/fairness.ts";
import { createReport } from "./measure/report.ts";
import { formatNumber, quantile } from "./measure/statistics.ts";
import type { Options } from "./options.ts";
import { clickclackTarget } from "./target/clickclack.ts";
import { borrowMillion, type Million } from "./target/million.ts";
import { startServer } from "./target/server.ts";

const LIMIT_MS = { p50: 2, p99: 15, prefix_p99: 120, send_rise: 5 };
const SENDS_PER_S = 500;
const SEARCHES_PER_S = 40;
/** A short beginning has so many continuations that the index has to put them together first. */
const PREFIX = "short prefix";

export async function runSearch(options: Options): Promise<boolean> {
  const report = createReport(`S6 search, ${options.rounds} rounds of ${options.measure_ms / 1000} s`);
  const rounds: SearchReport[] = [];
  const million = await borrowMillion();
  try {
    for (let round = 0; round < options.rounds; round++) {
      const taken = await measureSearch(million, options);
      rounds.push(taken);
      const { p50, p99 } = summarize(taken, (sort) => sort !== PREFIX);
      console.log(
        `s6: p50 ${formatNumber(p50)} ms, p99 ${formatNumber(p99)} ms, sends p99 ${formatNumber(taken.calm_send_p99_ms)} → ${formatNumber(taken.busy_send_p99_ms)} ms, ${describeCpu(taken)}`,
      );
    }
  } finally {
    million.remove();
  }
  const each = (pick: (sort: string) => boolean) => rounds.map((one) => summarize(one, pick));
  const most = each((sort) => sort !== PREFIX);
  const p50 = most.map((one) => one.p50);
  const p99 = most.map((one) => one.p99);
  report.limit("all but short prefixes, p50", p50, "ms", LIMIT_MS.p50);
  report.limit("all but short prefixes, p99", p99, "ms", LIMIT_MS.p99);
  const prefixes = each((sort) => sort === PREFIX).map((one) => one.p99);
  report.limit("short prefixes, p99", prefixes, "ms", LIMIT_MS.prefix_p99);
  const rises = rounds.map((one) => one.busy_send_p99_ms - one.calm_send_p99_ms);
  report.limit("what searching adds to the p99 of sends", rises, "ms", LIMIT_MS.send_rise);
  for (const sort of Object.keys(rounds[0]?.latencies ?? {})) {
    const taken = each((one) => one === sort);
    const middle = taken.map((one) => one.p50);
    report.figure(`${sort}, p50`, middle, "ms");
  }
  return report.finish(options);
}

function summarize({ latencies }: SearchReport, pick: (sort: string) => boolean): { p50: number; p99: number } {
  const all = Object.entries(latencies).flatMap(([sort, list]) => (pick(sort) ? list : []));
  const sorted = Float64Array.from(all).sort();
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}

async function measureSearch(million: Million, options: Options): Promise<SearchReport> {
  const server = await startServer(clickclackTarget(options), million.directory);
  try {
    const load = startLoad<SearchReport>("search.ts", {
      port: server.port,
      server_pid: server.pid,
      send_token: million.tokens[1],
      channel_ids: million.channel_ids.slice(0, 20),
      sends_per_s: SENDS_PER_S,
      searches_per_s: SEARCHES_PER_S,
      warm_ms: options.warm_ms,
      measure_ms: options.measure_ms,
      questions: makeQuestions(million),
    });
    return await load.next();
  } finally {
    await server.stop();
  }
}

/** One of each sort in turn, each time with other words, so that no cache answers for the index. */
function makeQuestions(million: Million): Question[] {
  const { word } = createChatter(1);
  const [owner = ""] = million.tokens;
  const { small } = million;
  return Array.from({ length: 12 }, (_, round): Question[] => {
    const pair = `${word(round + 1)} ${word(round + 30)}`;
    const ask = (sort: string, q: string, more: Partial<Question> & { workspace_id?: string } = {}): Question => {
      const { workspace_id = million.workspace_id, ...rest } = more;
      const order = round % 2 === 0 ? "relevance" : "newest";
      const path = `/api/search?${new URLSearchParams({ workspace_id, q, sort: order })}`;
      return { sort, path, token: owner, status: 200, results: 1, ...rest };
    };
    return [
      ask("common word", word(round)),
      ask("medium word", word(100 + round * 7)),
      ask("rare word", word(25_000 + round * 31), { results: 0 }),
      ask("two words", `${pair} `),
      ask("phrase", `"${word(0)} ${word(round + 1)}"`),
      ask("unfinished word", word(400 + round * 11).slice(0, 5), { results: 0 }),
      ask(PREFIX, word(200 + round * 5).slice(0, 2)),
      ask("Han", round % 3 === 0 ? "部" : WORDS.han),
      ask("from: and in:", `${word(round)} from:person-${round + 3} in:#channel-${round % 4}`),
      ask("before:", `${word(round)} before:2025-${String(round + 1).padStart(2, "0")}`, { results: 0 }),
      ask("small workspace", word(round), { workspace_id: small.workspace_id, token: small.token, results: 0 }),
      ask("no access", word(round), { token: million.stranger_token, status: 404 }),
      ask("hostile input", `${'" AND NEAR( * -('.repeat(20)}${word(round)} OR scope:${round}`, { results: 0 }),
    ];
  }).flat();
}
