import { clientCommand } from "./client-command.ts";
import { print, row } from "./output.ts";

export default clientCommand({
  name: "status",
  description: "Say which server, who you are, and the defaults",
  args: {},
  async run({ client, mode, server, workspace, channel }) {
    const { user } = await client.me();
    const defaults = { ...(workspace && { workspace }), ...(channel && { channel }) };
    const rows = [
      row("server", server),
      row("user", user.id, user.display_name),
      row("workspace", workspace ?? "(the first)"),
      row("channel", channel ?? "general"),
    ];
    print(mode, { json: { server, user, ...defaults }, plain: user.id, human: rows });
  },
});
