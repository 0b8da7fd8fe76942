/** Pages have no gap and no duplicate, in either direction, while others are writing. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { nextTurn } from "../../src/lib/turn.ts";
import { newcomer } from "../support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../support/test-app.ts";

let t: TestApp;
let people: Player[];
beforeAll(async () => {
  t = await testApp();
  const { owner, moderator, member, bot } = t.cast;
  people = [owner, moderator, member, bot];
});
afterAll(() => t.close());

/** Something that is paged by a sequence of its own. */
interface Sequence {
  path: string;
  list: "messages" | "replies";
  send(who: Player, body: string): Promise<string>;
}

interface Row {
  id: string;
  seq: number;
}

interface Page {
  rows: Row[];
  has_older: boolean;
  has_newer: boolean;
}

let made = 0;

async function channel(): Promise<Sequence> {
  const body = { name: `p-${made++}` };
  const { id } = (await t.call(t.cast.owner, "POST", `/api/workspaces/${t.workspace.id}/channels`, body)).body.channel;
  return roots(`/api/channels/${id}/messages`);
}

async function direct(): Promise<Sequence> {
  const other = await newcomer(t, `pager-${made++}`, "member");
  const member_ids = [...people, other].map((one) => one.user.id);
  const body = { workspace_id: t.workspace.id, member_ids };
  return roots(`/api/dms/${(await t.call(t.cast.owner, "POST", "/api/dms", body)).body.conversation.id}/messages`);
}

const roots = (path: string): Sequence => ({
  path,
  list: "messages",
  send: async (who, body) => (await t.call(who, "POST", path, { body })).body.message.id,
});

async function thread(): Promise<Sequence> {
  const { path } = await channel();
  const { id } = (await t.call(t.cast.owner, "POST", path, { body: "the root" })).body.message;
  return {
    path: `/api/messages/${id}/thread`,
    list: "replies",
    send: async (who, body) =>
      (await t.call(who, "POST", `/api/messages/${id}/thread/replies`, { body })).body.message.id,
  };
}

async function page({ path, list }: Sequence, query: string): Promise<Page> {
  // Requests come in by a socket each: writes have their turns between them.
  await nextTurn();
  const { status, body } = await t.call(t.cast.reader, "GET", `${path}?${query}`);
  // A bot that is not in a direct conversation reads nothing there; its people do.
  const answer = status === 200 ? body : (await t.call(t.cast.member, "GET", `${path}?${query}`)).body;
  const rows: Row[] = answer[list].map((one: { id: string; channel_seq?: number; thread_seq?: number }) => ({
    id: one.id,
    seq: one.thread_seq ?? one.channel_seq ?? 0,
  }));
  expect([answer.oldest_seq, answer.newest_seq]).toEqual([rows[0]?.seq ?? 0, rows.at(-1)?.seq ?? 0]);
  return { rows, has_older: answer.has_older, has_newer: answer.has_newer };
}

/** From the first to the last there is, as a client that catches up does. */
async function forward(sequence: Sequence, limits: number[]): Promise<Row[]> {
  const seen: Row[] = [];
  for (let n = 0; ; n++) {
    const after = seen.at(-1)?.seq ?? 0;
    const { rows, has_newer, has_older } = await page(
      sequence,
      `after_seq=${after}&limit=${limits[n % limits.length]}`,
    );
    if (rows.length > 0) expect(has_older).toBe(seen.length > 0);
    seen.push(...rows);
    if (!has_newer) return seen;
  }
}

/** From the newest to the first, as a client that scrolls up does. */
async function backward(sequence: Sequence, limits: number[]): Promise<Row[]> {
  const newest = sequence.list === "messages" ? "mode=latest" : "latest=true";
  let seen: Row[] = [];
  for (let n = 0; ; n++) {
    const before = seen[0] ? `before_seq=${seen[0].seq}` : newest;
    const { rows, has_older, has_newer } = await page(sequence, `${before}&limit=${limits[n % limits.length]}`);
    if (rows.length > 0) expect(has_newer).toBe(seen.length > 0);
    seen = [...rows, ...seen];
    if (!has_older) return seen;
  }
}

/** A window is a run of neighbours that holds the one it is around. */
async function requireWindow(sequence: Sequence, all: Row[], around: number, limit: number): Promise<void> {
  const { rows, has_older, has_newer } = await page(sequence, `around_seq=${around}&limit=${limit}`);
  const first = all.findIndex((one) => one.seq === rows[0]?.seq);
  expect(rows).toEqual(all.slice(first, first + rows.length));
  expect(rows).toHaveLength(Math.min(limit, all.length));
  expect(rows.some((one) => one.seq === around)).toBe(true);
  expect([has_older, has_newer]).toEqual([first > 0, first + rows.length < all.length]);
}

