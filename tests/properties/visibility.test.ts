/** In any world, people see what their membership shows them and nothing else: in lists, pages, events and sockets. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { type Asker, type Json, machine, person, stage, type Stage } from "../wire/stage.ts";
import { bearer, type Tap, tap } from "../wire/tap.ts";

interface Person extends Asker {
  name: string;
  role: "owner" | "member" | "guest" | "bot";
  /** Its token holds nothing for direct conversations. */
  deaf?: true;
  socket: Tap;
}

let s: Stage;
let people: Person[];
beforeAll(async () => {
  s = await stage();
  const guest = await person(s.server, "gina@example.com", "Gina");
  const second = await person(s.server, "nick@example.com", "Nick");
  for (const one of [guest, second]) await join(one);
  await s.ask(s.owner, "PATCH", `/api/workspaces/${s.workspace_id}/members/${guest.id}`, { role: "guest" });
  const channelsOnly = ["messages:read", "channels:read", "realtime:read", "threads:read"];
  const bot = await machine(s.server, s.workspace_id, s.owner.id, "full", ["bot:admin"]);
  const deaf = await machine(s.server, s.workspace_id, s.owner.id, "deaf", channelsOnly);
  const cast: Omit<Person, "socket">[] = [
    { ...s.owner, name: "owner", role: "owner" },
    { ...s.member, name: "member", role: "member" },
    { ...second, name: "second", role: "member" },
    { ...guest, name: "guest", role: "guest" },
    { ...bot, name: "bot", role: "bot" },
    { ...deaf, name: "deaf", role: "bot", deaf: true },
  ];
  const from = await tail();
  people = cast.map((one) => ({
    ...one,
    socket: tap(s.url, `workspace_id=${s.workspace_id}&after_cursor=${from}`, bearer(one)),
  }));
  for (const { socket } of people) await socket.ready();
});
afterAll(() => s.close());

async function join(who: Asker): Promise<void> {
  const { body } = await s.ask(s.owner, "POST", `/api/workspaces/${s.workspace_id}/invites`, {});
  await s.ask(who, "POST", `/api/invites/${body.invite.code}/accept`, {});
}

async function tail(): Promise<string> {
  const path = `/api/realtime/events?workspace_id=${s.workspace_id}&include_tail=true&limit=1`;
  return (await s.ask(s.owner, "GET", path)).body.tail_cursor;
}

interface Place {
  id: string;
  base: string;
  kind: "public" | "private" | "dm";
  /** Of a private channel and a direct conversation those in it, of a public channel its guests. */
  inside: Set<Person>;
  /** It was opened to everybody with guests in it: what was said before is in its pages, not in everybody's log. */
  opened: boolean;
}

interface Said {
  id: string;
  place: Place;
  isReply: boolean;
  author: Person;
  /** Who could read it when it was said. */
  readers: Set<Person>;
  /** Those of them who could read it ever since. */
  stayed: Set<Person>;
}

interface World {
  places: Place[];
  said: Said[];
}

function reads(one: Person, { kind, inside }: Place): boolean {
  if (kind === "dm") return inside.has(one) && !one.deaf;
  return inside.has(one) || (kind === "public" && one.role !== "guest");
}

const n = fc.nat({ max: 40 });
const act = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("channel" as const), secret: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("turn" as const), place: n }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("add" as const), place: n, who: n }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove" as const), place: n, who: n }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("dm" as const), who: n, with: n }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("send" as const), place: n, who: n }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("reply" as const), to: n, who: n }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("react" as const), to: n, who: n }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("pin" as const), to: n }) },
);
type Act = typeof act extends fc.Arbitrary<infer One> ? One : never;

const at = <Item>(list: readonly Item[], index: number): Item | undefined => list[index % Math.max(1, list.length)];
let names = 0;

