/**
 * An agent gateway as it was written for ClickClack 0.7: `fetch`, `WebSocket` and the documented routes, no
 * line of our SDK and no type of our contract. It handles every event strictly in order, stores its cursor
 * after that, and forgets everything else with each connection.
 */
import { Broken, caller } from "./gateway-call.ts";
import { type Agent, type Event, takeTurn } from "./gateway-turn.ts";
import { Log } from "./log.ts";

/** What a setup code is worth. */
interface Claim {
  token: string;
  bot: { id: string };
  workspace: { id: string };
  defaults: { defaultTo?: string };
}

/** Where the connection was when it ended. */
export type Stage = "pulling" | "replaying" | "live";

export interface Gateway extends Claim, Agent {
  url: string;
  /** What survives a crash: the cursor, and the event that was being handled. */
  cursor: string;
  begun: string;
  /** How to catch up: by the socket's replay, or page by page over HTTP first. */
  recovery: "replay" | "pull";
  handled: Log<Event>;
  /** Where each of its connections got to, and how far the one it has is. */
  ends: Log<Stage>;
  stage: Stage;
  /** Waits for the handling of events; fails as soon as the gateway does. */
  until(what: string, done: () => boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Trades a setup code for a token; nobody is signed in yet. */
export async function claimCode(url: string, code: string): Promise<Claim> {
  return (await caller(url)<Claim>("POST", "/api/bot-setup-codes/claim", { code })).body;
}

/** Declares its commands, takes the log's end for its beginning, and listens. */
export async function startGateway(url: string, claim: Claim, commands: object[]): Promise<Gateway> {
  const line = new AbortController();
  const call = caller(url, claim.token, line.signal);
  await call("PUT", "/api/bots/self/commands", { commands });
  const path = `/api/realtime/events?workspace_id=${claim.workspace.id}&include_tail=true&limit=1`;
  const { tail_cursor } = (await call<{ tail_cursor: string }>("GET", path)).body;
  let failure: unknown;
  const handled = new Log<Event>("the gateway");
  const gateway: Gateway = {
    ...claim,
    url,
    cursor: tail_cursor,
    begun: "",
    recovery: "replay",
    doubt: "look-up",
    handled,
    ends: new Log("the gateway's connections"),
    stage: "replaying",
    recovered: { "look-up": 0, "send-again": 0 },
    known: new Map(),
    until: (what, done) =>
      handled.settle(what, () => {
        if (failure !== undefined) throw failure;
        return done();
      }),
    async stop() {
      line.abort();
      await running;
      if (failure !== undefined) throw failure;
    },
  };
  const running = run(gateway, line.signal).catch((error: unknown) => {
    failure = error;
    handled.wake();
  });
  return gateway;
}

/** Calls again for as long as it is only the line that breaks. */
async function run(gateway: Gateway, stopped: AbortSignal): Promise<void> {
  while (!stopped.aborted) {
    const connection = new AbortController();
    const end = () => connection.abort();
    stopped.addEventListener("abort", end);
    try {
      if (gateway.recovery === "pull") await pull(gateway, connection.signal);
      await listen(gateway, connection);
    } catch (error) {
      // Anything but the line is a fault, of the server or of the gateway.
      if (!(error instanceof Broken)) throw error;
    } finally {
      end();
      stopped.removeEventListener("abort", end);
    }
    gateway.ends.push(gateway.stage);
  }
}

async function pull(gateway: Gateway, signal: AbortSignal): Promise<void> {
  isAt(gateway, "pulling");
  const call = caller(gateway.url, gateway.token, signal);
  for (;;) {
    const path = `/api/realtime/events?workspace_id=${gateway.workspace.id}&after_cursor=${gateway.cursor}&limit=20`;
    const { events } = (await call<{ events: Event[] }>("GET", path)).body;
    if (events.length === 0) return;
    for (const event of events) await handle(gateway, event, signal);
  }
}

async function listen(gateway: Gateway, connection: AbortController): Promise<void> {
  isAt(gateway, "replaying");
  const { signal } = connection;
  const address = `${gateway.url.replace("http", "ws")}/api/realtime/ws`;
  const query = `workspace_id=${gateway.workspace.id}&after_cursor=${gateway.cursor}`;
  const socket = new WebSocket(`${address}?${query}`, [`clickclack.bearer.${gateway.token}`]);
  const closed = new Promise<CloseEvent>((resolve) => (socket.onclose = resolve));
  const hangUp = () => socket.close();
  signal.addEventListener("abort", hangUp);
  let work: Promise<unknown> = Promise.resolve();
  socket.onmessage = ({ data }) => {
    const event = JSON.parse(data as string) as Event;
    // A gateway of that time skips this frame; the test wants to know where it was.
    if (event.type === "realtime.ready") isAt(gateway, "live");
    work = work.then(() => handle(gateway, event, signal));
    // What cannot be handled now comes again with the next connection.
    work.catch(() => connection.abort());
  };
  const { code, reason } = await closed;
  const isOurs = signal.aborted;
  connection.abort();
  await work;
  if (!isOurs && code !== 1006) throw new Error(`the server closed the socket with ${code} ${reason}`);
}

function isAt(gateway: Gateway, stage: Stage): void {
  gateway.stage = stage;
  gateway.handled.wake();
}

/** Only what is in the log has a cursor; the rest is gone once it is seen. */
async function handle(gateway: Gateway, event: Event, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new Broken("the connection is gone, and with it what it had brought");
  if (!event.cursor) return;
  const isAgain = gateway.begun === event.id;
  gateway.begun = event.id;
  await takeTurn(gateway, caller(gateway.url, gateway.token, signal), event, isAgain);
  gateway.cursor = event.cursor;
  gateway.handled.push(event);
}
