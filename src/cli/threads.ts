import { defineCommand } from "citty";
import { BODY_FLAGS, readBody } from "./body.ts";
import { clientCommand } from "./client-command.ts";
import { readCount } from "./flags.ts";
import { messageRow, print } from "./output.ts";
import type { Session } from "./session.ts";

const ROOT = { type: "positional", description: "The root message", required: true } as const;

const open = clientCommand({
  name: "open",
  description: "Show a thread",
  args: {
    message: ROOT,
    limit: { type: "string", description: "How many replies, 1 to 200 (100)" },
    latest: { type: "boolean", description: "The last replies instead of the first" },
    "before-seq": { type: "string", description: "Replies before this one" },
    "after-seq": { type: "string", description: "Replies after this one" },
    "around-seq": { type: "string", description: "Replies around this one" },
  },
  async run({ client, mode }, args) {
    const page = await client.threads.get(args.message, {
      limit: readCount("limit", args.limit, 1),
      latest: args.latest,
      before_seq: readCount("before-seq", args["before-seq"]),
      after_seq: readCount("after-seq", args["after-seq"]),
      around_seq: readCount("around-seq", args["around-seq"]),
    });
    const rows = [page.root, ...page.replies].map((message) => messageRow(mode, message));
    print(mode, { json: page, plain: rows, human: rows });
  },
});

/** `threads reply`, and `reply` for short. */
export const replyCommand = clientCommand({
  name: "reply",
  description: "Reply in a thread: clickclack reply msg_… Thank you",
  args: {
    message: ROOT,
    ...BODY_FLAGS,
    nonce: { type: "string", description: "Post at most once under this name, however often it is run" },
  },
  async run(session, args) {
    const body = await readBody(args, args._.slice(1));
    await reply(session, args.message, { body, nonce: args.nonce ?? crypto.randomUUID() });
  },
});

export async function reply(session: Session, root_id: string, input: { body: string; nonce: string }): Promise<void> {
  const replied = await session.client.threads.reply(root_id, input);
  print(session.mode, {
    json: replied,
    plain: replied.message.id,
    human: `sent ${replied.message.id} to the thread of ${replied.message.thread_root_id}`,
  });
}

export default defineCommand({
  meta: { name: "threads", description: "Show a thread, reply in it" },
  subCommands: { open, reply: replyCommand },
});
