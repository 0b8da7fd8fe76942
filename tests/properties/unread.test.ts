/** Badges are counters; here they are held against a plain count after any sequence of acts. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { newcomer } from "../support/newcomer.ts";
import { type Answer, type Player, type TestApp, testApp } from "../support/test-app.ts";

let t: TestApp;
let people: Player[];
beforeAll(async () => {
  t = await testApp();
  const { owner, moderator, member, bot } = t.cast;
  people = [owner, moderator, member, bot];
});
afterAll(() => t.close());

const who = fc.nat({ max: 3 });
const seq = fc.nat({ max: 14 });
const words = fc.constantFrom(
  "hello",
  "@mia look",
  "@channel now",
  "@channel and @mia and @mo",
  "@here @pinch",
  "`@mia` @olivia",
  "nobody@mia.example",
);
const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("send" as const), who, words }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("activity" as const), words }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("delete" as const), nth: fc.nat({ max: 20 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("edit" as const), nth: fc.nat({ max: 20 }), words }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("read" as const), who, seq }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("unread" as const), who, seq }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("leave" as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("return" as const), who }) },
);
type Act = typeof act extends fc.Arbitrary<infer One> ? One : never;

/** A message as the one who counts plainly sees it. */
interface Said {
  id: string;
  seq: number;
  author: Player;
  counts: boolean;
  words: string;
  deleted: boolean;
  /** Who was in a private channel then: whom a text cannot reach it does not mention. */
  reached: Set<Player>;
}

/** Whether the words it was written with name somebody; by eye, not by the parser. */
function addresses(text: string, handle: string): boolean {
  if (text === "`@mia` @olivia") return handle === "olivia";
  return text.split(" ").includes(`@${handle}`);
}

function mentions({ words: text, reached }: Said, reader: Player): boolean {
  if (text.split(" ").includes("@channel")) return true;
  return reached.has(reader) && addresses(text, reader.user.handle);
}

function recount(said: Said[], reader: Player, last_read_seq: number) {
  const unread = said.filter((one) => one.counts && !one.deleted && one.author !== reader && one.seq > last_read_seq);
  return {
    unread_count: unread.length,
    mention_count: unread.filter((one) => mentions(one, reader)).length,
  };
}

const call = (actor: Player, method: string, path: string, body?: unknown) => t.call(actor, method, path, body);
const countsOf = ({ unread_count, mention_count }: { unread_count: number; mention_count: number }) => ({
  unread_count,
  mention_count,
});

interface Place {
  base: string;
  id: string;
  kind: "public" | "private" | "dm";
  inside: Set<Player>;
  /** What each reader's list says of it; nothing when it is not there. */
  listed(reader: Player): Promise<Listed | undefined>;
}
interface Listed {
  last_read_seq: number;
  unread_count: number;
  mention_count: number;
  hidden: boolean;
}

let names = 0;
async function channel(kind: "public" | "private"): Promise<Place> {
  const all = `/api/workspaces/${t.workspace.id}/channels`;
  const made = await call(t.cast.owner, "POST", all, { name: `c-${names++}`, kind });
  const { id } = made.body.channel;
  if (kind === "private")
    for (const one of people.slice(1)) await call(t.cast.owner, "PUT", `/api/channels/${id}/members/${one.user.id}`);
  const listed = async (reader: Player) =>
    (await call(reader, "GET", all)).body.channels.find((one: { id: string }) => one.id === id);
  return { base: `/api/channels/${id}`, id, kind, inside: new Set(people), listed };
}

let groups = 0;
async function direct(): Promise<Place> {
  // A group has one conversation for ever, so every run brings somebody of its own.
  const fifth = await newcomer(t, `fifth-${groups++}`, "member");
  const member_ids = [...people, fifth].map((one) => one.user.id);
  const made = await call(t.cast.owner, "POST", "/api/dms", { workspace_id: t.workspace.id, member_ids });
  const { id } = made.body.conversation;
  const listed = async (reader: Player) => {
    const { body } = await call(reader, "GET", `/api/dms?workspace_id=${t.workspace.id}`);
    return body.conversations.find((one: { id: string }) => one.id === id);
  };
  return { base: `/api/dms/${id}`, id, kind: "dm", inside: new Set(people), listed };
}

