import { clientCommand } from "./client-command.ts";
import { DRAFT_FLAGS, readDraft, withFiles } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { UsageError } from "./failure.ts";
import { print } from "./output.ts";
import type { Session } from "./session.ts";
import { findChannel } from "./target.ts";
import { reply } from "./threads.ts";
import { findTopicOf } from "./topic.ts";

export const REPLY_TO = {
  type: "string",
  description: "Reply in the thread of this message",
  valueHint: "message",
} as const;

export default clientCommand({
  name: "send",
  description: "Post a message: clickclack send --channel general Hello",
  args: {
    ...DRAFT_FLAGS,
    "reply-to": REPLY_TO,
    topic: { type: "string", description: "What it is about, by name or id; in channels" },
  },
  async run(session, args, rawArgs) {
    if (args.topic && args["reply-to"]) throw new UsageError("a reply has the topic of its thread: leave --topic out");
    await post(session, await readDraft(args, args._, rawArgs), args["reply-to"], args.topic);
  },
});

/** Posts into the channel, or the thread, and prints what came of it. */
export async function post(
  session: Session,
  draft: Draft,
  reply_to: string | undefined,
  topic?: string,
): Promise<void> {
  if (reply_to) return reply(session, reply_to, draft);
  const channel = await findChannel(session);
  const topic_id = topic && (await findTopicOf(session, channel, topic)).id;
  const input = await withFiles(session, channel.workspace_id, draft);
  const sent = await session.client.channels.sendMessage(channel.id, { ...input, ...(topic_id && { topic_id }) });
  print(session.mode, { json: sent, plain: sent.message.id, human: `sent ${sent.message.id} to #${channel.name}` });
}
