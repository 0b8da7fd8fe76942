/**
 * One keep-alive HTTP/1.1 connection that posts JSON with one request outstanding, on a bare TCP
 * socket: `fetch` would cost the load client more per request than the server under test.
 */
export interface PostConnection {
  /** Sends one request. The next may follow once `reply` was called. */
  post(path: string, json: string): void;
  close(): void;
}

export interface PostHandlers {
  reply: (status: number, body: string) => void;
  closed: (reason: string) => void;
}

export async function openPostConnection(port: number, token: string, handlers: PostHandlers): Promise<PostConnection> {
  let pending = "";
  let closing = false;
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data(_, chunk) {
        pending += chunk.toString("latin1");
        const reply = readReply(pending);
        if (!reply) return;
        pending = "";
        handlers.reply(reply.status, reply.body);
      },
      close() {
        if (!closing) handlers.closed("the server closed a connection");
      },
      error(_, error) {
        if (!closing) handlers.closed(error.message);
      },
    },
  });
  const head = ` HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: `;
  return {
    post(path, json) {
      const request = `POST ${path}${head}${json.length}\r\n\r\n${json}`;
      // A request is far smaller than an empty send buffer, so a short write means a broken peer.
      if (socket.write(request) !== request.length) handlers.closed("a request did not fit the send buffer");
    },
    close() {
      closing = true;
      socket.end();
    },
  };
}

/** The whole reply, or `undefined` while bytes are missing. Only `Content-Length` framing is understood. */
function readReply(text: string): { status: number; body: string } | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const length = /content-length: (\d+)/i.exec(text.slice(0, end))?.[1];
  if (length === undefined) throw new Error(`a reply without Content-Length: ${text.slice(0, end)}`);
  if (text.length < end + 4 + Number(length)) return undefined;
  return { status: Number(text.slice(9, 12)), body: text.slice(end + 4) };
}
