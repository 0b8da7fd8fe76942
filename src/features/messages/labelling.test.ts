import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

let names = 0;
const unique = () => `name-${names++}`;

async function channel(kind = "public"): Promise<string> {
  const path = `/api/workspaces/${t.workspace.id}/channels`;
  return (await t.call(t.cast.owner, "POST", path, { name: unique(), kind })).body.channel.id;
}
async function topic(channel_id?: string): Promise<string> {
  const body = { name: unique(), ...(channel_id !== undefined && { channel_id }) };
  return (await t.call(t.cast.owner, "POST", `/api/workspaces/${t.workspace.id}/topics`, body)).body.topic.id;
}
const send = (who: Player, channel_id: string, body: object) =>
  t.call(who, "POST", `/api/channels/${channel_id}/messages`, { body: "words", ...body });
const edit = (who: Player, id: string, patch: object) => t.call(who, "PATCH", `/api/messages/${id}`, patch);
const page = async (channel_id: string, query: string) => {
  const { body } = await t.call(t.cast.member, "GET", `/api/channels/${channel_id}/messages?${query}`);
  return {
    ids: body.messages.map((one: { id: string }) => one.id) as string[],
    older: body.has_older as boolean,
    newer: body.has_newer as boolean,
  };
};

test("a message is sent with a topic of its channel or of the workspace, and says so wherever it is", async () => {
  const { member, owner } = t.cast;
  const here = await channel();
  for (const topic_id of [await topic(here), await topic()]) {
    const sent = await send(member, here, { topic_id });
    expect(sent.status).toBe(201);
    expect(sent.body.message.topic_id).toBe(topic_id);
    expect(sent.body.event.payload.topic_id).toBe(topic_id);
    const { id } = sent.body.message;
    expect((await t.call(owner, "GET", `/api/messages/${id}`)).body.message.topic_id).toBe(topic_id);
    const path = `/api/realtime/events?workspace_id=${t.workspace.id}&limit=500`;
    const { events } = (await t.call(owner, "GET", path)).body;
    const frame = events.find((one: { payload: { message_id?: string } }) => one.payload.message_id === id);
    expect(frame.payload).toMatchObject({ topic_id, message: { topic_id } });
  }
  const plain = await send(member, here, { topic_id: "" });
  expect(plain.body.message).not.toHaveProperty("topic_id");
});

test("another channel's topic, a hidden one, none at all and an archived one are refused", async () => {
  const { member, owner } = t.cast;
  const here = await channel();
  const elsewhere = await topic(await channel());
  const hidden = await topic(await channel("private"));
  const none = `top_${"0".repeat(26)}`;
  const answers = [];
  for (const topic_id of [elsewhere, hidden, none]) answers.push(await send(member, here, { topic_id }));
  expect(answers.map((one) => [one.status, one.body.error])).toEqual(
    answers.map(() => [400, "only a topic of this channel or of the whole workspace can be chosen"]),
  );
  const own = await topic(here);
  const before = (await send(member, here, { topic_id: own })).body.message;
  await t.call(owner, "PATCH", `/api/topics/${own}`, { archived: true });
  expect((await send(member, here, { topic_id: own })).status).toBe(400);
  const wide = await topic();
  const { message } = (await send(member, here, { topic_id: wide })).body;
  expect((await edit(member, message.id, { topic_id: own })).status).toBe(400);
  // What has it already keeps it.
  expect((await edit(member, before.id, { body: "reworded", topic_id: own })).body.message).toMatchObject({
    body: "reworded",
    topic_id: own,
  });
  await t.call(owner, "PATCH", `/api/topics/${own}`, { archived: false });
  expect((await send(member, here, { topic_id: own })).status).toBe(201);
});

test("the same nonce with another topic is another message, unless its topic was changed meanwhile", async () => {
  const { member, owner } = t.cast;
  const here = await channel();
  const [one, two] = [await topic(here), await topic(here)];
  const nonce = unique();
  const { message } = (await send(member, here, { nonce, topic_id: one })).body;
  const again = await send(member, here, { nonce, topic_id: one });
  expect([again.status, again.body.message.id, again.body.event]).toEqual([200, message.id, undefined]);
  for (const topic_id of [two, undefined]) expect((await send(member, here, { nonce, topic_id })).status).toBe(409);
  await edit(owner, message.id, { topic_id: two });
  const retried = await send(member, here, { nonce, topic_id: one });
  expect([retried.status, retried.body.message]).toMatchObject([200, { id: message.id, topic_id: two }]);
  await t.call(owner, "PATCH", `/api/topics/${one}`, { archived: true });
  expect((await send(member, here, { nonce, topic_id: one })).status).toBe(200);
});

