import type { App } from "../state/app.svelte.ts";

type Patch = Parameters<App["client"]["workspaces"]["update"]>[1];

export async function updateWorkspace(app: App, patch: Patch): Promise<void> {
  const { workspace } = await app.client.workspaces.update(app.workspace_id ?? "", patch);
  app.workspaces.upsert(workspace);
}
