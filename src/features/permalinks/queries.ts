import type { Tx } from "../../db/database.ts";

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

export async function rootBy(
  tx: Tx,
  workspace_id: string,
  field: "id" | "route_id",
  value: string,
): Promise<(Target & { conversation_id: string }) | undefined> {
  return tx.get<Target & { conversation_id: string }>(
    `SELECT id, route_id, conversation_id FROM messages
     WHERE workspace_id = ? AND ${field} = ? AND channel_seq IS NOT NULL`,
    workspace_id,
    value,
  );
}
