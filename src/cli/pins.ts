import { defineCommand } from "citty";
import type { Message } from "@clickclack/sdk";
import { clientCommand } from "./client-command.ts";
import { UsageError } from "./failure.ts";
import { messageRow, print } from "./output.ts";
import type { Session } from "./session.ts";
import { findChannel } from "./target.ts";

const MESSAGE = { type: "positional", description: "The message, msg_…", required: true } as const;

const list = clientCommand({
  name: "list",
  description: "List a channel's pinned messages: clickclack pins list general",
  args: { name: { type: "positional", required: false, description: "The channel, like general" } },
  async run(session, args) {
    const channel = await findChannel(session, args.name);
    const { messages } = await session.client.pins.list(channel.id);
    const rows = messages.map((message) => messageRow(session.mode, message));
    print(session.mode, { json: { channel, messages }, plain: rows, human: rows });
  },
});

const add = clientCommand({
  name: "add",
  description: "Pin a message in its channel: clickclack pins add msg_…",
  args: { message: MESSAGE },
  async run(session, args) {
    const channel_id = await channelOf(session, args.message);
    const pinned = await session.client.pins.add(channel_id, args.message);
    print(session.mode, { json: pinned, plain: pinned.pinned_message.id, human: `pinned ${args.message}` });
  },
});

const remove = clientCommand({
  name: "remove",
  description: "Unpin a message: clickclack pins remove msg_…",
  args: { message: MESSAGE },
  async run(session, args) {
    const channel_id = await channelOf(session, args.message);
    const unpinned = await session.client.pins.remove(channel_id, args.message);
    print(session.mode, { json: unpinned, plain: args.message, human: `unpinned ${args.message}` });
  },
});

async function channelOf(session: Session, message_id: string): Promise<string> {
  const { channel_id }: Message = (await session.client.messages.get(message_id)).message;
  if (!channel_id) throw new UsageError("a direct conversation has no pins");
  return channel_id;
}

export default defineCommand({
  meta: { name: "pins", description: "Pinned messages" },
  subCommands: { list, add, remove },
});
