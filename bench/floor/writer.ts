/**
 * Makes sends durable and hands out their frames. `group` commits whatever arrived until the event
 * loop's next turn, `tx` commits each send alone; everything else is equal, so their ratio is what
 * group commit is worth on this machine.
 */
import type { Database } from "bun:sqlite";

export type CommitMode = "group" | "tx";

export interface Send {
  workspace_id: string;
  channel_id: string;
  author_id: string;
  body: string;
  nonce?: string | undefined;
}

interface Stored {
  frame: string;
  message: string;
}

interface Waiting {
  send: Send;
  stored?: Stored;
  settle: (message: string) => void;
}

export interface Writer {
  /** Resolves to the stored message as JSON, after the commit that holds it. */
  send(send: Send): Promise<string> | string;
  stats(): { commits: number; writes: number };
}

type Publish = (workspace_id: string, frame: string) => void;

export function createWriter(db: Database, mode: CommitMode, publish: Publish): Writer {
  const store = prepareStore(db);
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  let waiting: Waiting[] = [];
  let commits = 0;
  let writes = 0;

  function sendAlone(send: Send): string {
    begin.run();
    const stored = store(send);
    commit.run();
    commits++;
    writes++;
    publish(send.workspace_id, stored.frame);
    return stored.message;
  }

  function sendGrouped(send: Send): Promise<string> {
    return new Promise((settle) => {
      waiting.push({ send, settle });
      if (waiting.length === 1) setImmediate(flush);
    });
  }

  function flush(): void {
    const batch = waiting;
    waiting = [];
    commits++;
    writes += batch.length;
    begin.run();
    for (const one of batch) one.stored = store(one.send);
    commit.run();
    for (const { send, stored, settle } of batch) {
      if (!stored) continue;
      publish(send.workspace_id, stored.frame);
      settle(stored.message);
    }
  }

  return { send: mode === "tx" ? sendAlone : sendGrouped, stats: () => ({ commits, writes }) };
}

function prepareStore(db: Database): (send: Send) => Stored {
  const nextSeq = db.prepare<{ last_seq: number }, [string]>(
    "UPDATE channels SET last_seq = last_seq + 1 WHERE id = ? RETURNING last_seq",
  );
  const addMessage = db.prepare(
    `INSERT INTO messages (id, workspace_id, channel_id, author_id, channel_seq, nonce, body, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const addEvent = db.prepare<{ cursor: number }, [string, string, string, string, string, number]>(
    `INSERT INTO events (id, workspace_id, channel_id, type, payload, created_at)
     VALUES (?, ?, ?, ?, ?, ?) RETURNING cursor`,
  );
  const newId = createIds();
  return (send) => {
    const { workspace_id, channel_id, author_id, body, nonce } = send;
    const created_at = Date.now();
    const suffix = newId(created_at);
    const id = `msg_${suffix}`;
    const channel_seq = nextSeq.get(channel_id)?.last_seq ?? 0;
    addMessage.run(id, workspace_id, channel_id, author_id, channel_seq, nonce ?? null, body, created_at);
    const message = JSON.stringify({ message: { id, channel_id, author_id, channel_seq, body, nonce, created_at } });
    const cursor = addEvent.get(
      `evt_${suffix}`,
      workspace_id,
      channel_id,
      "message.created",
      message,
      created_at,
    )?.cursor;
    const frame =
      `{"id":"evt_${suffix}","cursor":${cursor},"type":"message.created","workspace_id":"${workspace_id}",` +
      `"channel_id":"${channel_id}","seq":${channel_seq},"created_at":${created_at},"payload":${message}}`;
    return { frame, message };
  };
}

/** Ids as long as a ULID that sort by creation; the floor has no use for their randomness. */
function createIds(): (now_ms: number) => string {
  let counter = 0;
  return (now_ms) => now_ms.toString(36).padStart(10, "0") + (counter++).toString(36).padStart(16, "0");
}
