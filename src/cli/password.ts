import { defineCommand } from "citty";
import { clientCommand } from "./client-command.ts";
import { UsageError } from "./failure.ts";
import { print } from "./output.ts";
import { readSecrets } from "./secrets.ts";

const change = clientCommand({
  name: "change",
  description: "Change your password, or set your first; your other sessions end: clickclack password change",
  args: {
    "password-stdin": {
      type: "boolean",
      description: "Read the present password and the new one from standard input, one a line",
    },
  },
  async run(session, args) {
    const { user } = await session.client.me();
    const from_input = args["password-stdin"] === true;
    const present = user.password_enrolled ? ["Present password: "] : [];
    const again = from_input ? [] : ["New password again: "];
    const secrets = await readSecrets(session, from_input, [...present, "New password: ", ...again]);
    const current_password = user.password_enrolled ? secrets.shift() : undefined;
    const [new_password = "", repeated = new_password] = secrets;
    if (new_password !== repeated) throw new UsageError("the new passwords differ; nothing was changed");
    const changed = await session.client.auth.changePassword({
      new_password,
      ...(current_password !== undefined && { current_password }),
    });
    print(session.mode, { json: changed, plain: user.id, human: "password changed; your other sessions have ended" });
  },
});

export default defineCommand({
  meta: { name: "password", description: "Your password" },
  subCommands: { change },
});
