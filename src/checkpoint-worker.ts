/** The thread that moves the write-ahead log into the database: see `db/checkpoints.ts`. */
import { type Port, serveCheckpoints } from "./db/checkpoint-thread.ts";

declare const self: Port;

serveCheckpoints(self);
