import type { Tx } from "../../db/database.ts";
import { uploadsIn } from "./queries.ts";
import { reservationsIn } from "./reservation-queries.ts";
import { releasePlace } from "./reserving.ts";
import { dropUpload } from "./uploads.ts";

/** Forgets some of a deleted workspace's files, those under way too. Answers how many; 0 means none is left. */
export async function dropUploadsOf(tx: Tx, workspace_id: string, at: string, limit: number): Promise<number> {
  const places = await reservationsIn(tx, workspace_id, limit);
  for (const one of places) await releasePlace(tx, one, at);
  const files = await uploadsIn(tx, workspace_id, limit);
  for (const one of files) await dropUpload(tx, one, at);
  return places.length + files.length;
}
