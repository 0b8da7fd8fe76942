import type { Topic } from "@clickclack/protocol";
import type { Tx } from "../../db/database.ts";
import type { Role } from "../workspaces/queries.ts";

interface TopicRow {
  id: string;
  workspace_id: string;
  /** `''` for a topic of the whole workspace. */
  channel_id: string;
  name: string;
  created_by: string;
  created_at: string;
  archived_at: string | null;
}

const COLUMNS = "t.id, t.workspace_id, t.channel_id, t.name, t.created_by, t.created_at, t.archived_at";

function toTopic({ channel_id, archived_at, ...row }: TopicRow): Topic {
  return { ...row, ...(channel_id !== "" && { channel_id }), ...(archived_at !== null && { archived_at }) };
}

export async function topicById(tx: Tx, id: string): Promise<Topic | undefined> {
  const row = await tx.get<TopicRow>(`SELECT ${COLUMNS} FROM topics t WHERE t.id = ?`, id);
  return row && toTopic(row);
}

export async function topicsByIds(tx: Tx, ids: string[]): Promise<Map<string, Topic>> {
  const marks = ids.map(() => "?").join(", ");
  const rows = await tx.all<TopicRow>(`SELECT ${COLUMNS} FROM topics t WHERE t.id IN (${marks})`, ...ids);
  return new Map(rows.map((row) => [row.id, toTopic(row)]));
}

/** The workspace's topics, and those of the channels that somebody may see; by name. */
export async function topicsFor(
  tx: Tx,
  { workspace_id, user_id, role }: { workspace_id: string; user_id: string; role: Role },
): Promise<Topic[]> {
  const isIn = "EXISTS (SELECT 1 FROM channel_members x WHERE x.channel_id = t.channel_id AND x.user_id = ?)";
  const isPublic = "EXISTS (SELECT 1 FROM channels c WHERE c.id = t.channel_id AND c.kind = 'public')";
  const rows = await tx.all<TopicRow>(
    `SELECT ${COLUMNS} FROM topics t WHERE t.workspace_id = ?
       AND (t.channel_id = '' OR ${role === "guest" ? isIn : `${isPublic} OR ${isIn}`}) ORDER BY t.name, t.id`,
    workspace_id,
    user_id,
  );
  return rows.map(toTopic);
}

export async function countTopics(tx: Tx, workspace_id: string): Promise<number> {
  const row = await tx.get<{ n: number }>("SELECT COUNT(*) AS n FROM topics WHERE workspace_id = ?", workspace_id);
  return row?.n ?? 0;
}

/** The topic of this name at the same place. */
export async function topicNamed(
  tx: Tx,
  { workspace_id, channel_id, name }: Pick<Topic, "workspace_id" | "channel_id" | "name">,
): Promise<Topic | undefined> {
  const row = await tx.get<TopicRow>(
    `SELECT ${COLUMNS} FROM topics t WHERE t.workspace_id = ? AND t.channel_id = ? AND t.name = ?`,
    workspace_id,
    channel_id ?? "",
    name,
  );
  return row && toTopic(row);
}

export async function insertTopic(tx: Tx, topic: Topic): Promise<void> {
  await tx.run(
    "INSERT INTO topics (id, workspace_id, channel_id, name, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?)",
    topic.id,
    topic.workspace_id,
    topic.channel_id ?? "",
    topic.name,
    topic.created_by,
    topic.created_at,
  );
}

export async function updateTopic(tx: Tx, { id, name, archived_at }: Topic): Promise<void> {
  await tx.run("UPDATE topics SET name = ?, archived_at = ? WHERE id = ?", name, archived_at ?? null, id);
}
