import type { Workspace } from "@clickclack/protocol";
import { tick } from "svelte";
import type { App } from "./app.svelte.ts";
import type { Conversation } from "./conversations.svelte.ts";
import { report } from "./entering.ts";
import { placeOf } from "./messages.ts";
import { lastChannel, lastWorkspace, remember } from "./remembered.ts";
import { path } from "./router.svelte.ts";
import { WINDOW_ROWS, type Timeline } from "./timeline.svelte.ts";

const FIRST_PAGE = 60;
const NEXT_PAGE = 60;
const REPLIES_PAGE = 100;
/** The workspace to open: the one in the address, the last one here, or the first. */
export function pickWorkspace(app: App): Workspace | undefined {
  const { route } = app.router;
  const wanted = route.page === "app" ? route.workspace : undefined;
  return app.workspaces.byRoute(wanted) ?? app.workspaces.get(lastWorkspace()) ?? app.workspaces.list[0];
}

/** What to open when the address names nothing, or something that is not here. */
export function pickConversation(app: App, workspace: Workspace): Conversation | undefined {
  const last = app.get(lastChannel(workspace.id)?.id);
  const general = app.channels.active.find((channel) => channel.name === "general");
  return (last?.hidden ? undefined : last) ?? general ?? app.channels.active[0];
}

/** What will very likely be opened is fetched beside the lists, not after them. */
export function fetchAhead(app: App, workspace: Workspace): void {
  const { route } = app.router;
  const last = lastChannel(workspace.id);
  if (!last || route.page !== "app" || route.message) return;
  if (route.conversation !== undefined && route.conversation !== last.route_id) return;
  const timeline = app.timelines.open(last.id);
  if (!timeline.loaded && timeline.loading === null) void loadLatest(app, timeline);
}

export function goTo(app: App, conversation: Conversation, how: "push" | "replace" = "push"): void {
  const workspace = app.workspaces.get(conversation.workspace_id);
  if (workspace) app.router.go(path(workspace.route_id, conversation.route_id), how);
  app.overlays.drawer = false;
}

/** Shows a conversation: from memory when its window is there, else its newest page. */
export function openConversation(app: App, conversation: Conversation, at_message = false): Timeline {
  const timeline = app.timelines.open(conversation.id);
  timeline.new_after = conversation.unread_count ? (conversation.last_read_seq ?? 0) : 0;
  timeline.begins_at_new = timeline.new_after > 0 && !at_message;
  remember(conversation);
  if (!at_message && !timeline.loaded && timeline.loading === null) void loadLatest(app, timeline);
  return timeline;
}

export async function loadLatest(app: App, timeline: Timeline): Promise<void> {
  timeline.loading = "first";
  try {
    const page = await pages(app, timeline).messages(timeline.conversation_id, { limit: FIRST_PAGE });
    meet(app, page.messages);
    if (timeline.loaded) timeline.refresh(page);
    else timeline.replace(page);
  } catch (error) {
    timeline.failed = !timeline.loaded;
    if (timeline.loaded) report(app, error);
  } finally {
    timeline.loading = null;
  }
}

/** Reading is the same in both kinds of conversations. */
function pages(app: App, { conversation_id }: Timeline): Pick<App["client"]["channels"], "messages"> {
  return conversation_id.startsWith("dm_") ? app.client.dms : app.client.channels;
}

/** How long a message that was gone to stays marked. */
const HIT_MS = 2000;

/** Opens the window around a message and marks it; a reply opens its thread as well. */
export async function goToMessage(app: App, timeline: Timeline, message_id: string): Promise<void> {
  try {
    let { message } = await app.client.messages.get(message_id);
    if (message.parent_message_id) {
      void openThread(app, message.thread_root_id);
      ({ message } = await app.client.messages.get(message.thread_root_id));
    }
    if (placeOf(message) !== timeline.conversation_id) return;
    const page = await pages(app, timeline).messages(timeline.conversation_id, {
      around_seq: message.channel_seq ?? 0,
      limit: FIRST_PAGE,
    });
    meet(app, page.messages);
    timeline.hit = message.id;
    timeline.at_end = false;
    timeline.replace(page);
    setTimeout(() => (timeline.hit = null), HIT_MS);
  } catch (error) {
    report(app, error);
    if (!timeline.loaded) await loadLatest(app, timeline);
  }
}

export async function jumpToLatest(app: App, timeline: Timeline): Promise<void> {
  timeline.at_end = true;
  if (timeline.has_newer) await loadLatest(app, timeline);
}

export async function loadOlder(app: App, timeline: Timeline): Promise<void> {
  if (!timeline.has_older || timeline.loading !== null) return;
  timeline.loading = "older";
  try {
    const before_seq = timeline.oldest_seq;
    const page = await pages(app, timeline).messages(timeline.conversation_id, { before_seq, limit: NEXT_PAGE });
    meet(app, page.messages);
    timeline.prepend(page);
    await tick();
    timeline.trim("end");
  } catch (error) {
    report(app, error);
  } finally {
    timeline.loading = null;
  }
}

export async function loadNewer(app: App, timeline: Timeline): Promise<void> {
  if (!timeline.has_newer || timeline.loading !== null) return;
  timeline.loading = "newer";
  try {
    const after_seq = timeline.newest_seq;
    const page = await pages(app, timeline).messages(timeline.conversation_id, { after_seq, limit: NEXT_PAGE });
    meet(app, page.messages);
    timeline.append(page);
    await tick();
    // Usually the list does this once it rests; dropping rows above while it moves would shift what is read.
    if (timeline.rows.length > 4 * WINDOW_ROWS) timeline.trim("start");
  } catch (error) {
    report(app, error);
  } finally {
    timeline.loading = null;
  }
}

/** Opens a root's thread in the pane; what is already known of the root shows at once. */
export async function openThread(app: App, root_id: string): Promise<void> {
  app.thread.open(root_id, app.timelines.find(root_id));
  app.thread.loading = true;
  try {
    const page = await app.client.threads.get(root_id, { latest: true, limit: REPLIES_PAGE });
    meet(app, [page.root, ...page.replies]);
    if (app.thread.root_id === root_id) app.thread.load(page);
  } catch {
    if (app.thread.root_id === root_id) app.thread.failed = true;
  } finally {
    app.thread.loading = false;
  }
}

export async function loadOlderReplies(app: App): Promise<void> {
  const { root_id, replies } = app.thread;
  const before_seq = replies[0]?.thread_seq;
  if (!root_id || before_seq === undefined || app.thread.loading) return;
  app.thread.loading = true;
  try {
    const page = await app.client.threads.get(root_id, { before_seq, limit: REPLIES_PAGE });
    meet(app, page.replies);
    if (app.thread.root_id === root_id) app.thread.prepend(page);
  } catch (error) {
    report(app, error);
  } finally {
    app.thread.loading = false;
  }
}

function meet(app: App, messages: { author: Parameters<App["people"]["add"]>[0] }[]): void {
  for (const message of messages) app.people.add(message.author);
}
