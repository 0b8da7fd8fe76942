import { defineCommand } from "citty";
import { clientCommand } from "./client-command.ts";
import { readCount, readUntil } from "./flags.ts";
import { messageRow, minute, pageRows, print } from "./output.ts";
import { findWorkspace } from "./target.ts";

const MESSAGE = { type: "positional", description: "The message, msg_…", required: true } as const;

const list = clientCommand({
  name: "list",
  description: "List the messages you saved, saved last first: clickclack saved list",
  args: {
    limit: { type: "string", description: "How many, 1 to 200 (20)" },
    cursor: { type: "string", description: "Go on where a page ended (next_cursor)" },
  },
  async run(session, args) {
    const limit = readCount("limit", args.limit, 1) ?? 20;
    const workspace = await findWorkspace(session);
    const page = await session.client.saved.list(workspace.id, { limit, ...(args.cursor && { cursor: args.cursor }) });
    const rows = page.saved.map(({ message, remind_at }) => {
      const saved = messageRow(session.mode, message);
      return session.mode === "human" && remind_at ? `${saved}\treminds ${minute(remind_at)}` : saved;
    });
    print(session.mode, { json: page, plain: rows, human: pageRows(rows, page.next_cursor) });
  },
});

const add = clientCommand({
  name: "add",
  description: "Save a message for yourself: clickclack saved add msg_… --remind 2h",
  args: {
    message: MESSAGE,
    remind: { type: "string", description: "Remind me of it: 2h, 3d, or a time; none for not any more" },
  },
  async run(session, args) {
    const remind = args.remind === "none" ? "" : args.remind && readUntil("remind", args.remind, Date.now());
    const saved = await session.client.saved.add(args.message, remind === undefined ? {} : { remind_at: remind });
    const reminder = saved.saved.remind_at ? `, reminds ${minute(saved.saved.remind_at)}` : "";
    print(session.mode, { json: saved, plain: args.message, human: `saved ${args.message}${reminder}` });
  },
});

const remove = clientCommand({
  name: "remove",
  description: "Take a message off your list: clickclack saved remove msg_…",
  args: { message: MESSAGE },
  async run(session, args) {
    const removed = await session.client.saved.remove(args.message);
    print(session.mode, { json: removed, plain: args.message, human: `no longer saved ${args.message}` });
  },
});

export default defineCommand({
  meta: { name: "saved", description: "Messages you put aside for yourself" },
  subCommands: { list, add, remove },
});
