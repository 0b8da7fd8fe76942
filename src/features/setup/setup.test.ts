import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { type TestApp, testApp } from "../../../tests/support/test-app.ts";

describe("the first run", () => {
  let t: TestApp;
  const claim = { token: "stp_right" };
  const input = {
    token: "stp_right",
    display_name: "Ines",
    email: "ines@example.com",
    workspace_name: "Halyard",
    password: "correct horse",
  };
  afterEach(() => t.close());
  const setup = (body: unknown) => t.call(undefined, "POST", "/api/auth/setup", body);

  test("makes owner, workspace and #general, signs in, and works once", async () => {
    t = await testApp({ empty: true, claim });
    expect((await t.call(undefined, "GET", "/api/auth/setup")).body).toEqual({ needed: true });
    const made = await setup(input);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      user: { display_name: "Ines" },
      workspace: { name: "Halyard", role: "owner" },
      channel: { name: "general" },
    });
    expect(made.headers.get("set-cookie")).toContain(made.body.token);
    const login = await t.call(undefined, "POST", "/api/auth/password/login", {
      identifier: "ines@example.com",
      password: "correct horse",
    });
    expect(login.status).toBe(200);
    expect((await t.call(undefined, "GET", "/api/auth/setup")).body).toEqual({ needed: false });
    expect((await setup({ ...input, email: "other@example.com" })).status).toBe(404);
  });

  test("refuses a wrong token and wrong fields, and makes nothing", async () => {
    t = await testApp({ empty: true, claim });
    expect((await setup({ ...input, token: "stp_wrong" })).status).toBe(404);
    for (const wrong of [
      { email: "no address" },
      { display_name: " " },
      { workspace_name: "" },
      { password: "short" },
      { display_name: 5 },
    ]) {
      expect((await setup({ ...input, ...wrong })).status).toBe(400);
    }
    expect((await t.call(undefined, "GET", "/api/auth/setup")).body).toEqual({ needed: true });
  });

  test("raced by many, one wins", async () => {
    t = await testApp({ empty: true, claim });
    const { password: _none, ...quick } = input;
    const answers = await Promise.all(
      Array.from({ length: 15 }, (_, n) => setup({ ...quick, email: `p${n}@example.com` })),
    );
    expect(answers.filter((one) => one.status === 201)).toHaveLength(1);
    expect(answers.filter((one) => one.status === 404)).toHaveLength(14);
  });

  test("without a claim there is nothing to claim", async () => {
    t = await testApp({ empty: true });
    expect((await setup(input)).status).toBe(404);
  });
});

