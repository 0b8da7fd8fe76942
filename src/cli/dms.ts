import { defineCommand } from "citty";
import { clientCommand } from "./client-command.ts";
import { print, row } from "./output.ts";
import { directName } from "./people.ts";
import { findWorkspace } from "./target.ts";

const list = clientCommand({
  name: "list",
  description: "List your direct conversations: clickclack dms list",
  args: {},
  async run(session) {
    const workspace = await findWorkspace(session);
    const [{ conversations }, { user }] = await Promise.all([
      session.client.dms.list(workspace.id),
      session.client.me(),
    ]);
    const rows = conversations.map((one) => row(one.id, directName(one, user.id), one.unread_count ?? 0));
    print(session.mode, { json: { workspace, conversations }, plain: rows, human: rows });
  },
});

export default defineCommand({
  meta: { name: "dms", description: "Direct conversations" },
  subCommands: { list },
});
