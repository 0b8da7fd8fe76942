import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { machine } from "../../../tests/refusals/world.ts";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

let names = 0;
const unique = () => `name-${names++}`;
const all = () => `/api/workspaces/${t.workspace.id}/topics`;
const create = (who: Player, name: string, channel_id?: string) =>
  t.call(who, "POST", all(), { name, ...(channel_id !== undefined && { channel_id }) });
const change = (who: Player, id: string, patch: object) => t.call(who, "PATCH", `/api/topics/${id}`, patch);
const listed = async (who: Player): Promise<string[]> =>
  (await t.call(who, "GET", all())).body.topics.map((one: { id: string }) => one.id);

async function channel(kind = "public"): Promise<string> {
  const path = `/api/workspaces/${t.workspace.id}/channels`;
  return (await t.call(t.cast.owner, "POST", path, { name: unique(), kind })).body.channel.id;
}
const member = (who: Player, channel_id: string, method = "PUT") =>
  t.call(t.cast.owner, method, `/api/channels/${channel_id}/members/${who.user.id}`);
const restrict = (who: Player, blocked: boolean) =>
  t.call(t.cast.owner, "PATCH", `/api/workspaces/${t.workspace.id}/moderation/members/${who.user.id}`, { blocked });

/** The events that somebody hears, the newest last. */
async function heard(who: Player): Promise<{ type: string; payload: Record<string, unknown>; channel_id?: string }[]> {
  const path = `/api/realtime/events?workspace_id=${t.workspace.id}&limit=500`;
  return (await t.call(who, "GET", path)).body.events;
}
const heardOf = async (who: Player, topic_id: string): Promise<string[]> =>
  (await heard(who)).filter((event) => event.payload.topic_id === topic_id).map((event) => event.type);

