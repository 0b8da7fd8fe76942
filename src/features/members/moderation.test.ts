import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const ws = () => `/api/workspaces/${t.workspace.id}`;
const moderate = (who: Player, whom: Player, body: object) =>
  t.call(who, "PATCH", `${ws()}/moderation/members/${whom.user.id}`, body);
const say = (who: Player, channel_id = t.general.id) =>
  t.call(who, "POST", `/api/channels/${channel_id}/messages`, { body: "ahoy" });
const seen = async (whom: Player) => {
  const { body } = await t.call(t.cast.owner, "GET", `${ws()}/moderation/members?q=${whom.user.handle}`);
  return body.members[0];
};
const newPerson = (handle: string, role: "moderator" | "member" | "guest" = "member") => newcomer(t, handle, role);

describe("who may", () => {
  test("managers, about those below them, giving what is below their own", async () => {
    const { owner, moderator, member, outsider, bot } = t.cast;
    const peer = await newPerson("peer", "moderator");
    const refused: [Player, Player, object, number][] = [
      [member, peer, { blocked: true }, 403],
      [moderator, peer, { blocked: true }, 403],
      [moderator, owner, { blocked: true }, 403],
      [moderator, moderator, { moderation_note: "me" }, 403],
      [owner, owner, { blocked: true }, 403],
      [owner, bot, { blocked: true }, 400],
      [moderator, bot, { blocked: true }, 403],
      [bot, member, { blocked: true }, 403],
      [outsider, member, { blocked: true }, 404],
      [owner, outsider, { blocked: true }, 404],
      [moderator, member, { role: "moderator" }, 403],
      [owner, member, { role: "owner" }, 400],
      [owner, member, { role: "bot" }, 400],
    ];
    for (const [who, whom, body, status] of refused)
      expect([who.user.handle, whom.user.handle, body, (await moderate(who, whom, body)).status]).toEqual([
        who.user.handle,
        whom.user.handle,
        body,
        status,
      ]);
    expect((await say(member)).status).toBe(201);
    expect((await moderate(moderator, member, { moderation_note: "kind" })).status).toBe(200);
    expect((await moderate(owner, peer, { timeout_minutes: 1 })).status).toBe(200);
    // A manager who may only read manages nobody.
    expect((await moderate(peer, member, { moderation_note: "x" })).status).toBe(403);
    expect((await moderate(owner, peer, { clear_timeout: true })).status).toBe(200);
    expect((await moderate(peer, member, { moderation_note: "" })).status).toBe(200);
  });

  test("the list is the managers' only", async () => {
    const { owner, moderator, member, bot, outsider } = t.cast;
    for (const who of [owner, moderator])
      expect((await t.call(who, "GET", `${ws()}/moderation/members`)).status).toBe(200);
    const refused = [
      [member, 403],
      [bot, 403],
      [outsider, 404],
    ] as const;
    for (const [who, status] of refused)
      expect((await t.call(who, "GET", `${ws()}/moderation/members`)).status).toBe(status);
  });
});

describe("a time-out", () => {
  test("ends by itself, by a moment or after minutes, and may be cleared", async () => {
    const { moderator } = t.cast;
    const ann = await newPerson("ann");
    const answer = await moderate(moderator, ann, { timeout_minutes: 10, moderation_note: " shouting " });
    expect(answer.body.member).toMatchObject({
      moderation_note: "shouting",
      moderation_by: moderator.user.id,
      timeout_until: expect.any(String),
    });
    const refusal = await say(ann);
    expect([refusal.status, refusal.body.error]).toEqual([403, expect.stringContaining("timed out")]);
    expect((await t.call(ann, "GET", `/api/channels/${t.general.id}/messages`)).status).toBe(200);
    t.clock.advance(9 * MINUTE_MS);
    expect((await say(ann)).status).toBe(403);
    t.clock.advance(2 * MINUTE_MS);
    expect((await say(ann)).status).toBe(201);
    expect((await seen(ann)).timeout_until).toBeUndefined();

    const timeout_until = new Date(t.clock.now() + DAY_MS).toISOString();
    expect((await moderate(moderator, ann, { timeout_until })).body.member.timeout_until).toBe(timeout_until);
    expect((await say(ann)).status).toBe(403);
    const cleared = await moderate(moderator, ann, { clear_timeout: true });
    expect(cleared.body.member.timeout_until).toBeUndefined();
    expect(cleared.body.member.moderation_note).toBe("shouting");
    expect((await say(ann)).status).toBe(201);
  });

  test("is in the future, a year at most, and said in one way", async () => {
    const ben = await newPerson("ben");
    const soon = new Date(t.clock.now() + MINUTE_MS).toISOString();
    const wrong = [
      { timeout_until: new Date(t.clock.now() - MINUTE_MS).toISOString() },
      { timeout_until: new Date(t.clock.now() + 366 * DAY_MS).toISOString() },
      { timeout_until: "tomorrow" },
      { timeout_minutes: 0 },
      { timeout_minutes: 1.5 },
      { timeout_minutes: 366 * 24 * 60 },
      { timeout_minutes: 5, timeout_until: soon },
      { timeout_minutes: 5, clear_timeout: true },
      { moderation_note: "x".repeat(1001) },
      // All or nothing: the note that is right is not kept beside what is wrong.
      { moderation_note: "kept", timeout_minutes: 5, clear_timeout: true },
    ];
    for (const body of wrong) expect([body, (await moderate(t.cast.owner, ben, body)).status]).toEqual([body, 400]);
    expect((await seen(ben)).moderation_note).toBeUndefined();
    expect((await say(ben)).status).toBe(201);
  });
});

