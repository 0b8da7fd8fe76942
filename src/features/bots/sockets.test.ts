import { afterAll, beforeAll, expect, test } from "bun:test";
import { Listener, testServer } from "../../../tests/support/test-server.ts";
import { removeMember } from "../workspaces/workspaces.ts";

let server: Awaited<ReturnType<typeof testServer>>;
let token: string;
let workspace_id: string;
const listeners: Listener[] = [];

beforeAll(async () => {
  server = await testServer();
  const set = await call("POST", "/api/auth/setup", {
    token: new URL(server.claim_url ?? "").searchParams.get("token"),
    display_name: "Ines",
    email: "ines@example.com",
    workspace_name: "Halyard",
  });
  token = set.token;
  workspace_id = set.workspace.id;
});
afterAll(async () => {
  for (const one of listeners) one.close();
  await server.close();
});

// Bodies are asserted field by field, so tests read them untyped.
// oxlint-disable-next-line no-explicit-any
async function call(method: string, path: string, body?: unknown, as: string | undefined = token): Promise<any> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { "content-type": "application/json", ...(as && { authorization: `Bearer ${as}` }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, ...(text !== "" && JSON.parse(text)) };
}

function listen(as = token): Listener {
  const listener = new Listener(server.url, as, `workspace_id=${workspace_id}`);
  listeners.push(listener);
  return listener;
}

const bots = () => `/api/workspaces/${workspace_id}/bots`;
async function bot(display_name: string) {
  const made = await call("POST", bots(), { display_name });
  const socket = listen(made.bot_token.token);
  await socket.ready();
  return { ...made, socket } as { bot: { id: string }; bot_token: { id: string; token: string }; socket: Listener };
}

test("revoking a token closes the sockets opened with it and no others", async () => {
  const { bot_token, socket, bot: robot } = await bot("Revoked");
  const other = await call("POST", `${bots()}/${robot.id}/tokens`, { name: "other" });
  const beside = listen(other.bot_token.token);
  await beside.ready();
  await call("POST", `/api/bot-tokens/${bot_token.id}/revoke`);
  expect((await socket.closed).code).toBe(1008);
  const mark = await call("POST", bots(), { display_name: "Mark", initial_token: false });
  await beside.until((frame) => frame.type === "member.joined" && frame.payload.user_id === mark.bot.id);
});

test("a repeated setup nonce closes what the lost secret opened", async () => {
  const body = { display_name: "Lost", setup_nonce: "nonce-of-a-lost-answer" };
  const first = await call("POST", bots(), body);
  const socket = listen(first.bot_token.token);
  await socket.ready();
  await call("POST", bots(), body);
  expect((await socket.closed).code).toBe(1008);
});

test("taking a bot out and deleting one close its sockets and tell the others", async () => {
  const watcher = listen();
  await watcher.ready();
  const out = await bot("Out");
  expect((await call("DELETE", `${bots()}/${out.bot.id}/membership`)).status).toBe(204);
  expect((await out.socket.closed).code).toBe(1008);
  const removed = await watcher.until((frame) => frame.type === "bot.membership_removed");
  expect(removed).toMatchObject({ cursor: "", workspace_id, payload: { bot_user_id: out.bot.id } });

  const gone = await bot("Gone");
  const { deleted_bot } = await call("DELETE", `/api/bots/${gone.bot.id}`);
  expect((await gone.socket.closed).code).toBe(1008);
  const deleted = await watcher.until((frame) => frame.type === "bot.deleted");
  const { id: bot_user_id, ...rest } = deleted_bot;
  expect(deleted.payload).toEqual({ bot_user_id, ...rest });
  await watcher.until((frame) => frame.type === "member.left" && frame.payload.user_id === gone.bot.id);
});

test("with a person goes what hangs on their membership: sockets of their bots, places in channels", async () => {
  const { invite } = await call("POST", `/api/workspaces/${workspace_id}/invites`, {});
  const person = { display_name: "Noor", email: "noor@example.com", password: "correct horse" };
  const noor = await call("POST", `/api/invites/${invite.code}/accept`, person, "");
  const own = await call("POST", bots(), { display_name: "Own", owner_user_id: noor.user.id }, noor.token);
  const [socket, hers, others] = [listen(own.bot_token.token), listen(noor.token), listen()];
  for (const one of [socket, hers, others]) await one.ready();
  const { channel } = await call("POST", `/api/workspaces/${workspace_id}/channels`, {
    name: "quiet",
    kind: "private",
  });
  const at = new Date().toISOString();
  const places = () =>
    server.db.read((tx) => tx.all("SELECT channel_id FROM channel_members WHERE user_id = ?", noor.user.id));
  await server.db.write((tx) =>
    tx.run(
      "INSERT INTO channel_members (channel_id, user_id, added_by, created_at) VALUES (?, ?, ?, ?)",
      channel.id,
      noor.user.id,
      noor.user.id,
      at,
    ),
  );
  expect(await places()).toHaveLength(1);
  await server.db.write((tx) => removeMember(tx, workspace_id, noor.user.id, at));
  expect((await socket.closed).code).toBe(1008);
  expect((await hers.closed).code).toBe(1008);
  await others.until((frame) => frame.type === "member.left" && frame.payload.user_id === noor.user.id);
  expect(await places()).toEqual([]);
  expect((await call("GET", "/api/me", undefined, own.bot_token.token)).status).toBe(401);
});

test("a new menu is told to who shows it", async () => {
  const watcher = listen();
  await watcher.ready();
  const able = await bot("Able");
  const commands = [{ command: "/go", description: "Go" }];
  await call("PUT", "/api/bots/self/commands", { commands }, able.bot_token.token);
  const told = await watcher.until((frame) => frame.type === "bot_command.updated");
  expect(told.payload).toEqual({ workspace_id, bot_user_id: able.bot.id });
  expect(told.cursor).toBe("");
});
