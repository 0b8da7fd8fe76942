/** How each route is called, and by whom it may be. A route that is not here fails the test. */
import { channels, directs, messages } from "./conversation-routes.ts";
import type { Entry } from "./entry.ts";
import { groups } from "./group-routes.ts";
import { order } from "./order-routes.ts";
import { people } from "./people-routes.ts";
import { bots, workspaces } from "./workspace-routes.ts";

export const ROUTES: Record<string, Entry> = {
  ...people,
  ...workspaces,
  ...bots,
  ...channels,
  ...directs,
  ...messages,
  ...groups,
  ...order,
};
