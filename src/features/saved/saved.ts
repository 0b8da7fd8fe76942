import { LIMITS, type Message } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { AppError, conflict, invalid, notFound } from "../../lib/errors.ts";
import { readMomentCursor, writeCursor } from "../../lib/page-cursor.ts";
import type { LogEvent } from "../../realtime/events.ts";
import { announceTo, readableConversations } from "../conversations/conversations.ts";
import { conversationOf, dress, requireMessage } from "../messages/messages.ts";
import * as queries from "./queries.ts";
import type { Saved, SavedKey } from "./queries.ts";
import { setReminder } from "./reminder-queries.ts";
import { requireReminder } from "./reminders.ts";

export interface SavedPage {
  saved: (Saved & { message: Message })[];
  next_cursor?: string;
}

/** What the actor put aside in a workspace, saved last first; what they may not read now is left out. */
export async function listSaved(
  db: Database,
  actor: Actor,
  workspace_id: string,
  query: { cursor?: string | undefined; limit: number },
): Promise<SavedPage> {
  const after = query.cursor === undefined ? undefined : positionOf(query.cursor);
  return db.read(async (tx) => {
    const readable = await readableConversations(tx, actor, workspace_id);
    const user_id = actor.user.id;
    const found = await queries.savedMessages(tx, { user_id, workspace_id, readable, after, limit: query.limit + 1 });
    const saved = found.slice(0, query.limit);
    await dress(
      tx,
      saved.map((one) => one.message),
      actor,
    );
    const last = saved.at(-1);
    return { saved, ...(found.length > query.limit && last && { next_cursor: cursorOf(last) }) };
  });
}

export async function readSaved(db: Database, actor: Actor, message_id: string): Promise<Saved> {
  return db.read(async (tx) => {
    await requireMessage(tx, actor, message_id, "read", "messages:read");
    const saved = await queries.savedBy(tx, actor.user.id, message_id);
    if (!saved) throw notFound("saved message");
    return saved;
  });
}

/**
 * Puts a message aside, with a reminder or without. One that is there already stays where it is; without a
 * change of its reminder nothing is told.
 */
export async function saveMessage(
  db: Database,
  actor: Actor,
  message_id: string,
  remind: string | undefined,
): Promise<{ saved: Saved; event?: LogEvent }> {
  const remind_at = remind === undefined || remind === "" ? undefined : requireReminder(remind, actor);
  return db.write(async (tx) => {
    const { message } = await requireMessage(tx, actor, message_id, "read", "messages:read");
    const place = { workspace_id: message.workspace_id, conversation_id: conversationOf(message) };
    const before = await queries.savedBy(tx, actor.user.id, message_id);
    if (before) {
      if (remind === undefined || before.remind_at === remind_at) return { saved: before };
      await setReminder(tx, actor.user.id, message_id, remind_at);
      const saved = { message_id, saved_at: before.saved_at, ...(remind_at !== undefined && { remind_at }) };
      return { saved, event: await tell(tx, actor, "saved.updated", message_id, place) };
    }
    if (message.deleted_at !== undefined) throw invalid("message_id", "a deleted message cannot be saved");
    if ((await queries.countSaved(tx, actor.user.id)) >= LIMITS.saved_per_user)
      throw conflict(`at most ${LIMITS.saved_per_user} messages can be saved; remove some first`);
    const saved: Saved = { message_id, saved_at: actor.at, ...(remind_at !== undefined && { remind_at }) };
    await queries.insertSaved(tx, actor.user.id, message.workspace_id, saved);
    return { saved, event: await tell(tx, actor, "saved.added", message_id, place) };
  });
}

/** Whoever may no longer read a message they saved can still take it off their list. */
export async function unsaveMessage(db: Database, actor: Actor, message_id: string): Promise<{ event?: LogEvent }> {
  return db.write(async (tx) => {
    const refusal = await refusalOf(requireMessage(tx, actor, message_id, "read", "messages:read"));
    if (refusal && refusal.code !== "not_found") throw refusal;
    const place = await queries.deleteSaved(tx, actor.user.id, message_id, actor.workspace_id);
    if (place) return { event: await tell(tx, actor, "saved.removed", message_id, place) };
    if (refusal) throw refusal;
    return {};
  });
}

async function refusalOf(asked: Promise<unknown>): Promise<AppError | undefined> {
  try {
    await asked;
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** The actor's other devices learn it by a private event. */
async function tell(
  tx: Tx,
  actor: Actor,
  type: "saved.added" | "saved.updated" | "saved.removed",
  message_id: string,
  { workspace_id, conversation_id }: { workspace_id: string; conversation_id: string },
): Promise<LogEvent> {
  const payload = { user_id: actor.user.id, message_id };
  return announceTo(tx, actor.user.id, { id: conversation_id, workspace_id }, { type, payload, created_at: actor.at });
}

function cursorOf({ saved_at, message_id }: SavedKey): string {
  return writeCursor({ at: saved_at, id: message_id });
}

function positionOf(cursor: string): SavedKey {
  const { at, id } = readMomentCursor(cursor);
  return { saved_at: at, message_id: id };
}
