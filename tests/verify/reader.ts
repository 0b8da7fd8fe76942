/** Somebody whose client follows the events, and what it would show had it just been opened. */
import type { ClickClackEvent, DurableEvent, Me, Message, Workspace } from "@clickclack/protocol";
import { isDurable } from "@clickclack/protocol";
import { ClickClackClient, ClickClackError } from "@clickclack/sdk";
import { emptyStores } from "../../web/src/testing/stores.ts";
import type { Core } from "../../web/src/state/lists.ts";
import { openShelves, pictureOfShelves } from "./shelves.ts";

const { fetchTail, loadPins, loadSaved, loadWorkspace } = await import("../../web/src/state/lists.ts");
const { receive } = await import("../../web/src/state/receiving.ts");

const PAGE = 200;

/** Conversations whose messages are on screen, and the thread that is open. */
export interface Shown {
  places: string[];
  root_id: string;
}

export class Reader {
  readonly name: string;
  readonly client: ClickClackClient;
  readonly events: DurableEvent[] = [];
  #core: Core | undefined;
  #shown: Shown = { places: [], root_id: "" };
  #close = (): void => {};
  #failure: unknown;
  #wake = (): void => {};

  constructor(name: string, url: string, token: string) {
    this.name = name;
    this.client = new ClickClackClient({ baseUrl: url, token });
  }

  /** Fetches everything, once. */
  async open(workspace_id: string, shown: Shown): Promise<void> {
    this.#shown = shown;
    this.#core = await this.fresh(workspace_id);
  }

  /** Only listens from then on, to what happened since it was opened first. */
  follow(workspace_id: string): void {
    const { core } = this;
    const subscription = this.client.events.subscribe({
      workspaceId: workspace_id,
      afterCursor: core.counted_at,
      onEvent: (event) => this.#take(core, event),
      onError: (error) => this.#fail(error),
    });
    this.#close = () => subscription.close();
  }

  /** What a client shows that was opened this moment. */
  async fresh(workspace_id: string): Promise<Core> {
    const core: Core = { ...emptyStores(), client: this.client, workspace_id };
    const [{ user }, { workspaces }] = await Promise.all([this.client.me(), this.client.workspaces.list()]);
    core.session.signIn(user as Me);
    core.workspaces.list = workspaces;
    const workspace = core.workspaces.get(workspace_id) as Workspace;
    await loadWorkspace(core, workspace, await fetchTail(core, workspace_id));
    await loadSaved(core, workspace_id);
    await openShelves(core, workspace_id, this.client);
    for (const id of this.#shown.places) await ifAllowed(() => show(core, id));
    await ifAllowed(() => openThread(core, this.#shown.root_id));
    return core;
  }

  /** Opens what has come into sight since the client was opened. */
  async lookAround(): Promise<void> {
    const { core } = this;
    for (const id of this.#shown.places)
      if (!core.timelines.get(id) && (core.channels.get(id) ?? core.directs.get(id))) await show(core, id);
    // A thread closes when its channel is lost, and is there again with it.
    if (!core.thread.root) await ifAllowed(() => openThread(core, this.#shown.root_id));
  }

  get core(): Core {
    if (!this.#core) throw new Error(`${this.name} is not open`);
    return this.#core;
  }

  /** Settles when the event that fits has been applied, with everything before it. */
  async until(fits: (event: DurableEvent) => boolean): Promise<void> {
    while (!this.events.some(fits)) {
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  close(): void {
    this.#close();
    this.#core?.presence.clear();
  }

  async #take(core: Core, event: ClickClackEvent): Promise<void> {
    try {
      await receive(core, event);
    } catch (error) {
      this.#fail(error);
      throw error;
    }
    if (isDurable(event)) this.events.push(event);
    this.#wake();
  }

  #fail(error: unknown): void {
    this.#failure = error;
    this.#wake();
  }
}

async function show(core: Core, id: string): Promise<void> {
  const api = id.startsWith("dm_") ? core.client.dms : core.client.channels;
  const page = await api.messages(id, { limit: PAGE });
  core.timelines.open(id).replace(page);
  if (!id.startsWith("dm_")) await loadPins(core, id);
}

async function openThread(core: Core, root_id: string): Promise<void> {
  const page = await core.client.threads.get(root_id, { latest: true, limit: PAGE });
  core.thread.open(root_id, undefined);
  core.thread.load(page);
}

/** What somebody may not see, they are not shown; that is a state like any other. */
async function ifAllowed(what: () => Promise<void>): Promise<void> {
  await what().catch((error: unknown) => {
    if (!(error instanceof ClickClackError) || (error.status !== 404 && error.status !== 403)) throw error;
  });
}

/** Everything on screen as plain data. People stand by their ids, as rows show their newest name. */
export function picture(core: Core, { places, root_id }: Shown) {
  const rows = (messages: Message[] | undefined) => messages?.map((message) => row(core, message));
  const ids = core.members.entries().map(([id]) => id);
  return {
    me: core.session.me,
    workspaces: core.workspaces.list,
    channels: core.channels.list,
    directs: core.directs.list.map((one) => ({
      ...one,
      members: one.members
        .map(({ id }) => id)
        .toSorted()
        .map((id) => nameOf(core, id)),
    })),
    members: core.members.entries().toSorted(),
    people: ids.toSorted().map((id) => nameOf(core, id)),
    follows: core.follows.entries().toSorted(([a], [b]) => (a < b ? -1 : 1)),
    timelines: places.map((id) => [id, rows(core.timelines.get(id)?.rows)]),
    pins: places.map((id) => [id, core.pins.of(id)]),
    saved: core.saved.entries(),
    ...pictureOfShelves(core),
    thread: core.thread.root_id === root_id && [
      rows(core.thread.root ? [core.thread.root] : []),
      rows(core.thread.replies),
    ],
  };
}

function row(core: Core, { author: _author, quoted_author: _quoted, ...message }: Message) {
  return { ...message, author: nameOf(core, message.author_id) };
}

function nameOf(core: Core, id: string) {
  const user = core.people.get(id);
  if (!user) return undefined;
  const { status, dnd_until, timezone, deactivated_at } = user;
  const shown = { status, dnd_until, timezone, deactivated_at };
  return [user.id, user.display_name, user.handle, user.avatar_url, user.kind, shown];
}
