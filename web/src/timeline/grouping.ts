import type { Message } from "@clickclack/protocol";
import { dayKey } from "../shared/format.ts";
import type { Pending } from "../state/sending.svelte.ts";

const GROUP_MS = 5 * 60 * 1000;
/** A group breaks after so many rows, so the name is always near. */
const GROUP_ROWS = 20;

interface Placed {
  key: string;
  /** Shows avatar, name and time. */
  first: boolean;
  /** The day begins here: the moment to name it by. */
  day: string | null;
  /** The first message that was unread when the conversation was opened. */
  fresh: boolean;
}
export type Row = Placed & ({ kind: "message"; message: Message } | { kind: "pending"; pending: Pending });

/**
 * Rows as they are shown: same author, same day, within five minutes and no quote or divider make a group;
 * what is not yet acknowledged follows at the end.
 */
export function group(
  messages: Message[],
  pending: Pending[],
  me_id: string,
  key: (message: Message) => string,
  new_after = 0,
): Row[] {
  const rows: Row[] = [];
  let before: { author_id: string; at_ms: number; day: string } | undefined;
  let run = 0;
  const place = (author_id: string, created_at: string, apart: boolean): Omit<Placed, "key"> => {
    const at = new Date(created_at);
    const day = dayKey(at);
    const newDay = before?.day !== day;
    const near = before?.author_id === author_id && at.getTime() - before.at_ms < GROUP_MS;
    const first = newDay || !near || apart || run >= GROUP_ROWS;
    run = first ? 1 : run + 1;
    before = { author_id, at_ms: at.getTime(), day };
    return { first, day: newDay ? created_at : null, fresh: false };
  };
  let before_seq = Infinity;
  for (const message of messages) {
    const seq = message.channel_seq ?? 0;
    // Above it stands something that was read; a window that begins later has no such place.
    const fresh = new_after > 0 && before_seq <= new_after && seq > new_after && message.author_id !== me_id;
    before_seq = message.author_id === me_id && before_seq <= new_after ? before_seq : seq;
    const apart = fresh || Boolean(message.quoted_message_id);
    const placed = place(message.author_id, message.created_at, apart);
    rows.push({ kind: "message", key: key(message), message, ...placed, fresh });
  }
  for (const one of pending) {
    const quotes = Boolean(one.quoted_message_id);
    rows.push({ kind: "pending", key: one.nonce, pending: one, ...place(me_id, one.created_at, quotes) });
  }
  return rows;
}
