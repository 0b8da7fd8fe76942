import type { Tx } from "../db/database.ts";
import type { Actor } from "../lib/actor.ts";
import { logStanding } from "./events.ts";

/** How an actor stands to a workspace's log at one moment: all that a join has to ask. */
export interface Standing {
  /** The topics they may read, or `undefined` for somebody who is not in the workspace. */
  audience: string[] | undefined;
  /** The log's end in the same snapshot. */
  tail: string;
  /** Whether the cursor they come with has a row. */
  known: boolean;
}

/** The topics an actor may read in a workspace, or `undefined` for somebody who is not in it. */
export type Audience = (tx: Tx, actor: Actor, workspace_id: string) => Promise<string[] | undefined>;

export async function readStanding(
  tx: Tx,
  audience: Audience,
  actor: Actor,
  { workspace_id, after_cursor }: { workspace_id: string; after_cursor: string },
): Promise<Standing> {
  return {
    audience: await audience(tx, actor, workspace_id),
    ...(await logStanding(tx, workspace_id, after_cursor)),
  };
}
