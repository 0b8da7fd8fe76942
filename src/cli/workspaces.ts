import { defineCommand } from "citty";
import { clientCommand } from "./client-command.ts";
import { UsageError } from "./failure.ts";
import { readChoice, readCount } from "./flags.ts";
import { print, row } from "./output.ts";
import { callName, findMember, PERSON } from "./people.ts";
import { findChannel, findWorkspace } from "./target.ts";

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

const create = clientCommand({
  name: "create",
  description: "Make a workspace of your own: clickclack workspaces create Harbour",
  args: {
    name: { type: "positional", description: "What it is called", required: true },
    slug: { type: "string", description: "Its name in addresses" },
  },
  async run({ client, mode }, args) {
    const made = await client.workspaces.create({ name: args._.join(" "), ...(args.slug && { slug: args.slug }) });
    const { id, slug, name } = made.workspace;
    print(mode, { json: made, plain: id, human: `created ${name} as ${slug} (${id})` });
  },
});

const set = clientCommand({
  name: "set",
  description: "Change what a workspace is: clickclack workspaces set --waiting-room lobby --guest-posts 5",
  args: {
    name: { type: "string", description: "What it is called" },
    slug: { type: "string", description: "Its name in addresses; for the owner" },
    "channel-policy": { type: "string", description: "Who may create channels: members or managers" },
    "waiting-room": { type: "string", description: "The public channel where guests begin; none for none" },
    "guest-posts": { type: "string", description: "How many messages a guest posts there in a day, 0 to 100" },
  },
  async run(session, args) {
    const channel_policy = readChoice("--channel-policy", args["channel-policy"], ["members", "managers"]);
    const guest_post_budget = readCount("guest-posts", args["guest-posts"]);
    const workspace = await findWorkspace(session);
    const room = args["waiting-room"];
    const waiting_room_channel_id =
      room === undefined ? undefined : room === "none" ? "" : (await findChannel(session, room)).id;
    const patch = {
      ...(args.name !== undefined && { name: args.name }),
      ...(args.slug !== undefined && { slug: args.slug }),
      ...(channel_policy && { channel_policy }),
      ...(waiting_room_channel_id !== undefined && { waiting_room_channel_id }),
      ...(guest_post_budget !== undefined && { guest_post_budget }),
    };
    if (Object.keys(patch).length === 0) throw new UsageError("say what to change: clickclack workspaces set --name …");
    const changed = await session.client.workspaces.update(workspace.id, patch);
    print(session.mode, { json: changed, plain: workspace.id, human: `changed ${changed.workspace.name}` });
  },
});

const transfer = clientCommand({
  name: "transfer",
  description: "Make somebody else the owner; you become a moderator: clickclack workspaces transfer @mia",
  args: { person: PERSON },
  async run(session, args) {
    const { workspace, user } = await findMember(session, args.person);
    const changed = await session.client.workspaces.transferOwnership(workspace.id, user.id);
    const human = `${callName(user)} owns ${workspace.name} now; you are a moderator`;
    print(session.mode, { json: changed, plain: workspace.id, human });
  },
});

const remove = clientCommand({
  name: "delete",
  description: "End a workspace for everybody, with all it holds: clickclack workspaces delete --confirm harbour",
  args: { confirm: { type: "string", description: "The workspace's slug once more", required: true } },
  async run(session, args) {
    const workspace = await findWorkspace(session);
    if (args.confirm !== workspace.slug) {
      throw new UsageError(
        `--confirm is "${args.confirm}", but the workspace is ${workspace.slug}; nothing was deleted`,
      );
    }
    await session.client.workspaces.delete(workspace.id);
    print(session.mode, { json: { ok: true, workspace }, plain: workspace.id, human: `deleted ${workspace.name}` });
  },
});

export default defineCommand({
  meta: { name: "workspaces", description: "Workspaces you belong to" },
  subCommands: { list, create, set, transfer, delete: remove },
});
