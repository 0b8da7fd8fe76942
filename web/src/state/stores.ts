import type { ClickClackEvent } from "@clickclack/protocol";
import type { Channels } from "./channels.svelte.ts";
import type { Directs } from "./directs.svelte.ts";
import type { Follows } from "./follows.svelte.ts";
import type { Members } from "./members.svelte.ts";
import type { People } from "./people.svelte.ts";
import type { Pins } from "./pins.svelte.ts";
import type { Presence } from "./presence.svelte.ts";
import type { SavedMessages } from "./saved.svelte.ts";
import type { Sending } from "./sending.svelte.ts";
import type { Session } from "./session.svelte.ts";
import type { Shelves } from "./shelves.ts";
import type { Thread } from "./thread.svelte.ts";
import type { Timelines } from "./timelines.ts";
import type { Workspaces } from "./workspaces.svelte.ts";

/** What an event may change. */
export interface Stores {
  session: Session;
  workspaces: Workspaces;
  channels: Channels;
  directs: Directs;
  members: Members;
  people: People;
  presence: Presence;
  timelines: Timelines;
  thread: Thread;
  follows: Follows;
  pins: Pins;
  saved: SavedMessages;
  shelves: Shelves;
  sending: Sending;
  /** The log's position that the counters were fetched at: what came before it is in them. */
  counted_at: string;
}

/** Whether the counters were fetched before this happened. */
export function isNews(stores: Stores, event: ClickClackEvent): boolean {
  return !event.cursor || event.cursor > stores.counted_at;
}