async function play(world: World, one: Act): Promise<void> {
  const owner = people[0] as Person;
  const who = ("who" in one ? at(people, one.who) : undefined) ?? owner;
  if (one.kind === "channel") {
    const body = { name: `w-${names++}`, kind: one.secret ? "private" : "public" };
    const made = await s.ask(owner, "POST", `/api/workspaces/${s.workspace_id}/channels`, body);
    const { id } = made.body.channel;
    const inside = new Set(one.secret ? [owner] : []);
    const kind = one.secret ? "private" : "public";
    world.places.push({ id, base: `/api/channels/${id}`, kind, inside, opened: false });
  } else if (one.kind === "dm") {
    await openDirect(world, who, at(people, one.with) ?? owner);
  } else if (one.kind === "send") {
    const place = at(world.places, one.place);
    if (place) await say(world, place, who, `${place.base}/messages`, false);
  } else if (one.kind === "reply" || one.kind === "react" || one.kind === "pin") {
    const message = at(world.said, one.to);
    if (message) await answer(world, message, who, one.kind);
  } else {
    const place = at(world.places, one.place);
    if (place && place.kind !== "dm") await change(world, place, who, one.kind);
  }
}

async function openDirect(world: World, who: Person, other: Person): Promise<void> {
  const body = { workspace_id: s.workspace_id, member_ids: [other.id] };
  const opened = await s.ask(who, "POST", "/api/dms", body);
  expect(opened.status === 201).toBe(who.role !== "guest" && !who.deaf && other.role !== "guest");
  const id: string | undefined = opened.body.conversation?.id;
  if (id === undefined || world.places.some((one) => one.id === id)) return;
  world.places.push({ id, base: `/api/dms/${id}`, kind: "dm", inside: new Set([who, other]), opened: false });
}

async function say(world: World, place: Place, author: Person, path: string, isReply: boolean): Promise<void> {
  const sent = await s.ask(author, "POST", path, { body: `said ${names++}` });
  expect([author.name, sent.status]).toEqual([
    author.name,
    reads(author, place) ? (author.deaf ? 403 : 201) : expect.any(Number),
  ]);
  if (sent.status !== 201) return expect([403, 404]).toContain(sent.status);
  const readers = new Set(people.filter((one) => reads(one, place)));
  world.said.push({ id: sent.body.message.id, place, isReply, author, readers, stayed: new Set(readers) });
}

async function answer(world: World, message: Said, who: Person, kind: "reply" | "react" | "pin"): Promise<void> {
  const path = `/api/messages/${message.id}`;
  if (kind === "reply" && !message.isReply) await say(world, message.place, who, `${path}/thread/replies`, true);
  if (kind === "react") await s.ask(who, "POST", `${path}/reactions`, { emoji: "🦞" });
  if (kind === "pin") await s.ask(who, "POST", `${message.place.base}/pins`, { message_id: message.id });
}

async function change(world: World, place: Place, who: Person, kind: "turn" | "add" | "remove"): Promise<void> {
  const owner = people[0] as Person;
  if (kind === "turn") {
    const turned = place.kind === "public" ? "private" : "public";
    const { status } = await s.ask(owner, "PATCH", place.base, { kind: turned });
    if (status !== 200) return;
    for (const one of people) {
      if (one.role === "guest") continue;
      if (turned === "private") place.inside.add(one);
      else place.inside.delete(one);
    }
    place.kind = turned;
    place.opened ||= turned === "public" && place.inside.size > 0;
  } else {
    // The owner stays, so that somebody can always let others in.
    if (who === owner) return;
    const { status } = await s.ask(owner, kind === "add" ? "PUT" : "DELETE", `${place.base}/members/${who.id}`);
    if (status !== 200 || (place.kind === "public" && who.role !== "guest")) return;
    if (kind === "add") place.inside.add(who);
    else place.inside.delete(who);
  }
  for (const one of world.said)
    for (const reader of one.stayed) if (!reads(reader, one.place)) one.stayed.delete(reader);
}