describe("invites", () => {
  let t: TestApp;
  beforeAll(async () => {
    t = await testApp();
  });
  afterAll(() => t.close());
  const all = () => `/api/workspaces/${t.workspace.id}/invites`;
  const make = async (body: unknown = {}) => (await t.call(t.cast.owner, "POST", all(), body)).body.invite;
  const accept = (code: string, body: unknown, who = undefined as TestApp["cast"]["owner"] | undefined) => {
    t.clock.advance(10_000);
    return t.call(who, "POST", `/api/invites/${code}/accept`, body);
  };
  const newcomer = (n: number) => ({
    display_name: `New ${n}`,
    email: `new${n}@example.com`,
    password: "correct horse",
  });

  test("a link shows where it leads and lets a new person in", async () => {
    const invite = await make();
    expect(invite.url).toBe(`http://localhost/invite/${invite.code}`);
    const shown = await t.call(undefined, "GET", `/api/invites/${invite.code}`);
    expect(shown.body.invite).toMatchObject({
      workspace_name: "Harbour",
      inviter_name: "Olivia Owner",
      role: "member",
      member_count: 3,
    });
    const joined = await accept(invite.code, newcomer(1));
    expect(joined.status).toBe(201);
    expect(joined.body).toMatchObject({
      user: { display_name: "New 1" },
      workspace: { id: t.workspace.id, role: "member" },
    });
    const player = { user: joined.body.user, token: joined.body.token };
    expect((await t.call(player, "GET", `/api/workspaces/${t.workspace.id}/channels`)).status).toBe(200);
    const list = await t.call(t.cast.moderator, "GET", all());
    expect(list.body.invites[0]).toMatchObject({ id: invite.id, uses: 1 });
  });

  test("a signed-in person joins as themselves; who is in already uses nothing up", async () => {
    const invite = await make({ max_uses: 1 });
    expect((await accept(invite.code, {}, t.cast.member)).body.workspace.role).toBe("member");
    expect((await accept(invite.code, {}, t.cast.outsider)).body.user.id).toBe(t.cast.outsider.user.id);
    expect((await accept(invite.code, newcomer(2))).status).toBe(404);
  });

  test("revoked, expired, used-up and unknown links look alike", async () => {
    const revoked = await make();
    expect((await t.call(t.cast.owner, "DELETE", `/api/invites/${revoked.id}`)).body).toEqual({ ok: true });
    const expiring = await make({ expires_at: new Date(t.clock.now() + 60_000).toISOString() });
    t.clock.advance(61_000);
    for (const code of [revoked.code, expiring.code, "0000000000000000"]) {
      expect((await t.call(undefined, "GET", `/api/invites/${code}`)).status).toBe(404);
      expect((await accept(code, newcomer(3))).status).toBe(404);
    }
    expect((await t.call(t.cast.owner, "POST", all(), { expires_at: "2020-01-01T00:00:00.000Z" })).status).toBe(400);
  });

  test("a one-use link raced by many lets one in", async () => {
    const invite = await make({ max_uses: 1 });
    const people = await Promise.all(
      Array.from({ length: 6 }, (_, n) => make().then((one) => accept(one.code, newcomer(100 + n)))),
    );
    const fresh = await t.call(t.cast.owner, "POST", "/api/workspaces", { name: "Race" });
    const raced = (
      await t.call(t.cast.owner, "POST", `/api/workspaces/${fresh.body.workspace.id}/invites`, { max_uses: 1 })
    ).body.invite;
    const answers = await Promise.all(
      people.map((one) => accept(raced.code, {}, { user: one.body.user, token: one.body.token })),
    );
    expect(answers.filter((one) => one.status === 200)).toHaveLength(1);
    expect(invite.code).not.toBe(raced.code);
  });

  test("managers invite, only owners invite moderators, and strangers learn nothing", async () => {
    expect((await t.call(t.cast.member, "POST", all(), {})).status).toBe(403);
    expect((await t.call(t.cast.member, "GET", all())).status).toBe(403);
    expect((await t.call(t.cast.bot, "POST", all(), {})).status).toBe(403);
    expect((await t.call(t.cast.moderator, "POST", all(), { role: "moderator" })).status).toBe(403);
    expect((await t.call(t.cast.owner, "POST", all(), { role: "owner" })).status).toBe(400);
    const stranger = (await accept((await make()).code, newcomer(50))).body;
    const invite = await make();
    expect(
      (await t.call({ user: stranger.user, token: stranger.token }, "DELETE", `/api/invites/${invite.id}`)).status,
    ).toBe(403);
    expect((await t.call(t.cast.owner, "DELETE", "/api/invites/inv_00000000000000000000000000")).status).toBe(404);
    expect((await accept(invite.code, {})).status).toBe(400);
    expect((await accept(invite.code, { ...newcomer(51), email: "mia@example.com" })).status).toBe(409);
  });
});

test("whoever joins finds nothing unread of what was said before", async () => {
  const t = await testApp();
  try {
    const { owner } = t.cast;
    await t.call(owner, "POST", `/api/channels/${t.general.id}/messages`, { body: "before anybody came @channel" });
    const { invite } = (await t.call(owner, "POST", `/api/workspaces/${t.workspace.id}/invites`, {})).body;
    const person = { display_name: "Nina New", email: "nina@example.com", password: "correct horse battery" };
    const joined = await t.call(undefined, "POST", `/api/invites/${invite.code}/accept`, person);
    const nina = { user: joined.body.user, token: joined.body.token };
    const general = async () =>
      (await t.call(nina, "GET", `/api/workspaces/${t.workspace.id}/channels`)).body.channels[0];
    expect(await general()).toMatchObject({ unread_count: 0, mention_count: 0, last_read_seq: 1 });
    await t.call(owner, "POST", `/api/channels/${t.general.id}/messages`, { body: "welcome" });
    expect(await general()).toMatchObject({ unread_count: 1, mention_count: 0 });
  } finally {
    await t.close();
  }
});
