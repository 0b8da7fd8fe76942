import type { Workspace } from "@clickclack/protocol";
import type { ClickClackClient } from "@clickclack/sdk";
import type { Stores } from "./stores.ts";

/** What the lists of a workspace are fetched into, and with whose client. */
export interface Core extends Stores {
  readonly client: ClickClackClient;
  workspace_id: string | null;
}

/** Members whose names are known for mentions; more come with the messages they write. */
const MEMBERS_PAGE = 200;
const FOLLOWS_PAGE = 100;
/** How often the lists are fetched again because something happened meanwhile. */
const TRIES = 3;

/** The end of a workspace's event log: what is fetched after it misses nothing that comes after it. */
export async function fetchTail(core: Core, workspace_id: string): Promise<string | undefined> {
  const { tail_cursor } = await core.client.events.list({ workspaceId: workspace_id, limit: 1, includeTail: true });
  return tail_cursor;
}

/**
 * Fetches what the sidebar shows. Counters are true for one position of the log: nothing happened
 * between two looks at its end, or they are fetched again.
 */
export async function loadWorkspace(core: Core, workspace: Workspace, from: string | undefined): Promise<void> {
  let before = from;
  for (let tries = 0; tries < TRIES; tries++) {
    await loadLists(core, workspace);
    core.counted_at = before ?? "";
    const after = await fetchTail(core, workspace.id);
    if (after === before) return;
    before = after;
  }
}

async function loadLists(core: Core, workspace: Workspace): Promise<void> {
  const { client } = core;
  const [{ channels }, { conversations }, { threads }, presence] = await Promise.all([
    client.channels.list(workspace.id),
    client.dms.list(workspace.id),
    client.threads.inbox(workspace.id, { limit: FOLLOWS_PAGE }),
    client.workspaces.presence(workspace.id),
    loadMembers(core, workspace.id),
  ]);
  if (core.workspace_id !== workspace.id) return;
  core.presence.replace(presence.online);
  core.channels.load(channels);
  core.directs.load(conversations);
  for (const conversation of conversations) for (const user of conversation.members) core.people.add(user);
  core.follows.load(threads);
}

/** Names and roles. Again when somebody joins: the event carries only an id. */
export async function loadMembers(core: Core, workspace_id: string): Promise<void> {
  const { members } = await core.client.workspaces.members(workspace_id, { limit: MEMBERS_PAGE });
  core.members.load(members);
  for (const member of members) core.people.add(member.user);
}

export async function loadFollows(core: Core, workspace_id: string): Promise<void> {
  core.follows.load((await core.client.threads.inbox(workspace_id, { limit: FOLLOWS_PAGE })).threads);
}

/** One conversation with its counters. One that is gone by now has an event of its own. */
export async function loadConversation(core: Core, id: string): Promise<void> {
  if (id.startsWith("dm_")) {
    const { conversation } = await core.client.dms.get(id);
    core.directs.put(conversation);
    for (const user of conversation.members) core.people.add(user);
  } else {
    core.channels.put((await core.client.channels.get(id)).channel);
  }
}

export async function loadPins(core: Core, channel_id: string): Promise<void> {
  const { messages } = await core.client.pins.list(channel_id, { limit: 100 });
  core.pins.load(
    channel_id,
    messages.map((message) => message.id),
  );
}
