/**
 * One keep-alive HTTP/1.1 connection with one GET outstanding, on a bare TCP socket. Pages are large, so
 * a reply's bytes are counted and only put together when somebody wants to look into it.
 */
export interface GetConnection {
  /** Sends one request. The next may follow once `reply` was called. */
  get(path: string, options: { keep_body: boolean }): void;
  close(): void;
}

export interface GetHandlers {
  /** `body` is empty unless it was to be kept. */
  reply: (status: number, body: string) => void;
  closed: (reason: string) => void;
}

export async function openGetConnection(port: number, token: string, handlers: GetHandlers): Promise<GetConnection> {
  const tail = ` HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  let head = "";
  let status = 0;
  let missing = 0;
  let kept: Buffer[] | undefined;
  let closing = false;

  function take(chunk: Buffer): void {
    let body = chunk;
    if (missing === 0) {
      head += chunk.toString("latin1");
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = /content-length: (\d+)/i.exec(head.slice(0, end))?.[1];
      if (length === undefined) return handlers.closed(`a reply without Content-Length: ${head.slice(0, end)}`);
      status = Number(head.slice(9, 12));
      body = Buffer.from(head.slice(end + 4), "latin1");
      missing = Number(length);
      head = "";
    }
    kept?.push(Buffer.from(body));
    missing -= body.length;
    if (missing > 0) return;
    missing = 0;
    handlers.reply(status, kept ? Buffer.concat(kept).toString() : "");
  }

  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data: (_, chunk) => take(chunk),
      close() {
        if (!closing) handlers.closed("the server closed a connection");
      },
      error(_, error) {
        if (!closing) handlers.closed(error.message);
      },
    },
  });
  return {
    get(path, { keep_body }) {
      kept = keep_body ? [] : undefined;
      const request = `GET ${path}${tail}`;
      if (socket.write(request) !== request.length) handlers.closed("a request did not fit the send buffer");
    },
    close() {
      closing = true;
      socket.end();
    },
  };
}
