import type { Tx } from "../../db/database.ts";
import * as queries from "./removing-queries.ts";
import { unindexMessage } from "./sqlite.ts";

/**
 * Removes some of what was said in a deleted workspace, conversation by conversation and replies before
 * their roots, so that whatever is left can still be found. Answers whether there may be more.
 */
export async function removeMessagesOf(tx: Tx, workspace_id: string, limit: number): Promise<boolean> {
  const conversation = await queries.someConversation(tx, workspace_id);
  if (!conversation) return false;
  const roots = await queries.someRoots(tx, conversation.id, limit);
  if (roots.length === 0) {
    if (!(await queries.deleteSomeStandings(tx, conversation.id, limit)))
      await queries.deleteConversation(tx, conversation);
    return true;
  }
  const replies = await queries.someReplies(
    tx,
    roots.map((root) => root.id),
    limit,
  );
  const gone = replies.length > 0 ? replies : roots;
  await queries.deleteMessages(tx, gone);
  for (const { doc_id } of gone) unindexMessage(tx, doc_id);
  return true;
}
