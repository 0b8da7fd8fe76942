import { defineCommand } from "citty";
import { clientCommand } from "./client-command.ts";
import { print, row } from "./output.ts";

const list = clientCommand({
  name: "list",
  description: "List the workspaces you belong to",
  args: {},
  async run({ client, mode }) {
    const answer = await client.workspaces.list();
    const rows = answer.workspaces.map(({ id, slug, name }) => row(id, slug, name));
    print(mode, { json: answer, plain: rows, human: rows });
  },
});

export default defineCommand({
  meta: { name: "workspaces", description: "Workspaces you belong to" },
  subCommands: { list },
});
