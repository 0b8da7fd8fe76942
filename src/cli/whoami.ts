import { clientCommand } from "./client-command.ts";
import { print, row } from "./output.ts";

export default clientCommand({
  name: "whoami",
  description: "Say who you are",
  args: {},
  async run({ client, mode }) {
    const me = await client.me();
    print(mode, { json: me, plain: me.user.id, human: row(me.user.id, me.user.display_name) });
  },
});
