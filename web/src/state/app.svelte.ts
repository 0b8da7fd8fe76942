import type { CoreClient } from "@clickclack/sdk";
import type { ClickClackEvent, Workspace } from "@clickclack/protocol";
import { Appearance } from "./appearance.svelte.ts";
import { apply } from "./apply.ts";
import { Attaching } from "./attaching.svelte.ts";
import { Channels } from "./channels.svelte.ts";
import { Composing } from "./composing.svelte.ts";
import { Connection } from "./connection.svelte.ts";
import type { Conversation } from "./conversations.svelte.ts";
import { Directs } from "./directs.svelte.ts";
import { Drafts } from "./drafts.svelte.ts";
import { Follows } from "./follows.svelte.ts";
import { Marking } from "./marking.ts";
import { Members } from "./members.svelte.ts";
import { Overlays } from "./overlays.svelte.ts";
import { People } from "./people.svelte.ts";
import { Pins } from "./pins.svelte.ts";
import { Presence } from "./presence.svelte.ts";
import { Router } from "./router.svelte.ts";
import { SavedMessages } from "./saved.svelte.ts";
import { Sending } from "./sending.svelte.ts";
import { Session } from "./session.svelte.ts";
import { Shelves } from "./shelves.ts";
import type { Stores } from "./stores.ts";
import { Thread } from "./thread.svelte.ts";
import { Timelines } from "./timelines.ts";
import { Workspaces } from "./workspaces.svelte.ts";

/** Everything the client knows, wired once in `main.ts` and handed down by context. */
export class App implements Stores {
  readonly client: CoreClient;
  readonly session = new Session();
  readonly workspaces = new Workspaces();
  readonly channels = new Channels();
  readonly directs = new Directs();
  readonly members = new Members();
  readonly people = new People();
  readonly presence = new Presence();
  readonly timelines = new Timelines();
  readonly thread = new Thread();
  readonly follows = new Follows();
  readonly pins = new Pins();
  readonly saved = new SavedMessages();
  readonly shelves = new Shelves();
  readonly sending = new Sending();
  readonly marking: Marking;
  readonly attaching: Attaching;
  readonly drafts = new Drafts();
  readonly composing = new Composing();
  readonly connection = new Connection();
  readonly overlays = new Overlays();
  readonly appearance = new Appearance();
  readonly router = new Router();

  /** The workspace whose channels are loaded and whose events are followed. */
  workspace_id = $state<string | null>(null);
  counted_at = "";
  /** Views that fetch their list again when something of it changed. */
  readonly hearing = new Set<(event: ClickClackEvent) => void>();
  /** The last load of the workspace failed; there is a way to try again. */
  failed = $state(false);
  /** The log's end, asked for before it was sure that this workspace is the one to open. */
  early: { workspace_id: string; tail: Promise<string | undefined> } | null = null;
  /** Counts the tries to load it. */
  round = $state(0);

  readonly workspace: Workspace | undefined = $derived(this.workspaces.get(this.workspace_id ?? undefined));
  /** What is open: a channel or a direct conversation. */
  readonly conversation: Conversation | undefined = $derived(
    this.router.route.page === "app" ? this.byRoute(this.router.route.conversation) : undefined,
  );

  constructor(client: CoreClient) {
    this.client = client;
    this.marking = new Marking(client, this);
    this.attaching = new Attaching(client);
  }

  byRoute(route_id: string | undefined): Conversation | undefined {
    return this.channels.byRoute(route_id) ?? this.directs.byRoute(route_id);
  }

  get(id: string | undefined): Conversation | undefined {
    return this.channels.get(id) ?? this.directs.get(id);
  }

  apply(event: ClickClackEvent): void {
    apply(this, event);
  }
}
