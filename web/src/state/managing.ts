import type { Channel, DirectConversation, Workspace } from "@clickclack/protocol";
import type { App } from "./app.svelte.ts";
import { report } from "./entering.ts";

/** Verbs of the sidebar and its dialogs. They throw what a dialog shows beside its field. */

export async function createChannel(
  app: App,
  input: { name: string; purpose?: string; kind: Channel["kind"] },
): Promise<Channel> {
  if (!app.workspace_id) throw new Error("no workspace is open");
  const { channel } = await app.client.channels.create(app.workspace_id, input);
  app.channels.upsert(channel);
  return channel;
}

export async function updateChannel(
  app: App,
  channel_id: string,
  patch: { name?: string; purpose?: string; kind?: Channel["kind"]; archived?: boolean },
): Promise<void> {
  const { channel } = await app.client.channels.update(channel_id, patch);
  app.channels.upsert(channel);
}

/** The conversation with one other person; with oneself it is for notes. */
export async function openDirect(app: App, user_id: string): Promise<DirectConversation | undefined> {
  if (!app.workspace_id) return undefined;
  try {
    const others = user_id === app.session.me?.id ? [] : [user_id];
    const { conversation } = await app.client.dms.create(app.workspace_id, others);
    app.directs.put(conversation);
    return conversation;
  } catch (error) {
    report(app, error);
    return undefined;
  }
}

/** The same for a button that has no field to show an error beside. */
export async function changeChannel(app: App, channel_id: string, patch: { archived: boolean }): Promise<void> {
  await updateChannel(app, channel_id, patch).catch((error: unknown) => report(app, error));
}

export async function createWorkspace(app: App, name: string): Promise<Workspace> {
  const { workspace } = await app.client.workspaces.create({ name });
  app.workspaces.upsert(workspace);
  return workspace;
}

const INVITE_DAYS = 7;
const INVITE_USES = 25;

const ends = (): string => new Date(Date.now() + INVITE_DAYS * 24 * 60 * 60 * 1000).toISOString();

/** A link for one person, who finds it in their letters. */
export async function sendInvite(
  app: App,
  to: { email: string; role: "moderator" | "member" | "guest" },
): Promise<void> {
  if (!app.workspace_id) throw new Error("no workspace is open");
  await app.client.invites.create(app.workspace_id, { ...to, expires_at: ends() });
}

export async function createInvite(app: App): Promise<string> {
  if (!app.workspace_id) throw new Error("no workspace is open");
  const { invite } = await app.client.invites.create(app.workspace_id, { max_uses: INVITE_USES, expires_at: ends() });
  return invite.url;
}