async function requireLists(world: World, who: Person): Promise<void> {
  const { body } = await s.ask(who, "GET", `/api/workspaces/${s.workspace_id}/channels`);
  const listed = new Set<string>(body.channels.map((one: Json) => one.id));
  const direct = await s.ask(who, "GET", `/api/dms?workspace_id=${s.workspace_id}`);
  for (const one of direct.body.conversations ?? []) listed.add(one.id);
  for (const place of world.places) {
    const isMine = reads(who, place);
    const seen = [
      who.name,
      place.kind,
      listed.has(place.id),
      (await s.ask(who, "GET", `${place.base}/messages`)).status,
    ];
    const hidden = place.kind === "dm" && who.deaf ? 403 : 404;
    expect(seen).toEqual([who.name, place.kind, isMine, isMine ? 200 : hidden]);
  }
  for (const message of world.said) {
    const { status } = await s.ask(who, "GET", `/api/messages/${message.id}`);
    expect([who.name, message.place.kind, status === 200]).toEqual([
      who.name,
      message.place.kind,
      reads(who, message.place),
    ]);
  }
}

const CREATED = new Set(["message.created", "thread.reply_created"]);
/** What the acts of these worlds do once to one thing. */
const ONCE = new Set(["channel.created", "reaction.added", "pin.added"]);
/** What somebody is told of their own place in a conversation, whether they are still in it or not. */
const PRIVATE = new Set(["channel.member_removed", "channel.settings_updated", "channel.read", "dm.created"]);
const PRIVATE_THREAD = new Set(["thread.read", "thread.follow_updated", "dm.read", "dm.settings_updated"]);

/** A pull names only what its reader may read, and every message they may read once at most. */
async function requireEvents(world: World, who: Person, from: string): Promise<void> {
  const path = `/api/realtime/events?workspace_id=${s.workspace_id}&after_cursor=${from}&limit=500`;
  const events: Json[] = (await s.ask(who, "GET", path)).body.events;
  for (const { type, channel_id, payload } of events) {
    if (PRIVATE.has(type) || PRIVATE_THREAD.has(type)) continue;
    const ids = new Set([channel_id, payload.channel_id, payload.direct_conversation_id]);
    for (const place of world.places)
      if (ids.has(place.id))
        expect([who.name, type, place.kind, reads(who, place)]).toEqual([who.name, type, place.kind, true]);
    for (const { id, place } of world.said)
      if (payload.message_id === id || payload.root_message_id === id)
        expect([who.name, type, place.kind, reads(who, place)]).toEqual([who.name, type, place.kind, true]);
  }
  // What guests are told by an event of its own, nobody is told twice.
  const told = events.filter((one) => ONCE.has(one.type)).map(({ type, payload }) => JSON.stringify([type, payload]));
  expect([who.name, told.length]).toEqual([who.name, new Set(told).size]);
  for (const { id, place, readers } of world.said) {
    const times = events.filter((one) => CREATED.has(one.type) && one.payload.message_id === id).length;
    const isSure = reads(who, place) && readers.has(who) && !place.opened;
    requireTimes(who, place, times, isSure ? [1] : [0, 1]);
  }
}

/** A socket that was open all the time got every message its person could read, once, and no other. */
async function requireFrames(world: World, who: Person, event_id: string, seen: number): Promise<void> {
  await who.socket.until((one) => one.id === event_id);
  const frames = who.socket.frames.slice(seen).filter((one) => CREATED.has(one.type));
  for (const { id, place, readers, stayed } of world.said) {
    const told = frames.filter((one) => one.payload.message_id === id).length;
    requireTimes(who, place, told, stayed.has(who) ? [1] : readers.has(who) ? [0, 1] : [0]);
  }
}

function requireTimes({ name }: Person, { kind }: Place, times: number, allowed: number[]): void {
  expect([name, kind, times, allowed.includes(times)]).toEqual([name, kind, times, true]);
}

test("in any world everybody sees exactly what is theirs to see", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 20, maxLength: 45 }), async (acts) => {
      const from = await tail();
      const seen = people.map((one) => one.socket.frames.length);
      const world: World = { places: [], said: [] };
      for (const one of acts) await play(world, one);
      const last = await s.ask(s.owner, "PATCH", `/api/workspaces/${s.workspace_id}`, { name: "Harbour" });
      for (const [index, who] of people.entries()) {
        await requireLists(world, who);
        await requireEvents(world, who, from);
        await requireFrames(world, who, last.body.event.id, seen[index] ?? 0);
      }
    }),
    // Shrinking would play a thousand worlds more; the seed plays this one again.
    { numRuns: 30, endOnFailure: true },
  );
}, 60_000);
