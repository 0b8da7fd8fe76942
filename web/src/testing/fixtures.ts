import type { ClickClackEvent, Message, User } from "@clickclack/protocol";

/** Plain data for state tests: what a server would send. */

export function user(name: string): User {
  return { id: `usr_${name}`, kind: "human", display_name: name, handle: name, avatar_url: "", created_at: at(0) };
}

export const me = user("sam");
export const other = user("ines");

/** A moment, so many minutes into a day. */
export function at(minute: number): string {
  return new Date(Date.UTC(2026, 10, 18, 12, minute)).toISOString();
}

/** A root as a fetch gives it. */
export function root(seq: number, patch: Partial<Message> = {}): Message {
  const id = `msg_${seq}`;
  return {
    id,
    workspace_id: "wsp_1",
    channel_id: "chn_1",
    author_id: other.id,
    author: other,
    thread_root_id: id,
    channel_seq: seq,
    body: `body ${seq}`,
    body_format: "markdown",
    kind: "message",
    created_at: at(seq),
    reactions: [],
    attachments: [],
    thread_state: { root_message_id: id, reply_count: 0, last_reply_author_ids: [] },
    ...patch,
  } as Message;
}

export function reply(to: Message, seq: number, patch: Partial<Message> = {}): Message {
  const { thread_state: _none, channel_seq: _seq, ...rest } = root(1000 + seq);
  return { ...rest, parent_message_id: to.id, thread_root_id: to.id, thread_seq: seq, ...patch } as Message;
}

/** As a frame carries it: nothing that depends on the reader. */
export function framed(message: Message): Message {
  const { reactions: _reactions, ...rest } = message;
  return rest as Message;
}

let cursors = 0;

export function event(
  type: ClickClackEvent["type"],
  payload: Record<string, unknown>,
  patch: Record<string, unknown> = {},
): ClickClackEvent {
  const number = String(++cursors).padStart(26, "0");
  return {
    id: `evt_${number}`,
    cursor: `cur_${number}`,
    type,
    workspace_id: "wsp_1",
    channel_id: "chn_1",
    created_at: at(59),
    payload,
    ...patch,
  } as ClickClackEvent;
}
