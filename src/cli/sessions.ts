import { defineCommand } from "citty";
import { clientCommand } from "./client-command.ts";
import { UsageError } from "./failure.ts";
import { minute, print, row } from "./output.ts";

const list = clientCommand({
  name: "list",
  description: "List where you are signed in: clickclack session list",
  args: {},
  async run({ client, mode }) {
    const answer = await client.sessions.list();
    const rows = answer.sessions.map((one) =>
      mode === "plain"
        ? row(one.id, one.current ? "current" : "", one.last_used_at ?? one.created_at, one.address, one.user_agent)
        : row(
            one.id,
            one.current ? "this one" : `used ${minute(one.last_used_at ?? one.created_at)}`,
            one.address,
            one.user_agent || "(unnamed)",
          ),
    );
    print(mode, { json: answer, plain: rows, human: rows });
  },
});

const revoke = clientCommand({
  name: "revoke",
  description: "Sign a device out, or all but this one: clickclack session revoke --others",
  args: {
    session: { type: "positional", description: "The session, by its id in the list", required: false },
    others: { type: "boolean", description: "All sessions but this one" },
  },
  async run({ client, mode }, args) {
    if (Boolean(args.session) === Boolean(args.others)) throw new UsageError("name a session, or --others");
    const revoked = args.session ? await client.sessions.revoke(args.session) : await client.sessions.revokeOthers();
    const human = args.session ? `ended ${args.session}` : "ended all other sessions";
    print(mode, { json: revoked, plain: args.session ?? [], human });
  },
});

export default defineCommand({
  meta: { name: "session", description: "Where you are signed in" },
  subCommands: { list, revoke },
});
