import { defineCommand } from "citty";
import { clientCommand } from "./client-command.ts";
import { DRAFT_FLAGS, readDraft, withFiles } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { readCount } from "./flags.ts";
import { messageRow, print } from "./output.ts";
import type { Session } from "./session.ts";
import inbox from "./thread-inbox.ts";

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
    ...DRAFT_FLAGS,
  },
  async run(session, args, rawArgs) {
    await reply(session, args.message, await readDraft(args, args._.slice(1), rawArgs));
  },
});

export async function reply(session: Session, root_id: string, draft: Draft): Promise<void> {
  const { client } = session;
  // Files belong to a workspace, and only the root says which.
  const workspace_id = draft.paths.length > 0 ? (await client.messages.get(root_id)).message.workspace_id : "";
  const replied = await client.threads.reply(root_id, await withFiles(session, workspace_id, draft));
  print(session.mode, {
    json: replied,
    plain: replied.message.id,
    human: `sent ${replied.message.id} to the thread of ${replied.message.thread_root_id}`,
  });
}

export default defineCommand({
  meta: { name: "threads", description: "Show a thread, reply in it, list those you follow" },
  subCommands: { open, reply: replyCommand, inbox },
});
