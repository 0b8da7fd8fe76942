import { defineCommand } from "citty";
import { clientCommand } from "./client-command.ts";
import { readCount } from "./flags.ts";
import { messageRow, print } from "./output.ts";
import send from "./send.ts";
import { findChannel } from "./target.ts";
import { findTopicOf } from "./topic.ts";

const list = clientCommand({
  name: "list",
  description: "List the newest messages of a channel",
  args: {
    limit: { type: "string", description: "How many, 1 to 200 (20)" },
    topic: { type: "string", description: "Only of this topic, by name or id" },
    "after-seq": { type: "string", description: "Messages after this one instead" },
  },
  async run(session, args) {
    const limit = readCount("limit", args.limit, 1) ?? 20;
    const after_seq = readCount("after-seq", args["after-seq"]);
    const channel = await findChannel(session);
    const { messages } = await session.client.channels.messages(channel.id, {
      limit,
      after_seq,
      ...(args.topic && { topic_id: (await findTopicOf(session, channel, args.topic)).id }),
    });
    const rows = messages.map((message) => messageRow(session.mode, message));
    print(session.mode, { json: { channel, messages }, plain: rows, human: rows });
  },
});

export default defineCommand({
  meta: { name: "messages", description: "List and post messages" },
  subCommands: { list, send },
});
