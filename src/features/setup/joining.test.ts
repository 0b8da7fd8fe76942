import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { timestamp } from "../../lib/clock.ts";
import { createPasswords } from "../../lib/password.ts";
import { createSession, setPassword } from "../auth/auth.ts";
import { createWorkspace } from "../workspaces/workspaces.ts";

const PASSWORD = "correct horse battery";

let t: TestApp;
beforeEach(async () => {
  t = await testApp();
});
afterEach(() => t.close());

const ws = () => `/api/workspaces/${t.workspace.id}`;
const make = async (body: unknown = {}) =>
  (await t.call(t.cast.owner, "POST", `${ws()}/invites`, body)).body.invite as { id: string; code: string };
const accept = (who: Player | undefined, { code }: { code: string }, body: unknown = {}) =>
  t.call(who, "POST", `/api/invites/${code}/accept`, body);
const nina = { display_name: "Nina New", email: "nina@example.com", password: PASSWORD };
/** Gives somebody the password, and a session in place of those that this ends. */
async function give(who: Player): Promise<Player> {
  const at_ms = t.clock.now();
  await setPassword(t.db, createPasswords(), who.user.id, PASSWORD, timestamp(at_ms));
  return t.db.write((tx) => createSession(tx, who.user, { at_ms, address: "", user_agent: "test" }));
}
const isIn = async (who: Player) =>
  (await t.call(t.cast.owner, "GET", `${ws()}/members`)).body.members.some(
    (one: { user: { id: string } }) => one.user.id === who.user.id,
  );
const counts = () =>
  t.db.read((tx) =>
    tx.get(
      `SELECT (SELECT COUNT(*) FROM users) AS users, (SELECT COUNT(*) FROM sessions) AS sessions,
         (SELECT COUNT(*) FROM workspace_members) AS members, (SELECT SUM(uses) FROM invites) AS uses`,
    ),
  );

describe("as somebody new", () => {
  test("gets the role of the link; a guest sees the waiting room only", async () => {
    await t.db.write((tx) =>
      tx.run("UPDATE workspaces SET waiting_room_channel_id = ? WHERE id = ?", t.general.id, t.workspace.id),
    );
    await t.call(t.cast.owner, "POST", `${ws()}/channels`, { name: "harbour-masters" });
    for (const role of ["guest", "member", "moderator"]) {
      const person = { ...nina, email: `${role}@example.com` };
      const joined = await accept(undefined, await make({ role }), person);
      expect([role, joined.status, joined.body.workspace.role]).toEqual([role, 201, role]);
      const who = { user: joined.body.user, token: joined.body.token };
      const { channels } = (await t.call(who, "GET", `${ws()}/channels`)).body;
      expect(channels).toHaveLength(role === "guest" ? 1 : 2);
    }
  });

  test("says what is wrong before anything is made", async () => {
    const invite = await make();
    const before = await counts();
    for (const wrong of [
      { ...nina, display_name: "" },
      { ...nina, display_name: "x".repeat(LIMITS.display_name_bytes + 1) },
      { ...nina, email: "no address" },
      { ...nina, email: undefined },
      { ...nina, password: "short" },
      {},
    ])
      expect([wrong, (await accept(undefined, invite, wrong)).status]).toEqual([wrong, 400]);
    expect(await counts()).toEqual(before);
    expect((await accept(undefined, invite, nina)).status).toBe(201);
  });

  test("what is wrong is said alike of an address that is known and one that is not", async () => {
    const invite = await make();
    for (const email of ["mia@example.com", "nobody@example.com"]) {
      const long = { ...nina, email, display_name: "x".repeat(LIMITS.display_name_bytes + 1) };
      expect((await accept(undefined, invite, long)).status).toBe(400);
      expect((await accept(undefined, invite, { ...nina, email, display_name: undefined })).status).toBe(400);
      expect((await accept(undefined, invite, { ...nina, email, password: "short" })).status).toBe(400);
    }
  });
});

