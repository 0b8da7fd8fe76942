import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { createSession } from "../auth/auth.ts";
import { createBot, createBotToken } from "../bots/bots.ts";
import { createUser } from "../users/users.ts";
import { addMember } from "../workspaces/workspaces.ts";

let app: TestApp;
beforeEach(async () => {
  app = await testApp();
});
afterEach(() => app.close());

const WORD = "everywhere";

async function guest(handle: string): Promise<Player> {
  const at = new Date(app.clock.now()).toISOString();
  return app.db.write(async (tx) => {
    const user = await createUser(tx, { display_name: handle, handle, email: `${handle}@example.com`, at });
    await addMember(tx, app.workspace.id, user, "guest", at);
    return {
      user,
      token: (await createSession(tx, user, { at_ms: app.clock.now(), address: "", user_agent: "" })).token,
    };
  });
}

async function bot(handle: string, scopes: string[]): Promise<Player> {
  const at = new Date(app.clock.now()).toISOString();
  const workspace_id = app.workspace.id;
  return app.db.write(async (tx) => {
    const user = await createBot(tx, { workspace_id, display_name: handle, handle, at });
    const created_by = app.cast.owner.user.id;
    const { token } = await createBotToken(tx, { workspace_id, bot_user_id: user.id, scopes, created_by, at });
    return { user, token };
  });
}

async function search(who: Player, more: Record<string, string> = {}) {
  const query = new URLSearchParams({ workspace_id: app.workspace.id, q: WORD, limit: "100", sort: "newest", ...more });
  return app.call(who, "GET", `/api/search?${query}`);
}

async function idsFound(who: Player, more: Record<string, string> = {}): Promise<string[]> {
  const { body } = await search(who, more);
  return body.results.map((one: { id: string }) => one.id);
}

async function makeChannel(kind: "public" | "private", name: string): Promise<string> {
  const { body } = await app.call(app.cast.owner, "POST", `/api/workspaces/${app.workspace.id}/channels`, {
    name,
    kind,
  });
  return body.channel.id;
}

async function canRead(who: Player, message_id: string): Promise<boolean> {
  return (await app.call(who, "GET", `/api/messages/${message_id}`)).status === 200;
}

describe("who may search", () => {
  test("is who is in the workspace", async () => {
    expect((await search(app.cast.member)).status).toBe(200);
    expect((await search(app.cast.outsider)).status).toBe(404);
    expect((await app.call(undefined, "GET", `/api/search?workspace_id=${app.workspace.id}&q=x`)).status).toBe(401);
  });

  test("a bot needs messages:read, and dms:read for direct conversations", async () => {
    const blind = await bot("blind", ["channels:read"]);
    const deaf = await bot("deaf", ["messages:read"]);
    expect((await search(blind)).status).toBe(403);
    expect((await search(deaf)).status).toBe(200);
    expect((await search(deaf, { dms: "true" })).status).toBe(403);
    expect((await search(deaf, { q: "x in:@olivia" })).status).toBe(403);
  });

  test("nobody searches a place they cannot see", async () => {
    const { member, owner, moderator } = app.cast;
    const hidden = await makeChannel("private", "hidden");
    const member_ids = [owner.user.id];
    const { body } = await app.call(member, "POST", "/api/dms", { workspace_id: app.workspace.id, member_ids });
    const dm_id = body.conversation.id as string;
    expect((await search(owner, { channel_id: hidden })).status).toBe(200);
    expect((await search(member, { channel_id: hidden })).status).toBe(404);
    expect((await search(owner, { direct_conversation_id: dm_id })).status).toBe(200);
    expect((await search(moderator, { direct_conversation_id: dm_id })).status).toBe(404);
    expect((await search(owner, { channel_id: dm_id })).status).toBe(404);
    expect((await search(owner, { channel_id: hidden, direct_conversation_id: dm_id })).status).toBe(400);
  });
});

test("names of people and of visible channels are found, of hidden ones not", async () => {
  const { owner, member } = app.cast;
  const hidden = await makeChannel("private", "quiet-corner");
  const open = await makeChannel("public", "quiet-hall");
  const names = async (who: Player) => {
    const { body } = await search(who, { q: "quiet", include: "channels,people,files" });
    expect([body.people, body.files]).toEqual([[], []]);
    return body.channels.map((one: { id: string }) => one.id);
  };
  expect(await names(owner)).toEqual([hidden, open]);
  expect(await names(member)).toEqual([open]);
  const { body } = await search(member, { q: "oli", include: "people" });
  expect(body.people.map((one: { handle: string }) => one.handle)).toEqual(["olivia"]);
});

