import type { Workspace } from "@clickclack/protocol";
import type { CoreClient } from "@clickclack/sdk";
import { placeOf } from "./messages.ts";
import type { Stores } from "./stores.ts";

/** What the lists of a workspace are fetched into, and with whose client. */
export interface Core extends Stores {
  readonly client: CoreClient;
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
 * Fetches what the sidebar shows. Called at the start, after a resync, and when the reader's role changes.
 */
export async function loadWorkspace(core: Core, workspace: Workspace, from: string | undefined): Promise<void> {
  core.counted_at = await settled(core, workspace.id, from, () => loadLists(core, workspace));
}

/**
 * Fetches counters so that they are true for one position of the log, and answers it: nothing happened
 * between two looks at its end, or they are fetched again.
 */
async function settled(
  core: Core,
  workspace_id: string,
  from: string | undefined,
  load: () => Promise<void>,
): Promise<string> {
  let before = from;
  for (let tries = 1; ; tries++) {
    await load();
    const after = await fetchTail(core, workspace_id);
    if (after === before || tries === TRIES) return before ?? "";
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
  let threads: Parameters<Core["follows"]["load"]>[0] = [];
  const at = await settled(core, workspace_id, await fetchTail(core, workspace_id), async () => {
    ({ threads } = await core.client.threads.inbox(workspace_id, { limit: FOLLOWS_PAGE }));
  });
  core.follows.load(threads, at);
}

/** One conversation with its counters. */
export async function loadConversation(core: Core, workspace_id: string, id: string): Promise<void> {
  let put = (_counted_at: string): void => {};
  const at = await settled(core, workspace_id, await fetchTail(core, workspace_id), async () => {
    if (id.startsWith("dm_")) {
      const { conversation } = await core.client.dms.get(id);
      for (const user of conversation.members) core.people.add(user);
      put = (counted_at) => core.directs.put(conversation, counted_at);
    } else {
      const { channel } = await core.client.channels.get(id);
      put = (counted_at) => core.channels.put(channel, counted_at);
    }
  });
  put(at);
}

export async function loadPins(core: Core, channel_id: string): Promise<void> {
  const { messages } = await core.client.pins.list(channel_id, { limit: 100 });
  core.pins.load(
    channel_id,
    messages.map((message) => message.id),
  );
}

/** Saved messages that are known to be saved; the list itself is fetched in pages. */
const SAVED_PAGE = 200;

export async function loadSaved(core: Core, workspace_id: string): Promise<void> {
  const { saved } = await core.client.saved.list(workspace_id, { limit: SAVED_PAGE });
  core.saved.load(saved.map(({ message, ...one }) => ({ ...one, place: placeOf(message) })));
}
