import type { Workspace } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { conflict, forbidden, invalid } from "../../lib/errors.ts";
import { appendEvent, type LogEvent } from "../../realtime/events.ts";
import { topics } from "../../realtime/topics.ts";
import { byActor, recordAct } from "../workspaces/recording.ts";
import { requireActive, requireWorkspace } from "../workspaces/workspaces.ts";
import { setRole } from "./members.ts";
import { moderationOf } from "./queries.ts";
import { type Pair, requirePair } from "./rank.ts";

/** Makes a moderator or member the owner; who was it until now becomes a moderator. */
export async function transferOwnership(
  db: Database,
  actor: Actor,
  workspace_id: string,
  user_id: string,
): Promise<{ workspace: Workspace; event: LogEvent }> {
  return db.write(async (tx) => {
    await requireHeir(tx, actor, await requirePair(tx, actor, workspace_id, user_id));
    await setRole(tx, actor, { workspace_id, user_id: actor.user.id }, "moderator");
    await setRole(tx, actor, { workspace_id, user_id }, "owner");
    // One entry for both: the log never tells of a moment with two owners, or none.
    await recordAct(tx, byActor(actor), workspace_id, {
      action: "workspace.ownership_transferred",
      target_type: "workspace",
      target_id: workspace_id,
      before: { owner_user_id: actor.user.id },
      after: { owner_user_id: user_id },
    });
    const event = await appendEvent(tx, {
      type: "workspace.ownership_transferred",
      topic: topics.all(workspace_id),
      workspace_id,
      payload: { workspace_id, new_owner_user_id: user_id },
      created_at: actor.at,
    });
    return { workspace: await requireWorkspace(tx, actor, workspace_id), event };
  });
}

/** Whoever nobody could set free any more, or who cannot sign in, would leave the workspace without an owner. */
async function requireHeir(tx: Tx, actor: Actor, { own, member }: Pair): Promise<void> {
  const { workspace_id, user, role } = member;
  await requireActive(tx, actor, workspace_id);
  if (own !== "owner") throw forbidden("only the owner can hand the workspace over");
  if (user.id === actor.user.id) throw invalid("user_id", "the workspace is yours already");
  if (role !== "moderator" && role !== "member")
    throw invalid("user_id", "a workspace goes to a moderator or a member, not to a guest or a bot");
  if (user.deactivated_at !== undefined) throw conflict("this account is deactivated");
  const held = await moderationOf(tx, workspace_id, user.id);
  if (held?.blocked_at || (held?.timeout_until && held.timeout_until > actor.at))
    throw conflict("they are timed out or blocked; end that first");
}
