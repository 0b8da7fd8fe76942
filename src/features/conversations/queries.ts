import { LIMITS } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
import type { Role } from "../workspaces/queries.ts";

/** What every act in a conversation needs to know, found through the actor's membership. */
export interface AccessRow {
  id: string;
  kind: "public" | "private" | "dm";
  workspace_id: string;
  archived_at: string | null;
  post_policy: "everyone" | "managers";
  created_by: string | null;
  last_seq: number;
  role: Role;
  /** Until when the actor may only read. */
  restricted_until: string;
  /** Somebody has a row of membership: everybody in a private channel, guests in a public one. */
  has_members: number;
  /** The actor has one. */
  is_in: number;
  /** The actor left the public channel, or closed the direct conversation. */
  hidden: number;
  /** Others were in the direct conversation, and none of them is here any more, or has an account. */
  is_alone: number;
}

export async function channelAccess(tx: Tx, channel_id: string, user_id: string): Promise<AccessRow | undefined> {
  return tx.get<AccessRow>(
    `SELECT c.id, c.kind, c.workspace_id, c.archived_at, c.post_policy, c.created_by, c.last_seq, m.role, m.restricted_until, 0 AS is_alone,
       EXISTS (SELECT 1 FROM channel_members x WHERE x.channel_id = c.id) AS has_members,
       EXISTS (SELECT 1 FROM channel_members x WHERE x.channel_id = c.id AND x.user_id = m.user_id) AS is_in,
       EXISTS (SELECT 1 FROM standings s
         WHERE s.conversation_id = c.id AND s.user_id = m.user_id AND s.hidden_at IS NOT NULL) AS hidden
     FROM channels c JOIN workspace_members m ON m.workspace_id = c.workspace_id AND m.user_id = ? WHERE c.id = ?`,
    user_id,
    channel_id,
  );
}

export async function directAccess(tx: Tx, dm_id: string, user_id: string): Promise<AccessRow | undefined> {
  return tx.get<AccessRow>(
    `SELECT d.id, 'dm' AS kind, d.workspace_id, NULL AS archived_at, 'everyone' AS post_policy, d.created_by,
       d.last_seq, m.role, m.restricted_until, 1 AS has_members, 1 AS is_in,
       EXISTS (SELECT 1 FROM direct_conversation_members o WHERE o.conversation_id = d.id AND o.user_id <> x.user_id)
         AND NOT EXISTS (SELECT 1 FROM direct_conversation_members o
           JOIN workspace_members w ON w.workspace_id = d.workspace_id AND w.user_id = o.user_id AND w.role <> 'guest'
           JOIN users u ON u.id = o.user_id AND u.deactivated_at IS NULL
           WHERE o.conversation_id = d.id AND o.user_id <> x.user_id) AS is_alone,
       EXISTS (SELECT 1 FROM standings s
         WHERE s.conversation_id = d.id AND s.user_id = m.user_id AND s.hidden_at IS NOT NULL) AS hidden
     FROM direct_conversation_members x JOIN direct_conversations d ON d.id = x.conversation_id
     JOIN workspace_members m ON m.workspace_id = d.workspace_id AND m.user_id = x.user_id
     WHERE x.user_id = ? AND x.conversation_id = ?`,
    user_id,
    dm_id,
  );
}

/**
 * The private channels somebody is in; of a guest, every channel they were added to. The cross join
 * begins with theirs, not with all channels of the workspace.
 */
export async function channelIdsOf(tx: Tx, workspace_id: string, user_id: string, role: Role): Promise<string[]> {
  const rows = await tx.all<{ id: string }>(
    `SELECT c.id FROM channel_members x CROSS JOIN channels c
     WHERE c.id = x.channel_id AND x.user_id = ? AND c.workspace_id = ?${role === "guest" ? "" : " AND c.kind = 'private'"} ORDER BY c.id`,
    user_id,
    workspace_id,
  );
  return rows.map((row) => row.id);
}

export async function directIdsOf(tx: Tx, workspace_id: string, user_id: string): Promise<string[]> {
  const rows = await tx.all<{ id: string }>(
    `SELECT d.id FROM direct_conversation_members x JOIN direct_conversations d ON d.id = x.conversation_id
     WHERE x.user_id = ? AND d.workspace_id = ? ORDER BY d.id`,
    user_id,
    workspace_id,
  );
  return rows.map((row) => row.id);
}

