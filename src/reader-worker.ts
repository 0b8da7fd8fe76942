/** The thread of searches and other long reads: see `db/long-reads.ts`. */
import { type Port, serveReads } from "./db/reader-thread.ts";

declare const self: Port;

serveReads(self);
