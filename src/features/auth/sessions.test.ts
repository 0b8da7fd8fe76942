import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { timestamp } from "../../lib/clock.ts";
import { createPasswords } from "../../lib/password.ts";
import { createMagicLink, createSession, setPassword } from "./auth.ts";

let t: TestApp;
beforeEach(async () => {
  t = await testApp();
});
afterEach(() => t.close());

const signIn = async (who: Player, moment: { address?: string; user_agent?: string } = {}): Promise<Player> => {
  const at_ms = t.clock.now();
  return t.db.write((tx) => createSession(tx, who.user, { at_ms, address: "", user_agent: "", ...moment }));
};
const list = async (who: Player) => (await t.call(who, "GET", "/api/me/sessions")).body.sessions;
const isSignedIn = async (who: Player) => (await t.call(who, "GET", "/api/me")).status === 200;

describe("my sessions", () => {
  test("are listed with where they came from, newest first, and nobody else's", async () => {
    const { member, owner } = t.cast;
    const phone = await signIn(member, { address: "203.0.113.9", user_agent: "Phone/1.0" });
    const sessions = await list(phone);
    expect(sessions.map((one: { current: boolean }) => one.current)).toEqual([true, false]);
    expect(sessions[0]).toMatchObject({ user_agent: "Phone/1.0", address: "203.0.113.9" });
    expect(sessions[0].id).toStartWith("ses_");
    expect(JSON.stringify(sessions)).not.toMatch(/sst_|hash/);
    expect(await list(owner)).toHaveLength(1);
    expect((await t.call(t.cast.bot, "GET", "/api/me/sessions")).status).toBe(403);
  });

  test("know when they were last used, about", async () => {
    const phone = await signIn(t.cast.member);
    const stored = async () =>
      (await list(t.cast.member)).find((one: { user_agent: string }) => one.user_agent === "")?.last_used_at;
    expect(await stored()).toBeUndefined();
    await isSignedIn(phone);
    // It is written beside the request, so the next commit is after it.
    await t.db.write(async () => undefined);
    const first = await stored();
    expect(first).toStartWith("2026-05-08T12:0");
    const { writes } = t.db.stats();
    await isSignedIn(phone);
    await isSignedIn(phone);
    expect(t.db.stats().writes).toBe(writes);
    t.clock.advance(10 * 60_000);
    await isSignedIn(phone);
    await t.db.write(async () => undefined);
    expect(await stored()).not.toBe(first);
  });

  test("end one at a time; those of others, ended and unknown ones are not found", async () => {
    const { member, owner } = t.cast;
    const phone = await signIn(member, { user_agent: "Phone/1.0" });
    const [{ id }] = await list(phone);
    const end = async (who: Player, which: string) => (await t.call(who, "DELETE", `/api/me/sessions/${which}`)).status;
    expect(await end(owner, id)).toBe(404);
    expect(await end(t.cast.bot, id)).toBe(403);
    expect(await end(member, "ses_00000000000000000000000000")).toBe(404);
    expect(await isSignedIn(phone)).toBe(true);
    expect(await end(member, id)).toBe(200);
    expect(await isSignedIn(phone)).toBe(false);
    expect(await isSignedIn(member)).toBe(true);
    expect(await end(member, id)).toBe(404);
    const [own] = await list(member);
    expect(await end(member, own.id)).toBe(200);
    expect(await isSignedIn(member)).toBe(false);
  });

  test("all end but the one that asks", async () => {
    const { member, owner } = t.cast;
    const others = [await signIn(member), await signIn(member)];
    expect((await t.call(t.cast.bot, "DELETE", "/api/me/sessions")).status).toBe(403);
    expect((await t.call(member, "DELETE", "/api/me/sessions")).body).toEqual({ ok: true });
    for (const one of others) expect(await isSignedIn(one)).toBe(false);
    expect([await isSignedIn(member), await isSignedIn(owner)]).toEqual([true, true]);
  });

  test("have an end: the oldest gives way to the newest", async () => {
    const { member } = t.cast;
    const all = [];
    for (let n = 0; n < LIMITS.sessions_per_user; n++) all.push(await signIn(member));
    const [first, last] = [all[0] ?? member, all.at(-1) ?? member];
    expect([await isSignedIn(member), await isSignedIn(first), await isSignedIn(last)]).toEqual([false, true, true]);
    expect(await list(last)).toHaveLength(LIMITS.sessions_per_user);
    expect(await isSignedIn(t.cast.owner)).toBe(true);
  });

  test("of somebody deactivated open nothing", async () => {
    const { member } = t.cast;
    expect(await isSignedIn(member)).toBe(true);
    await t.db.write((tx) => tx.run("UPDATE users SET deactivated_at = ? WHERE id = ?", timestamp(0), member.user.id));
    expect(await isSignedIn(member)).toBe(false);
  });
});

describe("a session that the caller brings is never adopted", () => {
  const ways = {
    "by password": async (headers: Record<string, string>) => {
      await setPassword(t.db, createPasswords(), t.cast.member.user.id, "correct horse", timestamp(0));
      const body = { identifier: "mia", password: "correct horse" };
      return t.call(undefined, "POST", "/api/auth/password/login", body, { headers });
    },
    "by link": async (headers: Record<string, string>) => {
      const { token } = await createMagicLink(t.db, { email: "mia@example.com", at_ms: t.clock.now() });
      return t.call(undefined, "POST", "/api/auth/magic/consume", { token }, { headers });
    },
  };

  test.each(Object.entries(ways))("%s", async (_, way) => {
    const planted = `sst_${"A".repeat(43)}`;
    const theirs = (await signIn(t.cast.outsider)).token;
    for (const brought of [planted, theirs]) {
      const bringing: Record<string, string>[] = [
        { cookie: `cc_session=${brought}` },
        { authorization: `Bearer ${brought}` },
      ];
      for (const headers of bringing) {
        const signed = await way(headers);
        expect(signed.status).toBe(200);
        expect(signed.body.token).not.toBe(brought);
        expect(signed.headers.get("set-cookie")).toStartWith(`cc_session=${signed.body.token};`);
        expect(signed.body.session.id).not.toBe("");
      }
    }
    const as = async (token: string) => (await t.call({ ...t.cast.member, token }, "GET", "/api/me")).body.user?.handle;
    expect(await as(planted)).toBeUndefined();
    // Whoever planted theirs is still themselves with it.
    expect(await as(theirs)).toBe("oskar");
  });
});
