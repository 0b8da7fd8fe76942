import { clientCommand } from "./client-command.ts";
import { readCount } from "./flags.ts";
import { print, row } from "./output.ts";
import { findWorkspace } from "./target.ts";

export default clientCommand({
  name: "inbox",
  description: "List the threads you follow, the one answered last first: clickclack threads inbox --unread",
  args: {
    unread: { type: "boolean", description: "Only those with something unread" },
    limit: { type: "string", description: "How many, 1 to 200 (20)" },
    cursor: { type: "string", description: "Go on where a page ended (next_cursor)" },
  },
  async run(session, args) {
    const limit = readCount("limit", args.limit, 1) ?? 20;
    const workspace = await findWorkspace(session);
    const page = await session.client.threads.inbox(workspace.id, {
      filter: args.unread ? "unread" : "all",
      limit,
      ...(args.cursor && { cursor: args.cursor }),
    });
    const columns = page.threads.map(({ root, unread_count }) => ({
      id: root.id,
      rest: [unread_count, root.author.display_name, root.deleted_at ? "(deleted)" : root.body],
    }));
    print(session.mode, {
      json: page,
      plain: columns.map(({ id, rest }) => row(id, ...rest)),
      human: columns.map(({ id, rest: [unread, ...rest] }) => row(unread, id, ...rest)),
    });
  },
});
