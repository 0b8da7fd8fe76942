/** Entry point of the bench: `bun run bench s1 --rounds 3`. Ends with 1 when a run is not good. */
import { describeMachine } from "./measure/report.ts";
import { readOptions, USAGE, type Options } from "./options.ts";
import { runSend } from "./s1-send.ts";
import { runSafety } from "./s12-safety.ts";
import { runGrowth } from "./s14-growth.ts";
import { runFanOut } from "./s2-fanout.ts";
import { runReconnect } from "./s4-reconnect.ts";
import { runHistory } from "./s5-history.ts";
import { runSearch } from "./s6-search.ts";
import { runStart } from "./s8-start.ts";
import { runMemory } from "./s9-memory.ts";
import { runUploadMemory } from "./upload-memory.ts";

type Scenario = (options: Options) => Promise<boolean>;

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  s1: runSend,
  s2: runFanOut,
  s4: runReconnect,
  s5: runHistory,
  s6: runSearch,
  s8: runStart,
  s9: runMemory,
  s12: runSafety,
  s14: runGrowth,
  upload: runUploadMemory,
};

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const one = SCENARIOS[options.scenario];
  const chosen = options.scenario === "all" ? Object.values(SCENARIOS) : one ? [one] : [];
  if (chosen.length === 0) {
    console.log(USAGE);
    process.exitCode = options.scenario === "" ? 0 : 2;
    return;
  }
  console.log(describeMachine());
  for (const run of chosen) if (!(await run(options))) process.exitCode = 1;
}

await main();
