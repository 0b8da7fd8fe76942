import "./runes.ts";

/** Everything that events change, without a page around it. `runes.ts` has to be in force before the state is read. */
const { Channels } = await import("../state/channels.svelte.ts");
const { Directs } = await import("../state/directs.svelte.ts");
const { Follows } = await import("../state/follows.svelte.ts");
const { Members } = await import("../state/members.svelte.ts");
const { People } = await import("../state/people.svelte.ts");
const { Pins } = await import("../state/pins.svelte.ts");
const { Presence } = await import("../state/presence.svelte.ts");
const { SavedMessages } = await import("../state/saved.svelte.ts");
const { Sending } = await import("../state/sending.svelte.ts");
const { Session } = await import("../state/session.svelte.ts");
const { Shelves } = await import("../state/shelves.ts");
const { Thread } = await import("../state/thread.svelte.ts");
const { Timelines } = await import("../state/timelines.ts");
const { Workspaces } = await import("../state/workspaces.svelte.ts");

export function emptyStores() {
  return {
    session: new Session(),
    workspaces: new Workspaces(),
    channels: new Channels(),
    directs: new Directs(),
    members: new Members(),
    people: new People(),
    presence: new Presence(),
    timelines: new Timelines(),
    thread: new Thread(),
    follows: new Follows(),
    pins: new Pins(),
    saved: new SavedMessages(),
    shelves: new Shelves(),
    sending: new Sending(),
    counted_at: "",
  };
}
