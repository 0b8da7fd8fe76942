import { LIMITS } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import { type Actor, isBot } from "../../lib/actor.ts";
import { forbidden, invalid, notFound } from "../../lib/errors.ts";
import { nextTurn } from "../../lib/turn.ts";
import { type Ephemeral, type EphemeralFrame, ephemeralFrame, typingExpiry } from "../../realtime/ephemeral.ts";
import { deleteEvents, type LogEvent, tailCursor, visibleAfter } from "../../realtime/events.ts";
import { dressEvents, type FrameLoaders } from "../../realtime/frames.ts";
import type { Presence } from "../../realtime/presence.ts";
import { topics } from "../../realtime/topics.ts";
import { audienceOf, requireConversation, topicsOf } from "../conversations/conversations.ts";
import { requireMember } from "../workspaces/workspaces.ts";
import * as queries from "./queries.ts";

export interface Pulled {
  events: LogEvent[];
  tail_cursor?: string;
}

/**
 * Missed events by HTTP: a plain "after this cursor", never an error for one it does not know. A
 * page fills with what the actor may see, so an empty page means the tail.
 */
export async function pullEvents(
  db: Database,
  loaders: FrameLoaders,
  actor: Actor,
  query: { workspace_id: string; after_cursor: string; limit: number; include_tail: boolean },
): Promise<Pulled> {
  const { workspace_id, limit } = query;
  const events: LogEvent[] = [];
  let cursor = query.after_cursor;
  // Read before the first page, so that nothing up to it is missing from the pages.
  let tail_cursor: string | undefined;
  for (;;) {
    const page = await db.read(async (tx) => {
      await requireMember(tx, actor, workspace_id);
      if (query.include_tail) tail_cursor ??= await tailCursor(tx, workspace_id);
      const visible = new Set(await audienceOf(tx, actor, workspace_id));
      const seen = await visibleAfter(tx, { workspace_id, cursor, visible }, LIMITS.replay_page_events);
      const wanted = seen.events.slice(0, limit - events.length);
      return { ...seen, events: await dressEvents(tx, loaders, wanted) };
    });
    events.push(...page.events);
    if (events.length >= limit || page.scanned < LIMITS.replay_page_events) break;
    cursor = page.cursor;
    // A log may hold a million events the actor sees nothing of; others must not wait for that search.
    await nextTurn();
  }
  return tail_cursor === undefined ? { events } : { events, tail_cursor };
}

export interface EphemeralInput {
  workspace_id: string;
  type: "typing.started" | "typing.stopped" | "presence.changed" | "agent.progress";
  channel_id?: string | undefined;
  direct_conversation_id?: string | undefined;
  payload?: Record<string, unknown> | undefined;
}

/** Typing, presence and agent progress: checked like a message, sent at once, stored nowhere. */
export async function sendEphemeral(
  db: Database,
  { ephemeral, presence }: { ephemeral: Ephemeral; presence: Presence },
  actor: Actor,
  input: EphemeralInput,
): Promise<EphemeralFrame> {
  const { workspace_id, type, channel_id, direct_conversation_id } = input;
  const target = channel_id ?? direct_conversation_id;
  if (writtenBytes(input.payload ?? {}) > LIMITS.ephemeral_payload_bytes) {
    throw invalid("payload", `payload must be at most ${LIMITS.ephemeral_payload_bytes} bytes`);
  }
  if (channel_id !== undefined && direct_conversation_id !== undefined)
    throw invalid("direct_conversation_id", "channel_id and direct_conversation_id are mutually exclusive");
  if (type !== "presence.changed" && target === undefined)
    throw invalid("channel_id", `${type} needs a channel_id or a direct_conversation_id`);
  if (type === "agent.progress" && !isBot(actor)) throw forbidden("only bots report agent progress");
  const audience = await db.read(async (tx) => {
    const role = await requireMember(tx, actor, workspace_id);
    if (target === undefined) return role === "guest" ? [] : [topics.members(workspace_id)];
    if (target.startsWith("dm_") !== (direct_conversation_id !== undefined)) throw notFound("conversation");
    const conversation = await requireConversation(tx, actor, target, "write", "messages:write");
    if (conversation.workspace_id !== workspace_id) throw notFound("conversation");
    return topicsOf(conversation);
  });
  const payload: Record<string, unknown> = { ...input.payload, user_id: actor.user.id };
  delete payload.direct_conversation_id;
  delete payload.channel_id;
  if (channel_id !== undefined) payload.channel_id = channel_id;
  if (direct_conversation_id !== undefined) payload.direct_conversation_id = direct_conversation_id;
  if (type === "typing.started") payload.expires_at = typingExpiry(actor.at_ms);
  if (type === "presence.changed") {
    presence.report(actor.user.id, payload.status === "away" ? "away" : "online");
    // Only an open socket makes somebody present, whatever they say of themselves.
    payload.status = presence.status(actor.user.id);
    payload.online = payload.status !== "offline";
  }
  const frame = ephemeralFrame(type, workspace_id, actor.at_ms, payload);
  // Nobody needs to be told that they are typing; every other kind other devices of theirs show too.
  const spared = type.startsWith("typing.") ? actor.user.id : undefined;
  for (const topic of audience) ephemeral.send(topic, frame, spared);
  return frame;
}

function writtenBytes(payload: Record<string, unknown>): number {
  try {
    return Buffer.byteLength(JSON.stringify(payload));
  } catch {
    // What can be read can be nested too deeply to be written again.
    return Number.POSITIVE_INFINITY;
  }
}

export async function listPresence(db: Database, presence: Presence, actor: Actor, workspace_id: string) {
  const members = await db.read(async (tx) => {
    await requireMember(tx, actor, workspace_id);
    return queries.memberIds(tx, workspace_id);
  });
  return presence.list(members);
}

/** Deletes old events of one workspace, or of all; answers how many went. */
export async function pruneEvents(
  db: Database,
  which: { workspace_id?: string | undefined } & ({ before_ms: number } | { keep_latest: number }),
): Promise<number> {
  const ids = which.workspace_id === undefined ? await db.read(queries.workspaceIds) : [which.workspace_id];
  let pruned = 0;
  for (const id of ids) {
    for (let went = -1; went !== 0; pruned += went) went = await db.write((tx) => deleteEvents(tx, id, which));
  }
  return pruned;
}
