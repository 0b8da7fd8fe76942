import { LIMITS } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import type { Clock } from "../../lib/clock.ts";
import { removeDeleted } from "./removing.ts";

/** Goes on where the process before us stopped, and then looks in intervals; `stop` waits for a slice under way. */
export function startRemover(db: Database, clock: Clock, failed: (error: unknown) => void): { stop(): Promise<void> } {
  let round: Promise<void> | undefined;
  let stopped = false;
  function remove(): void {
    round ??= removeDeleted(db, clock.now(), () => !stopped)
      .catch(failed)
      .finally(() => (round = undefined));
  }
  remove();
  const timer = setInterval(remove, LIMITS.workspace_removal_interval_ms);
  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      await round;
    },
  };
}