describe("a block", () => {
  test("holds until it is lifted, and is told to the one and to managers", async () => {
    const { owner, moderator, member } = t.cast;
    const cat = await newPerson("cat");
    const tail = async (who: Player) => {
      const path = `/api/realtime/events?workspace_id=${t.workspace.id}`;
      const { body } = await t.call(who, "GET", `${path}&limit=500`);
      return body.events.filter((one: { type: string }) => one.type === "member.moderation_updated");
    };
    const before = (await tail(member)).length;
    const answer = await moderate(owner, cat, { blocked: true });
    expect(answer.body.event).toMatchObject({ type: "member.moderation_updated", payload: { user_id: cat.user.id } });
    expect((await tail(cat)).at(-1).payload).toEqual({ user_id: cat.user.id, role: "member" });
    expect((await tail(moderator)).at(-1).payload).toEqual({ user_id: cat.user.id, role: "member" });
    expect((await tail(member)).length).toBe(before);
    // Nothing that changes nothing is an event.
    expect((await moderate(owner, cat, { blocked: true })).body.event).toBeUndefined();
    t.clock.advance(20 * DAY_MS);
    expect((await say(cat)).status).toBe(403);
    // Ending a time-out ends no block.
    await moderate(owner, cat, { timeout_minutes: 5 });
    await moderate(owner, cat, { clear_timeout: true });
    expect((await say(cat)).status).toBe(403);
    expect((await moderate(owner, cat, { blocked: false })).body.member.blocked_at).toBeUndefined();
    expect((await say(cat)).status).toBe(201);
  });

  test("under a block a time-out goes on", async () => {
    const dan = await newPerson("dan");
    await moderate(t.cast.owner, dan, { timeout_minutes: 60, blocked: true });
    await moderate(t.cast.owner, dan, { blocked: false });
    expect((await say(dan)).body.error).toContain("timed out");
    t.clock.advance(61 * MINUTE_MS);
    expect((await say(dan)).status).toBe(201);
  });
});

