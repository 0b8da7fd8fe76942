/** The badges of threads and their inbox, held against a plain count after any sequence of acts. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { type Player, type TestApp, testApp } from "../support/test-app.ts";

let t: TestApp;
let people: Player[];
beforeAll(async () => {
  t = await testApp();
  const { owner, moderator, member, bot } = t.cast;
  people = [owner, moderator, member, bot];
});
afterAll(() => t.close());

const who = fc.nat({ max: 3 });
const seq = fc.nat({ max: 12 });
const words = fc.constantFrom("hello", "@mia look", "@channel now", "@mo and @olivia", "`@mia`");
const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("reply" as const), who, words }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("delete" as const), nth: fc.nat({ max: 20 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("read" as const), who, seq }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("unread" as const), who, seq }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("follow" as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("unfollow" as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("away" as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("back" as const), who }) },
);
type Act = typeof act extends fc.Arbitrary<infer One> ? One : never;

interface Reply {
  id: string;
  seq: number;
  author: Player;
  words: string;
  deleted: boolean;
  reached: Set<Player>;
}

/** A thread as the one who counts plainly keeps it. */
interface Thread {
  channel: string;
  root: string;
  replies: Reply[];
  following: Set<Player>;
  /** Who stopped following: only their own words or somebody's mention bring them back. */
  declined: Set<Player>;
  inside: Set<Player>;
}

const names = (text: string, handle: string) => text.split(" ").includes(`@${handle}`);
const call = (actor: Player, method: string, path: string, body?: unknown) => t.call(actor, method, path, body);

async function begin(n: number, author: Player): Promise<Thread> {
  const all = `/api/workspaces/${t.workspace.id}/channels`;
  const made = await call(t.cast.owner, "POST", all, { name: `t-${n}`, kind: "private" });
  const channel = `/api/channels/${made.body.channel.id}`;
  for (const one of people.slice(1)) await call(t.cast.owner, "PUT", `${channel}/members/${one.user.id}`);
  const sent = await call(author, "POST", `${channel}/messages`, { body: "the root" });
  return {
    channel,
    root: sent.body.message.id,
    replies: [],
    following: new Set(),
    declined: new Set(),
    inside: new Set(people),
  };
}

async function play(thread: Thread, author: Player, one: Act): Promise<void> {
  const actor = ("who" in one ? people[one.who] : undefined) ?? t.cast.bot;
  const path = `/api/messages/${thread.root}/thread`;
  if (one.kind === "reply") {
    const sent = await call(actor, "POST", `${path}/replies`, { body: one.words });
    expect(sent.status).toBe(thread.inside.has(actor) ? 201 : 404);
    if (sent.status !== 201) return;
    if (thread.replies.length === 0 && !thread.declined.has(author)) thread.following.add(author);
    const { id, thread_seq } = sent.body.message;
    const reached = new Set(thread.inside);
    thread.replies.push({ id, seq: thread_seq, author: actor, words: one.words, deleted: false, reached });
    thread.following.add(actor);
    for (const named of reached)
      if (named !== actor && names(one.words, named.user.handle)) thread.following.add(named);
  } else if (one.kind === "delete") {
    const reply = thread.replies[one.nth % Math.max(1, thread.replies.length)];
    if (reply) reply.deleted ||= (await call(reply.author, "DELETE", `/api/messages/${reply.id}`)).status === 200;
  } else if (one.kind === "read" || one.kind === "unread") {
    const marked = await call(actor, "POST", `${path}/${one.kind}`, { seq: one.seq });
    expect(marked.status).toBe(thread.inside.has(actor) ? 200 : 404);
    if (marked.status === 200) requireReceipt(thread, actor, marked.body.receipt);
  } else if (one.kind === "follow" || one.kind === "unfollow") {
    const follows = one.kind === "follow";
    const changed = await call(actor, follows ? "PUT" : "DELETE", `${path}/follow`);
    if (changed.status !== 200) return;
    if (follows) thread.following.add(actor);
    else {
      thread.following.delete(actor);
      thread.declined.add(actor);
    }
    requireReceipt(thread, actor, changed.body.receipt);
  } else if (actor !== t.cast.owner) {
    const leaves = one.kind === "away";
    await call(t.cast.owner, leaves ? "DELETE" : "PUT", `${thread.channel}/members/${actor.user.id}`);
    if (leaves) thread.inside.delete(actor);
    else thread.inside.add(actor);
  }
}

function recount({ replies, following }: Thread, reader: Player, last_read_seq: number) {
  if (!following.has(reader)) return { unread_count: 0, mention_count: 0 };
  const unread = replies.filter((one) => !one.deleted && one.author !== reader && one.seq > last_read_seq);
  const naming = unread.filter((one) => one.reached.has(reader) && names(one.words, reader.user.handle));
  return { unread_count: unread.length, mention_count: naming.length };
}

interface Counts {
  last_read_seq: number;
  unread_count: number;
  mention_count: number;
}

function requireReceipt(thread: Thread, reader: Player, receipt: Counts & { following: boolean }): void {
  expect(receipt).toMatchObject({
    following: thread.following.has(reader),
    ...recount(thread, reader, receipt.last_read_seq),
  });
}

async function inbox(reader: Player, filter: string) {
  const path = `/api/workspaces/${t.workspace.id}/threads?filter=${filter}&limit=200`;
  const { body } = await call(reader, "GET", path);
  return body as { threads: (Counts & { root: { id: string } })[]; unread_threads: number };
}

/** The inbox lists a followed thread as long as it has a reply and may be read. */
async function check(thread: Thread): Promise<void> {
  for (const reader of people) {
    const all = await inbox(reader, "all");
    const unread = await inbox(reader, "unread");
    const mine = all.threads.find((one) => one.root.id === thread.root);
    const isListed =
      thread.following.has(reader) && thread.inside.has(reader) && thread.replies.some((one) => !one.deleted);
    expect([reader.user.handle, mine !== undefined]).toEqual([reader.user.handle, isListed]);
    if (mine) expect(mine).toMatchObject(recount(thread, reader, mine.last_read_seq));
    const withUnread = all.threads.filter((one) => one.unread_count > 0).map((one) => one.root.id);
    expect(unread.threads.map((one) => one.root.id)).toEqual(withUnread);
    expect([all.unread_threads, unread.unread_threads]).toEqual([withUnread.length, withUnread.length]);
  }
}

test("unread and mention counts of threads equal a plain count after any acts", async () => {
  let n = 0;
  await fc.assert(
    fc.asyncProperty(who, fc.array(act, { minLength: 8, maxLength: 25 }), async (by, sequence) => {
      const author = people[by] ?? t.cast.owner;
      const thread = await begin(n++, author);
      for (const one of sequence) await play(thread, author, one);
      await check(thread);
      // The next world begins with an inbox without this thread.
      for (const one of people) await call(one, "DELETE", `/api/messages/${thread.root}/thread/follow`);
    }),
    { numRuns: 60 },
  );
}, 30_000);
