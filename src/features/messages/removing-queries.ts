import type { Tx } from "../../db/database.ts";

export interface DoomedConversation {
  id: string;
  kind: "channel" | "dm";
}

export async function someConversation(tx: Tx, workspace_id: string): Promise<DoomedConversation | undefined> {
  return tx.get<DoomedConversation>(
    `SELECT * FROM (SELECT id, 'channel' AS kind FROM channels WHERE workspace_id = ? LIMIT 1)
     UNION ALL SELECT * FROM (SELECT id, 'dm' AS kind FROM direct_conversations WHERE workspace_id = ? LIMIT 1) LIMIT 1`,
    workspace_id,
    workspace_id,
  );
}

export interface Doomed {
  doc_id: number;
  id: string;
}

export async function someRoots(tx: Tx, conversation_id: string, limit: number): Promise<Doomed[]> {
  return tx.all<Doomed>(
    `SELECT doc_id, id FROM messages WHERE conversation_id = ? AND channel_seq IS NOT NULL
     ORDER BY channel_seq LIMIT ?`,
    conversation_id,
    limit,
  );
}

export async function someReplies(tx: Tx, root_ids: string[], limit: number): Promise<Doomed[]> {
  return tx.all<Doomed>(
    `SELECT doc_id, id FROM messages
     WHERE thread_root_id IN (${root_ids.map(() => "?").join(", ")}) AND thread_seq IS NOT NULL LIMIT ?`,
    ...root_ids,
    limit,
  );
}

/** What hangs on a message, and by which name. */
const DEPENDENTS = {
  reactions: "message_id",
  message_revisions: "message_id",
  message_attachments: "message_id",
  saved_messages: "message_id",
  mentions: "message_id",
  thread_follows: "root_id",
};

export async function deleteMessages(tx: Tx, messages: Doomed[]): Promise<void> {
  const marks = messages.map(() => "?").join(", ");
  const ids = messages.map((one) => one.id);
  for (const [table, key] of Object.entries(DEPENDENTS))
    await tx.run(`DELETE FROM ${table} WHERE ${key} IN (${marks})`, ...ids);
  await tx.run(`DELETE FROM messages WHERE doc_id IN (${marks})`, ...messages.map((one) => one.doc_id));
}

/** Where people stood in it, and who was in it. Answers whether some were left. */
export async function deleteSomeStandings(tx: Tx, conversation_id: string, limit: number): Promise<boolean> {
  const places = {
    standings: "conversation_id",
    channel_members: "channel_id",
    direct_conversation_members: "conversation_id",
  };
  for (const [table, key] of Object.entries(places)) {
    const { changes } = await tx.run(
      `DELETE FROM ${table} WHERE ${key} = ? AND user_id IN (SELECT user_id FROM ${table} WHERE ${key} = ? LIMIT ?)`,
      conversation_id,
      conversation_id,
      limit,
    );
    if (changes > 0) return true;
  }
  return false;
}

/** Pins and the channels of groups go with it. */
export async function deleteConversation(tx: Tx, { id, kind }: DoomedConversation): Promise<void> {
  await tx.run("DELETE FROM mentions WHERE scope_id = ?", id);
  await tx.run("DELETE FROM reindexing WHERE conversation_id = ?", id);
  await tx.run(`DELETE FROM ${kind === "channel" ? "channels" : "direct_conversations"} WHERE id = ?`, id);
}
