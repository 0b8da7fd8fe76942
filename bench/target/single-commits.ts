/**
 * Our server from source with one write in each commit: what group commit is compared with. The
 * product has no such setting, because nobody should want it.
 */
import { LIMITS } from "@clickclack/protocol";

Object.assign(LIMITS, { write_batch: 1 });
await import("../../src/main.ts");
