import type { ClickClackEvent } from "@clickclack/protocol";
import { ClickClackError } from "@clickclack/sdk";
import { apply } from "./apply.ts";
import { type Core, loadConversation, loadFollows, loadMembers, loadSaved, loadWorkspace } from "./lists.ts";
import { placeOf } from "./messages.ts";
import { isNews } from "./stores.ts";

/** An event of the subscription: it is applied, and what it does not carry itself is fetched. */
export async function receive(core: Core, event: ClickClackEvent): Promise<void> {
  const whole = await core.client.events.withMessage(event);
  const lost = isNews(core, whole) ? lostCount(core, whole) : undefined;
  const unknown = unknownPlace(core, whole);
  apply(core, whole);
  try {
    if (unknown !== undefined) await loadConversation(core, event.workspace_id, unknown);
    if (lost === "follows") await loadFollows(core, event.workspace_id);
    else if (lost !== undefined) await loadConversation(core, event.workspace_id, lost);
    await followPeople(core, whole);
    await followOneself(core, whole);
    if (unknown === undefined && !bringsAccess(core, whole)) return;
    if (core.saved.isLoaded) await loadSaved(core, event.workspace_id);
    await core.shelves.again();
  } catch (error) {
    // Gone meanwhile, or taken away. Anything else makes the subscription deliver the event again.
    if (!(error instanceof ClickClackError) || (error.status !== 404 && error.status !== 403)) throw error;
  }
}

/** A conversation that the reader may see from now on, or that they had closed. */
function unknownPlace({ channels, directs, session }: Core, event: ClickClackEvent): string | undefined {
  switch (event.type) {
    case "channel.member_added": {
      const { channel_id, user_id } = event.payload;
      return user_id === session.me?.id && !channels.get(channel_id) ? channel_id : undefined;
    }
    case "channel.updated":
      return channels.get(event.payload.channel_id) ? undefined : event.payload.channel_id;
    case "message.created": {
      const direct = event.payload.message?.direct_conversation_id;
      return directs.get(direct) ? undefined : direct;
    }
    default:
      return undefined;
  }
}

/** What only they see, or not everybody sees alike, travels by its name alone; so does what is too large. */
async function followOneself(core: Core, event: ClickClackEvent): Promise<void> {
  switch (event.type) {
    case "group.created":
    case "group.updated":
      return event.payload.group ? undefined : core.shelves.groups.again();
    case "draft.updated":
      return event.payload.draft ? undefined : core.shelves.drafts.again();
    case "preferences.updated":
      return core.session.signIn((await core.client.me()).user);
    case "saved.updated":
    case "saved.reminded":
      if (!core.saved.isLoaded) return;
      return core.saved.put((await core.client.saved.get(event.payload.message_id)).saved);
  }
}

/** What the reader saved is listed as long as they may read it, and again when they may again. */
function bringsAccess({ session }: Core, event: ClickClackEvent): boolean {
  const isMine = event.type === "channel.member_added" || event.type === "member.updated";
  return isMine && event.payload.user_id === session.me?.id;
}

/** A deletion says neither who wrote the message nor whom it called, so counters it may lower are asked for. */
function lostCount({ channels, directs, follows }: Core, event: ClickClackEvent): string | "follows" | undefined {
  if (event.type !== "message.deleted") return undefined;
  const { message_id, root_message_id } = event.payload;
  if (message_id !== root_message_id)
    return follows.isNews(event.cursor) && follows.get(root_message_id)?.unread_count ? "follows" : undefined;
  const place = event.channel_id ?? event.payload.direct_conversation_id ?? "";
  const list = event.channel_id ? channels : directs;
  const known = list.get(place);
  const read = known && (event.seq ?? 0) <= (known.last_read_seq ?? 0);
  return known?.unread_count && !read && list.isNews(place, event.cursor) ? place : undefined;
}

/** Nobody writes to an account that was closed, and everybody again to one that was opened. */
function closesAccount({ directs }: Core, event: ClickClackEvent): boolean {
  if (event.type !== "user.updated") return false;
  const { user_id, user } = event.payload;
  const isOpen = user?.deactivated_at === undefined;
  return directs.list.some((one) => one.can_send !== isOpen && one.members.some(({ id }) => id === user_id));
}

/** Who comes in is only named by an id; whose own role changes sees other things from now on. */
async function followPeople(core: Core, event: ClickClackEvent): Promise<void> {
  const workspace = core.workspaces.get(event.workspace_id);
  if (!workspace) return;
  const isMember = event.type === "member.joined" || event.type === "member.left" || event.type === "member.updated";
  // Whether somebody can still be written to directly depends on everybody in the conversation.
  if ((isMember && core.directs.include(event.payload.user_id)) || closesAccount(core, event))
    core.directs.settle((await core.client.dms.list(workspace.id)).conversations);
  if (event.type === "member.joined") return loadMembers(core, workspace.id);
  if (event.type === "channel.member_added" && event.payload.user_id === core.session.me?.id)
    return loadFollows(core, workspace.id);
  if (event.type !== "member.updated" || event.payload.user_id !== core.session.me?.id) return;
  core.workspaces.upsert((await core.client.workspaces.get(workspace.id)).workspace);
  await loadWorkspace(core, workspace, event.cursor);
  const isThere = (id: string): boolean => Boolean(core.channels.get(id) ?? core.directs.get(id));
  core.timelines.prune(isThere);
  if (core.thread.root && !isThere(placeOf(core.thread.root))) core.thread.close();
}
