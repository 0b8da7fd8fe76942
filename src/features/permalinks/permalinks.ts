import type { Database, Tx } from "../../db/database.ts";
import { type Actor, requireScope, type Scope } from "../../lib/actor.ts";
import { AppError, notFound } from "../../lib/errors.ts";
import { messageRouteId } from "../../lib/ids.ts";
import { requireConversation } from "../conversations/conversations.ts";
import { requireMember } from "../workspaces/workspaces.ts";
import * as queries from "./queries.ts";

/** What a URL's two short ids stand for. */
export interface Permalink {
  workspace_id: string;
  workspace_route_id: string;
  target_type: "channel" | "direct" | "thread";
  target_id: string;
  target_route_id: string;
  /** A thread's conversation. */
  parent_type?: "channel" | "direct";
  parent_id?: string;
  parent_route_id?: string;
  canonical_path: string;
}

/**
 * Resolves `/app/{workspace}/{target}`. Internal ids of older URLs work too, both of them or neither.
 * Whatever is missing or hidden is the same answer.
 */
export async function resolvePermalink(
  db: Database,
  actor: Actor,
  workspace: string,
  target: string,
): Promise<Permalink> {
  return db.read(async (tx) => {
    const kind = KINDS[target.replace(/^([A-Z]|[a-z]+_).*$/s, "$1")];
    if (kind) requireScope(actor, kind.scope);
    try {
      return await resolve(tx, actor, workspace, target, kind?.type);
    } catch (error) {
      throw error instanceof AppError && error.code === "not_found" ? notFound("route") : error;
    }
  });
}

const KINDS: Record<string, { type: Permalink["target_type"]; scope: Scope }> = {
  C: { type: "channel", scope: "channels:read" },
  chn_: { type: "channel", scope: "channels:read" },
  D: { type: "direct", scope: "dms:read" },
  dm_: { type: "direct", scope: "dms:read" },
  M: { type: "thread", scope: "threads:read" },
  msg_: { type: "thread", scope: "threads:read" },
};

async function resolve(
  tx: Tx,
  actor: Actor,
  workspace: string,
  target: string,
  type: Permalink["target_type"] | undefined,
): Promise<Permalink> {
  const field = workspace.includes("_") || target.includes("_") ? "id" : "route_id";
  const home = await queries.workspaceBy(tx, field, workspace);
  if (!home || type === undefined) throw notFound("route");
  await requireMember(tx, actor, home.id);
  const common = { workspace_id: home.id, workspace_route_id: home.route_id ?? "", target_type: type };
  const link = (target_id: string, route_id: string | null) => {
    const target_route_id = route_id ?? target_id;
    const canonical_path = `/app/${common.workspace_route_id}/${target_route_id}`;
    return { ...common, target_id, target_route_id, canonical_path };
  };
  if (type !== "thread") {
    const find = type === "channel" ? queries.channelBy : queries.directBy;
    const found = await find(tx, home.id, field, target);
    if (!found) throw notFound("route");
    await requireConversation(tx, actor, found.id, "read");
    return link(found.id, found.route_id);
  }
  const find = field === "id" ? queries.rootById : queries.rootByRoute;
  const root = await find(tx, home.id, target);
  if (!root) throw notFound("route");
  const conversation = await requireConversation(tx, actor, root.conversation_id, "read");
  const parent_type = conversation.kind === "dm" ? "direct" : "channel";
  const findParent = parent_type === "channel" ? queries.channelBy : queries.directBy;
  const parent = await findParent(tx, home.id, "id", conversation.id);
  return {
    ...link(root.id, parent_type === "channel" ? (root.route_id ?? messageRouteId(root.id)) : null),
    parent_type,
    parent_id: conversation.id,
    parent_route_id: parent?.route_id ?? "",
  };
}
