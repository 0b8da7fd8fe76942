import { LIMITS } from "@clickclack/protocol";
import type { Database } from "../db/database.ts";
import { eventsAfter, hasCursor, type LogEvent } from "./events.ts";
import { dressEvents, type FrameLoaders } from "./frames.ts";

/** One page of missed events out of the table. */
export interface ReplayPage {
  /** The visible ones, dressed, in order. */
  events: LogEvent[];
  /** Where the next page begins. */
  cursor: string;
  scanned: number;
}

/**
 * Reads the page after `cursor`, not beyond `until`. Answers `undefined` when the cursor has no row
 * in the workspace's log: pruned meanwhile, from a restored backup, or of somewhere else.
 */
export async function replayPage(
  db: Database,
  loaders: FrameLoaders,
  { workspace_id, cursor, until, visible }: Replay,
): Promise<ReplayPage | undefined> {
  return db.read(async (tx) => {
    if (cursor !== "" && !(await hasCursor(tx, workspace_id, cursor))) return undefined;
    const stored = await eventsAfter(tx, workspace_id, cursor, LIMITS.replay_page_events);
    const reached = stored.filter(({ event }) => event.cursor <= until);
    const wanted = reached.filter(({ topic }) => visible.has(topic)).map(({ event }) => event);
    return {
      events: await dressEvents(tx, loaders, wanted),
      cursor: reached.at(-1)?.event.cursor ?? cursor,
      scanned: reached.length,
    };
  });
}

interface Replay {
  workspace_id: string;
  cursor: string;
  /** The feed's position: what lies beyond reaches the socket live. */
  until: string;
  visible: ReadonlySet<string>;
}