const numbers = (rows: Row[]) => rows.map((one) => one.seq);
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
const world = fc.record({
  before: fc.nat({ max: 12 }),
  during: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 25 }),
  limits: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 }),
  deleted: fc.nat({ max: 30 }),
  around: fc.nat({ max: 30 }),
});

for (const [kind, make] of [
  ["a channel", channel],
  ["a thread", thread],
  ["a direct conversation", direct],
] as const) {
  test(`pages of ${kind} have no gap and no duplicate while others write`, async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ before, during, limits, deleted, around }) => {
        const sequence = await make();
        for (let n = 0; n < before; n++) await sequence.send(t.cast.owner, `before ${n}`);
        const sending = during.map((who) => sequence.send(people[who] ?? t.cast.owner, `by ${who}`));
        const [up, down, ids] = await Promise.all([
          forward(sequence, limits),
          backward(sequence, limits),
          Promise.all(sending),
        ]);
        for (const seen of [up, down]) {
          expect(numbers(seen)).toEqual(upTo(seen.length));
          expect(seen.length).toBeGreaterThanOrEqual(before);
          expect(new Set(seen.map((one) => one.id)).size).toBe(seen.length);
        }
        // A deleted message keeps its place, so nobody's paging loses its thread.
        const gone = ids[deleted % ids.length];
        await t.call(t.cast.owner, "DELETE", `/api/messages/${gone}`);
        const all = await forward(sequence, limits);
        expect(numbers(all)).toEqual(upTo(before + during.length));
        for (const id of ids) expect(all.some((one) => one.id === id)).toBe(true);
        expect(await backward(sequence, limits)).toEqual(all);
        await requireWindow(sequence, all, (around % all.length) + 1, limits[0] ?? 1);
      }),
      { numRuns: 25 },
    );
  }, 30_000);
}

test("a log pulled while others write is every event once, in the order of cursors", async () => {
  await fc.assert(
    fc.asyncProperty(world, async ({ during, limits }) => {
      const base = `/api/realtime/events?workspace_id=${t.workspace.id}`;
      const start: string = (await t.call(t.cast.member, "GET", `${base}&include_tail=true`)).body.tail_cursor;
      const sequence = await channel();
      const pull = async (until: () => boolean) => {
        const seen: { cursor: string; id: string }[] = [];
        for (let n = 0; ; n++) {
          await nextTurn();
          const isLast = until();
          const after = seen.at(-1)?.cursor ?? start;
          const { events } = (
            await t.call(t.cast.member, "GET", `${base}&after_cursor=${after}&limit=${limits[n % limits.length]}`)
          ).body;
          seen.push(...events);
          if (events.length === 0 && isLast) return seen;
        }
      };
      let isDone = false;
      const sending = Promise.all(during.map((who) => sequence.send(people[who] ?? t.cast.owner, "news"))).then(() => {
        isDone = true;
      });
      const [live] = await Promise.all([pull(() => isDone), sending]);
      const cursors = live.map((one) => one.cursor);
      expect(cursors).toEqual([...new Set(cursors)].toSorted());
      expect(live).toEqual(await pull(() => true));
      expect(live).toHaveLength(during.length + 1);
    }),
    { numRuns: 25 },
  );
}, 30_000);

test("pages of the inbox hold every followed thread once, the one answered last first", async () => {
  const { path } = await channel();
  const follower = await newcomer(t, "follower", "member");
  const answeredRoots: string[] = [];
  for (let n = 0; n < 12; n++) {
    const { id } = (await t.call(follower, "POST", path, { body: `root ${n}` })).body.message;
    await t.call(t.cast.owner, "POST", `/api/messages/${id}/thread/replies`, { body: "reply" });
    answeredRoots.push(id);
  }
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 7 }), fc.nat({ max: 11 }), async (limit, answered) => {
      const again = answeredRoots.splice(answered, 1)[0] ?? "";
      await t.call(t.cast.owner, "POST", `/api/messages/${again}/thread/replies`, { body: "again" });
      answeredRoots.push(again);
      const seen: string[] = [];
      for (let cursor = ""; ;) {
        const query = `limit=${limit}${cursor && `&cursor=${cursor}`}`;
        const { body } = await t.call(follower, "GET", `/api/workspaces/${t.workspace.id}/threads?${query}`);
        seen.push(...body.threads.map((one: { root: { id: string } }) => one.root.id));
        expect("unread_threads" in body).toBe(cursor === "");
        if (!body.next_cursor) break;
        cursor = body.next_cursor;
      }
      expect(seen).toEqual(answeredRoots.toReversed());
    }),
    { numRuns: 25 },
  );
});
