/** Authors with one POST outstanding each: as many sends as the server takes. */
import { makeBodies } from "./bodies.ts";
import { openPostConnection } from "./post-connection.ts";

export interface AuthorsLoad {
  port: number;
  author_tokens: string[];
  channel_ids: string[];
  failed: (reason: string) => void;
}

const MESSAGE_ID = /"id":"(msg_[0-9a-z]{26})"/i;

export async function startAuthors(load: AuthorsLoad) {
  const bodies = makeBodies(4096);
  const acknowledged = new Set<string>();
  let latencies: number[] = [];
  let stopping = false;
  let sent = 0;

  async function startAuthor(token: string): Promise<{ idle: Promise<void>; close: () => void }> {
    const idle = Promise.withResolvers<void>();
    let sent_at = 0;
    const sendNext = () => {
      const number = sent++;
      sent_at = performance.now();
      connection.post(
        `/api/channels/${load.channel_ids[number % load.channel_ids.length]}/messages`,
        `{"body":"${bodies[number % bodies.length]}"}`,
      );
    };
    const connection = await openPostConnection(load.port, token, {
      reply(status, body) {
        latencies.push(performance.now() - sent_at);
        const id = MESSAGE_ID.exec(body)?.[1];
        if (status !== 201 || !id) return load.failed(`a send was answered ${status}: ${body.slice(0, 300)}`);
        acknowledged.add(id);
        if (stopping) idle.resolve();
        else sendNext();
      },
      closed: load.failed,
    });
    sendNext();
    return { idle: idle.promise, close: connection.close };
  }

  const authors = await Promise.all(load.author_tokens.map(startAuthor));
  return {
    resetLatencies() {
      latencies = [];
    },
    latencies: () => Float64Array.from(latencies).sort(),
    async stop(): Promise<ReadonlySet<string>> {
      stopping = true;
      await Promise.all(authors.map((author) => author.idle));
      for (const author of authors) author.close();
      return acknowledged;
    },
  };
}
