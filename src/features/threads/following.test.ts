import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
let names = 0;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

const someone = () => newcomer(t, `person-${names++}`, "member");
const root = async (who: Player, path = `/api/channels/${t.general.id}`): Promise<string> =>
  (await t.call(who, "POST", `${path}/messages`, { body: "the root" })).body.message.id;
const reply = (who: Player, to: string, body = "a reply") =>
  t.call(who, "POST", `/api/messages/${to}/thread/replies`, { body });
const act = (who: Player, method: string, to: string, what: string, body?: unknown) =>
  t.call(who, method, `/api/messages/${to}/thread/${what}`, body);

interface Inbox {
  threads: { root: { id: string }; last_read_seq: number; unread_count: number; mention_count: number }[];
  unread_threads: number;
}
const inbox = async (who: Player, filter = "all"): Promise<Inbox> =>
  (await t.call(who, "GET", `/api/workspaces/${t.workspace.id}/threads?filter=${filter}`)).body;
const counts = async (who: Player) =>
  (await inbox(who)).threads.map((one) => [one.last_read_seq, one.unread_count, one.mention_count]);

describe("following", () => {
  test("begins with writing, with being answered and with being mentioned", async () => {
    const [author, writer, named, apart] = await Promise.all([someone(), someone(), someone(), someone()]);
    const id = await root(author);
    expect(await counts(author)).toEqual([]);
    await reply(writer, id, `@${named.user.handle} look`);
    await reply(writer, id);
    expect(await counts(author)).toEqual([[0, 2, 0]]);
    expect(await counts(writer)).toEqual([[1, 0, 0]]);
    // Who is mentioned finds that reply unread and nothing before it.
    expect(await counts(named)).toEqual([[0, 2, 1]]);
    expect(await counts(apart)).toEqual([]);
    expect((await inbox(writer, "unread")).threads).toEqual([]);
    expect((await inbox(named, "unread")).unread_threads).toBe(1);
  });

  test("ends when asked, until one writes there or is mentioned again", async () => {
    const [author, other] = await Promise.all([someone(), someone()]);
    const id = await root(author);
    await reply(other, id);
    const left = await act(author, "DELETE", id, "follow");
    expect(left.body.receipt).toMatchObject({ following: false, unread_count: 0, mention_count: 0 });
    expect(left.body.event).toMatchObject({ type: "thread.follow_updated", payload: { following: false } });
    expect((await act(author, "DELETE", id, "follow")).body).not.toHaveProperty("event");
    await reply(other, id);
    expect(await counts(author)).toEqual([]);
    await reply(other, id, `@${author.user.handle}`);
    expect(await counts(author)).toEqual([[0, 3, 1]]);
    await act(author, "DELETE", id, "follow");
    await reply(author, id);
    expect((await inbox(author)).threads).toHaveLength(1);
  });

  test("by choice begins where the thread is now", async () => {
    const [author, reader] = await Promise.all([someone(), someone()]);
    const id = await root(author);
    await reply(author, id);
    expect((await act(reader, "PUT", id, "follow")).body.receipt).toMatchObject({
      following: true,
      last_read_seq: 1,
      unread_count: 0,
    });
    expect((await act(reader, "PUT", id, "follow")).body).not.toHaveProperty("event");
    await reply(author, id);
    expect(await counts(reader)).toEqual([[1, 1, 0]]);
  });
});

