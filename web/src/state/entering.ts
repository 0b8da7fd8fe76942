import { ClickClackError } from "@clickclack/sdk";
import type { App } from "./app.svelte.ts";
import { fetchTail } from "./lists.ts";
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

/** Shows the sign-in page, or the way to the first-run page when nobody owns the server yet. */
export async function leave(app: App): Promise<void> {
  app.workspace_id = null;
  app.thread.close();
  app.marking.clear();
  app.attaching.clear();
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
