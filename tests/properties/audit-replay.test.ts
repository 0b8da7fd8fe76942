/** Whatever people do to a workspace, its audit log read from the beginning tells what it has become. */
import { expect, test } from "bun:test";
import type { AuditLogEntry } from "@clickclack/protocol";
import fc from "fast-check";
import { createSession } from "../../src/features/auth/sessions.ts";
import { newcomer } from "../support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../support/test-app.ts";

interface Step {
  act: number;
  who: number;
  whom: number;
  value: number;
}

interface World {
  t: TestApp;
  people: Player[];
  channels: string[];
  /** Entries that the making of this world wrote. */
  begun: number;
}

const ROLES = ["moderator", "member", "guest"];

/** Every administrative act, asked by anybody about anybody: most of it is refused, and must then leave no trace. */
const ACTS: ((w: World, one: { who: Player; whom: Player; value: number }) => Promise<unknown>)[] = [
  (w, { who, whom, value }) => asks(w, who, "PATCH", `/members/${whom.user.id}`, { role: ROLES[value % 3] }),
  (w, { who, whom }) => asks(w, who, "DELETE", `/members/${whom.user.id}`),
  (w, { who }) => asks(w, who, "DELETE", "/members/me"),
  (w, { who, whom, value }) => asks(w, who, "PUT", `/members/${whom.user.id}`, { role: ROLES[value % 3] }),
  (w, { who, whom, value }) =>
    asks(w, who, "PATCH", `/moderation/members/${whom.user.id}`, {
      ...(value % 2 === 0 ? { timeout_minutes: 1 + (value % 5) } : { clear_timeout: true }),
      ...(value % 3 === 0 && { blocked: value % 4 < 2 }),
      ...(value % 5 === 0 && { moderation_note: `note ${value}` }),
      ...(value % 7 === 0 && { role: ROLES[value % 3] }),
    }),
  (w, { who, value }) => asks(w, who, "PATCH", "", { name: `Harbour ${value % 4}` }),
  (w, { who, value }) => asks(w, who, "PATCH", "", { slug: `harbour-${value % 4}`, channel_policy: "managers" }),
  (w, { who, value }) => asks(w, who, "PATCH", "", { guest_post_budget: value % 9, channel_policy: "members" }),
  (w, { who, value }) =>
    asks(w, who, "PATCH", "", { waiting_room_channel_id: value % 3 === 0 ? "" : (w.channels[value % 2] ?? "") }),
  (w, { who, whom }) => asks(w, who, "POST", "/transfer-ownership", { user_id: whom.user.id }),
  (w, { who, whom, value }) => asks(w, who, "PATCH", `/members/${whom.user.id}`, { deactivated: value % 3 > 0 }),
  async (w, { who, whom, value }) => {
    const { body } = await asks(w, who, "POST", "/invites", { role: ROLES[value % 3] });
    if (body.invite) await w.t.call(whom, "POST", `/api/invites/${body.invite.code}/accept`, {});
  },
  async (w, { who, whom, value }) => {
    const { body } = await asks(w, who, "POST", "/bots", { display_name: "Pinch", owner_user_id: who.user.id });
    const id = body.bot?.id;
    if (!id || value % 3 === 0) return;
    if (value % 3 === 1) await asks(w, whom, "DELETE", `/bots/${id}/membership`);
    else await w.t.call(whom, "DELETE", `/api/bots/${id}`);
  },
];

function asks({ t }: World, who: Player, method: string, path: string, body?: object) {
  return t.call(who, method, `/api/workspaces/${t.workspace.id}${path}`, body);
}

async function open(): Promise<World> {
  const t = await testApp();
  const people = [t.cast.owner, t.cast.moderator, t.cast.member, t.cast.outsider];
  for (const [index, role] of (["moderator", "moderator", "member", "member", "guest", "guest"] as const).entries())
    people.push(await newcomer(t, `person-${index}`, role));
  const { body } = await t.call(t.cast.owner, "POST", `/api/workspaces/${t.workspace.id}/channels`, { name: "lobby" });
  const written = await t.db.read((tx) =>
    tx.get<{ n: number }>("SELECT COUNT(*) AS n FROM audit_log_entries WHERE workspace_id = ?", t.workspace.id),
  );
  return { t, people, channels: [t.general.id, body.channel.id as string], begun: written?.n ?? 0 };
}

interface Told {
  members: Record<string, string>;
  moderation: Record<string, Record<string, unknown>>;
  settings: Record<string, unknown>;
  deactivated: string[];
}

