import { Connection } from "./connection.ts";

/** What the thread needs of the one that started it. */
export interface Port {
  onmessage: ((message: MessageEvent<{ path: string } | "checkpoint" | "close">) => void) | null;
  postMessage(answer: "done" | "closed"): void;
}

/**
 * The other end of `Checkpoints`. A passive checkpoint waits for nobody and makes nobody wait: it moves
 * what no reader needs any more from the log into the database, and the disk's time is this thread's.
 */
export function serveCheckpoints(port: Port): void {
  let connection: Connection | undefined;
  port.onmessage = ({ data }) => {
    if (data === "close") {
      connection?.close();
      port.postMessage("closed");
    } else if (data === "checkpoint") {
      connection?.pragma("wal_checkpoint", "PASSIVE");
      port.postMessage("done");
    } else {
      connection = new Connection({ ...OPTIONS, path: data.path });
    }
  };
}

const OPTIONS = { readonly: false, busy_timeout_ms: 0, cache_kb: 256, statements: 8 };
