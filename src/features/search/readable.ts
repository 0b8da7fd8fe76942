import type { Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { type Readable, readableConversations } from "../conversations/conversations.ts";
import * as queries from "./queries.ts";
import type { FoundMessage } from "./queries.ts";

/**
 * What was found and may be read now, in the order found. The index says who may read by words that were
 * written with the message; the conversation itself has the last word.
 */
export async function stillReadable(
  tx: Tx,
  actor: Actor,
  workspace_id: string,
  doc_ids: readonly number[],
): Promise<FoundMessage[]> {
  const readable = await readableConversations(tx, actor, workspace_id);
  const rows = await queries.foundMessages(tx, workspace_id, doc_ids);
  const places = new Map(doc_ids.map((doc_id, index) => [doc_id, index]));
  return rows
    .filter((row) => canRead(row, readable))
    .toSorted((a, b) => (places.get(a.doc_id) ?? 0) - (places.get(b.doc_id) ?? 0));
}

function canRead({ conversation_id, channel }: FoundMessage, readable: Readable): boolean {
  if (!channel) return readable.dm_ids.includes(conversation_id);
  return (channel.kind === "public" && readable.all_public) || readable.channel_ids.includes(conversation_id);
}