async function play(place: Place, said: Said[], one: Act): Promise<void> {
  const actor = ("who" in one ? people[one.who] : undefined) ?? t.cast.bot;
  if (one.kind === "send" || one.kind === "activity") {
    const isActivity = one.kind === "activity";
    const body = { body: one.words, ...(isActivity && { kind: "agent_commentary", turn_id: "t" }) };
    const sent = await call(actor, "POST", `${place.base}/messages`, body);
    if (sent.status === 201) {
      const { id, channel_seq } = sent.body.message;
      const message = { id, seq: channel_seq, author: actor, counts: !isActivity, words: one.words, deleted: false };
      said.push({ ...message, reached: new Set(place.inside) });
    }
  } else if (one.kind === "delete" || one.kind === "edit") {
    const message = said[one.nth % Math.max(1, said.length)];
    if (!message) return;
    const path = `/api/messages/${message.id}`;
    if (one.kind === "edit") await call(message.author, "PATCH", path, { body: `${one.words} edited` });
    else message.deleted ||= (await call(message.author, "DELETE", path)).status === 200;
  } else if (one.kind === "read" || one.kind === "unread") {
    await mark(place, actor, one.kind, one.seq);
  } else {
    await move(place, actor, one.kind);
  }
}

/** A receipt says what the list says afterwards. */
async function mark(place: Place, actor: Player, kind: "read" | "unread", at: number): Promise<void> {
  const marked: Answer = await call(actor, "POST", `${place.base}/${kind}`, { seq: at });
  if (marked.status !== 200) return;
  const now = await place.listed(actor);
  if (now) expect(marked.body.receipt).toMatchObject({ ...countsOf(now), last_read_seq: now.last_read_seq });
}

async function move(place: Place, actor: Player, kind: "leave" | "return"): Promise<void> {
  const leaves = kind === "leave";
  // Bots hold no `channels:write`, and the owner of a private channel has to stay to let others in again.
  if (actor === t.cast.bot || (place.kind === "private" && actor === t.cast.owner)) return;
  if (place.kind === "dm") {
    await call(actor, leaves ? "DELETE" : "POST", leaves ? place.base : `${place.base}/open`);
    return;
  }
  const inviter = place.kind === "private" && !leaves ? t.cast.owner : actor;
  const path = `${place.base}/members/${inviter === actor ? "me" : actor.user.id}`;
  const { status } = await call(inviter, leaves ? "DELETE" : "PUT", path);
  if (place.kind !== "private" || status !== 200) return;
  if (leaves) place.inside.delete(actor);
  else place.inside.add(actor);
}

async function check(place: Place, said: Said[]): Promise<void> {
  for (const reader of people) {
    const listed = await place.listed(reader);
    const one = await call(reader, "GET", place.base);
    if (!listed) {
      expect([200, 404]).toContain(one.status);
      if (one.status === 404) expect(place.kind).toBe("private");
      else expect(one.body.conversation).toMatchObject({ hidden: true });
      continue;
    }
    expect(one.body.channel ?? one.body.conversation).toMatchObject({ ...countsOf(listed) });
    const expected = listed.hidden
      ? { unread_count: 0, mention_count: 0 }
      : recount(said, reader, listed.last_read_seq);
    expect({ reader: reader.user.handle, ...countsOf(listed) }).toEqual({ reader: reader.user.handle, ...expected });
  }
}

const acts = fc.array(act, { minLength: 12, maxLength: 30 });
for (const [kind, make] of [
  ["a public channel", () => channel("public")],
  ["a private channel", () => channel("private")],
  ["a direct conversation", direct],
] as const) {
  test(`unread and mention counts of ${kind} equal a plain count after any acts`, async () => {
    await fc.assert(
      fc.asyncProperty(acts, async (sequence) => {
        const place = await make();
        const said: Said[] = [];
        for (const one of sequence) await play(place, said, one);
        await check(place, said);
      }),
      { numRuns: 50 },
    );
  }, 30_000);
}