/** The log from its beginning; each entry has to fit what the ones before it tell. */
function replay(entries: AuditLogEntry[]): Told {
  const members = new Map<string, unknown>();
  const moderation = new Map<string, Record<string, unknown>>();
  const deactivated = new Set<string>();
  const settings: Record<string, unknown> = {};
  for (const { id, action, target_id, before = {}, after = {} } of entries) {
    const known = members.get(target_id);
    if (action === "workspace.created" || action === "workspace.updated") {
      for (const [key, value] of Object.entries(before)) expect([id, key, settings[key]]).toEqual([id, key, value]);
      Object.assign(settings, after);
    } else if (action === "member.added") {
      expect([id, known]).toEqual([id, undefined]);
      members.set(target_id, after.role);
    } else if (action === "member.role_changed") {
      expect([id, known]).toEqual([id, before.role]);
      members.set(target_id, after.role);
    } else if (action === "member.removed" || action === "member.left") {
      expect([id, known]).toEqual([id, before.role]);
      members.delete(target_id);
    } else if (action === "member.moderated") {
      const held = { ...NOTHING, ...moderation.get(target_id) };
      for (const [key, value] of Object.entries(before)) expect([id, key, held[key]]).toEqual([id, key, value]);
      moderation.set(target_id, { ...held, ...after });
    } else if (action === "member.deactivated") deactivated.add(target_id);
    else if (action === "member.reactivated") deactivated.delete(target_id);
    else if (action === "workspace.ownership_transferred") {
      const [old, owner] = [String(before.owner_user_id), String(after.owner_user_id)];
      expect([id, members.get(old)]).toEqual([id, "owner"]);
      members.set(old, "moderator");
      members.set(owner, "owner");
    }
  }
  return {
    members: Object.fromEntries(members) as Record<string, string>,
    moderation: Object.fromEntries(moderation),
    settings,
    deactivated: [...deactivated].sort(),
  };
}

const NOTHING: Record<string, unknown> = { timeout_until: null, blocked_at: null, note: "" };

async function actual({ t }: Pick<World, "t">): Promise<Told> {
  const workspace_id = t.workspace.id;
  return t.db.read(async (tx) => {
    const members = await tx.all<{ user_id: string; role: string }>(
      "SELECT user_id, role FROM workspace_members WHERE workspace_id = ?",
      workspace_id,
    );
    const held = await tx.all<{ user_id: string } & Record<string, unknown>>(
      "SELECT user_id, timeout_until, blocked_at, note FROM workspace_moderation WHERE workspace_id = ?",
      workspace_id,
    );
    const settings = await tx.get<Record<string, unknown>>(
      `SELECT name, slug, icon_url, channel_policy, waiting_room_channel_id, guest_post_budget
       FROM workspaces WHERE id = ?`,
      workspace_id,
    );
    const gone = await tx.all<{ id: string }>("SELECT id FROM users WHERE deactivated_at IS NOT NULL ORDER BY id");
    return {
      members: Object.fromEntries(members.map((one) => [one.user_id, one.role])),
      moderation: Object.fromEntries(held.map(({ user_id, ...rest }) => [user_id, rest])),
      settings: settings ?? {},
      deactivated: gone.map((one) => one.id),
    };
  });
}

async function freshToken({ db, clock }: TestApp, { user }: Player): Promise<string> {
  const moment = { at_ms: clock.now(), address: "", user_agent: "test" };
  return (await db.write((tx) => createSession(tx, user, moment))).token;
}

async function wholeLog(w: World): Promise<AuditLogEntry[]> {
  const { t, people } = w;
  const { members } = await actual(w);
  const found = people.find((one) => members[one.user.id] === "owner");
  // Whose account was closed and opened again has to sign in again.
  const owner = found && { ...found, token: await freshToken(t, found) };
  const entries: AuditLogEntry[] = [];
  let cursor = "";
  do {
    const query = `limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
    const { body } = await t.call(owner, "GET", `/api/workspaces/${t.workspace.id}/audit-log?${query}`);
    entries.push(...body.audit_log_entries);
    cursor = body.next_cursor ?? "";
  } while (cursor !== "");
  return entries.reverse();
}

test("a log replayed ends at the members, roles and settings there are", async () => {
  const step: fc.Arbitrary<Step> = fc.record({
    act: fc.nat(ACTS.length - 1),
    // The owner is asked more often, so that much of it happens.
    who: fc.oneof(fc.constant(-1), fc.nat(9)),
    whom: fc.nat(9),
    value: fc.nat(1000),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 200, maxLength: 400 }), async (steps) => {
      const w = await open();
      try {
        for (const { act, who, whom, value } of steps) {
          const { members } = await actual(w);
          const owner = w.people.find((one) => members[one.user.id] === "owner");
          const actor = who === -1 ? owner : w.people[who];
          const target = w.people[whom];
          if (actor && target) await ACTS[act]?.(w, { who: actor, whom: target, value });
          if (value % 11 === 0) w.t.clock.advance(60_000);
        }
        const entries = await wholeLog(w);
        expect(replay(entries)).toEqual(await actual(w));
        expect(entries.slice(w.begun).filter((one) => one.actor_user_id === undefined)).toEqual([]);
      } finally {
        await w.t.close();
      }
    }),
    { numRuns: 3, endOnFailure: true },
  );
}, 120_000);
