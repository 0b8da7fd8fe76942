import { LIMITS } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, requireHuman } from "../../lib/actor.ts";
import { timestamp } from "../../lib/clock.ts";
import { forbidden } from "../../lib/errors.ts";
import { removeMessagesOf } from "../messages/removing.ts";
import { dropUploadsOf } from "../uploads/removing.ts";
import { entomb, userById } from "../users/users.ts";
import { requireActive } from "../workspaces/workspaces.ts";
import * as queries from "./removing-queries.ts";

/**
 * Deletes a workspace. Everybody is out of it in this commit, its links and tokens are dead and its slug is
 * free; what it held goes afterwards, in slices. Bots of nobody's that were only here go with it.
 */
export async function deleteWorkspace(db: Database, actor: Actor, workspace_id: string): Promise<void> {
  requireHuman(actor);
  await db.write(async (tx) => {
    if ((await requireActive(tx, actor, workspace_id)) !== "owner")
      throw forbidden("only the owner can delete the workspace");
    const bots = await queries.loneServiceBots(tx, workspace_id);
    await queries.closeWorkspace(tx, workspace_id, actor.at);
    for (const id of await queries.revokeTokensOf(tx, workspace_id, actor.at)) tx.notify(id);
    for (const id of await queries.deleteMembers(tx, workspace_id)) tx.notify(id);
    for (const id of bots) {
      const bot = await userById(tx, id);
      if (bot) await entomb(tx, bot, actor.at);
    }
  });
}

/**
 * Removes what deleted workspaces held until nothing is left or `goesOn` says no. Each slice is a write of its
 * own, so that sending never waits for it, and begins with what is there: one that was interrupted is resumed
 * by beginning again.
 */
export async function removeDeleted(db: Database, at_ms: number, goesOn: () => boolean): Promise<void> {
  const at = timestamp(at_ms);
  while (goesOn() && (await db.write((tx) => removeSome(tx, at))));
}

async function removeSome(tx: Tx, at: string): Promise<boolean> {
  const workspace_id = await queries.deletedWorkspace(tx);
  if (workspace_id === undefined) return false;
  const limit = LIMITS.workspace_removal_batch;
  // Files before the messages that carry them, and the workspace itself last: it is how the rest is found.
  if ((await dropUploadsOf(tx, workspace_id, at, limit)) > 0) return true;
  if (await removeMessagesOf(tx, workspace_id, limit)) return true;
  if (await queries.deleteSomeRows(tx, workspace_id, limit)) return true;
  await queries.deleteWorkspace(tx, workspace_id);
  return true;
}
