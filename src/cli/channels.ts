import { defineCommand } from "citty";
import { clientCommand } from "./client-command.ts";
import { print, row } from "./output.ts";
import { findWorkspace } from "./target.ts";

const list = clientCommand({
  name: "list",
  description: "List a workspace's channels",
  args: {},
  async run(session) {
    const workspace = await findWorkspace(session);
    const { channels } = await session.client.channels.list(workspace.id);
    const rows = channels.map(({ id, name, kind }) => row(id, name, kind));
    print(session.mode, { json: { workspace, channels }, plain: rows, human: rows });
  },
});

export default defineCommand({
  meta: { name: "channels", description: "Channels of a workspace" },
  subCommands: { list },
});
