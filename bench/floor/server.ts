/**
 * The floor: the least work an honest chat send can do with raw Bun and raw SQLite. It answers the
 * same requests as the product (bearer → session, membership, validation, sequence, message, event
 * and search row in one FULL commit, publish, 201) without any of the product's layers, so the
 * ratio to it is the price of those layers. It is a yardstick, not a server to use.
 *
 *   bun bench/floor/server.ts <port> <data directory> [group | tx]
 */
import { join } from "node:path";
import { type MissedEvent, openStore, prepareAccess } from "./store.ts";
import { createWriter, type CommitMode } from "./writer.ts";

const MESSAGES_PATH = /^\/api\/channels\/(chn_[0-9a-z]{26})\/messages$/;
const SOCKET_PATH = "/api/realtime/ws";
const BEARER_PROTOCOL = "clickclack.bearer.";
const BODY_CHARS_MAX = 65_536;
const CREATED = { status: 201, headers: { "content-type": "application/json" } };

interface SocketData {
  workspace_id: string;
  after_cursor: number | undefined;
}

export function startFloor(port: number, directory: string, mode: CommitMode) {
  const db = openStore(join(directory, "floor.db"));
  const access = prepareAccess(db);
  const writer = createWriter(db, mode, (workspace_id, frame) => server.publish(workspace_id, frame));

  async function postMessage(request: Request, channel_id: string): Promise<Response> {
    const user_id = access.userOf(request.headers.get("authorization")?.slice("Bearer ".length) ?? "");
    if (!user_id) return refuse(401);
    const workspace_id = access.workspaceOf(channel_id, user_id);
    if (!workspace_id) return refuse(404);
    const input: unknown = await request.json();
    if (!isMessage(input)) return refuse(400);
    const { body, nonce } = input;
    return new Response(await writer.send({ workspace_id, channel_id, author_id: user_id, body, nonce }), CREATED);
  }

  function openSocket(request: Request, url: URL): Response | undefined {
    const protocol = request.headers.get("sec-websocket-protocol") ?? "";
    const user_id = access.userOf(protocol.slice(BEARER_PROTOCOL.length));
    if (!user_id) return refuse(401);
    const workspace_id = url.searchParams.get("workspace_id") ?? "";
    if (!access.isMember(workspace_id, user_id)) return refuse(404);
    const headers = { "Sec-WebSocket-Protocol": protocol };
    const after = url.searchParams.get("after_cursor");
    const after_cursor = after === null ? undefined : Number(after);
    return server.upgrade(request, { headers, data: { workspace_id, after_cursor } }) ? undefined : refuse(400);
  }

  const server = Bun.serve<SocketData>({
    port,
    hostname: "127.0.0.1",
    fetch(request) {
      const url = new URL(request.url);
      const channel_id = MESSAGES_PATH.exec(url.pathname)?.[1];
      if (channel_id && request.method === "POST") return postMessage(request, channel_id);
      if (url.pathname === SOCKET_PATH) return openSocket(request, url);
      if (url.pathname === "/healthz") return new Response("ok");
      if (url.pathname === "/stats") return Response.json(writer.stats());
      return refuse(404);
    },
    websocket: {
      perMessageDeflate: false,
      idleTimeout: 60,
      backpressureLimit: 16 * 1024 * 1024,
      closeOnBackpressureLimit: true,
      open(socket) {
        const { workspace_id, after_cursor } = socket.data;
        socket.subscribe(workspace_id);
        if (after_cursor === undefined) return;
        socket.cork(() => {
          for (const event of access.eventsAfter(workspace_id, after_cursor))
            socket.send(replayed(workspace_id, event));
          socket.send('{"type":"realtime.ready"}');
        });
      },
      message() {},
    },
  });
  return server;
}

/** The frame as `writer.ts` made it when it was live. */
function replayed(workspace_id: string, { cursor, id, channel_id, payload, created_at }: MissedEvent): string {
  const seq = /"channel_seq":(\d+)/.exec(payload)?.[1];
  return (
    `{"id":"${id}","cursor":${cursor},"type":"message.created","workspace_id":"${workspace_id}",` +
    `"channel_id":"${channel_id}","seq":${seq},"created_at":${created_at},"payload":${payload}}`
  );
}

function isMessage(value: unknown): value is { body: string; nonce?: string } {
  if (typeof value !== "object" || value === null) return false;
  const { body, nonce } = value as { body?: unknown; nonce?: unknown };
  if (typeof body !== "string" || body === "" || body.length > BODY_CHARS_MAX) return false;
  return nonce === undefined || typeof nonce === "string";
}

function refuse(status: number): Response {
  return new Response("{}", { status });
}

if (import.meta.main) {
  const [port = "", directory = "", mode = "group"] = process.argv.slice(2);
  if (!Number(port) || !directory || (mode !== "group" && mode !== "tx")) {
    console.error("usage: bun bench/floor/server.ts <port> <data directory> [group | tx]");
    process.exit(2);
  }
  startFloor(Number(port), directory, mode);
}
