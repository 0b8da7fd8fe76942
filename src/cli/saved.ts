import { defineCommand } from "citty";
import { clientCommand } from "./client-command.ts";
import { readCount } from "./flags.ts";
import { messageRow, print } from "./output.ts";
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
    const rows = page.saved.map(({ message }) => messageRow(session.mode, message));
    print(session.mode, { json: page, plain: rows, human: rows });
  },
});

const add = clientCommand({
  name: "add",
  description: "Save a message for yourself: clickclack saved add msg_…",
  args: { message: MESSAGE },
  async run(session, args) {
    const saved = await session.client.saved.add(args.message);
    print(session.mode, { json: saved, plain: args.message, human: `saved ${args.message}` });
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
