import type { Workspace } from "@clickclack/protocol";
import type { SubscriptionState } from "@clickclack/sdk";
import type { App } from "./app.svelte.ts";
import { report } from "./entering.ts";
import { fetchTail, loadSaved, loadWorkspace } from "./lists.ts";
import { fetchAhead, loadLatest, openThread } from "./loading.ts";
import { receive } from "./receiving.ts";
import { words } from "../shared/words.ts";
import { sendWaiting } from "./writing.ts";

/** Text of a message that fits in a reminder. */
const REMINDER_CHARS = 80;

/**
 * Opens a workspace and follows its events. The log's end is taken first and the lists are fetched
 * after it, so whatever happens in between arrives as an event. Returns how to stop.
 */
export function follow(app: App, workspace: Workspace): () => void {
  let close: (() => void) | undefined;
  let stopped = false;
  app.workspace_id = workspace.id;
  app.failed = false;
  app.connection.line = "connecting";
  const open = async (): Promise<void> => {
    const from = await (takeTail(app, workspace.id) ?? fetchTail(app, workspace.id));
    fetchAhead(app, workspace);
    await loadWorkspace(app, workspace, from);
    if (!stopped) close = subscribe(app, workspace, from);
  };
  open().catch((error: unknown) => {
    if (stopped) return;
    app.failed = true;
    report(app, error);
  });
  return () => {
    stopped = true;
    close?.();
    app.timelines.dropExcept(undefined);
    app.pins.drop();
    app.saved.clear();
    app.shelves.clear();
    app.presence.clear();
  };
}

/** A tail asked for while signing in is used once, and only for its workspace. */
function takeTail(app: App, workspace_id: string): Promise<string | undefined> | undefined {
  const { early } = app;
  app.early = null;
  if (early?.workspace_id !== workspace_id) return undefined;
  return early.tail.catch(() => fetchTail(app, workspace_id));
}

function subscribe(app: App, workspace: Workspace, from: string | undefined): () => void {
  const open = (afterCursor: string | undefined) =>
    app.client.events.subscribe({
      workspaceId: workspace.id,
      afterCursor,
      onEvent: async (event) => {
        if (event.cursor) app.connection.passed();
        await receive(app, event);
        for (const hear of app.hearing) hear(event);
        if (event.type === "saved.reminded") void remind(app, event.payload.message_id);
        if (event.type === "presence.reset") app.presence.refetchSoon(() => void refreshPresence(app, workspace));
        if (event.type === "member.left" && event.payload.user_id === app.session.me?.id)
          leaveWorkspace(app, workspace);
        if (event.type === "channel.member_removed" && event.payload.user_id === app.session.me?.id)
          app.overlays.say(words.channel.removed);
      },
      onReady: () => {
        sendWaiting(app);
        app.marking.again();
        void refreshPresence(app, workspace);
      },
      onState: (state) => (state.name === "stopped" ? void ended(app, workspace, state.error) : show(app, state)),
      onResync: () => resync(app, workspace),
    });
  let subscription = open(from);
  app.connection.retry = () => {
    const { cursor } = subscription;
    subscription.close();
    subscription = open(cursor);
  };
  return () => subscription.close();
}

function show(app: App, state: SubscriptionState): void {
  if (state.name === "connecting") app.connection.connecting();
  else if (state.name === "catching_up") app.connection.catchingUp();
  else if (state.name === "live") app.connection.live();
  else if (state.name === "offline") app.connection.offline(state.retry_at);
}

/** The server let go of the line for good: whoever is out is shown what is left to them. */
async function ended(app: App, workspace: Workspace, error: Error | undefined): Promise<void> {
  if (!error) return;
  app.connection.offline(Date.now());
  try {
    app.workspaces.list = (await app.client.workspaces.list()).workspaces;
  } catch (failure) {
    return report(app, failure);
  }
  if (app.workspaces.get(workspace.id)) return report(app, error);
  app.overlays.say(words.workspace.gone(workspace.name), "bad");
  leaveWorkspace(app, workspace);
}

/** Somebody may have come or gone while the line was down; presence is not replayed. */
async function refreshPresence(app: App, workspace: Workspace): Promise<void> {
  const answer = await app.client.workspaces.presence(workspace.id).catch(() => undefined);
  if (answer && app.workspace_id === workspace.id) app.presence.replace(answer.online);
}

async function remind(app: App, message_id: string): Promise<void> {
  const answer = await app.client.messages.get(message_id).catch(() => undefined);
  if (answer) app.overlays.say(words.reminder(answer.message.body.slice(0, REMINDER_CHARS)));
}

/** Whoever is not in it any more goes to another one, or to the page that makes one. */
function leaveWorkspace(app: App, workspace: Workspace): void {
  app.workspaces.remove(workspace.id);
  app.channels.load([]);
  app.directs.load([]);
  app.router.go("/app", "replace");
}

/** The log no longer reaches back to where we were: everything shown is fetched again. */
async function resync(app: App, workspace: Workspace): Promise<void> {
  app.timelines.dropExcept(app.conversation?.id);
  await loadWorkspace(app, workspace, await fetchTail(app, workspace.id));
  if (app.saved.isLoaded) await loadSaved(app, workspace.id);
  const timeline = app.conversation && app.timelines.get(app.conversation.id);
  if (timeline) await loadLatest(app, timeline);
  const { root_id } = app.thread;
  if (root_id) await openThread(app, root_id);
}
