import { statSync } from "node:fs";
import type { Me } from "@clickclack/sdk";
import { clientCommand, clientGroup } from "./client-command.ts";
import { UsageError } from "./failure.ts";
import { readChoice, readUntil } from "./flags.ts";
import { minute, print, row } from "./output.ts";
import { readPassword } from "./secrets.ts";
import { statusText } from "./status.ts";

const show = clientCommand({
  name: "show",
  description: "Say what others see of you, and your settings: clickclack me",
  args: {},
  async run({ client, mode }) {
    const me = await client.me();
    print(mode, { json: me, plain: me.user.id, human: profileRows(me.user) });
  },
});

const set = clientCommand({
  name: "set",
  description: "Change your profile and settings: clickclack me set --name Mia --dnd 2h",
  args: {
    name: { type: "string", description: "Display name" },
    handle: { type: "string", description: 'Handle, without @; "" for none' },
    avatar: { type: "string", description: "A picture of at most 5 MiB; none takes yours away", valueHint: "path" },
    timezone: { type: "string", description: 'Time zone, like Europe/Berlin; "" for none' },
    locale: { type: "string", description: "Language and country, like de-AT" },
    dnd: { type: "string", description: "Do not disturb until: 2h, a time, or off" },
    notify: { type: "string", description: "What to be notified of: all, mentions or none" },
  },
  async run({ client, mode }, args) {
    const level = readChoice("--notify", args.notify, ["all", "mentions", "none"]);
    const dnd_until =
      args.dnd === undefined ? undefined : args.dnd === "off" ? "" : readUntil("dnd", args.dnd, Date.now());
    const patch = {
      ...(args.name !== undefined && { display_name: args.name }),
      ...(args.handle !== undefined && { handle: args.handle }),
      ...(args.timezone !== undefined && { timezone: args.timezone }),
      ...(args.locale !== undefined && { locale: args.locale }),
      ...(dnd_until !== undefined && { dnd_until }),
      ...(level && { notification_settings: { level } }),
    };
    if (args.avatar === undefined && Object.keys(patch).length === 0) {
      throw new UsageError("say what to change: clickclack me set --name Mia");
    }
    const picture = args.avatar === undefined || args.avatar === "none" ? undefined : readPicture(args.avatar);
    let changed = Object.keys(patch).length > 0 ? await client.updateMe(patch) : undefined;
    if (picture) changed = await client.avatar.set(picture);
    else if (args.avatar === "none") changed = await client.avatar.remove();
    const me = changed ?? (await client.me());
    print(mode, { json: me, plain: me.user.id, human: profileRows(me.user) });
  },
});

const deactivate = clientCommand({
  name: "deactivate",
  description: "Give your account up, until a manager reactivates it: clickclack me deactivate",
  args: {
    yes: { type: "boolean", description: "I mean it", required: true },
    "password-stdin": { type: "boolean", description: "Read the password from standard input" },
  },
  async run(session, args) {
    const { user } = await session.client.me();
    const password = user.password_enrolled ? await readPassword(session, args["password-stdin"] === true) : undefined;
    const ended = await session.client.deactivateMe({ ...(password && { password }) });
    print(session.mode, { json: ended, plain: user.id, human: `deactivated ${user.display_name} (${user.id})` });
  },
});

function readPicture(path: string): Blob {
  const file = statSync(path, { throwIfNoEntry: false });
  if (!file?.isFile()) throw new UsageError(`--avatar ${path} ${file ? "is not a file" : "does not exist"}`);
  return Bun.file(path);
}

/** Only what there is. */
function profileRows(user: Me): string[] {
  const { dnd_from, dnd_to, level } = user.notification_settings ?? {};
  const fields: [string, string | undefined][] = [
    ["user", user.id],
    ["name", user.display_name],
    ["handle", user.handle && `@${user.handle}`],
    ["email", user.email],
    ["status", statusText(user)],
    ["do not disturb", user.dnd_until && `until ${minute(user.dnd_until)}`],
    ["quiet hours", dnd_from && `${dnd_from} to ${dnd_to}`],
    ["notify", level],
    ["time zone", user.timezone],
    ["locale", user.locale],
    ["picture", user.avatar_url],
    ["password", user.password_enrolled ? "set" : "none"],
  ];
  return fields.filter(([, value]) => value).map(([name, value]) => row(name, value));
}

export default clientGroup({
  name: "me",
  description: "Your profile and settings",
  default: "show",
  subCommands: { show, set, deactivate },
});
