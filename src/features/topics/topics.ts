import { LIMITS, type Topic } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { AppError, conflict, forbidden, invalid, notFound } from "../../lib/errors.ts";
import { newId } from "../../lib/ids.ts";
import { codePoints, requireName } from "../../lib/text.ts";
import { appendEvent, type LogEvent } from "../../realtime/events.ts";
import { topics } from "../../realtime/topics.ts";
import { announce, type Conversation, inChannel, requireConversation } from "../conversations/conversations.ts";
import { isManager, requireActive, requireMember, type Role } from "../workspaces/workspaces.ts";
import * as queries from "./queries.ts";

/** What the actor may give messages, and what such messages have that they may read; archived ones too. */
export async function listTopics(db: Database, actor: Actor, workspace_id: string): Promise<Topic[]> {
  return db.read(async (tx) => {
    const role = await requireMember(tx, actor, workspace_id);
    return queries.topicsFor(tx, { workspace_id, user_id: actor.user.id, role });
  });
}

/** Makes a topic of a channel, or of the whole workspace. Anybody but guests may, who can write there. */
export async function createTopic(
  db: Database,
  actor: Actor,
  workspace_id: string,
  input: { name: string; channel_id?: string | undefined },
): Promise<{ topic: Topic; event: LogEvent }> {
  const name = requireTopicName(input.name);
  return db.write(async (tx) => {
    const channel_id = input.channel_id || undefined;
    const place = await requirePlace(tx, actor, { workspace_id, channel_id });
    if (place.role === "guest") throw forbidden("guests cannot create topics");
    if ((await queries.countTopics(tx, workspace_id)) >= LIMITS.topics_per_workspace)
      throw conflict(`a workspace has at most ${LIMITS.topics_per_workspace} topics; rename one that is archived`);
    const topic: Topic = {
      id: newId("topic"),
      workspace_id,
      ...(channel_id !== undefined && { channel_id }),
      name,
      created_by: actor.user.id,
      created_at: actor.at,
    };
    await requireFreeName(tx, topic);
    await queries.insertTopic(tx, topic);
    return { topic, event: await tell(tx, actor, "topic.created", topic, place) };
  });
}

/** Renames, archives and restores. Owners and moderators may, and whoever made it. */
export async function updateTopic(
  db: Database,
  actor: Actor,
  topic_id: string,
  patch: { name?: string | undefined; archived?: boolean | undefined },
): Promise<{ topic: Topic; event?: LogEvent }> {
  if (patch.name === undefined && patch.archived === undefined) throw invalid("name", "name or archived is required");
  const name = patch.name === undefined ? undefined : requireTopicName(patch.name);
  return db.write(async (tx) => {
    const before = await queries.topicById(tx, topic_id);
    if (!before) throw notFound("topic");
    const place = await requirePlace(tx, actor, before).catch(asTopic);
    if (!canChange(before, place.role, actor))
      throw forbidden("only owners, moderators and whoever made a topic can change it");
    const after = { ...before };
    if (name !== undefined && name !== before.name) {
      after.name = name;
      await requireFreeName(tx, after);
    }
    if (patch.archived === true) after.archived_at ??= actor.at;
    if (patch.archived === false) delete after.archived_at;
    if (after.name === before.name && after.archived_at === before.archived_at) return { topic: before };
    await queries.updateTopic(tx, after);
    return { topic: after, event: await tell(tx, actor, "topic.updated", after, place) };
  });
}

/** Refuses a topic that messages of the conversation cannot be given. Another channel's is as good as none. */
export async function requireTopic(tx: Tx, conversation: Conversation, topic_id: string): Promise<void> {
  if (conversation.kind === "dm") throw invalid("topic_id", "direct conversations have no topics");
  const topic = await queries.topicById(tx, topic_id);
  const isHere = topic?.workspace_id === conversation.workspace_id;
  if (!isHere || (topic.channel_id ?? conversation.id) !== conversation.id)
    throw invalid("topic_id", "only a topic of this channel or of the whole workspace can be chosen");
  if (topic.archived_at !== undefined)
    throw invalid("topic_id", "this topic is archived; restore it or choose another");
}

/** Where a topic belongs, and the actor's role there. */
interface Place {
  role: Role;
  /** Absent for the whole workspace. */
  channel?: Conversation;
}

/** Somewhere the actor may write; the topics of a private channel are its members' business alone. */
async function requirePlace(
  tx: Tx,
  actor: Actor,
  { workspace_id, channel_id }: Pick<Topic, "workspace_id" | "channel_id">,
): Promise<Place> {
  if (channel_id === undefined) return { role: await requireActive(tx, actor, workspace_id) };
  const channel = await requireConversation(tx, actor, inChannel(channel_id), "write", "channels:write");
  if (channel.workspace_id !== workspace_id) throw notFound("channel");
  return { role: channel.role, channel };
}

/** Somebody who may not see the place finds no topic, and not that there is a place. */
function asTopic(error: unknown): never {
  throw error instanceof AppError && error.code === "not_found" ? notFound("topic") : error;
}

function canChange({ created_by }: Topic, role: Role, actor: Actor): boolean {
  return isManager(role) || (role !== "guest" && created_by === actor.user.id);
}

function requireTopicName(text: string): string {
  const name = requireName("name", text, LIMITS.topic_name_chars * 4);
  if (codePoints(name) <= LIMITS.topic_name_chars) return name;
  throw invalid("name", `name must be at most ${LIMITS.topic_name_chars} characters`);
}

async function requireFreeName(tx: Tx, topic: Topic): Promise<void> {
  const other = await queries.topicNamed(tx, topic);
  if (!other) return;
  throw conflict(
    other.archived_at === undefined
      ? "another topic here has this name"
      : "an archived topic here has this name; restore that one or choose another",
  );
}

async function tell(
  tx: Tx,
  actor: Actor,
  type: "topic.created" | "topic.updated",
  { id, workspace_id }: Topic,
  { channel }: Place,
): Promise<LogEvent> {
  const event = { type, payload: { topic_id: id }, created_at: actor.at };
  if (channel) return announce(tx, channel, event, "members");
  return appendEvent(tx, { ...event, workspace_id, topic: topics.all(workspace_id) });
}
