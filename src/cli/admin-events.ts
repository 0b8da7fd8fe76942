import { pruneEvents } from "../features/realtime/realtime.ts";
import { adminCommand } from "./admin-command.ts";
import { requireWorkspace } from "./admin-lookup.ts";
import { UsageError } from "./failure.ts";
import { readCount } from "./flags.ts";

const DAY_MS = 86_400_000;

export const pruneCommand = adminCommand({
  name: "prune",
  description: "Delete old events; clients that were away longer fetch everything anew",
  args: {
    workspace: { type: "string", required: true, description: "Workspace by id or slug" },
    "older-than-days": { type: "string", description: "Delete what is older than this many days" },
    before: { type: "string", description: "Delete what is older than this time (RFC 3339)" },
    "keep-latest": { type: "string", description: "Keep only this many" },
  },
  async run({ db, now_ms }, args) {
    const which = readBound(args, now_ms);
    const { id } = await db.read((tx) => requireWorkspace(tx, args.workspace));
    const pruned = await pruneEvents(db, { workspace_id: id, ...which });
    return { json: { pruned }, plain: String(pruned), human: `pruned ${pruned} events` };
  },
});

function readBound(
  args: { "older-than-days"?: string; before?: string; "keep-latest"?: string },
  now_ms: number,
): { before_ms: number } | { keep_latest: number } {
  const { before } = args;
  const days = readCount("older-than-days", args["older-than-days"]);
  const keep_latest = readCount("keep-latest", args["keep-latest"]);
  if ([days, before, keep_latest].filter((bound) => bound !== undefined).length !== 1) {
    throw new UsageError("say how much: one of --older-than-days, --before and --keep-latest");
  }
  if (keep_latest !== undefined) return { keep_latest };
  const before_ms = days === undefined ? Date.parse(before ?? "") : now_ms - days * DAY_MS;
  if (Number.isNaN(before_ms)) throw new UsageError(`--before is "${before}": write a time like 2026-05-08T12:00:00Z`);
  return { before_ms };
}
