/** A bad line to the server: TCP passed on byte by byte, until the test pulls the plug at the worst moment. */
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface Line {
  /** What its user takes for the server. */
  url: string;
  /** Breaks every connection in this tick, without any goodbye. */
  cut(): void;
  /** Whoever calls from now on gets through to nobody. */
  hold(): void;
  release(): void;
  /**
   * Lets only so many more bytes through from the server, of sockets or of everything, then stands still
   * until it is cut. Settles when it stands still.
   */
  stopAfter(bytes: number, what: "sockets" | "everything"): Promise<void>;
  /** Settles with the next request like this when the server has answered it, and the answer is thrown away. */
  swallowAnswer(request: RegExp): Promise<void>;
  end(): Promise<void>;
}

interface Call {
  caller: Socket;
  server: Socket | undefined;
  /** What the caller said before it got through. */
  said: Buffer[];
  isSocket: boolean;
  isSwallowed: boolean;
}

interface Budget {
  left: number;
  what: "sockets" | "everything";
  spent(): void;
}

export async function openLine(port: number): Promise<Line> {
  const calls = new Set<Call>();
  let held = false;
  let budget: Budget | undefined;
  let swallow: { request: RegExp; done(): void } | undefined;

  const listener = createServer((caller) => {
    const call: Call = { caller, server: undefined, said: [], isSocket: false, isSwallowed: false };
    calls.add(call);
    caller.on("data", (bytes) => hear(call, Buffer.from(bytes)));
    caller.on("error", () => hangUp(call));
    caller.on("close", () => hangUp(call));
    if (!held) putThrough(call);
  });

  /** One request a connection, so its first bytes say what it is about. */
  function hear(call: Call, bytes: Buffer): void {
    if (call.said.length === 0) {
      const [request = ""] = bytes.toString("latin1").split("\r\n", 1);
      call.isSocket = request.includes("/api/realtime/ws");
      call.isSwallowed = swallow?.request.test(request) ?? false;
    }
    call.said.push(bytes);
    call.server?.write(bytes);
  }

  function putThrough(call: Call): void {
    const server = connect(port, "127.0.0.1");
    call.server = server;
    for (const bytes of call.said) server.write(bytes);
    server.on("data", (bytes) => answer(call, Buffer.from(bytes)));
    server.on("error", () => hangUp(call));
    server.on("close", () => hangUp(call));
  }

  function answer(call: Call, bytes: Buffer): void {
    if (call.isSwallowed) {
      swallow?.done();
      swallow = undefined;
      return;
    }
    call.caller.write(allowed(call, bytes));
  }

  function allowed(call: Call, bytes: Buffer): Buffer {
    if (!budget || (budget.what === "sockets" && !call.isSocket)) return bytes;
    const isEnough = bytes.length >= budget.left;
    // Never a whole answer: its receiver would go on to the next one as if nothing had happened.
    const some = isEnough ? bytes.subarray(0, Math.min(budget.left, bytes.length - 1)) : bytes;
    budget.left = isEnough ? 0 : budget.left - bytes.length;
    if (isEnough) budget.spent();
    return some;
  }

  function hangUp(call: Call): void {
    calls.delete(call);
    call.caller.resetAndDestroy();
    call.server?.resetAndDestroy();
  }

  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    cut() {
      budget = undefined;
      for (const call of [...calls]) hangUp(call);
    },
    hold: () => void (held = true),
    release() {
      held = false;
      for (const call of calls) if (!call.server) putThrough(call);
    },
    stopAfter: (left, what) => new Promise((spent) => (budget = { left, what, spent })),
    swallowAnswer: (request) => new Promise((done) => (swallow = { request, done })),
    async end() {
      for (const call of [...calls]) hangUp(call);
      await new Promise<void>((resolve) => listener.close(() => resolve()));
    },
  };
}
