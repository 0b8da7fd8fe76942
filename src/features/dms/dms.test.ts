import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { createBot, createBotToken } from "../bots/bots.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
let people: Player[];
beforeAll(async () => {
  t = await testApp();
  people = [];
  for (let n = 0; n < LIMITS.dm_members; n++) people.push(await newcomer(t, `friend-${n}`, "member"));
});
afterAll(() => t.close());

const open = (who: Player, ...others: Player[]) =>
  t.call(who, "POST", "/api/dms", { workspace_id: t.workspace.id, member_ids: others.map((one) => one.user.id) });
const list = async (who: Player): Promise<{ id: string; unread_count: number; hidden: boolean }[]> =>
  (await t.call(who, "GET", `/api/dms?workspace_id=${t.workspace.id}`)).body.conversations;
const pathOf = (answer: { body: { conversation: { id: string } } }) => `/api/dms/${answer.body.conversation.id}`;
const send = (who: Player, path: string, body = "psst") => t.call(who, "POST", `${path}/messages`, { body });
const isListed = async (who: Player, path: string) => (await list(who)).some((one) => path.endsWith(one.id));
const endMembership = (who: Player) =>
  t.call(t.cast.owner, "DELETE", `/api/workspaces/${t.workspace.id}/members/${who.user.id}`);
async function comeBack(who: Player): Promise<void> {
  const { invite } = (await t.call(t.cast.owner, "POST", `/api/workspaces/${t.workspace.id}/invites`, {})).body;
  expect((await t.call(who, "POST", `/api/invites/${invite.code}/accept`, {})).status).toBe(200);
}

describe("opening", () => {
  test("a pair, a group and oneself have one conversation each, whoever opens it and however often", async () => {
    const { owner, member, bot } = t.cast;
    for (const group of [[owner, member], [owner, member, bot], [member]]) {
      const ids = new Set<string>();
      for (const who of group) {
        const made = await open(who, ...group, ...group.toReversed());
        expect([made.status, made.body.conversation.members.length]).toEqual([201, group.length]);
        ids.add(made.body.conversation.id);
      }
      expect(ids.size).toBe(1);
    }
    const raced = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 ? open(owner, bot) : open(bot, owner))),
    );
    expect(new Set(raced.map((one) => one.body.conversation.id)).size).toBe(1);
  });

  test("takes 32 people and no more, who are all here and no guests", async () => {
    const [first, ...others] = people as [Player, ...Player[]];
    expect((await open(first, ...others)).status).toBe(201);
    expect((await open(t.cast.owner, ...people)).status).toBe(400);
    expect((await open(first, t.cast.outsider)).status).toBe(404);
    const guest = await newcomer(t, "gina", "guest");
    expect([(await open(first, guest)).status, (await open(guest, first)).status]).toEqual([403, 403]);
    expect(await list(guest)).toEqual([]);
    const nobody = { workspace_id: t.workspace.id, member_ids: ["usr_00000000000000000000000000"] };
    expect((await t.call(first, "POST", "/api/dms", nobody)).status).toBe(404);
    expect((await open(t.cast.outsider, first)).status).toBe(404);
  });

  test("is heard by its people alone", async () => {
    const [first, second, third] = people as [Player, Player, Player];
    const path = pathOf(await open(first, second));
    await send(first, path, "between us");
    const log = async (who: Player) =>
      JSON.stringify((await t.call(who, "GET", `/api/realtime/events?workspace_id=${t.workspace.id}&limit=500`)).body);
    for (const who of [first, second]) expect(await log(who)).toContain("between us");
    for (const who of [third, t.cast.owner]) {
      expect(await log(who)).not.toContain(path.slice("/api/dms/".length));
      for (const to of [path, `${path}/messages`]) expect((await t.call(who, "GET", to)).status).toBe(404);
    }
  });
});

describe("a closed conversation", () => {
  test("is out of the list until somebody writes, and counts as before when it is back", async () => {
    const [first, second] = people as [Player, Player];
    const path = pathOf(await open(first, second));
    const log = `/api/realtime/events?workspace_id=${t.workspace.id}&limit=500`;
    const event = async (type: string) =>
      (await t.call(first, "GET", log)).body.events.findLast((one: { type: string }) => one.type === type);
    expect((await t.call(first, "DELETE", path)).body).toEqual({ ok: true });
    expect((await event("dm.settings_updated")).payload).toMatchObject({ hidden: true });
    expect([await isListed(first, path), await isListed(second, path)]).toEqual([false, true]);
    expect((await t.call(first, "GET", path)).body.conversation).toMatchObject({ hidden: true });
    await send(second, path);
    expect(await isListed(first, path)).toBe(true);
    await t.call(first, "DELETE", path);
    expect((await t.call(first, "POST", `${path}/open`)).body.conversation).toMatchObject({ hidden: false });
    await t.call(first, "DELETE", path);
    expect((await open(first, second)).body.conversation).toMatchObject({ hidden: false });
    expect(await isListed(first, path)).toBe(true);
    for (const act of ["DELETE", "POST"])
      expect((await t.call(t.cast.bot, act, act === "POST" ? `${path}/open` : path)).status).toBe(403);
  });
});