test("a channel made private is found by its members only, even before its words are written anew", async () => {
  const { owner, member } = app.cast;
  const channel_id = await makeChannel("public", "turning");
  await app.call(owner, "POST", `/api/channels/${channel_id}/messages`, { body: WORD });
  expect(await idsFound(member)).toHaveLength(1);
  await app.call(owner, "PATCH", `/api/channels/${channel_id}`, { kind: "private" });
  await app.call(owner, "DELETE", `/api/channels/${channel_id}/members/${member.user.id}`);
  expect(await idsFound(member)).toEqual([]);
  expect(await idsFound(owner)).toHaveLength(1);
});

test("any world: search finds exactly what a plain read shows", async () => {
  const people = await cast();
  const index = fc.nat({ max: 99 });
  const act = fc.oneof(
    fc.record({ kind: fc.constant("channel" as const), secret: fc.boolean(), by: index }),
    fc.record({ kind: fc.constant("join" as const), place: index, who: index, out: fc.boolean() }),
    fc.record({ kind: fc.constant("dm" as const), by: index, with: index }),
    fc.record({ kind: fc.constant("send" as const), place: index, by: index }),
    fc.record({ kind: fc.constant("reply" as const), to: index, by: index }),
    fc.record({ kind: fc.constant("delete" as const), message: index }),
  );
  const world = { places: [app.general.id], messages: [] as string[] };
  let names = 0;
  const at = <Item>(list: readonly Item[], n: number) => list[n % Math.max(1, list.length)];
  const play = async (one: Act) => {
    const who = at(people, "by" in one ? one.by : 0) ?? app.cast.owner;
    const place = "place" in one ? (at(world.places, one.place) ?? app.general.id) : "";
    if (one.kind === "channel") world.places.push(await makeChannel(one.secret ? "private" : "public", `c-${names++}`));
    else if (one.kind === "join" && place.startsWith("chn_")) {
      const member = at(people, one.who)?.user.id;
      await app.call(app.cast.owner, one.out ? "DELETE" : "PUT", `/api/channels/${place}/members/${member}`);
    } else if (one.kind === "dm") {
      const member_ids = [at(people, one.with)?.user.id];
      const { body } = await app.call(who, "POST", "/api/dms", { workspace_id: app.workspace.id, member_ids });
      if (body.conversation && !world.places.includes(body.conversation.id)) world.places.push(body.conversation.id);
    } else if (one.kind === "send") {
      const path = place.startsWith("dm_") ? `/api/dms/${place}/messages` : `/api/channels/${place}/messages`;
      const { body } = await app.call(who, "POST", path, { body: `${WORD} ${names++}` });
      if (body.message) world.messages.push(body.message.id);
    } else if (one.kind === "reply" && world.messages.length > 0) {
      const path = `/api/messages/${at(world.messages, one.to)}/thread/replies`;
      const { body } = await app.call(who, "POST", path, { body: `${WORD} ${names++}` });
      if (body.message) world.messages.push(body.message.id);
    } else if (one.kind === "delete" && world.messages.length > 0) {
      const [gone] = world.messages.splice(one.message % world.messages.length, 1);
      await app.call(app.cast.owner, "DELETE", `/api/messages/${gone}`);
    }
  };
  for (const acts of fc.sample(fc.array(act, { minLength: 30, maxLength: 30 }), { numRuns: 3, seed: 7 })) {
    for (const one of acts) await play(one);
    for (const who of people) await requireSame(who, world.messages);
  }
});

type Act =
  | { kind: "channel"; secret: boolean; by: number }
  | { kind: "join"; place: number; who: number; out: boolean }
  | { kind: "dm"; by: number; with: number }
  | { kind: "send"; place: number; by: number }
  | { kind: "reply"; to: number; by: number }
  | { kind: "delete"; message: number };

async function cast(): Promise<Player[]> {
  const { owner, moderator, member, bot: writer, reader } = app.cast;
  const limited = await bot("limited", ["messages:read", "messages:write", "threads:write"]);
  return [owner, moderator, member, writer, reader, limited, await guest("gina"), await guest("gero")];
}

async function requireSame(who: Player, messages: readonly string[]): Promise<void> {
  const readable: string[] = [];
  for (const id of messages) if (await canRead(who, id)) readable.push(id);
  const withDirect = (await search(who, { dms: "true" })).status === 200 ? await idsFound(who, { dms: "true" }) : [];
  const plain = await idsFound(who);
  const found = new Set([...plain, ...withDirect]);
  expect([who.user.handle, [...found].toSorted()]).toEqual([who.user.handle, readable.toSorted()]);
  for (const { direct_conversation_id } of (await search(who)).body.results)
    expect(direct_conversation_id).toBeUndefined();
}