describe("a topic", () => {
  test("is of the workspace or of a channel, and everybody who may see it hears of it", async () => {
    const { member: mia, owner, moderator, bot } = t.cast;
    const gus = await newcomer(t, unique(), "guest");
    const channel_id = await channel();
    const wide = await create(mia, "  Release 2 ");
    expect(wide.status).toBe(201);
    expect(wide.body.topic).toMatchObject({ name: "Release 2", created_by: mia.user.id });
    expect(wide.body.topic).not.toHaveProperty("channel_id");
    const narrow = await create(mia, "Release 2", channel_id);
    expect(narrow.body.topic).toMatchObject({ name: "Release 2", channel_id });
    for (const who of [mia, owner, moderator, bot]) {
      expect(await listed(who)).toEqual(expect.arrayContaining([wide.body.topic.id, narrow.body.topic.id]));
      expect(await heardOf(who, narrow.body.topic.id)).toEqual(["topic.created"]);
    }
    expect(await listed(gus)).toEqual([wide.body.topic.id]);
    expect([await heardOf(gus, wide.body.topic.id), await heardOf(gus, narrow.body.topic.id)]).toEqual([
      ["topic.created"],
      [],
    ]);
    await member(gus, channel_id);
    expect(await listed(gus)).toContain(narrow.body.topic.id);
    const frame = (await heard(owner)).find((event) => event.payload.topic_id === narrow.body.topic.id);
    expect(frame).toMatchObject({ channel_id, payload: { topic: narrow.body.topic } });
  });

  test("of a private channel is its members' alone, also for managers", async () => {
    const { owner, moderator, member: mia } = t.cast;
    const hidden = await channel("private");
    const { topic } = (await create(owner, "plans", hidden)).body;
    await member(mia, hidden);
    expect(await listed(mia)).toContain(topic.id);
    expect((await change(mia, topic.id, { archived: true })).status).toBe(403);
    const none = `top_${"0".repeat(26)}`;
    for (const who of [moderator, t.cast.outsider]) {
      const answer = await change(who, topic.id, { archived: true });
      expect([answer.status, answer.body.error]).toEqual([
        404,
        (await change(who, none, { archived: true })).body.error,
      ]);
    }
    expect((await create(moderator, "mine", hidden)).body.error).toBe(
      (await create(moderator, "mine", `chn_${"0".repeat(26)}`)).body.error,
    );
    expect(await listed(moderator)).not.toContain(topic.id);
    expect(await heardOf(moderator, topic.id)).toEqual([]);
    await member(mia, hidden, "DELETE");
    expect(await listed(mia)).not.toContain(topic.id);
    expect((await change(mia, topic.id, { archived: true })).status).toBe(404);
  });

  test("has a name of its own where it is, checked and bounded", async () => {
    const { member: mia, owner } = t.cast;
    const [here, there] = [await channel(), await channel()];
    const name = unique();
    const { topic } = (await create(mia, name, here)).body;
    expect((await create(owner, name, here)).body).toMatchObject({ code: "conflict" });
    expect((await create(owner, name, there)).status).toBe(201);
    expect((await create(owner, name)).status).toBe(201);
    for (const bad of ["", "  ", "a\u0000b", "a\nb", "x".repeat(LIMITS.topic_name_chars + 1)])
      expect([bad, (await create(owner, bad, here)).status]).toEqual([bad, 400]);
    expect((await create(owner, "é".repeat(LIMITS.topic_name_chars), here)).status).toBe(201);
    const other = (await create(mia, unique(), here)).body.topic;
    expect((await change(mia, other.id, { name })).status).toBe(409);
    await change(mia, topic.id, { archived: true });
    const refused = await change(mia, other.id, { name });
    expect([refused.status, refused.body.error]).toEqual([409, expect.stringContaining("archived")]);
  });

  test("is changed by managers and its maker, and nobody is told of nothing", async () => {
    const { member: mia, moderator, owner, bot } = t.cast;
    const other = await newcomer(t, unique(), "member");
    const { topic } = (await create(mia, unique())).body;
    expect((await change(other, topic.id, { archived: true })).status).toBe(403);
    expect((await change(bot, topic.id, { archived: true })).status).toBe(403);
    expect((await change(mia, topic.id, {})).status).toBe(400);
    const archived = await change(mia, topic.id, { archived: true });
    expect(archived.body).toMatchObject({
      topic: { archived_at: expect.any(String) },
      event: { type: "topic.updated" },
    });
    const again = await change(owner, topic.id, { archived: true });
    expect([again.status, again.body]).toEqual([200, { topic: archived.body.topic }]);
    const restored = await change(moderator, topic.id, { archived: false, name: "Renamed" });
    expect(restored.body.topic).toEqual({ ...topic, name: "Renamed" });
    expect(await heardOf(other, topic.id)).toEqual(["topic.created", "topic.updated", "topic.updated"]);
    expect((await create(bot, unique())).status).toBe(403);
    const writer = await machine(t, t.workspace.id, unique(), ["channels:write"]);
    const own = (await create(writer, unique())).body.topic;
    expect((await change(writer, own.id, { archived: true })).status).toBe(200);
    expect((await change(t.cast.reader, own.id, { archived: false })).status).toBe(403);
  });

  test("is made and changed by nobody who may only read, nor in an archived channel", async () => {
    const who = await newcomer(t, unique(), "member");
    const channel_id = await channel();
    const { topic } = (await create(who, unique(), channel_id)).body;
    const wide = (await create(who, unique())).body.topic;
    await restrict(who, true);
    for (const place of [channel_id, undefined]) expect((await create(who, unique(), place)).status).toBe(403);
    for (const id of [topic.id, wide.id]) expect((await change(who, id, { name: unique() })).status).toBe(403);
    expect(await listed(who)).toContain(topic.id);
    await restrict(who, false);
    expect((await change(who, topic.id, { name: unique() })).status).toBe(200);
    await t.call(t.cast.owner, "PATCH", `/api/channels/${channel_id}`, { archived: true });
    expect((await create(who, unique(), channel_id)).status).toBe(409);
    expect((await change(who, topic.id, { name: unique() })).status).toBe(409);
  });

  test("is no longer its maker's to change when they became a guest", async () => {
    const who = await newcomer(t, unique(), "member");
    const { topic } = (await create(who, unique())).body;
    expect((await change(who, topic.id, { name: unique() })).status).toBe(200);
    await t.call(t.cast.owner, "PATCH", `/api/workspaces/${t.workspace.id}/members/${who.user.id}`, { role: "guest" });
    expect((await change(who, topic.id, { name: unique() })).status).toBe(403);
    expect((await create(who, unique())).status).toBe(403);
  });

  test("is one of so many", async () => {
    const { owner, outsider } = t.cast;
    const elsewhere = (await t.call(outsider, "GET", "/api/workspaces")).body.workspaces[0].id as string;
    await t.db.write((tx) =>
      tx.run(
        `WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
         INSERT INTO topics (id, workspace_id, name, created_by, created_at) SELECT 'top_' || i, ?, i, ?, '2020' FROM n`,
        LIMITS.topics_per_workspace,
        elsewhere,
        outsider.user.id,
      ),
    );
    const path = `/api/workspaces/${elsewhere}/topics`;
    expect((await t.call(outsider, "POST", path, { name: "last" })).status).toBe(201);
    expect((await t.call(outsider, "POST", path, { name: "one more" })).status).toBe(409);
    expect((await create(owner, unique())).status).toBe(201);
    expect((await t.call(outsider, "POST", path, { name: "x", channel_id: await channel() })).status).toBe(404);
  });
});
