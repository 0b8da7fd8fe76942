import type { ClickClackEvent, Message } from "@clickclack/protocol";
import { ClickClackError } from "@clickclack/sdk";
import { newNonce } from "../shared/nonce.ts";
import type { App } from "./app.svelte.ts";
import { report, sentence } from "./entering.ts";
import { reacted } from "./messages.ts";
import type { Pending } from "./sending.svelte.ts";

export interface Target {
  workspace_id: string;
  conversation_id: string;
  root_id?: string | undefined;
}

/** Shows the message at once and sends it; the nonce makes the row and the server's message one. */
export function send(
  app: App,
  target: Target,
  body: string,
  more: Pick<Pending, "quoted_message_id" | "attachments"> = {},
): void {
  app.sending.add({
    nonce: newNonce(),
    workspace_id: target.workspace_id,
    conversation_id: target.conversation_id,
    ...(target.root_id ? { root_id: target.root_id } : {}),
    ...more,
    body,
    created_at: new Date().toISOString(),
    state: "waiting",
  });
  sendWaiting(app);
}

export function retry(app: App, nonce: string): void {
  app.sending.mark(nonce, "waiting");
  sendWaiting(app);
}

/** Conversations that have a message on its way: the next waits for it, so order holds. */
const busy = new WeakMap<App, Set<string>>();

/** Sends what waits, each conversation in its own order. Called by a new message and when the line returns. */
export function sendWaiting(app: App): void {
  const running = busy.get(app) ?? new Set<string>();
  busy.set(app, running);
  for (const one of app.sending.items) {
    const target = one.root_id ?? one.conversation_id;
    if (one.state !== "waiting" || running.has(target)) continue;
    running.add(target);
    void drain(app, target).finally(() => running.delete(target));
  }
}

async function drain(app: App, target: string): Promise<void> {
  for (;;) {
    const one = app.sending.items.find(
      (item) => (item.root_id ?? item.conversation_id) === target && item.state === "waiting",
    );
    if (!one || !(await deliver(app, one))) return;
  }
}

/** Returns whether the next one may follow. */
async function deliver(app: App, one: Pending): Promise<boolean> {
  app.sending.mark(one.nonce, "sending");
  const input = {
    body: one.body,
    nonce: one.nonce,
    ...(one.quoted_message_id ? { quoted_message_id: one.quoted_message_id } : {}),
    ...(one.attachments?.length ? { upload_ids: one.attachments.map((upload) => upload.id) } : {}),
  };
  try {
    if (one.root_id) {
      const { message, thread_state, events } = await app.client.threads.reply(one.root_id, input);
      for (const event of events) app.apply(withMessage(event, message));
      app.apply(local("thread.reply_created", message, { root_message_id: message.thread_root_id }));
      app.apply(local("thread.state_updated", message, { root_message_id: message.thread_root_id, thread_state }));
    } else {
      const { message, event } = await conversations(app, one).sendMessage(one.conversation_id, input);
      app.apply(event ? withMessage(event, message) : local("message.created", message, {}));
    }
    return true;
  } catch (error) {
    const later =
      error instanceof ClickClackError && (error.status === 0 || error.status === 401 || error.status >= 502);
    app.sending.mark(one.nonce, later ? "waiting" : "failed", later ? undefined : sentence(error));
    if (error instanceof ClickClackError && error.status === 401) report(app, error);
    return !later;
  }
}

function conversations(app: App, { conversation_id }: Pending) {
  return conversation_id.startsWith("dm_") ? app.client.dms : app.client.channels;
}

export async function edit(app: App, message: Message, body: string): Promise<boolean> {
  try {
    const { message: changed, event } = await app.client.messages.update(message.id, { body });
    app.apply(
      event
        ? withMessage(event, changed)
        : local("message.updated", changed, { root_message_id: changed.thread_root_id }),
    );
    return true;
  } catch (error) {
    report(app, error);
    return false;
  }
}

export async function remove(app: App, message: Message): Promise<boolean> {
  try {
    const { event } = await app.client.messages.delete(message.id);
    app.apply(event ?? local("message.deleted", message, { root_message_id: message.thread_root_id }));
    return true;
  } catch (error) {
    report(app, error);
    return false;
  }
}

/** One tap on, one tap off; shown before the server answers, put right if it refuses. */
export async function toggleReaction(app: App, message: Message, emoji: string): Promise<void> {
  const known = message.reactions?.find((one) => one.emoji === emoji);
  const on = !known?.reacted_by_me;
  const before = known?.count ?? 0;
  const change = (count: number, mine: boolean): void => {
    app.timelines.change(message.id, (row) => reacted(row, { emoji, count, mine }));
    app.thread.change(message.id, (row) => reacted(row, { emoji, count, mine }));
  };
  change(before + (on ? 1 : -1), on);
  try {
    const { messages } = app.client;
    const { event, reactions } = await (on
      ? messages.addReaction(message.id, emoji)
      : messages.removeReaction(message.id, emoji));
    if (event?.type) app.apply(event);
    else change(reactions.find((one) => one.emoji === emoji)?.count ?? 0, on);
  } catch (error) {
    change(before, !on);
    report(app, error);
  }
}

/** The server's event, carrying the message of the same answer. */
function withMessage(event: ClickClackEvent, message: Message): ClickClackEvent {
  return { ...event, payload: { ...event.payload, message } } as ClickClackEvent;
}

/** An answer without an event (a nonce seen before): the same change, said in our own words. */
function local(type: ClickClackEvent["type"], message: Message, payload: Record<string, unknown>): ClickClackEvent {
  return {
    id: "",
    cursor: "",
    type,
    workspace_id: message.workspace_id,
    ...(message.channel_id ? { channel_id: message.channel_id } : {}),
    seq: message.channel_seq,
    created_at: message.deleted_at ?? new Date().toISOString(),
    payload: { message_id: message.id, message, ...payload },
  } as ClickClackEvent;
}
