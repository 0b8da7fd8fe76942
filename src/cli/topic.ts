import type { Channel, Topic } from "@clickclack/sdk";
import { defineCommand } from "citty";
import { AppError } from "../lib/errors.ts";
import { clientCommand } from "./client-command.ts";
import { pageRows, print, row } from "./output.ts";
import type { Session } from "./session.ts";
import { findChannel, findWorkspace } from "./target.ts";

const TOPIC = { type: "positional", description: "The topic, by name or id", required: true } as const;

const list = clientCommand({
  name: "list",
  description: "List a workspace's topics: clickclack topic list",
  args: { archived: { type: "boolean", description: "The archived ones too" } },
  async run(session, args) {
    const workspace = await findWorkspace(session);
    const [answer, { channels }] = await Promise.all([
      session.client.topics.list(workspace.id),
      session.client.channels.list(workspace.id),
    ]);
    const names = new Map(channels.map((channel) => [channel.id, `#${channel.name}`]));
    const rows = answer.topics
      .filter((topic) => args.archived || !topic.archived_at)
      .map((topic) => {
        const place = topic.channel_id ? (names.get(topic.channel_id) ?? topic.channel_id) : "everywhere";
        return row(topic.id, topic.name, place, topic.archived_at ? "archived" : "");
      });
    print(session.mode, { json: answer, plain: rows, human: pageRows(rows) });
  },
});

const create = clientCommand({
  name: "create",
  description:
    "Make a topic of the workspace, or of one channel: clickclack topic create 'Release 2' --channel deploys",
  args: { name: { type: "positional", description: "What it is called", required: true } },
  async run(session, args) {
    const workspace = await findWorkspace(session);
    // A default channel is for posting; a topic is for the whole workspace unless it is told otherwise here.
    const channel = args.channel ? await findChannel(session) : undefined;
    const made = await session.client.topics.create(channel?.workspace_id ?? workspace.id, {
      name: args._.join(" "),
      ...(channel && { channel_id: channel.id }),
    });
    const place = channel ? ` in #${channel.name}` : "";
    print(session.mode, {
      json: made,
      plain: made.topic.id,
      human: `created ${made.topic.name}${place} (${made.topic.id})`,
    });
  },
});

const rename = clientCommand({
  name: "rename",
  description: "Call a topic something else: clickclack topic rename 'Release 2' 'Release 2.1'",
  args: { topic: TOPIC, name: { type: "positional", description: "The new name", required: true } },
  async run(session, args) {
    const topic = await findTopic(session, args.topic);
    const changed = await session.client.topics.update(topic.id, { name: args.name });
    print(session.mode, { json: changed, plain: topic.id, human: `${topic.name} is ${changed.topic.name} now` });
  },
});

const archive = archiving("archive", true, "Close a topic for new messages: clickclack topic archive 'Release 1'");
const restore = archiving("restore", false, "Open an archived topic again: clickclack topic restore 'Release 1'");

function archiving(name: string, archived: boolean, description: string) {
  return clientCommand({
    name,
    description,
    args: { topic: TOPIC },
    async run(session, args) {
      const topic = await findTopic(session, args.topic);
      const changed = await session.client.topics.update(topic.id, { archived });
      print(session.mode, { json: changed, plain: topic.id, human: `${name}d ${topic.name}` });
    },
  });
}

async function findTopic(session: Session, word: string): Promise<Topic> {
  const workspace = await findWorkspace(session);
  const called = await topicsCalled(session, workspace.id, word);
  if (called.length > 1)
    throw new AppError("conflict", `there are ${called.length} topics "${word}"; name one by its id`);
  return requireTopic(called[0], word);
}

/** The topic of a channel, or else the one of its workspace. */
export async function findTopicOf(session: Session, channel: Channel, word: string): Promise<Topic> {
  const called = await topicsCalled(session, channel.workspace_id, word);
  const own = called.find((topic) => topic.channel_id === channel.id);
  return requireTopic(own ?? called.find((topic) => !topic.channel_id), word);
}

async function topicsCalled(session: Session, workspace_id: string, word: string): Promise<Topic[]> {
  const { topics } = await session.client.topics.list(workspace_id);
  return topics.filter(({ id, name }) => id === word || name.toLowerCase() === word.toLowerCase());
}

function requireTopic(topic: Topic | undefined, word: string): Topic {
  if (!topic) throw new AppError("not_found", `no topic "${word}"; see: clickclack topic list`);
  return topic;
}

export default defineCommand({
  meta: { name: "topic", description: "Labels of messages" },
  subCommands: { list, create, rename, archive, restore },
});
