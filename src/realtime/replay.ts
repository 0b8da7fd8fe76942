import { LIMITS } from "@clickclack/protocol";
import type { Database } from "../db/database.ts";
import { hasCursor, type VisiblePage, visibleAfter } from "./events.ts";
import { dressEvents, type FrameLoaders } from "./frames.ts";

/**
 * Reads the page of missed events after `cursor`, not beyond `until`, dressed. Answers `undefined` when the cursor has no row
 * in the workspace's log: pruned meanwhile, from a restored backup, or of somewhere else.
 */
export async function replayPage(
  db: Database,
  loaders: FrameLoaders,
  replay: Replay,
): Promise<VisiblePage | undefined> {
  const { workspace_id, cursor } = replay;
  return db.read(async (tx) => {
    if (cursor !== "" && !(await hasCursor(tx, workspace_id, cursor))) return undefined;
    const page = await visibleAfter(tx, replay, LIMITS.replay_page_events);
    return { ...page, events: await dressEvents(tx, loaders, page.events) };
  });
}

interface Replay {
  workspace_id: string;
  cursor: string;
  /** The feed's position: what lies beyond reaches the socket live. */
  until: string;
  visible: ReadonlySet<string>;
}