describe("nothing is escaped", () => {
  test("by one's own bots, old or new", async () => {
    const eve = await newPerson("eve");
    const make = async (display_name: string) =>
      t.call(eve, "POST", `${ws()}/bots`, { display_name, owner_user_id: eve.user.id });
    const { body } = await make("Eve's");
    const machine: Player = { user: body.bot, token: body.bot_token.token };
    expect((await say(machine)).status).toBe(201);
    await moderate(t.cast.owner, eve, { blocked: true });
    expect((await say(machine)).status).toBe(403);
    expect((await t.call(machine, "GET", `/api/channels/${t.general.id}/messages`)).status).toBe(200);
    expect((await make("Another")).status).toBe(403);
    await moderate(t.cast.owner, eve, { blocked: false });
    expect((await say(machine)).status).toBe(201);
  });

  test("by leaving and coming back", async () => {
    const { owner, moderator } = t.cast;
    const fay = await newPerson("fay");
    const at = `${ws()}/members/${fay.user.id}`;
    const second = await t.call(owner, "POST", "/api/workspaces", { name: "Second" });
    await t.call(owner, "PUT", `/api/workspaces/${second.body.workspace.id}/members/${fay.user.id}`);

    await moderate(moderator, fay, { timeout_minutes: 60, moderation_note: "again" });
    expect((await t.call(fay, "DELETE", `${ws()}/members/me`)).status).toBe(200);
    expect((await t.call(owner, "PUT", at)).status).toBe(201);
    expect((await say(fay)).body.error).toContain("timed out");
    expect((await seen(fay)).moderation_note).toBe("again");

    await moderate(moderator, fay, { blocked: true });
    // Still a member, who may only read: to be added again changes nothing.
    expect((await t.call(owner, "PUT", at)).status).toBe(200);
    expect((await t.call(fay, "DELETE", `${ws()}/members/me`)).status).toBe(200);
    expect((await t.call(owner, "PUT", at)).status).toBe(403);
    const { body } = await t.call(owner, "POST", `${ws()}/invites`, {});
    expect((await t.call(fay, "POST", `/api/invites/${body.invite.code}/accept`, {})).status).toBe(403);
    expect((await t.call(fay, "GET", ws())).status).toBe(404);
    const other = await newPerson("gil");
    await t.call(other, "DELETE", `${ws()}/members/me`);
    expect((await t.call(other, "POST", `/api/invites/${body.invite.code}/accept`, {})).status).toBe(200);
  });

  test("by another role", async () => {
    const hal = await newPerson("hal");
    await moderate(t.cast.owner, hal, { timeout_minutes: 60 });
    const promoted = await moderate(t.cast.owner, hal, { role: "moderator" });
    expect(promoted.body.member).toMatchObject({ role: "moderator", timeout_until: expect.any(String) });
    expect((await say(hal)).status).toBe(403);
  });
});

