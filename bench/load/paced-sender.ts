/** Sends messages at a steady pace on one connection; latencies count from the scheduled time. */
import { makeBodies } from "./bodies.ts";
import { openPostConnection } from "./post-connection.ts";

const MESSAGE_ID = /"id":"(msg_[0-9a-z]{26})"/i;

export interface PacedSender {
  latencies(): number[];
  /** Sends what was due until now and no more, and settles once all of it has its answer. */
  stop(): Promise<void>;
}

export interface PacedSenderOptions {
  port: number;
  token: string;
  channel_ids: readonly string[];
  /** 0 sends the next as soon as the one before is answered. */
  every_ms: number;
  /** Sends so many and then stops of itself. */
  most?: number;
  acknowledged: Set<string>;
  failed: (reason: string) => void;
}

export async function startPacedSender(options: PacedSenderOptions): Promise<PacedSender> {
  const { channel_ids, every_ms, most = Infinity, acknowledged, failed } = options;
  const bodies = makeBodies(512);
  const latencies: number[] = [];
  const ended = Promise.withResolvers<void>();
  let stop_at = Infinity;
  let sent = 0;
  let due = performance.now();

  function sendNext(): void {
    if (due > stop_at || sent >= most) {
      connection.close();
      ended.resolve();
      return;
    }
    const wait_ms = due - performance.now();
    if (wait_ms > 0) return void setTimeout(sendNext, wait_ms);
    const number = sent++;
    const channel_id = channel_ids[number % channel_ids.length];
    connection.post(`/api/channels/${channel_id}/messages`, `{"body":"${bodies[number % bodies.length]}"}`);
  }

  const connection = await openPostConnection(options.port, options.token, {
    reply(status, body) {
      latencies.push(performance.now() - due);
      due = every_ms === 0 ? performance.now() : due + every_ms;
      const id = MESSAGE_ID.exec(body)?.[1];
      if (status !== 201 || !id) return failed(`a send was answered ${status}: ${body.slice(0, 300)}`);
      acknowledged.add(id);
      sendNext();
    },
    closed: failed,
  });
  sendNext();
  return {
    latencies: () => latencies,
    stop() {
      // A sender that waited for a slow answer has not yet sent what a steady one would have.
      stop_at = performance.now();
      return ended.promise;
    },
  };
}
