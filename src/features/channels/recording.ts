import type { Channel } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import type { Conversation } from "../conversations/conversations.ts";
import { byActor, recordAct, recordChange } from "../workspaces/recording.ts";

/**
 * Writes into the audit log that a channel was made or changed. The log is for all who manage the workspace,
 * and private channels are for their members: of those it tells only that one became private, or public.
 */
export async function recordChannel(tx: Tx, actor: Actor, before: Channel | undefined, after: Channel): Promise<void> {
  const { id, workspace_id } = after;
  const by = byActor(actor);
  const about = { target_type: "channel", target_id: id } as const;
  if (before === undefined) {
    if (after.kind === "private") return;
    await recordAct(tx, by, workspace_id, { action: "channel.created", ...about, after: settingsOf(after) });
  } else if (before.kind !== after.kind || after.kind === "public") {
    const tells = before.kind === after.kind ? settingsOf : ({ kind }: Channel) => ({ kind });
    await recordChange(tx, by, workspace_id, { action: "channel.updated", ...about }, [tells(before), tells(after)]);
  }
}

function settingsOf({ archived_at, ...channel }: Channel) {
  const { name, kind, purpose, display_title, post_policy, invite_policy, sidebar_section } = channel;
  const { external_managed, external_ref, external_url } = channel;
  return {
    ...{ name, kind, purpose, display_title, post_policy, invite_policy, sidebar_section },
    ...{ external_managed, external_ref, external_url },
    archived: archived_at !== undefined,
  };
}

/** Writes into the audit log that somebody was let into a public channel, or put out of it, by another. */
export async function recordPlace(
  tx: Tx,
  actor: Actor,
  { id, kind, workspace_id }: Pick<Conversation, "id" | "kind" | "workspace_id">,
  user_id: string,
  action: "channel.member_added" | "channel.member_removed",
): Promise<void> {
  if (kind !== "public" || user_id === actor.user.id) return;
  const metadata = { user_id };
  await recordAct(tx, byActor(actor), workspace_id, { action, target_type: "channel", target_id: id, metadata });
}
