import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Listener, testServer } from "../../../tests/support/test-server.ts";

type Server = Awaited<ReturnType<typeof testServer>>;

let data: string;
let server: Server;
let owner: Account;
const listeners: Listener[] = [];

interface Account {
  id: string;
  token: string;
}

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "clickclack-closing-"));
  server = await testServer({ data });
  const { token, user } = await call(undefined, "POST", "/api/auth/setup", {
    token: new URL(server.claim_url ?? "").searchParams.get("token"),
    display_name: "Ines",
    email: "ines@example.com",
    workspace_name: "Halyard",
  });
  owner = { id: user.id, token };
});
afterAll(async () => {
  for (const one of listeners) one.close();
  await server.close();
  rmSync(data, { recursive: true, force: true });
});

// Bodies are asserted field by field, so tests read them untyped.
// oxlint-disable-next-line no-explicit-any
async function call(who: Account | undefined, method: string, path: string, body?: unknown): Promise<any> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { "content-type": "application/json", ...(who && { authorization: `Bearer ${who.token}` }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, ...(text !== "" && JSON.parse(text)) };
}

async function listen(who: Account, workspace_id: string): Promise<Listener> {
  const listener = new Listener(server.url, who.token, `workspace_id=${workspace_id}`);
  listeners.push(listener);
  await listener.ready();
  return listener;
}

/** A workspace of the owner's with somebody who came by a link, and a bot. */
async function populated(name: string) {
  const { workspace } = await call(owner, "POST", "/api/workspaces", { name });
  const { invite } = await call(owner, "POST", `/api/workspaces/${workspace.id}/invites`, {});
  const joined = await call(undefined, "POST", `/api/invites/${invite.code}/accept`, {
    display_name: `Mia of ${name}`,
    email: `mia@${name.toLowerCase()}.example.com`,
    password: "correct horse",
  });
  const mia: Account = { id: joined.user.id, token: joined.token };
  const made = await call(owner, "POST", `/api/workspaces/${workspace.id}/bots`, { display_name: "Pinch" });
  const bot: Account = { id: made.bot.id, token: made.bot_token.token };
  return { id: workspace.id as string, mia, bot };
}

test("a workspace that is deleted closes its sockets, and those of others stay", async () => {
  const [doomed, other] = [await populated("Doomed"), await populated("Other")];
  const gone = [owner, doomed.mia, doomed.bot].map((who) => listen(who, doomed.id));
  const stays = await Promise.all([owner, other.mia, other.bot].map((who) => listen(who, other.id)));
  const sockets = await Promise.all(gone);
  expect((await call(owner, "DELETE", `/api/workspaces/${doomed.id}`)).status).toBe(204);
  for (const socket of sockets) expect((await socket.closed).code).toBe(1008);
  const { channels } = await call(owner, "GET", `/api/workspaces/${other.id}/channels`);
  const { message } = await call(owner, "POST", `/api/channels/${channels[0].id}/messages`, { body: "still here" });
  for (const socket of stays) await socket.until((frame) => frame.payload.message?.id === message.id);

  // A server that starts anew finishes what the one before it has left.
  await server.stop();
  server = await testServer({ data });
  const left = () =>
    server.db.read((tx) =>
      tx.get<{ n: number }>(
        `SELECT (SELECT COUNT(*) FROM workspaces WHERE id = ?) + (SELECT COUNT(*) FROM channels WHERE workspace_id = ?)
           + (SELECT COUNT(*) FROM events WHERE workspace_id = ?) AS n`,
        doomed.id,
        doomed.id,
        doomed.id,
      ),
    );
  while ((await left())?.n !== 0) await new Promise<void>((resolve) => setImmediate(resolve));
  expect((await call(owner, "GET", `/api/workspaces/${other.id}`)).status).toBe(200);
});

test("an account that is closed loses its sockets everywhere, and those of its bots", async () => {
  const { id, mia } = await populated("Closing");
  const second = await populated("Second");
  await call(owner, "PUT", `/api/workspaces/${second.id}/members/${mia.id}`);
  const made = await call(mia, "POST", `/api/workspaces/${id}/bots`, { display_name: "Hers", owner_user_id: mia.id });
  const hers: Account = { id: made.bot.id, token: made.bot_token.token };
  const sockets = [await listen(mia, id), await listen(mia, second.id), await listen(hers, id)];
  const [watcher, elsewhere] = [await listen(owner, id), await listen(owner, second.id)];
  const answer = await call(owner, "PATCH", `/api/workspaces/${id}/members/${mia.id}`, { deactivated: true });
  expect(answer.status).toBe(200);
  for (const socket of sockets) expect((await socket.closed).code).toBe(1008);
  for (const one of [watcher, elsewhere]) {
    const frame = await one.until(({ type, payload }) => type === "user.updated" && payload["user_id"] === mia.id);
    expect(frame.payload["user"]).toMatchObject({ deactivated_at: expect.stringContaining("T") });
  }
});
