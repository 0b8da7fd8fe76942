import type { Channel, ClickClackEvent, Message } from "@clickclack/sdk";
import { LIMITS } from "@clickclack/protocol";
import { clientCommand } from "./client-command.ts";
import { readCount, readSince } from "./flags.ts";
import { messagesAfter, tailCursor } from "./history.ts";
import { eventRow, printLine } from "./output.ts";
import type { Session } from "./session.ts";
import { findChannel } from "./target.ts";

/** Pages that `--since` reads back at most: a typo must not read a whole history. */
const SINCE_PAGES = 50;

export default clientCommand({
  name: "tail",
  description: "Show the newest messages of a channel, and follow it",
  args: {
    name: { type: "positional", required: false, description: "The channel, like general" },
    follow: {
      type: "boolean",
      alias: "f",
      description: "Go on with what happens: messages, replies, edits, reactions",
    },
    since: { type: "string", description: "Begin at 10m, 2h, 3d ago, or at a time" },
    limit: { type: "string", description: "How many messages to begin with (20)" },
  },
  async run(session, args) {
    const limit = readCount("limit", args.limit) ?? 20;
    const since = args.since === undefined ? undefined : readSince(args.since, Date.now());
    const channel = await findChannel(session, args.name);
    // The position comes first, so that what is posted while the history is read is not missed.
    const cursor = args.follow ? await tailCursor(session, channel.workspace_id) : undefined;
    const history =
      since === undefined ? await newest(session, channel, limit) : await messagesSince(session, channel, since);
    for (const message of history) printEvent(session, asEvent(message));
    if (args.follow) await follow(session, channel, cursor, history.at(-1)?.channel_seq ?? 0);
  },
});

async function newest(session: Session, channel: Channel, limit: number): Promise<Message[]> {
  if (limit === 0) return [];
  return (await session.client.channels.messages(channel.id, { limit: Math.min(limit, LIMITS.message_page_max) }))
    .messages;
}

/** Reads back page by page until a message is older. */
async function messagesSince(session: Session, channel: Channel, since_ms: number): Promise<Message[]> {
  const messages: Message[] = [];
  let before_seq: number | undefined;
  for (let pages = 0; pages < SINCE_PAGES; pages += 1) {
    const page = await session.client.channels.messages(channel.id, { before_seq, limit: LIMITS.message_page_max });
    const young = page.messages.filter((message) => Date.parse(message.created_at) >= since_ms);
    messages.unshift(...young);
    if (young.length < page.messages.length || !page.has_older) break;
    before_seq = page.oldest_seq;
  }
  return messages;
}

/** Follows until it is interrupted or no longer allowed. */
async function follow(
  session: Session,
  channel: Channel,
  cursor: string | undefined,
  printed_seq: number,
): Promise<void> {
  let last_seq = printed_seq;
  let refused: Error | undefined;
  let connected = true;
  const subscription = session.client.events.subscribe({
    workspaceId: channel.workspace_id,
    afterCursor: cursor,
    async onEvent(event) {
      if (event.channel_id !== channel.id) return;
      if (event.type === "message.created") {
        if ((event.seq ?? 0) <= last_seq) return;
        last_seq = event.seq ?? last_seq;
      }
      // A line without its text is better than none.
      printEvent(session, await session.client.events.withMessage(event).catch(() => event));
    },
    async onResync() {
      for await (const message of messagesAfter(session, channel.id, last_seq)) {
        printEvent(session, asEvent(message));
        last_seq = message.channel_seq ?? last_seq;
      }
    },
    onState: (state) => {
      if (state.name === "stopped") refused = state.error;
      if (state.name === "offline" && connected) process.stderr.write("clickclack: connection lost, trying again\n");
      if (state.name === "offline" || state.name === "live") connected = state.name === "live";
    },
  });
  process.once("SIGINT", subscription.close);
  process.once("SIGTERM", subscription.close);
  await subscription.closed;
  if (refused) throw refused;
}

/** History in the shape of the stream, so that a program reads one kind of line. */
function asEvent(message: Message): ClickClackEvent {
  return {
    id: "",
    cursor: "",
    type: "message.created",
    workspace_id: message.workspace_id,
    ...(message.channel_id && { channel_id: message.channel_id }),
    ...(message.channel_seq !== undefined && { seq: message.channel_seq }),
    created_at: message.created_at,
    payload: { message_id: message.id, author_id: message.author_id, message },
  };
}

function printEvent(session: Session, event: ClickClackEvent): void {
  const line = eventRow(session.mode, event);
  if (line !== undefined) printLine(line);
}
