import { LIMITS } from "@clickclack/protocol";
import type { Clock, Later } from "../lib/clock.ts";
import { nextTurn } from "../lib/turn.ts";
import type { Ephemeral, PresenceStatus } from "./ephemeral.ts";
import type { Presence } from "./presence.ts";

/**
 * Tells workspaces who came and who went. One frame to everybody for each would be quadratic when
 * everybody comes back at once, so changes are collected, and a storm of them becomes one
 * `presence.reset` at its end.
 */
export interface PresenceNews {
  /** A person's first socket came. */
  arrived(user_id: string): void;
  /** Their last one went; `was` is how they were shown until then. */
  left(user_id: string, was: PresenceStatus): void;
  stop(): void;
}

export interface PresenceNewsOptions {
  presence: Presence;
  ephemeral: Pick<Ephemeral, "presenceChanged" | "tell">;
  clock: Clock;
  later: Later;
  /** For each of some people, the workspaces in which their coming and going is shown. */
  workspacesOf(user_ids: string[]): Promise<string[][]>;
  failed(error: unknown): void;
  grace_ms?: number | undefined;
}

interface Leaving {
  due_ms: number;
  was: PresenceStatus;
  lists: number;
}

const READ_AT_ONCE = 200;

export function createPresenceNews(options: PresenceNewsOptions): PresenceNews {
  const { presence, clock, later, grace_ms = LIMITS.presence_grace_ms } = options;
  /** In the order of their due times, because everybody's grace is equally long. */
  const leaving = new Map<string, Leaving>();
  const changed = new Set<string>();
  const storms = createStorms(options);
  let cancelGrace: (() => void) | undefined;
  let cancelFlush: (() => void) | undefined;
  let stopped = false;

  function announce(user_id: string): void {
    changed.add(user_id);
    armFlush();
  }

  function armFlush(): void {
    if (stopped || cancelFlush || (changed.size === 0 && !storms.raging())) return;
    cancelFlush = later(LIMITS.presence_flush_ms, () => {
      flush()
        .catch(options.failed)
        .finally(() => {
          cancelFlush = undefined;
          armFlush();
        });
    });
  }

  function armGrace(): void {
    const first = leaving.values().next().value;
    if (stopped || cancelGrace || !first) return;
    cancelGrace = later(Math.max(0, first.due_ms - clock.now()), () => {
      cancelGrace = undefined;
      for (const user_id of takeDue(leaving, clock.now())) announce(user_id);
      armGrace();
    });
  }

  async function flush(): Promise<void> {
    const people = [...changed];
    changed.clear();
    const concerned = await byWorkspace(people, options);
    if (!stopped) storms.tell(concerned, shown);
  }

  /** Somebody who may be back in a moment is shown as they were. */
  function shown(user_id: string): PresenceStatus | "offline" {
    return leaving.get(user_id)?.was ?? presence.status(user_id);
  }

  return {
    arrived(user_id) {
      const left = leaving.get(user_id);
      leaving.delete(user_id);
      // Nobody noticed, unless a list was asked for meanwhile or they were shown as away.
      if (left?.was === presence.status(user_id) && left.lists === presence.lists()) return;
      announce(user_id);
    },
    left(user_id, was) {
      if (stopped) return;
      leaving.set(user_id, { due_ms: clock.now() + grace_ms, was, lists: presence.lists() });
      armGrace();
    },
    stop() {
      stopped = true;
      cancelGrace?.();
      cancelFlush?.();
    },
  };
}

/** Whose grace has ended; they are no longer leaving but gone. */
function takeDue(leaving: Map<string, Leaving>, now_ms: number): string[] {
  const due: string[] = [];
  for (const [user_id, { due_ms }] of leaving) {
    if (due_ms > now_ms) break;
    leaving.delete(user_id);
    due.push(user_id);
  }
  return due;
}

type Shown = (user_id: string) => PresenceStatus | "offline";

/** One frame for each of a few; nothing for a storm of them, until it is over. */
function createStorms({ ephemeral, clock }: PresenceNewsOptions) {
  /** Workspaces in which frames are held back, and since when. */
  const storms = new Map<string, number>();
  return {
    raging: () => storms.size > 0,
    tell(concerned: ReadonlyMap<string, string[]>, shown: Shown): void {
      const at_ms = clock.now();
      for (const [workspace_id, user_ids] of concerned) {
        if (storms.has(workspace_id)) continue;
        if (user_ids.length > LIMITS.presence_frames_per_flush) storms.set(workspace_id, at_ms);
        else for (const id of user_ids) ephemeral.presenceChanged(workspace_id, id, shown(id), at_ms);
      }
      for (const [workspace_id, since_ms] of storms) {
        const quiet = (concerned.get(workspace_id)?.length ?? 0) <= LIMITS.presence_frames_per_flush;
        if (!quiet && at_ms - since_ms < LIMITS.presence_storm_ms) continue;
        ephemeral.tell("presence.reset", workspace_id, at_ms, {});
        if (quiet) storms.delete(workspace_id);
        else storms.set(workspace_id, at_ms);
      }
    },
  };
}

async function byWorkspace(people: string[], { workspacesOf }: PresenceNewsOptions): Promise<Map<string, string[]>> {
  const concerned = new Map<string, string[]>();
  for (let first = 0; first < people.length; first += READ_AT_ONCE) {
    if (first > 0) await nextTurn();
    const some = people.slice(first, first + READ_AT_ONCE);
    for (const [index, workspaces] of (await workspacesOf(some)).entries()) {
      const user_id = some[index];
      if (user_id !== undefined) for (const id of workspaces) push(concerned, id, user_id);
    }
  }
  return concerned;
}

function push(groups: Map<string, string[]>, key: string, value: string): void {
  const group = groups.get(key);
  if (group) group.push(value);
  else groups.set(key, [value]);
}