describe("with the address of somebody who is here already", () => {
  const oskar = { display_name: "Mallory", email: "OSKAR@example.com", password: PASSWORD };

  test("the right password signs them in and lets them in, as they were", async () => {
    const { outsider } = t.cast;
    await give(outsider);
    const invite = await make({ max_uses: 1 });
    const joined = await accept(undefined, invite, oskar);
    expect(joined.status).toBe(200);
    expect(joined.body).toMatchObject({
      user: { id: outsider.user.id, display_name: "Oskar Outsider" },
      workspace: { id: t.workspace.id, role: "member" },
    });
    expect(joined.headers.get("set-cookie")).toContain(joined.body.token);
    const who = { user: joined.body.user, token: joined.body.token };
    expect((await t.call(who, "GET", ws())).status).toBe(200);
    expect((await accept(undefined, invite, nina)).status).toBe(404);
  });

  test("any other password does nothing, and says to sign in", async () => {
    const { outsider } = t.cast;
    const invite = await make();
    const before = await counts();
    // Without a password there is none that fits.
    expect((await accept(undefined, invite, oskar)).status).toBe(409);
    await give(outsider);
    const sessions = await counts();
    const refused = await accept(undefined, invite, { ...oskar, password: "another password" });
    expect(refused.status).toBe(409);
    expect(refused.body.error).toContain("sign in first");
    expect(refused.headers.get("set-cookie")).toBeNull();
    expect(await counts()).toEqual(sessions);
    expect(before).toMatchObject({ users: (sessions as { users: number }).users });
    expect(await isIn(outsider)).toBe(false);
    const login = { identifier: "oskar@example.com", password: PASSWORD };
    expect((await t.call(undefined, "POST", "/api/auth/password/login", login)).status).toBe(200);
    expect((await accept(undefined, invite, oskar)).status).toBe(200);
  });

  test("passwords are tried here no oftener than at the door", async () => {
    await give(t.cast.outsider);
    const invite = await make();
    for (let n = 0; n < LIMITS.login_failures_per_15_min; n++)
      expect((await accept(undefined, invite, { ...oskar, password: `wrong horse ${n}` })).status).toBe(409);
    expect((await accept(undefined, invite, oskar)).status).toBe(429);
    t.clock.advance(15 * 60_000);
    expect((await accept(undefined, invite, oskar)).status).toBe(200);
  });

  test("the account of somebody who was deactivated opens for no password", async () => {
    await give(t.cast.outsider);
    const invite = await make();
    await t.db.write((tx) =>
      tx.run("UPDATE users SET deactivated_at = ? WHERE id = ?", timestamp(t.clock.now()), t.cast.outsider.user.id),
    );
    expect((await accept(undefined, invite, oskar)).status).toBe(409);
    expect(await isIn(t.cast.outsider)).toBe(false);
  });

  test("who is in already comes back and uses nothing up", async () => {
    const member = await give(t.cast.member);
    const invite = await make({ max_uses: 1, role: "guest" });
    const again = await accept(undefined, invite, { ...oskar, email: "mia@example.com" });
    expect([again.status, again.body.workspace.role]).toEqual([200, "member"]);
    expect((await accept(member, invite)).body.workspace.role).toBe("member");
    expect((await accept(undefined, invite, nina)).status).toBe(201);
  });
});