describe("a thread's marker", () => {
  test("goes forward by reading and anywhere by marking unread, not beyond the last reply", async () => {
    const [author, other] = await Promise.all([someone(), someone()]);
    const id = await root(author);
    for (let n = 0; n < 3; n++) await reply(other, id, n === 1 ? `@${author.user.handle}` : "reply");
    const mark = async (what: "read" | "unread", seq: number) => {
      const { body } = await act(author, "POST", id, what, { seq });
      return [body.receipt.last_read_seq, body.receipt.unread_count, body.receipt.mention_count, body.event?.type];
    };
    expect(await mark("read", 2)).toEqual([2, 1, 0, "thread.read"]);
    expect(await mark("read", 1)).toEqual([2, 1, 0, undefined]);
    expect(await mark("read", 99)).toEqual([3, 0, 0, "thread.read"]);
    expect(await mark("unread", 2)).toEqual([1, 2, 1, "thread.read"]);
    expect(await mark("unread", 0)).toEqual([0, 3, 1, "thread.read"]);
    expect(await mark("unread", 99)).toEqual([3, 0, 0, "thread.read"]);
    for (const seq of [-1, 1.5, "1"]) expect((await act(author, "POST", id, "read", { seq })).status).toBe(400);
  });

  test("is private: the other devices of its reader hear of it, nobody else", async () => {
    const [author, other] = await Promise.all([someone(), someone()]);
    const id = await root(author);
    await reply(other, id);
    await act(author, "POST", id, "read", { seq: 1 });
    const told = async (who: Player) =>
      (await t.call(who, "GET", `/api/realtime/events?workspace_id=${t.workspace.id}&limit=500`)).body.events.filter(
        (one: { type: string; payload: { root_message_id?: string } }) =>
          one.type === "thread.read" && one.payload.root_message_id === id,
      );
    expect(await told(author)).toHaveLength(1);
    expect(await told(author)).toMatchObject([{ seq: 1, payload: { user_id: author.user.id, unread_count: 0 } }]);
    expect(await told(other)).toEqual([]);
  });
});

test("the inbox has no thread of a conversation that one may not read any more", async () => {
  const [author, maker] = await Promise.all([someone(), someone()]);
  const made = await t.call(maker, "POST", `/api/workspaces/${t.workspace.id}/channels`, {
    name: `t-${names++}`,
    kind: "private",
  });
  const path = `/api/channels/${made.body.channel.id}`;
  await t.call(maker, "PUT", `${path}/members/${author.user.id}`);
  const id = await root(author, path);
  await reply(maker, id);
  expect((await inbox(author, "unread")).unread_threads).toBe(1);
  await t.call(maker, "DELETE", `${path}/members/${author.user.id}`);
  expect(await inbox(author)).toEqual({ threads: [], unread_threads: 0 });
  expect((await act(author, "POST", id, "read", { seq: 1 })).status).toBe(404);
  await t.call(maker, "PUT", `${path}/members/${author.user.id}`);
  expect(await counts(author)).toEqual([[0, 1, 0]]);
});

test("threads of direct conversations are in the inbox, but not for a bot without the scope", async () => {
  const { bot, owner } = t.cast;
  const body = { workspace_id: t.workspace.id, member_ids: [bot.user.id] };
  const path = `/api/dms/${(await t.call(owner, "POST", "/api/dms", body)).body.conversation.id}`;
  const id = await root(bot, path);
  await reply(owner, id);
  expect((await inbox(bot)).threads.map((one) => one.root.id)).toEqual([id]);
  const tokens = `/api/workspaces/${t.workspace.id}/bots/${bot.user.id}/tokens`;
  const scopes = ["messages:read", "threads:read"];
  const { token } = (await t.call(owner, "POST", tokens, { scopes })).body.bot_token;
  expect(await inbox({ ...bot, token })).toEqual({ threads: [], unread_threads: 0 });
});

test("a cursor of elsewhere is refused", async () => {
  const path = `/api/workspaces/${t.workspace.id}/threads`;
  for (const cursor of [
    "x",
    Buffer.from("{}").toString("base64url"),
    Buffer.from('{"at":1,"id":2}').toString("base64url"),
  ])
    expect((await t.call(t.cast.owner, "GET", `${path}?cursor=${cursor}`)).status).toBe(400);
  expect((await t.call(t.cast.owner, "GET", `${path}?filter=some`)).status).toBe(400);
});
