import { ClickClackError } from "@clickclack/sdk";
import type { App } from "./app.svelte.ts";
import { lastWorkspace } from "./remembered.ts";

/** Finds out who is here. A server that cannot be reached is tried again until it can. */
export async function enter(app: App): Promise<void> {
  const workspace_id = lastWorkspace();
  if (workspace_id) {
    const tail = fetchTail(app, workspace_id);
    tail.catch(() => {});
    app.early = { workspace_id, tail };
  }
  try {
    const [{ user }, { workspaces }] = await Promise.all([app.client.me(), app.client.workspaces.list()]);
    app.people.add(user);
    app.workspaces.list = workspaces;
    app.sending.restore(user.id);
    app.drafts.restore(user.id);
    app.session.signIn(user);
  } catch (error) {
    if (!(error instanceof ClickClackError) || error.status === 0 || error.status >= 500) {
      app.session.status = "unreachable";
      setTimeout(() => void enter(app), 3000);
      return;
    }
    await leave(app);
  }
}

/** The end of a workspace's event log: what is fetched after it misses nothing that comes after it. */
export async function fetchTail(app: App, workspace_id: string): Promise<string | undefined> {
  const { tail_cursor } = await app.client.events.list({ workspaceId: workspace_id, limit: 1, includeTail: true });
  return tail_cursor;
}

/** Shows the sign-in page, or the way to the first-run page when nobody owns the server yet. */
export async function leave(app: App): Promise<void> {
  app.workspace_id = null;
  app.thread.close();
  const { needed } = await app.client.auth.setupStatus().catch(() => ({ needed: false }));
  app.session.unclaimed = needed;
  app.session.signOut();
}

export async function signOut(app: App): Promise<void> {
  try {
    await app.client.auth.logout();
  } catch (error) {
    return report(app, error);
  }
  await leave(app);
  app.router.go("/app");
}

/** Says what went wrong in the server's words; an ended session leads to the sign-in page. */
export function report(app: App, error: unknown): void {
  if (error instanceof ClickClackError && error.status === 401) void leave(app);
  else app.overlays.say(sentence(error), "bad");
}

export function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const upper = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(upper) ? upper : `${upper}.`;
}
