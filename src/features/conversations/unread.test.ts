import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
let names = 0;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

const all = () => `/api/workspaces/${t.workspace.id}/channels`;
async function channel(): Promise<string> {
  const made = await t.call(t.cast.owner, "POST", all(), { name: `u-${names++}` });
  return `/api/channels/${made.body.channel.id}`;
}
const send = async (who: Player, path: string, body = "words"): Promise<string> =>
  (await t.call(who, "POST", `${path}/messages`, { body })).body.message.id;
const reply = (who: Player, root: string, body = "a reply") =>
  t.call(who, "POST", `/api/messages/${root}/thread/replies`, { body });
const listed = async (who: Player, path: string) =>
  (await t.call(who, "GET", all())).body.channels.find((one: { id: string }) => path.endsWith(one.id));
const threads = async (who: Player): Promise<{ threads: { root: { id: string } }[]; unread_threads: number }> =>
  (await t.call(who, "GET", `/api/workspaces/${t.workspace.id}/threads`)).body;

test("sends, reads and deletions at once leave every counter where a count would", async () => {
  const { owner, moderator, member, bot } = t.cast;
  const people = [owner, moderator, member, bot];
  const path = await channel();
  const acts = Array.from({ length: 120 }, async (_, n) => {
    const who = people[n % 4] ?? owner;
    const id = await send(who, path, n % 5 === 0 ? "@mia and @olivia" : n % 7 === 0 ? "@channel" : "words");
    if (n % 3 === 0) await t.call(who, "POST", `${path}/read`, { seq: n });
    if (n % 6 === 0) await t.call(who, "DELETE", `/api/messages/${id}`);
    if (n % 10 === 0) await t.call(member, "POST", `${path}/unread`, { seq: n >> 1 });
  });
  await Promise.all(acts);
  for (const who of people) {
    const mine = await listed(who, path);
    const counted = await t.db.read((tx) =>
      tx.get<{ unread: number; mentions: number }>(
        `SELECT COUNT(*) AS unread, SUM(CASE WHEN body = '@channel' OR body LIKE ? THEN 1 ELSE 0 END) AS mentions
         FROM messages WHERE conversation_id = ? AND channel_seq > ? AND author_id <> ? AND deleted_at IS NULL`,
        `%@${who.user.handle}%`,
        mine.id,
        mine.last_read_seq,
        who.user.id,
      ),
    );
    expect([who.user.handle, mine.unread_count, mine.mention_count]).toEqual([
      who.user.handle,
      counted?.unread ?? -1,
      counted?.mentions ?? 0,
    ]);
  }
});

test("deleting what was read never takes a count below what is left", async () => {
  const { owner, member } = t.cast;
  const path = await channel();
  const ids = [await send(owner, path), await send(owner, path, "@mia"), await send(owner, path)];
  await t.call(member, "POST", `${path}/read`, { seq: 2 });
  for (const id of ids.slice(0, 2)) for (let n = 0; n < 2; n++) await t.call(owner, "DELETE", `/api/messages/${id}`);
  expect(await listed(member, path)).toMatchObject({ unread_count: 1, mention_count: 0 });
  const back = await t.call(member, "POST", `${path}/unread`, { seq: 0 });
  expect(back.body.receipt).toMatchObject({ last_read_seq: 0, unread_count: 1, mention_count: 0 });
  await t.call(owner, "DELETE", `/api/messages/${ids[2]}`);
  expect(await listed(member, path)).toMatchObject({ unread_count: 0, mention_count: 0 });
});

test("a channel that was left is silent in the inbox too, until one writes there again", async () => {
  const { owner, moderator } = t.cast;
  const path = await channel();
  const root = await send(moderator, path);
  await reply(owner, root);
  expect((await threads(moderator)).unread_threads).toBe(1);
  await t.call(moderator, "DELETE", `${path}/members/me`);
  await reply(owner, root, "@mo again");
  expect(await threads(moderator)).toEqual({ threads: [], unread_threads: 0 });
  // An answer is something written there: its writer is back, and sees what comes of it.
  expect((await reply(moderator, root)).status).toBe(201);
  expect(await listed(moderator, path)).toMatchObject({ hidden: false, unread_count: 0 });
  expect((await threads(moderator)).threads.map((one) => one.root.id)).toEqual([root]);
});
