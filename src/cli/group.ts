import type { User, UserGroup, Workspace } from "@clickclack/sdk";
import { defineCommand } from "citty";
import { AppError } from "../lib/errors.ts";
import { clientCommand } from "./client-command.ts";
import { UsageError } from "./failure.ts";
import { readList } from "./flags.ts";
import { pageRows, print, row } from "./output.ts";
import { callName, everybody, findPerson } from "./people.ts";
import type { Session } from "./session.ts";
import { findChannel, findWorkspace } from "./target.ts";

const GROUP = { type: "positional", description: "The group, by @handle or id", required: true } as const;
const TEXT_FLAGS = {
  description: { type: "string", description: "What it is for" },
  channels: { type: "string", description: "Channels that its members are added to, separated by commas" },
} as const;

const list = clientCommand({
  name: "list",
  description: "List a workspace's groups: clickclack group list",
  args: {},
  async run(session) {
    const workspace = await findWorkspace(session);
    const answer = await session.client.groups.list(workspace.id);
    const rows = answer.groups.map((group) => {
      const { length } = group.member_ids;
      const count = session.mode === "plain" ? length : `${length} ${length === 1 ? "member" : "members"}`;
      return row(group.id, `@${group.handle}`, group.name, count, group.description);
    });
    print(session.mode, { json: answer, plain: rows, human: pageRows(rows) });
  },
});

const members = clientCommand({
  name: "members",
  description: "List who is in a group: clickclack group members @crew",
  args: { group: GROUP },
  async run(session, args) {
    const { workspace, group } = await findGroup(session, args.group);
    const people = await peopleOf(session, workspace, group);
    const rows = people.map((user) => row(user.id, user.handle, user.display_name));
    print(session.mode, { json: { group, members: people }, plain: rows, human: rows });
  },
});

const create = clientCommand({
  name: "create",
  description: "Make a group, with people in it: clickclack group create @crew @mia @sam --name 'The crew'",
  args: {
    handle: { type: "positional", description: "What it is mentioned by", required: true },
    name: { type: "string", description: "What it is called (the handle)" },
    ...TEXT_FLAGS,
  },
  async run(session, args) {
    const workspace = await findWorkspace(session);
    const people = await findPeople(session, workspace, args._.slice(1));
    const channel_ids = await findChannels(session, args.channels);
    const handle = args.handle.replace(/^@/, "");
    const made = await session.client.groups.create(workspace.id, {
      handle,
      name: args.name ?? handle,
      member_ids: people.map(({ id }) => id),
      ...(args.description !== undefined && { description: args.description }),
      ...(channel_ids && { channel_ids }),
    });
    const { id, member_ids } = made.group;
    print(session.mode, { json: made, plain: id, human: `created @${handle} (${id}) of ${member_ids.length}` });
  },
});

const edit = clientCommand({
  name: "edit",
  description: "Change a group: clickclack group edit @crew --name 'The whole crew'",
  args: {
    group: GROUP,
    handle: { type: "string", description: "What it is mentioned by" },
    name: { type: "string", description: "What it is called" },
    ...TEXT_FLAGS,
  },
  async run(session, args) {
    const { group } = await findGroup(session, args.group);
    const channel_ids = await findChannels(session, args.channels);
    const patch = {
      ...(args.handle !== undefined && { handle: args.handle.replace(/^@/, "") }),
      ...(args.name !== undefined && { name: args.name }),
      ...(args.description !== undefined && { description: args.description }),
      ...(channel_ids && { channel_ids }),
    };
    if (Object.keys(patch).length === 0) throw new UsageError("say what to change: --name, --handle, --description");
    const changed = await session.client.groups.update(group.id, patch);
    print(session.mode, { json: changed, plain: group.id, human: `changed @${changed.group.handle}` });
  },
});

const remove = clientCommand({
  name: "delete",
  description: "Delete a group; its people stay where they are: clickclack group delete @crew",
  args: { group: GROUP },
  async run(session, args) {
    const { group } = await findGroup(session, args.group);
    const json = { ...(await session.client.groups.delete(group.id)), group };
    print(session.mode, { json, plain: group.id, human: `deleted @${group.handle}` });
  },
});

const addPeople = changing("add", "to", "Add people to a group and its channels: clickclack group add @crew @mia");
const removePeople = changing("remove", "from", "Take people out of a group: clickclack group remove @crew @mia");

function changing(name: "add" | "remove", where: string, description: string) {
  return clientCommand({
    name,
    description,
    args: { group: GROUP },
    async run(session, args) {
      const { workspace, group } = await findGroup(session, args.group);
      const people = await findPeople(session, workspace, args._.slice(1));
      if (people.length === 0) throw new UsageError("name the people too, like @mia");
      const act = name === "add" ? session.client.groups.addMember : session.client.groups.removeMember;
      for (const person of people) await act(group.id, person.id);
      const json = await session.client.groups.get(group.id);
      const rows = people.map((person) => row(person.id, person.handle));
      const done = name === "add" ? "added" : "removed";
      const human = `${done} ${people.map(callName).join(", ")} ${where} @${group.handle}`;
      print(session.mode, { json, plain: rows, human });
    },
  });
}

async function findGroup(session: Session, word: string): Promise<{ workspace: Workspace; group: UserGroup }> {
  const workspace = await findWorkspace(session);
  const { groups } = await session.client.groups.list(workspace.id);
  const handle = word.replace(/^@/, "").toLowerCase();
  const group = groups.find((one) => one.id === word || one.handle === handle);
  if (!group) throw new AppError("not_found", `no group "${word}"; see: clickclack group list`);
  return { workspace, group };
}

/** Everybody is found before anything is changed: a mistyped name changes nothing. */
async function findPeople(session: Session, { id }: Workspace, words: string[]): Promise<User[]> {
  return Promise.all(words.map((word) => findPerson(session, id, word)));
}

async function findChannels(session: Session, words: string | undefined): Promise<string[] | undefined> {
  if (words === undefined) return undefined;
  const channels = await Promise.all(readList(words).map((word) => findChannel(session, word)));
  return channels.map(({ id }) => id);
}

/** In the directory's order. */
async function peopleOf(session: Session, { id }: Workspace, { member_ids }: UserGroup): Promise<User[]> {
  const wanted = new Set(member_ids);
  const people: User[] = [];
  for await (const { user } of everybody(session, id)) if (wanted.has(user.id)) people.push(user);
  return people;
}

export default defineCommand({
  meta: { name: "group", description: "People who are mentioned together" },
  subCommands: { list, members, create, edit, delete: remove, add: addPeople, remove: removePeople },
});
