import type { Workspace } from "@clickclack/protocol";
import type { SubscriptionState } from "@clickclack/sdk";
import type { App } from "./app.svelte.ts";
import { fetchTail, report } from "./entering.ts";
import { fetchAhead, loadLatest, loadMembers, loadWorkspace, openThread } from "./loading.ts";
import { sendWaiting } from "./writing.ts";

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
    await loadWorkspace(app, workspace);
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
        app.apply(await app.client.events.withMessage(event));
        if (event.type === "presence.reset") app.presence.refetchSoon(() => void refreshPresence(app, workspace));
        if (event.type === "member.joined") await loadMembers(app, workspace.id);
      },
      onReady: () => {
        sendWaiting(app);
        void refreshPresence(app, workspace);
      },
      onState: (state) => show(app, state),
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
  else if (state.error) report(app, state.error);
}

/** Somebody may have come or gone while the line was down; presence is not replayed. */
async function refreshPresence(app: App, workspace: Workspace): Promise<void> {
  const answer = await app.client.workspaces.presence(workspace.id).catch(() => undefined);
  if (answer && app.workspace_id === workspace.id) app.presence.replace(answer.online);
}

/** The log no longer reaches back to where we were: everything shown is fetched again. */
async function resync(app: App, workspace: Workspace): Promise<void> {
  app.timelines.dropExcept(app.channel?.id);
  await loadWorkspace(app, workspace);
  const timeline = app.channel && app.timelines.get(app.channel.id);
  if (timeline) await loadLatest(app, timeline);
  const { root_id } = app.thread;
  if (root_id) await openThread(app, root_id);
}
