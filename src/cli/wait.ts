import { ClickClackError } from "@clickclack/sdk";
import type { Channel, Message, ThreadPage } from "@clickclack/sdk";
import { LIMITS } from "@clickclack/protocol";
import { clientCommand } from "./client-command.ts";
import { UsageError } from "./failure.ts";
import { readSpan } from "./flags.ts";
import { messagesAfter, tailCursor } from "./history.ts";
import { messageRow, print } from "./output.ts";
import type { Session } from "./session.ts";
import { findChannel } from "./target.ts";

/** The longest that a timer can run; nobody waits for 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

type Fits = (message: Message) => boolean;

export default clientCommand({
  name: "wait",
  description: 'Wait for a message and print it: clickclack wait --channel deploys --match "done|failed" --timeout 10m',
  args: {
    match: { type: "string", description: "A regular expression that the text fits, upper or lower case" },
    timeout: { type: "string", description: "Give up after 30s, 10m, 2h; the exit code is 11 then" },
    after: { type: "string", description: "Look from this message on, not only from now", valueHint: "message" },
  },
  async run(session, args) {
    const fits = readMatch(args.match);
    const timeout_ms = readSpan("--timeout", args.timeout);
    const channel = await findChannel(session);
    const found = await waitFor(session, channel, fits, { timeout_ms, after: args.after });
    if (!found) {
      const sentence = `no such message in #${channel.name} within ${args.timeout}`;
      throw new ClickClackError(sentence, { status: 0, code: "timeout" });
    }
    const row = messageRow(session.mode, found);
    print(session.mode, { json: { channel, message: found }, plain: row, human: row });
  },
});

function readMatch(pattern: string | undefined): Fits {
  if (pattern === undefined) return () => true;
  try {
    const expression = new RegExp(pattern, "i");
    return ({ body }) => expression.test(body);
  } catch (cause) {
    throw new UsageError(`--match "${pattern}" is not a regular expression`, { cause });
  }
}

async function waitFor(
  session: Session,
  channel: Channel,
  fits: Fits,
  { timeout_ms = LONGEST_MS, after }: { timeout_ms?: number | undefined; after: string | undefined },
): Promise<Message | undefined> {
  const over = AbortSignal.timeout(Math.min(timeout_ms, LONGEST_MS));
  const cursor = await tailCursor(session, channel.workspace_id);
  const asked = after === undefined ? undefined : await readAsked(session, channel, after);
  let seen_seq = asked?.root.channel_seq ?? channel.last_seq ?? 0;
  const inHistory = async (): Promise<Message | undefined> => {
    for await (const message of messagesAfter(session, channel.id, seen_seq)) {
      seen_seq = message.channel_seq ?? seen_seq;
      if (fits(message)) return message;
    }
    return undefined;
  };
  let found = asked?.replies.find(fits) ?? (await inHistory());
  if (found) return found;
  let refused: Error | undefined;
  const subscription = session.client.events.subscribe({
    workspaceId: channel.workspace_id,
    afterCursor: cursor,
    signal: over,
    async onEvent(event) {
      if (found || event.channel_id !== channel.id) return;
      if (event.type !== "message.created" && event.type !== "thread.reply_created") return;
      const { message } = (await session.client.events.withMessage(event)).payload;
      if (!message || !fits(message)) return;
      found = message;
      subscription.close();
    },
    async onResync() {
      found ??= await inHistory();
      if (found) subscription.close();
    },
    onState: (state) => {
      if (state.name === "stopped") refused = state.error;
    },
  });
  await subscription.closed;
  if (refused) throw refused;
  return found;
}

/** The message that was asked with, and what was said in its thread so far. */
async function readAsked(session: Session, channel: Channel, id: string): Promise<ThreadPage> {
  const thread = await session.client.threads.get(id, { latest: true, limit: LIMITS.message_page_max });
  if (thread.root.id !== id || thread.root.channel_id !== channel.id) {
    throw new UsageError(`--after ${id}: name a message of #${channel.name} that is no reply`);
  }
  return thread;
}
