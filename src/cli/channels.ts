import { defineCommand } from "citty";
import { addCommand, joinCommand, leaveCommand, membersCommand, removeCommand } from "./channel-members.ts";
import { clientCommand } from "./client-command.ts";
import { print, row } from "./output.ts";
import { findChannel, findWorkspace } from "./target.ts";

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

const create = clientCommand({
  name: "create",
  description: 'Make a channel: clickclack channels create releases --purpose "What goes out"',
  args: {
    name: { type: "positional", description: "The name", required: true },
    private: { type: "boolean", description: "Only for those who are added" },
    purpose: { type: "string", description: "What it is for" },
    title: { type: "string", description: "A title beside the name" },
  },
  async run(session, args) {
    const workspace = await findWorkspace(session);
    const made = await session.client.channels.create(workspace.id, {
      name: args.name.replace(/^#/, ""),
      kind: args.private ? "private" : "public",
      ...(args.purpose !== undefined && { purpose: args.purpose }),
      ...(args.title !== undefined && { display_title: args.title }),
    });
    const { id, name } = made.channel;
    print(session.mode, { json: made, plain: id, human: `created #${name} (${id})` });
  },
});

const archive = archiving(
  "archive",
  true,
  "Close a channel for new messages; it stays readable: clickclack channels archive old",
);
const restore = archiving("restore", false, "Open an archived channel again: clickclack channels restore old");

function archiving(name: string, archived: boolean, description: string) {
  return clientCommand({
    name,
    description,
    args: { name: { type: "positional", description: "The channel, like old", required: true } },
    async run(session, args) {
      const channel = await findChannel(session, args.name);
      const changed = await session.client.channels.update(channel.id, { archived });
      print(session.mode, { json: changed, plain: channel.id, human: `${name}d #${channel.name}` });
    },
  });
}

export default defineCommand({
  meta: { name: "channels", description: "Channels of a workspace and who is in them" },
  subCommands: {
    list,
    create,
    join: joinCommand,
    leave: leaveCommand,
    members: membersCommand,
    add: addCommand,
    remove: removeCommand,
    archive,
    restore,
  },
});