test("its author and managers change the topic of a message; it is no edit, and its words stay its author's", async () => {
  const { member, moderator, owner, bot } = t.cast;
  const here = await channel();
  const [one, two] = [await topic(here), await topic()];
  const { message } = (await send(member, here, {})).body;
  const given = await edit(member, message.id, { topic_id: one });
  expect(given.body).toMatchObject({ message: { topic_id: one }, event: { type: "message.updated" } });
  expect(given.body.message).not.toHaveProperty("edited_at");
  expect((await edit(member, message.id, { topic_id: one })).body).not.toHaveProperty("event");
  expect((await edit(moderator, message.id, { topic_id: two })).body.message.topic_id).toBe(two);
  expect((await edit(moderator, message.id, { topic_id: one, body: "mine now" })).status).toBe(403);
  expect((await edit(bot, message.id, { topic_id: one })).status).toBe(403);
  expect((await edit(t.cast.outsider, message.id, { topic_id: one })).status).toBe(404);
  expect((await edit(owner, message.id, { topic_id: "" })).body.message).not.toHaveProperty("topic_id");
  expect((await edit(member, message.id, {})).status).toBe(400);
  const both = await edit(member, message.id, { topic_id: one, body: "reworded" });
  expect(both.body.message).toMatchObject({ topic_id: one, body: "reworded", edited_at: expect.any(String) });
  const hidden = await topic(await channel("private"));
  expect((await edit(moderator, message.id, { topic_id: hidden })).status).toBe(400);
  await t.call(member, "DELETE", `/api/messages/${message.id}`);
  expect((await edit(member, message.id, { topic_id: two })).status).toBe(400);
});

test("replies and direct conversations have no topics", async () => {
  const { member, owner } = t.cast;
  const here = await channel();
  const topic_id = await topic();
  const root = (await send(member, here, { topic_id })).body.message;
  const reply = await t.call(member, "POST", `/api/messages/${root.id}/thread/replies`, { body: "aye", topic_id });
  expect(reply.body.message).not.toHaveProperty("topic_id");
  expect((await edit(member, reply.body.message.id, { topic_id })).status).toBe(400);
  const opened = await t.call(member, "POST", "/api/dms", {
    workspace_id: t.workspace.id,
    member_ids: [owner.user.id],
  });
  const path = `/api/dms/${opened.body.conversation.id}/messages`;
  const direct = await t.call(member, "POST", path, { body: "psst", topic_id });
  expect([direct.status, direct.body.message.topic_id]).toEqual([201, undefined]);
  expect((await edit(member, direct.body.message.id, { topic_id })).status).toBe(400);
  // A manager of the workspace is none of a direct conversation.
  expect((await edit(owner, direct.body.message.id, { topic_id })).status).toBe(403);
});

test("a page of one topic is cut like any other, from its index", async () => {
  const { member } = t.cast;
  const here = await channel();
  const [one, two] = [await topic(here), await topic()];
  const of: Record<string, string[]> = { [one]: [], [two]: [] };
  const seqs: number[] = [];
  for (let n = 0; n < 12; n++) {
    const topic_id = [one, two, undefined][n % 3];
    const { message } = (await send(member, here, { topic_id })).body;
    if (topic_id !== undefined) of[topic_id]?.push(message.id);
    if (topic_id === one) seqs.push(message.channel_seq);
  }
  const mine = of[one] ?? [];
  expect(await page(here, `topic_id=${one}`)).toEqual({ ids: mine, older: false, newer: false });
  expect((await page(here, `topic_id=${two}`)).ids).toEqual(of[two] ?? []);
  expect(await page(here, `topic_id=${one}&limit=2`)).toEqual({ ids: mine.slice(2), older: true, newer: false });
  expect(await page(here, `topic_id=${one}&limit=2&before_seq=${seqs[2]}`)).toEqual({
    ids: mine.slice(0, 2),
    older: false,
    newer: true,
  });
  expect(await page(here, `topic_id=${one}&after_seq=${seqs[3]}`)).toEqual({ ids: [], older: false, newer: false });
  expect((await page(here, `topic_id=${one}&around_seq=${seqs[1]}&limit=2`)).ids).toEqual([
    mine[1] ?? "",
    mine[2] ?? "",
  ]);
  expect((await page(here, "topic_id=")).ids).toHaveLength(12);
  expect((await page(here, `topic_id=${await topic(await channel("private"))}`)).ids).toEqual([]);
  const plan = await t.db.read((tx) =>
    tx.all<{ detail: string }>(
      `EXPLAIN QUERY PLAN SELECT m.id FROM messages m WHERE m.conversation_id = ? AND m.topic_id = ?
         AND m.channel_seq < ? ORDER BY m.channel_seq DESC LIMIT ?`,
      here,
      one,
      100,
      10,
    ),
  );
  expect(plan.map((step) => step.detail).join()).toMatch(/messages_topic[^,]*$/);
});
