import { afterEach, beforeEach, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { Listener, testServer } from "../../../tests/support/test-server.ts";
import { timestamp } from "../../lib/clock.ts";
import { createPasswords, type Passwords } from "../../lib/password.ts";
import { createSession, mintLink, setPassword } from "./auth.ts";
import { createSignInLimits } from "./limits.ts";
import { changePassword } from "./passwords.ts";

let t: TestApp;
beforeEach(async () => {
  t = await testApp();
});
afterEach(() => t.close());

const enrol = (who: Player, password: string) =>
  setPassword(t.db, createPasswords(), who.user.id, password, timestamp(0));
const login = async (identifier: string, password: string): Promise<Player & { status: number }> => {
  const { status, body } = await t.call(undefined, "POST", "/api/auth/password/login", { identifier, password });
  return { status, user: body.user, token: body.token };
};
const change = (who: Player | undefined, body: unknown, headers: Record<string, string> = {}) =>
  t.call(who, "POST", "/api/auth/password/change", body, { headers });
const isSignedIn = async (who: Player) => (await t.call(who, "GET", "/api/me")).status === 200;

test("somebody without a password sets their first one, and signs in with it", async () => {
  const { member } = t.cast;
  expect((await t.call(member, "GET", "/api/me")).body.user.password_enrolled).toBe(false);
  const answer = await change(member, { new_password: "correct horse" });
  expect([answer.status, answer.body]).toEqual([200, { ok: true }]);
  expect((await t.call(member, "GET", "/api/me")).body.user.password_enrolled).toBe(true);
  expect((await login("mia", "correct horse")).status).toBe(200);
});

test("a change needs the current one, and ends the other sessions and open links", async () => {
  await enrol(t.cast.member, "correct horse");
  const [here, there] = [await login("mia", "correct horse"), await login("mia", "correct horse")];
  const link = await t.db.write((tx) => mintLink(tx, { user_id: here.user.id, at_ms: t.clock.now() }));
  for (const current_password of [undefined, "", "wrong horse"]) {
    const refused = await change(here, { current_password, new_password: "a better horse" });
    expect([refused.status, refused.body.code]).toEqual([401, "unauthenticated"]);
  }
  expect(await isSignedIn(there)).toBe(true);
  expect((await change(here, { current_password: "correct horse", new_password: "a better horse" })).status).toBe(200);
  expect([await isSignedIn(here), await isSignedIn(there)]).toEqual([true, false]);
  expect((await t.call(undefined, "POST", "/api/auth/magic/consume", { token: link.token })).status).toBe(404);
  expect((await login("mia", "correct horse")).status).toBe(401);
  expect((await login("mia", "a better horse")).status).toBe(200);
});

test("the rules name the field; bots, strangers and other sites are refused", async () => {
  const { member, bot } = t.cast;
  for (const new_password of [
    "short",
    "x".repeat(LIMITS.password_max_chars + 1),
    "correct\0horse",
    "correct \uD800 horse",
  ]) {
    const refused = await change(member, { new_password });
    expect([refused.status, refused.body.details[0].path]).toEqual([400, "new_password"]);
  }
  expect((await change(bot, { new_password: "correct horse" })).status).toBe(403);
  expect((await change(undefined, { new_password: "correct horse" })).status).toBe(401);
  const evil = { cookie: `cc_session=${member.token}`, origin: "https://evil.example", "x-clickclack-csrf": "1" };
  expect((await change(undefined, { new_password: "correct horse" }, evil)).status).toBe(403);
  expect((await change(member, "{}", { "content-type": "text/plain" })).status).toBe(415);
  expect((await change(member, { new_password: "𝔲𝔫𝔦𝔠𝔬𝔡𝔢𝔰" })).status).toBe(200);
});

test("guesses are limited for each account, whatever session they come from", async () => {
  await enrol(t.cast.member, "correct horse");
  const answers = [];
  for (let n = 0; n <= LIMITS.password_changes_per_15_min; n++) {
    const session = await t.db.write((tx) =>
      createSession(tx, t.cast.member.user, { at_ms: t.clock.now(), address: "", user_agent: "" }),
    );
    answers.push((await change(session, { current_password: `guess ${n}`, new_password: "a better horse" })).status);
  }
  expect(answers).toEqual([401, 401, 401, 401, 401, 429]);
  const right = { current_password: "correct horse", new_password: "a better horse" };
  expect((await change(await login("mia", "correct horse"), right)).status).toBe(429);
  t.clock.advance(15 * 60_000);
  const again = await login("mia", "correct horse");
  expect((await change(again, right)).status).toBe(200);
});

/** Passwords that let something happen while the new one is derived. */
function interrupted(meanwhile: () => Promise<unknown>): Passwords {
  const real = createPasswords();
  return {
    ...real,
    async hash(password) {
      await meanwhile();
      return real.hash(password);
    },
  };
}

test("what happens while it is derived counts: an ended session changes nothing, and neither does the second of two", async () => {
  await enrol(t.cast.member, "correct horse");
  const session = await t.db.write((tx) =>
    createSession(tx, t.cast.member.user, { at_ms: t.clock.now(), address: "", user_agent: "" }),
  );
  const at_ms = t.clock.now();
  const actor = {
    user: session.user,
    credential: { kind: "session" as const, id: session.session.id },
    address: "",
    at_ms,
    at: timestamp(at_ms),
  };
  const input = { current_password: "correct horse", new_password: "a better horse" };
  const attempt = (meanwhile: () => Promise<unknown>) =>
    changePassword(t.db, interrupted(meanwhile), createSignInLimits(), actor, input);
  const other = createPasswords();
  const overtaken = attempt(async () => {
    const hash = await other.hash("quickest horse");
    await t.db.write((tx) => tx.run("UPDATE user_passwords SET password_hash = ?", hash));
  });
  await expect(overtaken).rejects.toMatchObject({ code: "conflict" });
  expect((await login("mia", "quickest horse")).status).toBe(200);
  const ended = attempt(() => t.call(session, "POST", "/api/auth/logout", {}));
  await expect(ended).rejects.toMatchObject({ code: "unauthenticated" });
  expect((await login("mia", "a better horse")).status).toBe(401);
});

test("the sockets of ended sessions close at once, the one that changed it stays", async () => {
  const server = await testServer();
  const claim = new URL(server.claim_url ?? "").searchParams.get("token");
  const ask = async (path: string, body: unknown, token?: string) => {
    const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
    const response = await fetch(server.url + path, { method: "POST", headers, body: JSON.stringify(body) });
    return (await response.json()) as { token: string; workspace: { id: string } };
  };
  const person = { display_name: "Olivia", email: "olivia@example.com", password: "correct horse" };
  const first = await ask("/api/auth/setup", { token: claim, workspace_name: "Harbour", ...person });
  const second = await ask("/api/auth/password/login", { identifier: "olivia", password: "correct horse" });
  const query = `workspace_id=${first.workspace.id}`;
  const [here, there] = [first, second].map(({ token }) => new Listener(server.url, token, query));
  await Promise.all([here?.ready(), there?.ready()]);
  await ask(
    "/api/auth/password/change",
    { current_password: "correct horse", new_password: "a better horse" },
    first.token,
  );
  expect((await there?.closed)?.code).toBe(1008);
  await ask(`/api/workspaces/${first.workspace.id}/channels`, { name: "after" }, first.token);
  await here?.until((frame) => frame.type === "channel.created");
  here?.close();
  await server.close();
});
