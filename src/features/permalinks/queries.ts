import type { Tx } from "../../db/database.ts";
import { messageOfRoute } from "../../lib/ids.ts";

export interface Target {
  id: string;
  route_id: string | null;
}

export async function workspaceBy(tx: Tx, field: "id" | "route_id", value: string): Promise<Target | undefined> {
  return tx.get<Target>(`SELECT id, route_id FROM workspaces WHERE ${field} = ?`, value);
}

export async function channelBy(
  tx: Tx,
  workspace_id: string,
  field: "id" | "route_id",
  value: string,
): Promise<Target | undefined> {
  return tx.get<Target>(
    `SELECT id, route_id FROM channels WHERE workspace_id = ? AND ${field} = ?`,
    workspace_id,
    value,
  );
}

export async function directBy(
  tx: Tx,
  workspace_id: string,
  field: "id" | "route_id",
  value: string,
): Promise<Target | undefined> {
  return tx.get<Target>(
    `SELECT id, route_id FROM direct_conversations WHERE workspace_id = ? AND ${field} = ?`,
    workspace_id,
    value,
  );
}

interface Root {
  id: string;
  route_id: string | null;
  conversation_id: string;
}

const ROOT = "SELECT id, route_id, conversation_id FROM messages WHERE workspace_id = ? AND channel_seq IS NOT NULL";

export async function rootById(tx: Tx, workspace_id: string, id: string): Promise<Root | undefined> {
  return tx.get<Root>(`${ROOT} AND id = ?`, workspace_id, id);
}

/** Short ids follow from ids, except the oldest, which were stored. */
export async function rootByRoute(tx: Tx, workspace_id: string, route_id: string): Promise<Root | undefined> {
  const stored = await tx.get<Root>(`${ROOT} AND route_id = ?`, workspace_id, route_id);
  if (stored) return stored;
  const { begins, ends } = messageOfRoute(route_id);
  // The moment's messages lie together; `~` sorts after every character of an id.
  return tx.get<Root>(
    `${ROOT} AND id > ? AND id < ? AND substr(id, -6) = ? AND conversation_id LIKE 'chn_%' AND route_id IS NULL`,
    workspace_id,
    begins,
    `${begins}~`,
    ends,
  );
}
