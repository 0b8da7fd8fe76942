/** Links and codes in the hand of somebody who may no longer hand them out, or for whom they were never meant. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createSession } from "../../src/features/auth/auth.ts";
import { newcomer } from "../support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../support/test-app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

const ws = (path = "") => `/api/workspaces/${t.workspace.id}${path}`;
let made = 0;
const somebody = (role: "moderator" | "member" | "guest") => newcomer(t, `${role}-${made++}`, role);

async function must(who: Player, method: string, path: string, body?: unknown) {
  const answer = await t.call(who, method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body?.error}`);
  return answer.body;
}

/** The token of a link that one makes for the other, and what it is worth. */
async function linkFor(manager: Player, person: Player): Promise<string> {
  return new URL((await must(manager, "POST", ws(`/members/${person.user.id}/sign-in-link`))).url).hash.slice(1);
}
const use = (token: string) => t.call(undefined, "POST", "/api/auth/magic/consume", { token });

describe("a sign-in link that a manager made", () => {
  test("works while the one stands above the other", async () => {
    const [manager, person] = [await somebody("moderator"), await somebody("member")];
    expect((await use(await linkFor(manager, person))).body.user.id).toBe(person.user.id);
  });

  type Turn = (manager: Player, person: Player) => Promise<unknown>;
  const patch = (whom: Player, body: object) => must(t.cast.owner, "PATCH", ws(`/members/${whom.user.id}`), body);
  const moderate = (whom: Player, body: object) =>
    must(t.cast.owner, "PATCH", ws(`/moderation/members/${whom.user.id}`), body);
  const turns: Record<string, Turn> = {
    "the manager was demoted": (manager) => patch(manager, { role: "member" }),
    "the manager was removed": (manager) => must(t.cast.owner, "DELETE", ws(`/members/${manager.user.id}`)),
    "the manager was blocked": (manager) => moderate(manager, { blocked: true }),
    "the manager was timed out": (manager) => moderate(manager, { timeout_minutes: 60 }),
    "the manager's account was closed": (manager) => patch(manager, { deactivated: true }),
    "the person became a moderator": (_, person) => patch(person, { role: "moderator" }),
    "the person made a workspace of their own": (_, person) => must(person, "POST", "/api/workspaces", { name: "Own" }),
    "the person was added to another workspace": async (_, person) => {
      // The outsider owns another one; they know each other by a third.
      const third = (await must(t.cast.outsider, "POST", "/api/workspaces", { name: "Third" })).workspace.id;
      const { invite } = await must(t.cast.outsider, "POST", `/api/workspaces/${third}/invites`, {});
      await must(person, "POST", `/api/invites/${invite.code}/accept`, {});
    },
    "the person left": (_, person) => must(person, "DELETE", ws("/members/me")),
  };
  test.each(Object.entries(turns))("is worth nothing after %s", async (_name, turn) => {
    const [manager, person] = [await somebody("moderator"), await somebody("member")];
    const token = await linkFor(manager, person);
    await turn(manager, person);
    const answer = await use(token);
    expect(answer.status).toBe(404);
    expect(answer.body.error).toBe((await use("ml_never-was")).body.error);
  });

  test("signs nobody in as the owner, who was a member when it was made", async () => {
    const [manager, heir] = [await somebody("moderator"), await somebody("member")];
    const token = await linkFor(manager, heir);
    await must(t.cast.owner, "POST", ws("/transfer-ownership"), { user_id: heir.user.id });
    expect((await use(token)).status).toBe(404);
    await must(heir, "POST", ws("/transfer-ownership"), { user_id: t.cast.owner.user.id });
  });
});

describe("a setup code of a bot", () => {
  async function codeOf(manager: Player): Promise<string> {
    const { bot } = await must(t.cast.owner, "POST", ws("/bots"), { display_name: "Crane" });
    const path = ws(`/bots/${bot.id}/setup-codes`);
    const answer = await must(manager, "POST", path, { name: `t-${made++}` });
    return answer.setup_code?.code ?? answer.code ?? answer.bot_setup_code.code;
  }
  const claim = (code: string) => t.call(undefined, "POST", "/api/bot-setup-codes/claim", { code });

  test("works while its maker may make tokens", async () => {
    expect((await claim(await codeOf(await somebody("moderator")))).status).toBeLessThan(300);
  });

  test.each<[string, string, object]>([
    ["was blocked", "moderation/members", { blocked: true }],
    ["was timed out", "moderation/members", { timeout_minutes: 60 }],
    ["has no account any more", "members", { deactivated: true }],
    ["was demoted", "members", { role: "member" }],
  ])("is worth nothing when its maker %s", async (_name, path, body) => {
    const manager = await somebody("moderator");
    const code = await codeOf(manager);
    await must(t.cast.owner, "PATCH", ws(`/${path}/${manager.user.id}`), body);
    expect((await claim(code)).status).toBe(404);
    t.clock.advance(60_000);
  });
});

describe("an invite for an address", () => {
  test("is not taken by who holds the link and says so, nor by another account", async () => {
    const email = "harriet@example.com";
    const { invite } = await must(t.cast.owner, "POST", ws("/invites"), { email, role: "moderator" });
    const path = `/api/invites/${invite.code}/accept`;
    expect((await t.call(t.cast.outsider, "POST", path, {})).status).toBe(403);
    const as = (address: string) => ({ display_name: "H", email: address, password: "correct horse battery" });
    for (const other of ["mallory@example.com", "harriet@example.com.evil.org", "h@rriet@example.com"])
      expect((await t.call(undefined, "POST", path, as(other))).status).toBeGreaterThanOrEqual(400);
    // However it is spelt, it is the one address, and one account.
    const spelt = await t.call(undefined, "POST", path, as(" Ｈarriet@EXAMPLE.com.. "));
    expect(spelt.status).toBe(201);
    expect((await t.call(undefined, "POST", path, as(email))).status).toBe(404);
    expect((await t.call({ user: spelt.body.user, token: spelt.body.token }, "GET", "/api/me")).body.user.email).toBe(
      email,
    );
  });

  test("takes over no account that has the address already", async () => {
    const { invite } = await must(t.cast.owner, "POST", ws("/invites"), { email: "oskar@example.com" });
    const path = `/api/invites/${invite.code}/accept`;
    const body = { display_name: "Oskar", password: "correct horse battery" };
    const answer = await t.call(undefined, "POST", path, body);
    expect([answer.status, answer.body.token]).toEqual([409, undefined]);
    const at_ms = t.clock.now();
    const { token } = await t.db.write((tx) =>
      createSession(tx, t.cast.outsider.user, { at_ms, address: "", user_agent: "" }),
    );
    expect((await t.call({ ...t.cast.outsider, token }, "POST", path, {})).status).toBe(200);
  });
});
