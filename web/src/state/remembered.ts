import { readText, writeText } from "../shared/storage.ts";

/** Where the reader was last in this browser: what to open, and what to fetch before it is asked for. */

const WORKSPACE_KEY = "clickclack:last-workspace";
const channelKey = (workspace_id: string): string => `clickclack:${workspace_id}:last-channel`;

export function lastWorkspace(): string | undefined {
  return readText(WORKSPACE_KEY) ?? undefined;
}

export function lastChannel(workspace_id: string): { id: string; route_id: string } | undefined {
  const [id, route_id] = (readText(channelKey(workspace_id)) ?? "").split(" ");
  return id && route_id ? { id, route_id } : undefined;
}

export function remember(conversation: { id: string; route_id: string; workspace_id: string }): void {
  writeText(WORKSPACE_KEY, conversation.workspace_id);
  writeText(channelKey(conversation.workspace_id), `${conversation.id} ${conversation.route_id}`);
}