describe("when the others have gone", () => {
  test("nothing more is said, until one of them is back", async () => {
    const [stays, leaves, also] = await Promise.all(
      ["stays", "leaves", "also"].map((name) => newcomer(t, name, "member")),
    );
    if (!stays || !leaves || !also) throw new Error("three people were asked for");
    const pair = pathOf(await open(stays, leaves));
    const group = pathOf(await open(stays, leaves, also));
    const { message } = (await send(leaves, pair, "before I go")).body;
    await endMembership(leaves);
    const canSend = async (path: string) => (await t.call(stays, "GET", path)).body.conversation.can_send;
    expect([await canSend(pair), await canSend(group)]).toEqual([false, true]);
    const refused = await send(stays, pair);
    expect([refused.status, refused.body.code]).toEqual([409, "conflict"]);
    const reply = await t.call(stays, "POST", `/api/messages/${message.id}/thread/replies`, { body: "too late" });
    expect([reply.status, reply.body.error]).toEqual([409, refused.body.error]);
    expect((await send(stays, group)).status).toBe(201);
    expect((await t.call(stays, "GET", `/api/messages/${message.id}`)).body.message.body).toBe("before I go");
    for (const to of [pair, `${pair}/messages`, `/api/messages/${message.id}`])
      expect((await t.call(leaves, "GET", to)).status).toBe(404);
    expect((await open(stays, leaves)).status).toBe(404);
    // A guest is not there either.
    await comeBack(leaves);
    await t.call(t.cast.owner, "PATCH", `/api/workspaces/${t.workspace.id}/members/${leaves.user.id}`, {
      role: "guest",
    });
    expect([await canSend(pair), (await t.call(leaves, "GET", pair)).status]).toEqual([false, 404]);
    await t.call(t.cast.owner, "PATCH", `/api/workspaces/${t.workspace.id}/members/${leaves.user.id}`, {
      role: "member",
    });
    expect([await canSend(pair), (await send(leaves, pair)).status]).toEqual([true, 201]);
  });
});

describe("its messages", () => {
  test("are changed and deleted by their author only, whoever manages the workspace", async () => {
    const { owner, member } = t.cast;
    const path = pathOf(await open(owner, member));
    const { message } = (await send(member, path)).body;
    const one = `/api/messages/${message.id}`;
    expect((await t.call(owner, "PATCH", one, { body: "not mine" })).status).toBe(403);
    expect((await t.call(owner, "DELETE", one)).status).toBe(403);
    expect((await t.call(member, "PATCH", one, { body: "mine" })).body.event).not.toHaveProperty("channel_id");
    const pin = await t.call(owner, "POST", `/api/channels/${t.general.id}/pins`, { message_id: message.id });
    expect(pin.status).toBe(400);
    expect((await t.call(member, "DELETE", one)).status).toBe(200);
  });

  test("are quoted where they were said, and nowhere else", async () => {
    const { owner, member, moderator } = t.cast;
    const here = pathOf(await open(owner, member));
    const there = pathOf(await open(owner, moderator));
    const { message } = (await send(owner, here, "the words")).body;
    const said = (await t.call(owner, "POST", `/api/channels/${t.general.id}/messages`, { body: "open words" })).body;
    const quote = (path: string, quoted_message_id: string) =>
      t.call(owner, "POST", `${path}/messages`, { body: "see", quoted_message_id });
    expect((await quote(here, message.id)).body.message.quoted_body_snapshot).toBe("the words");
    for (const [path, id] of [
      [there, message.id],
      [`/api/channels/${t.general.id}`, message.id],
      [here, said.message.id],
      [here, "msg_00000000000000000000000000"],
    ] as const) {
      const refused = await quote(path, id);
      expect([refused.status, refused.body.error]).toEqual([
        400,
        "only a message of the same conversation can be quoted",
      ]);
    }
    const reply = (await t.call(member, "POST", `/api/messages/${message.id}/thread/replies`, { body: "aye" })).body;
    expect((await quote(here, reply.message.id)).status).toBe(400);
    const inThread = { body: "see", quoted_message_id: reply.message.id };
    expect((await t.call(owner, "POST", `/api/messages/${message.id}/thread/replies`, inThread)).status).toBe(201);
  });

  test("are reached on their own routes only: a channel's route finds no direct conversation", async () => {
    const { owner, member } = t.cast;
    const id = (await open(owner, member)).body.conversation.id;
    for (const path of [`/api/channels/${id}`, `/api/channels/${id}/messages`, `/api/channels/${id}/pins`])
      expect((await t.call(owner, "GET", path)).status).toBe(404);
    expect((await t.call(owner, "GET", `/api/dms/${t.general.id}`)).status).toBe(404);
    expect((await t.call(owner, "POST", `/api/channels/${id}/read`, { seq: 1 })).status).toBe(404);
  });
});

test("a bot without the scope hears nothing of direct conversations, not even that there is one", async () => {
  const { owner, member } = t.cast;
  const made = await t.db.write(async (tx) => {
    const bot = await createBot(tx, {
      workspace_id: t.workspace.id,
      display_name: "Deaf",
      at: new Date(0).toISOString(),
    });
    const scopes = ["realtime:read", "messages:read", "workspaces:read"];
    const named = { workspace_id: t.workspace.id, bot_user_id: bot.id, created_by: owner.user.id, scopes };
    return { user: bot, token: (await createBotToken(tx, { ...named, at: new Date(0).toISOString() })).token };
  });
  const people = { workspace_id: t.workspace.id, member_ids: [made.user.id] };
  expect((await t.call(member, "POST", "/api/dms", people)).status).toBe(201);
  const pull = `/api/realtime/events?workspace_id=${t.workspace.id}&limit=500`;
  const types = async (who: Player) =>
    (await t.call(who, "GET", pull)).body.events.map((event: { type: string }) => event.type);
  expect(await types(member)).toContain("dm.created");
  expect(await types(made)).not.toContain("dm.created");
});
