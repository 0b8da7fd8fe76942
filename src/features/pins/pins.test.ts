import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

let names = 0;
async function channel(kind = "public"): Promise<string> {
  const body = { name: `p-${names++}`, kind };
  const made = await t.call(t.cast.owner, "POST", `/api/workspaces/${t.workspace.id}/channels`, body);
  return `/api/channels/${made.body.channel.id}`;
}
const send = async (path: string, body = "words"): Promise<string> =>
  (await t.call(t.cast.owner, "POST", `${path}/messages`, { body })).body.message.id;
const pin = (who: Player, path: string, message_id: string) => t.call(who, "POST", `${path}/pins`, { message_id });
const unpin = (who: Player, path: string, id: string) => t.call(who, "DELETE", `${path}/pins/${id}`);
const pins = async (path: string, query = ""): Promise<string[]> =>
  (await t.call(t.cast.reader, "GET", `${path}/pins${query}`)).body.messages.map((one: { id: string }) => one.id);

test("the newest pin comes first, and a message is pinned once", async () => {
  const path = await channel();
  const ids = [await send(path), await send(path), await send(path)];
  for (const id of [ids[1], ids[0], ids[2]]) expect((await pin(t.cast.member, path, id ?? "")).status).toBe(201);
  expect(await pins(path)).toEqual([ids[2], ids[0], ids[1]] as string[]);
  expect(await pins(path, "?limit=2")).toEqual([ids[2], ids[0]] as string[]);
  for (const limit of ["0", "-1", "101"]) expect(await pins(path, `?limit=${limit}`)).toHaveLength(3);
  const again = await pin(t.cast.owner, path, ids[0] ?? "");
  expect([again.status, again.body.code]).toEqual([409, "conflict"]);
  expect((await unpin(t.cast.bot, path, ids[0] ?? "")).body.event).toMatchObject({
    type: "pin.removed",
    seq: 1,
    payload: { message_id: ids[0], pinned_by: t.cast.bot.user.id },
  });
  expect(await pins(path)).toEqual([ids[2], ids[1]] as string[]);
  expect((await unpin(t.cast.owner, path, ids[0] ?? "")).status).toBe(404);
});

test("a reply can be pinned; a deleted message, one of elsewhere and one that is none cannot", async () => {
  const path = await channel();
  const root = await send(path);
  const reply = await t.call(t.cast.member, "POST", `/api/messages/${root}/thread/replies`, { body: "a reply" });
  const pinned = await pin(t.cast.member, path, reply.body.message.id);
  expect([pinned.status, pinned.body.event.type]).toEqual([201, "pin.added"]);
  expect(pinned.body.event).not.toHaveProperty("seq");
  const elsewhere = await send(await channel());
  expect((await pin(t.cast.member, path, elsewhere)).status).toBe(400);
  await t.call(t.cast.owner, "DELETE", `/api/messages/${root}`);
  expect((await pin(t.cast.member, path, root)).status).toBe(400);
  const hidden = await pin(t.cast.member, path, await send(await channel("private")));
  const none = await pin(t.cast.member, path, "msg_00000000000000000000000000");
  expect([hidden.status, hidden.body.error]).toEqual([404, none.body.error]);
  expect((await pin(t.cast.reader, path, root)).status).toBe(403);
});

test("a deleted message is unpinned, and everybody is told so before it goes", async () => {
  const path = await channel();
  const id = await send(path);
  await pin(t.cast.member, path, id);
  await t.call(t.cast.owner, "DELETE", `/api/messages/${id}`);
  expect(await pins(path)).toEqual([]);
  const log = await t.call(t.cast.member, "GET", `/api/realtime/events?workspace_id=${t.workspace.id}&limit=500`);
  const told = log.body.events.filter((one: { payload: { message_id?: string } }) => one.payload.message_id === id);
  expect(told.map((one: { type: string }) => one.type)).toEqual([
    "message.created",
    "pin.added",
    "pin.removed",
    "message.deleted",
  ]);
});

describe("a full board", () => {
  test("takes no more, and one again when another goes", async () => {
    const path = await channel();
    const ids: string[] = [];
    for (let n = 0; n <= LIMITS.pins_per_channel; n++) ids.push(await send(path, `${n}`));
    const last = ids.pop() ?? "";
    for (const id of ids) expect((await pin(t.cast.owner, path, id)).status).toBe(201);
    const refused = await pin(t.cast.owner, path, last);
    expect([refused.status, refused.body.code]).toEqual([409, "conflict"]);
    await unpin(t.cast.owner, path, ids[0] ?? "");
    expect((await pin(t.cast.owner, path, last)).status).toBe(201);
    expect((await pins(path))[0]).toBe(last);
  });
});
