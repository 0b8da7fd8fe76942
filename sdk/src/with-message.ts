import type { ClickClackEvent } from "@clickclack/protocol";
import type { Message } from "./contract.ts";
import { ClickClackError } from "./error.ts";
import type { CallOptions, Http } from "./http.ts";
import { segment } from "./page.ts";

/** See `client.events.withMessage`. */
export async function withMessage<Event extends ClickClackEvent>(
  http: Http,
  event: Event,
  options?: CallOptions,
): Promise<Event> {
  if (event.type !== "message.created" && event.type !== "message.updated" && event.type !== "thread.reply_created") {
    return event;
  }
  if (event.payload.message) return event;
  const message = await fetchMessage(http, event.payload.message_id, options);
  return message ? { ...event, payload: { ...event.payload, message } } : event;
}

async function fetchMessage(http: Http, id: string, options?: CallOptions): Promise<Message | undefined> {
  try {
    return (await http.request<{ message: Message }>("GET", `/api/messages/${segment(id)}`, options)).message;
  } catch (error) {
    if (error instanceof ClickClackError && error.code === "not_found") return undefined;
    throw error;
  }
}
