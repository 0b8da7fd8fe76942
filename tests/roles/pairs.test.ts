/** Escalation tried mechanically: every act of one person upon another, by every role upon every role. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Member } from "@clickclack/protocol";
import { newcomer } from "../support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../support/test-app.ts";

type Role = Member["role"];

let t: TestApp;
let actors: Record<Role | "blocked" | "timed out", Player>;
beforeAll(async () => {
  t = await testApp();
  const restricted = async (handle: string, body: object) => {
    const who = await newcomer(t, handle, "moderator");
    const path = `/api/workspaces/${t.workspace.id}/moderation/members/${who.user.id}`;
    expect((await t.call(t.cast.owner, "PATCH", path, body)).status).toBe(200);
    return who;
  };
  actors = {
    owner: t.cast.owner,
    moderator: t.cast.moderator,
    member: t.cast.member,
    guest: await newcomer(t, "guest-actor", "guest"),
    bot: t.cast.bot,
    blocked: await restricted("blocked-actor", { blocked: true }),
    "timed out": await restricted("timed-out-actor", { timeout_minutes: 60 }),
  };
});
afterAll(() => t.close());

const RANKS: Record<Role, number> = { owner: 5, bot: 4, moderator: 3, member: 2, guest: 1 };
const GIVEN = ["moderator", "member", "guest"] as const;

const member = (id: string) => `/api/workspaces/${t.workspace.id}/members/${id}`;
const moderation = (id: string) => `/api/workspaces/${t.workspace.id}/moderation/members/${id}`;

interface Act {
  method: string;
  path(id: string): string;
  body?: object;
  /** The role that is given by it. */
  gives?: Role;
}

const ACTS: Record<string, Act> = {
  "is removed": { method: "DELETE", path: member },
  "is timed out": { method: "PATCH", path: moderation, body: { timeout_minutes: 5 } },
  "is timed out until a day": { method: "PATCH", path: moderation, body: { timeout_until: "2026-05-20T00:00:00Z" } },
  "is blocked": { method: "PATCH", path: moderation, body: { blocked: true } },
  "is written about": { method: "PATCH", path: moderation, body: { moderation_note: "mind them" } },
  "is deactivated": { method: "PATCH", path: member, body: { deactivated: true } },
  "is given a sign-in link": { method: "POST", path: (id) => `${member(id)}/sign-in-link` },
};
for (const role of GIVEN) {
  ACTS[`becomes ${role}`] = { method: "PATCH", path: member, body: { role }, gives: role };
  ACTS[`becomes ${role} by moderation`] = { method: "PATCH", path: moderation, body: { role }, gives: role };
}

/** Downwards only, by owners and moderators who may write, never upon bots. */
function isAllowed(actor: Role, target: Role, gives: Role | undefined): boolean {
  if (actor !== "owner" && actor !== "moderator") return false;
  if (target === "bot" || RANKS[target] >= RANKS[actor]) return false;
  return gives === undefined || RANKS[gives] < RANKS[actor];
}

let made = 0;

/** Somebody of a role whom nobody needs afterwards; the one owner, and a bot, are those of the cast. */
async function victim(role: Role): Promise<Player> {
  if (role === "owner") return t.cast.owner;
  if (role === "bot") return t.cast.reader;
  return newcomer(t, `victim-${made++}`, role);
}

async function standing(id: string): Promise<unknown> {
  return t.db.read(async (tx) => [
    await tx.get(
      "SELECT role, restricted_until FROM workspace_members WHERE user_id = ? AND workspace_id = ?",
      id,
      t.workspace.id,
    ),
    await tx.get("SELECT * FROM workspace_moderation WHERE user_id = ?", id),
    await tx.get("SELECT deactivated_at FROM users WHERE id = ?", id),
    await tx.get("SELECT COUNT(*) AS n FROM magic_links"),
    await tx.get("SELECT COUNT(*) AS n FROM audit_log_entries"),
  ]);
}

const TARGETS: Role[] = ["owner", "moderator", "member", "guest", "bot"];

describe.each(Object.entries(ACTS))("somebody %s", (_name, act) => {
  test.each(TARGETS)("who is %s", async (target) => {
    for (const [name, actor] of Object.entries(actors)) {
      const role = name === "blocked" || name === "timed out" ? undefined : (name as Role);
      const whom = await victim(target);
      if (whom === actor) continue;
      const before = await standing(whom.user.id);
      const { status } = await t.call(actor, act.method, act.path(whom.user.id), act.body);
      const allowed = role !== undefined && isAllowed(role, target, act.gives);
      expect([name, target, status < 300]).toEqual([name, target, allowed]);
      if (!allowed) expect([name, target, await standing(whom.user.id)]).toEqual([name, target, before]);
    }
  });

  test("by themselves", async () => {
    for (const role of ["owner", "moderator", "member", "guest"] as const) {
      const who = role === "owner" ? t.cast.owner : await newcomer(t, `self-${made++}`, role);
      const { status } = await t.call(who, act.method, act.path(who.user.id), act.body);
      // Leaving is everybody's right but the last owner's.
      const leaves = act.method === "DELETE" && role !== "owner";
      expect([role, status < 300]).toEqual([role, leaves]);
    }
  });
});

test("an invite gives nothing that its maker could not", async () => {
  const path = `/api/workspaces/${t.workspace.id}/invites`;
  for (const [name, actor] of Object.entries(actors)) {
    for (const role of ["owner", "bot", ...GIVEN]) {
      const { status } = await t.call(actor, "POST", path, { role });
      const allowed =
        (name === "owner" && GIVEN.some((one) => one === role)) ||
        (name === "moderator" && (role === "member" || role === "guest"));
      expect([name, role, status < 300]).toEqual([name, role, allowed]);
    }
  }
});

test("adding somebody gives nothing that whoever adds could not", async () => {
  const elsewhere = (await t.call(t.cast.outsider, "GET", "/api/workspaces")).body.workspaces[0].id as string;
  for (const [name, actor] of Object.entries(actors)) {
    for (const role of ["owner", "bot", ...GIVEN]) {
      const known = await newcomer(t, `known-${made++}`, "member");
      // A member here whom the outsider may not know; and nobody adds strangers.
      expect(
        (await t.call(t.cast.outsider, "PUT", `/api/workspaces/${elsewhere}/members/${known.user.id}`, {})).status,
      ).toBe(404);
      const { status } = await t.call(actor, "PUT", member(known.user.id), { role });
      const manages = name === "owner" || name === "moderator";
      const below = GIVEN.some((one) => one === role) && manages && RANKS[role as Role] < RANKS[name as Role];
      expect([name, role, status < 300]).toEqual([name, role, below]);
      expect(
        (await t.call(t.cast.owner, "GET", `/api/workspaces/${t.workspace.id}/members?q=known-${made - 1}`)).body
          .members[0].role,
      ).toBe("member");
    }
  }
});
