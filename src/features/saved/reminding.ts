import { LIMITS } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import type { Clock } from "../../lib/clock.ts";
import { remindSome } from "./reminders.ts";

/** Tells what became due while no server ran, and from then on looks in intervals; `stop` waits for a round. */
export function startReminders(
  db: Database,
  clock: Clock,
  failed: (error: unknown) => void,
): { stop(): Promise<void> } {
  let stopped = false;
  let round: Promise<void> | undefined;
  async function remindAll(): Promise<void> {
    while (!stopped && (await remindSome(db, clock.now())));
  }
  function look(): void {
    round ??= remindAll()
      .catch(failed)
      .finally(() => (round = undefined));
  }
  look();
  const timer = setInterval(look, LIMITS.reminder_interval_ms);
  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      await round;
    },
  };
}
