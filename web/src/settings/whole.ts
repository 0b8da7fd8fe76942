import { ClickClackClient } from "@clickclack/sdk";
import type { App } from "../state/app.svelte.ts";

const clients = new WeakMap<App, ClickClackClient>();

/**
 * The client with all its methods. The page begins with the part that a timeline needs; the session is a cookie,
 * so this one is signed in as the same person.
 */
export function whole(app: App): ClickClackClient {
  const known = clients.get(app);
  if (known) return known;
  const client = new ClickClackClient({ baseUrl: app.client.baseUrl });
  clients.set(app, client);
  return client;
}
