import { LIMITS } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { timestamp } from "../../lib/clock.ts";
import { invalid } from "../../lib/errors.ts";
import { announceTo } from "../conversations/conversations.ts";
import * as queries from "./reminder-queries.ts";

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i;

/** The moment as it is stored: one to come, and not too far ahead. */
export function requireReminder(text: string, actor: Actor): string {
  const at_ms = MOMENT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at_ms)) throw invalid("remind_at", "remind_at must be a time like 2026-05-08T12:00:00Z");
  if (at_ms <= actor.at_ms || at_ms > actor.at_ms + LIMITS.reminder_ahead_ms)
    throw invalid("remind_at", "remind_at must be in the future, five years away at most");
  return timestamp(at_ms);
}

/**
 * Tells some reminders that are due, each once and to its person's devices only. Of what they cannot read
 * any more nobody is reminded: it stays saved, and its reminder lapses. Answers whether there may be more.
 */
export async function remindSome(db: Database, at_ms: number): Promise<boolean> {
  const at = timestamp(at_ms);
  if (!(await db.read((tx) => queries.isAnyDue(tx, at)))) return false;
  return db.write(async (tx) => {
    const due = await queries.dueReminders(tx, at, LIMITS.reminder_batch);
    for (const one of due) {
      const { user_id, message_id, workspace_id, conversation_id } = one;
      if (one.is_readable === 0) {
        await queries.setReminder(tx, user_id, message_id, undefined);
        continue;
      }
      await queries.markReminded(tx, one, at);
      const event = { type: "saved.reminded" as const, payload: { user_id, message_id }, created_at: at };
      await announceTo(tx, user_id, { id: conversation_id, workspace_id }, event);
    }
    return due.length === LIMITS.reminder_batch;
  });
}
