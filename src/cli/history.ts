import type { Message } from "@clickclack/sdk";
import { LIMITS } from "@clickclack/protocol";
import type { Session } from "./session.ts";

/** The end of a workspace's log, taken before its history is read, so that nothing falls in between. */
export async function tailCursor(session: Session, workspace_id: string): Promise<string | undefined> {
  return (await session.client.events.list({ workspace_id, include_tail: true, limit: 1 })).tail_cursor;
}

/** The root messages of a channel after a position, page by page. */
export async function* messagesAfter(session: Session, channel_id: string, after_seq: number): AsyncGenerator<Message> {
  const limit = LIMITS.message_page_max;
  for (let more = true; more;) {
    const page = await session.client.channels.messages(channel_id, { after_seq, limit });
    yield* page.messages;
    after_seq = Math.max(after_seq, page.newest_seq);
    more = page.has_newer;
  }
}
