import { LIMITS } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import type { Clock } from "../../lib/clock.ts";
import { cleanUploads } from "./cleaning.ts";
import type { UploadStore } from "./store.ts";

/** Cleans up after the process before us, and from then on in intervals; `stop` waits for a round under way. */
export function startCleaner(
  deps: { db: Database; store: UploadStore },
  clock: Clock,
  failed: (error: unknown) => void,
): { stop(): Promise<void> } {
  let round: Promise<void> | undefined;
  function clean(restarted: boolean): void {
    round ??= cleanUploads(deps, clock.now(), { restarted })
      .catch(failed)
      .finally(() => (round = undefined));
  }
  clean(true);
  const timer = setInterval(() => clean(false), LIMITS.upload_cleanup_interval_ms);
  return {
    async stop() {
      clearInterval(timer);
      await round;
    },
  };
}
