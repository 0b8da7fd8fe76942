import { LIMITS } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import { type Clock, type Later, systemLater, timestamp } from "../../lib/clock.ts";
import { tellWorkspaces } from "./profile.ts";
import * as queries from "./queries.ts";

/** Ends the statuses that are over, also those that ended while no server ran. */
export async function endStatuses(db: Database, at_ms: number): Promise<void> {
  const at = timestamp(at_ms);
  while ((await endSome(db, at)) === LIMITS.status_batch);
}

/** Small transactions, so that sending never waits for it. */
async function endSome(db: Database, at: string): Promise<number> {
  return db.write(async (tx) => {
    const found = await queries.endedStatuses(tx, at, LIMITS.status_batch);
    for (const before of found) {
      const { status: _over, ...after } = before;
      await queries.updateProfile(tx, after.id, after);
      await tellWorkspaces(tx, after.id, at);
    }
    return found.length;
  });
}

/** Ends statuses from now on, each soon after it is over; `stop` waits for a round under way. */
export function startStatuses(
  db: Database,
  { clock, later = systemLater }: { clock: Clock; later?: Later },
  failed: (error: unknown) => void,
): { stop(): Promise<void> } {
  let stopped = false;
  let cancel = () => {};

  async function round(): Promise<void> {
    let wait_ms: number = LIMITS.status_interval_ms;
    try {
      await endStatuses(db, clock.now());
      const next = await db.read((tx) => queries.nextStatusEnd(tx));
      if (next !== undefined) wait_ms = Math.min(wait_ms, Math.max(0, Date.parse(next) - clock.now()));
    } catch (error) {
      failed(error);
    }
    if (!stopped) cancel = later(wait_ms, () => (under_way = round()));
  }
  let under_way = round();

  return {
    async stop() {
      stopped = true;
      cancel();
      await under_way;
    },
  };
}
