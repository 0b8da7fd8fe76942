/** The command line of the bench, read once. */
import { parseArgs } from "node:util";

export interface Options {
  scenario: string;
  rounds: number;
  warm_ms: number;
  measure_ms: number;
  connections: number[];
  authors: number[];
  sockets: number[];
  starts: number;
  messages: number;
  idle_ms: number;
  with_nonce: boolean;
  floor_only: boolean;
  commit_per_message: boolean;
  executable: string | undefined;
  from_source: boolean;
  slice: string | undefined;
  record: boolean;
  compare: boolean;
}

export const USAGE = `usage: bun run bench <scenario> [options]

  s1  send: durable sends per second, SIGKILL, audit
  s2  fan-out: messages seen by every socket, saturated
  s4  reconnect: everybody comes back at once, and a restart under SDK clients
  s5  history: pages of channels of a million messages
  s6  search: every sort of it in a million messages, while others send
  s8  start: from exec to the first 200
  s9  memory: idle, idle sockets, after a fan-out
  upload  memory: while a 64-MiB file goes up and comes back
  s14 growth: the lists with unread counts, by messages and members
  s12 safety: members removed and a reader that stops, during a fan-out
  all all of them, one after another

  --rounds 3                 rounds; targets alternate within each
  --seconds 10 --warm 2      length of the measured window and of the warm-up
  --connections 1,16,64      s1
  --commit-per-message       s1: also measure one commit for each message (from source)
  --nonce                    s1: send a nonce with each message
  --authors 1,8,32           s2
  --sockets 100,1000         s2 (5000 is the long form); s9 opens these as idle sockets
  --starts 15 --messages 0   s8: runs, and messages already in the data directory
  --idle 60                  s9: seconds before idle memory is read
  --executable <file>        measure this executable (default dist/clickclack when it exists)
  --source                   measure src/main.ts instead of the executable
  --floor-only               leave our server out
  --slice <file>             run a reference slice beside the floor
  --record | --compare       write bench/recorded.json | fail below 85 % of it`;

export function readOptions(argv: string[]): Options {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "10" },
      warm: { type: "string", default: "2" },
      connections: { type: "string", default: "1,16,64" },
      authors: { type: "string", default: "1,8,32" },
      sockets: { type: "string", default: "100,1000" },
      starts: { type: "string", default: "15" },
      messages: { type: "string", default: "0" },
      idle: { type: "string", default: "60" },
      nonce: { type: "boolean", default: false },
      "commit-per-message": { type: "boolean", default: false },
      "floor-only": { type: "boolean", default: false },
      executable: { type: "string" },
      source: { type: "boolean", default: false },
      slice: { type: "string" },
      record: { type: "boolean", default: false },
      compare: { type: "boolean", default: false },
    },
  });
  return {
    scenario: positionals[0] ?? "",
    rounds: number("rounds", values.rounds),
    warm_ms: 1000 * number("warm", values.warm),
    measure_ms: 1000 * number("seconds", values.seconds),
    connections: numbers("connections", values.connections),
    authors: numbers("authors", values.authors),
    sockets: numbers("sockets", values.sockets),
    starts: number("starts", values.starts),
    messages: number("messages", values.messages),
    idle_ms: 1000 * number("idle", values.idle),
    with_nonce: values.nonce,
    floor_only: values["floor-only"],
    commit_per_message: values["commit-per-message"],
    executable: values.executable,
    from_source: values.source,
    slice: values.slice,
    record: values.record,
    compare: values.compare,
  };
}

function number(name: string, text: string): number {
  const value = Number(text);
  if (text !== "" && Number.isFinite(value) && value >= 0) return value;
  throw new Error(`--${name} takes a number, not "${text}"`);
}

function numbers(name: string, text: string): number[] {
  return text.split(",").map((part) => number(name, part));
}