describe("the waiting room", () => {
  let lobby: string;
  beforeAll(async () => {
    const { owner } = t.cast;
    lobby = (await t.call(owner, "POST", `${ws()}/channels`, { name: "lobby" })).body.channel.id;
    expect((await t.call(owner, "PATCH", ws(), { waiting_room_channel_id: lobby })).status).toBe(200);
  });

  /** Somebody who came by an invite for guests. */
  async function arrival(handle: string): Promise<Player> {
    const { body } = await t.call(t.cast.owner, "POST", `${ws()}/invites`, { role: "guest" });
    const who = await newPerson(handle);
    await t.call(who, "DELETE", `${ws()}/members/me`);
    expect((await t.call(who, "POST", `/api/invites/${body.invite.code}/accept`, {})).status).toBe(200);
    return who;
  }

  test("is where a guest begins, and all they see", async () => {
    const ida = await arrival("ida");
    const { body } = await t.call(ida, "GET", `${ws()}/channels`);
    expect(body.channels.map((one: { id: string }) => one.id)).toEqual([lobby]);
    expect((await say(ida)).status).toBe(404);
    expect((await t.call(ida, "POST", `${ws()}/channels`, { name: "mine" })).status).toBe(403);
    expect((await t.call(ida, "POST", "/api/workspaces", { name: "mine" })).status).toBe(403);
    const dm = { workspace_id: t.workspace.id, member_ids: [t.cast.owner.user.id] };
    expect((await t.call(ida, "POST", "/api/dms", dm)).status).toBe(403);
  });

  test("holds three messages within 24 hours, deleted ones and replies too", async () => {
    const jon = await arrival("jon");
    expect(await seen(jon)).toMatchObject({ post_limit: 3, posts_remaining: 3 });
    const first = await say(jon, lobby);
    expect(first.status).toBe(201);
    expect((await t.call(jon, "DELETE", `/api/messages/${first.body.message.id}`)).status).toBe(200);
    t.clock.advance(60 * MINUTE_MS);
    const { body } = await say(jon, lobby);
    const replies = `/api/messages/${body.message.id}/thread/replies`;
    expect((await t.call(jon, "POST", replies, { body: "and" })).status).toBe(201);
    expect(await seen(jon)).toMatchObject({ post_limit: 3, posts_remaining: 0 });
    const refusal = await say(jon, lobby);
    expect([refusal.status, refusal.body.code]).toEqual([429, "rate_limited"]);
    expect(Number(refusal.headers.get("retry-after"))).toBeGreaterThan(22 * 60 * 60);
    expect((await t.call(jon, "POST", replies, { body: "more" })).status).toBe(429);
    // Reading and reacting go on.
    expect((await t.call(jon, "GET", `/api/channels/${lobby}/messages`)).status).toBe(200);
    // The day rolls: an hour later than the first one, one is free and no more.
    t.clock.advance(DAY_MS - 30 * MINUTE_MS);
    expect((await seen(jon)).posts_remaining).toBe(1);
    expect((await say(jon, lobby)).status).toBe(201);
    expect((await say(jon, lobby)).status).toBe(429);
  });

  test("gives no more to who sends many at once", async () => {
    const ivo = await arrival("ivo");
    const answers = await Promise.all(Array.from({ length: 20 }, () => say(ivo, lobby)));
    expect(answers.filter((one) => one.status === 201)).toHaveLength(3);
    expect(answers.filter((one) => one.status === 429)).toHaveLength(17);
  });

  test("counts a message once, however often it is sent", async () => {
    const kim = await arrival("kim");
    const path = `/api/channels/${lobby}/messages`;
    for (let n = 0; n < 5; n++)
      expect((await t.call(kim, "POST", path, { body: "once", nonce: "kim-1" })).status).toBe(n === 0 ? 201 : 200);
    expect((await seen(kim)).posts_remaining).toBe(2);
  });

  test("leaves them free where somebody added them, and a bot costs them nothing", async () => {
    const lea = await arrival("lea");
    await t.call(t.cast.owner, "PUT", `/api/channels/${t.general.id}/members/${lea.user.id}`);
    for (let n = 0; n < 5; n++) expect((await say(lea)).status).toBe(201);
    expect((await seen(lea)).posts_remaining).toBe(3);
  });

  test("forgets what was written before a demotion, and ends with approval", async () => {
    const max = await newPerson("max");
    for (let n = 0; n < 4; n++) expect((await say(max, lobby)).status).toBe(201);
    expect((await moderate(t.cast.moderator, max, { role: "guest" })).body.member).toMatchObject({
      role: "guest",
      post_limit: 3,
      posts_remaining: 3,
    });
    for (let n = 0; n < 3; n++) expect((await say(max, lobby)).status).toBe(201);
    expect((await say(max, lobby)).status).toBe(429);
    const approved = await moderate(t.cast.moderator, max, { role: "member" });
    expect(approved.body.member).toMatchObject({ role: "member", post_limit: 0, posts_remaining: 0 });
    for (const channel of [lobby, t.general.id]) expect((await say(max, channel)).status).toBe(201);
  });

  test("gives no more by leaving and coming back", async () => {
    const ned = await arrival("ned");
    for (let n = 0; n < 3; n++) await say(ned, lobby);
    const { body } = await t.call(t.cast.owner, "POST", `${ws()}/invites`, { role: "guest" });
    await t.call(ned, "DELETE", `${ws()}/members/me`);
    expect((await t.call(ned, "POST", `/api/invites/${body.invite.code}/accept`, {})).status).toBe(200);
    expect((await say(ned, lobby)).status).toBe(429);
  });

  test("has the budget that managers give it", async () => {
    const oda = await arrival("oda");
    for (const guest_post_budget of [-1, 101, 1.5])
      expect((await t.call(t.cast.owner, "PATCH", ws(), { guest_post_budget })).status).toBe(400);
    expect((await t.call(t.cast.moderator, "PATCH", ws(), { guest_post_budget: 0 })).status).toBe(200);
    expect((await say(oda, lobby)).status).toBe(429);
    await t.call(t.cast.owner, "PATCH", ws(), { guest_post_budget: 1 });
    expect((await say(oda, lobby)).status).toBe(201);
    expect((await say(oda, lobby)).status).toBe(429);
  });

  test("is no way around when another channel becomes it, or none", async () => {
    const pia = await arrival("pia");
    await t.call(t.cast.owner, "PATCH", ws(), { waiting_room_channel_id: "", guest_post_budget: 1 });
    expect((await say(pia, lobby)).status).toBe(201);
    expect((await say(pia, lobby)).status).toBe(429);
    // Somebody who brings them in by hand vouches for them.
    const path = `/api/channels/${lobby}/members/${pia.user.id}`;
    await t.call(t.cast.owner, "DELETE", path);
    await t.call(t.cast.owner, "PUT", path);
    expect((await say(pia, lobby)).status).toBe(201);
    expect((await say(pia, lobby)).status).toBe(201);
  });
});