/**
 * Which of these people, and of those in groups that are called so, may read the conversation. What is a
 * group's handle here means the group, also when somebody came to the workspace with the same one.
 */
export async function readersAmong(
  tx: Tx,
  conversation: Pick<AccessRow, "id" | "kind" | "workspace_id">,
  handles: string[],
): Promise<string[]> {
  const groups = await groupHandles(tx, conversation.workspace_id, handles);
  if (groups.length === 0) return namedReaders(tx, conversation, handles);
  const people = handles.filter((handle) => !groups.includes(handle));
  const named = people.length > 0 ? await namedReaders(tx, conversation, people) : [];
  return [...new Set([...named, ...(await groupedReaders(tx, conversation, groups))])];
}

/** Mostly there is no such group, which the index of their handles answers at once. */
async function groupHandles(tx: Tx, workspace_id: string, handles: string[]): Promise<string[]> {
  const rows = await tx.all<{ handle: string }>(
    `SELECT handle FROM user_groups WHERE workspace_id = ? AND handle IN (${handles.map(() => "?").join(", ")})`,
    workspace_id,
    ...handles,
  );
  return rows.map((row) => row.handle);
}

/**
 * The cross join begins with those named: beginning with
 * all members cost each mention 0.4 ms among 1,000. The index of handles leaves out empty ones.
 */
async function namedReaders(
  tx: Tx,
  conversation: Pick<AccessRow, "id" | "kind" | "workspace_id">,
  handles: string[],
): Promise<string[]> {
  const rows = await tx.all<{ id: string }>(
    `SELECT u.id FROM users u CROSS JOIN workspace_members m WHERE m.user_id = u.id AND m.workspace_id = ?
       AND u.handle <> '' AND u.handle IN (${handles.map(() => "?").join(", ")}) AND (${READS[conversation.kind]}) ORDER BY u.id`,
    conversation.workspace_id,
    ...handles,
    conversation.id,
  );
  return rows.map((row) => row.id);
}

async function groupedReaders(
  tx: Tx,
  conversation: Pick<AccessRow, "id" | "kind" | "workspace_id">,
  handles: string[],
): Promise<string[]> {
  const rows = await tx.all<{ id: string }>(
    `SELECT DISTINCT m.user_id AS id FROM user_groups g CROSS JOIN user_group_members p CROSS JOIN workspace_members m
     WHERE g.workspace_id = ? AND g.handle IN (${handles.map(() => "?").join(", ")}) AND p.group_id = g.id
       AND m.workspace_id = g.workspace_id AND m.user_id = p.user_id AND (${READS[conversation.kind]})
     ORDER BY m.user_id LIMIT ?`,
    conversation.workspace_id,
    ...handles,
    conversation.id,
    LIMITS.group_mentions_per_message,
  );
  return rows.map((row) => row.id);
}

const IN_CHANNEL = "EXISTS (SELECT 1 FROM channel_members x WHERE x.channel_id = ? AND x.user_id = m.user_id)";
const READS = {
  public: `m.role <> 'guest' OR ${IN_CHANNEL}`,
  private: IN_CHANNEL,
  dm: `m.role <> 'guest' AND EXISTS (
    SELECT 1 FROM direct_conversation_members x WHERE x.conversation_id = ? AND x.user_id = m.user_id)`,
};

/** What somebody may read in a workspace. */
export interface Readable {
  /** Every public channel; not for guests. */
  all_public: boolean;
  /** The private channels they are in; of a guest every channel they were added to. */
  channel_ids: string[];
  dm_ids: string[];
}

/** Whether a message `m` is in a conversation that somebody may read: a condition and its values. */
export function readableClause({ all_public, channel_ids, dm_ids }: Readable): { sql: string; params: string[] } {
  const params = [...channel_ids, ...dm_ids];
  const isNamed = `m.conversation_id IN (${params.map(() => "?").join(", ")})`;
  const isPublic = "EXISTS (SELECT 1 FROM channels c WHERE c.id = m.conversation_id AND c.kind = 'public')";
  return { sql: all_public ? `(${isPublic} OR ${isNamed})` : isNamed, params };
}