describe("a link for one address", () => {
  test("shows no more than a hint of it", async () => {
    const invite = await make({ email: "nina@example.com" });
    const shown = await t.call(undefined, "GET", `/api/invites/${invite.code}`);
    expect(shown.body.invite.email_hint).toBe("n•••@example.com");
    expect(JSON.stringify(shown.body)).not.toContain("nina@");
    const open = await make();
    expect((await t.call(undefined, "GET", `/api/invites/${open.code}`)).body.invite.email_hint).toBeUndefined();
  });

  test("makes whoever has it, who need not say it, once", async () => {
    const invite = await make({ email: "Nina@Example.com" });
    expect((await accept(undefined, invite, { ...nina, email: "mallory@example.com" })).status).toBe(403);
    const joined = await accept(undefined, invite, { ...nina, email: undefined });
    expect(joined.status).toBe(201);
    const me = await t.call({ user: joined.body.user, token: joined.body.token }, "GET", "/api/me");
    expect(me.body.user.email).toBe("nina@example.com");
    expect((await accept(undefined, invite, nina)).status).toBe(404);
  });

  test("takes it as it is written", async () => {
    const invite = await make({ email: "nina@example.com" });
    expect((await accept(undefined, invite, { ...nina, email: " NINA@Example.COM " })).status).toBe(201);
  });

  test("lets in who is signed in and has it, and nobody else", async () => {
    const invite = await make({ email: "oskar@example.com" });
    const other = await newcomer(t, "other", "member");
    await t.call(other, "DELETE", `${ws()}/members/me`);
    for (const who of [other, t.cast.member]) expect((await accept(who, invite)).status).toBe(403);
    expect(await isIn(other)).toBe(false);
    expect((await accept(t.cast.outsider, invite)).status).toBe(200);
  });

  test("lets in whoever has it and the password of that account", async () => {
    await give(t.cast.outsider);
    await give(t.cast.member);
    const invite = await make({ email: "oskar@example.com" });
    const body = { display_name: "Oskar", password: PASSWORD };
    expect((await accept(undefined, invite, { ...body, email: "mia@example.com" })).status).toBe(403);
    expect((await accept(undefined, invite, { ...body, password: "another password" })).status).toBe(409);
    expect((await accept(undefined, invite, body)).body.user.id).toBe(t.cast.outsider.user.id);
  });
});

describe("who was", () => {
  const leave = (who: Player) => t.call(who, "DELETE", `${ws()}/members/me`);
  const moderate = (who: Player, patch: unknown) =>
    t.call(t.cast.owner, "PATCH", `${ws()}/moderation/members/${who.user.id}`, patch);

  test("blocked does not come back by a link, signed in or not", async () => {
    const member = await give(t.cast.member);
    const invite = await make();
    await leave(member);
    expect((await accept(member, invite)).status).toBe(200);
    await moderate(member, { blocked: true });
    // In the workspace they stay who they are: they can read.
    expect((await accept(member, invite)).status).toBe(200);
    await leave(member);
    expect((await accept(member, invite)).status).toBe(403);
    const before = await counts();
    const body = { display_name: "Mia", email: "mia@example.com", password: PASSWORD };
    expect((await accept(undefined, invite, body)).status).toBe(403);
    expect(await counts()).toEqual(before);
  });

  test("timed out comes back timed out", async () => {
    const { member } = t.cast;
    await moderate(member, { timeout_minutes: 60 });
    await leave(member);
    expect((await accept(member, await make())).status).toBe(200);
    const said = () => t.call(member, "POST", `/api/channels/${t.general.id}/messages`, { body: "ahoy" });
    expect((await said()).status).toBe(403);
    t.clock.advance(61 * 60_000);
    expect((await said()).status).toBe(201);
  });
});

test("bots join by a manager, and people not without end", async () => {
  const { owner, outsider, bot } = t.cast;
  const invite = await make();
  expect((await accept(bot, invite)).status).toBe(403);
  await t.db.write(async (tx) => {
    const by = { user_id: owner.user.id, address: "", at: timestamp(t.clock.now()) };
    for (let n = 1; n < LIMITS.workspaces_per_user; n++)
      await createWorkspace(tx, outsider.user, { name: `Wharf ${n}` }, by);
  });
  expect((await accept(outsider, invite)).status).toBe(403);
  expect(await isIn(outsider)).toBe(false);
  expect((await accept(undefined, invite, nina)).status).toBe(201);
});
