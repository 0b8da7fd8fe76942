import type { Channel, Member, User } from "@clickclack/sdk";
import { clientCommand } from "./client-command.ts";
import { UsageError } from "./failure.ts";
import { readCount } from "./flags.ts";
import { print, row } from "./output.ts";
import { callName, findPerson } from "./people.ts";
import type { Session } from "./session.ts";
import { findChannel } from "./target.ts";

const CHANNEL = { type: "positional", description: "The channel, like crew", required: true } as const;

export const joinCommand = clientCommand({
  name: "join",
  description: "Bring back a public channel that you left: clickclack channels join general",
  args: { name: CHANNEL },
  async run(session, args) {
    const channel = await findChannel(session, args.name);
    const joined = await session.client.channels.join(channel.id);
    print(session.mode, { json: { channel, ...joined }, plain: channel.id, human: `joined #${channel.name}` });
  },
});

export const leaveCommand = clientCommand({
  name: "leave",
  description: "Leave a channel; a public one is hidden and silent from then on: clickclack channels leave random",
  args: { name: CHANNEL },
  async run(session, args) {
    const channel = await findChannel(session, args.name);
    const left = await session.client.channels.leave(channel.id);
    print(session.mode, { json: { channel, ...left }, plain: channel.id, human: `left #${channel.name}` });
  },
});

export const membersCommand = clientCommand({
  name: "members",
  description: "List who may read a channel: clickclack channels members crew",
  args: {
    name: CHANNEL,
    limit: { type: "string", description: "How many, 1 to 200 (100)" },
    cursor: { type: "string", description: "Go on where a page ended (next_cursor)" },
  },
  async run(session, args) {
    const limit = readCount("limit", args.limit, 1);
    const channel = await findChannel(session, args.name);
    const page = await session.client.channels.members(channel.id, {
      ...(limit && { limit }),
      ...(args.cursor && { cursor: args.cursor }),
    });
    const rows = page.members.map(({ user, role }) => row(user.id, user.handle, role, user.display_name));
    print(session.mode, { json: { channel, ...page }, plain: rows, human: rows });
  },
});

export const addCommand = clientCommand({
  name: "add",
  description: "Add people to a channel: clickclack channels add crew @mia @pinch",
  args: { name: CHANNEL },
  async run(session, args) {
    const { channel, people } = await findBoth(session, args._);
    const members: Member[] = [];
    for (const person of people) members.push((await session.client.channels.addMember(channel.id, person.id)).member);
    print(session.mode, { json: { channel, members }, plain: rowsOf(people), human: said("added", people, channel) });
  },
});

export const removeCommand = clientCommand({
  name: "remove",
  description: "Remove people from a channel: clickclack channels remove crew @mia",
  args: { name: CHANNEL },
  async run(session, args) {
    const { channel, people } = await findBoth(session, args._);
    for (const person of people) await session.client.channels.removeMember(channel.id, person.id);
    const json = { ok: true, channel, user_ids: people.map(({ id }) => id) };
    print(session.mode, { json, plain: rowsOf(people), human: said("removed", people, channel) });
  },
});

/** Everybody is found before anybody is added: a mistyped name changes nothing. */
async function findBoth(session: Session, words: string[]): Promise<{ channel: Channel; people: User[] }> {
  const [name, ...handles] = words;
  if (handles.length === 0) throw new UsageError("name the people too, like @mia");
  const channel = await findChannel(session, name);
  const people = await Promise.all(handles.map((word) => findPerson(session, channel.workspace_id, word)));
  return { channel, people };
}

function rowsOf(people: User[]): string[] {
  return people.map((person) => row(person.id, person.handle));
}

function said(act: string, people: User[], channel: Channel): string {
  return `${act} ${people.map(callName).join(", ")} ${act === "added" ? "to" : "from"} #${channel.name}`;
}
