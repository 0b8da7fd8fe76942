/**
 * Removes members beside the running server, as an operator's command does: through the same verb,
 * in another process. Prints the cursor of each removal, by user.
 *
 *   bun bench/target/remove-members.ts <data directory> <workspace> <user>...
 */
import { openDatabase } from "../../src/db/open.ts";
import { removeMember } from "../../src/features/workspaces/workspaces.ts";
import { tailCursor } from "../../src/realtime/events.ts";

const BETWEEN_MS = 100;

const [directory = "", workspace_id = "", ...user_ids] = process.argv.slice(2);
const db = await openDatabase(directory, "bench");
const cursors: Record<string, string> = {};
for (const user_id of user_ids) {
  cursors[user_id] = await db.write(async (tx) => {
    await removeMember(tx, workspace_id, user_id, new Date().toISOString());
    return tailCursor(tx, workspace_id);
  });
  await Bun.sleep(BETWEEN_MS);
}
await db.close();
process.stdout.write(`${JSON.stringify(cursors)}\n`);
