import { LIMITS } from "@clickclack/protocol";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { endStatuses } from "./statuses.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

const patch = (body: unknown, who = t.cast.member) => t.call(who, "PATCH", "/api/me", body);
const soon = (ms: number) => new Date(t.clock.now() + ms).toISOString();

/** What somebody hears from now on, until they ask. */
async function listener(who: Player): Promise<() => Promise<{ type: string; payload: Record<string, unknown> }[]>> {
  const path = `/api/realtime/events?workspace_id=${t.workspace.id}`;
  const { tail_cursor } = (await t.call(who, "GET", `${path}&include_tail=true&limit=1`)).body;
  return async () => (await t.call(who, "GET", `${path}&after_cursor=${tail_cursor}`)).body.events;
}

/** Somebody as another member sees them. */
async function seenBy(who: Player, user_id: string) {
  const { members } = (await t.call(who, "GET", `/api/workspaces/${t.workspace.id}/members`)).body;
  return members.find((one: { user: { id: string } }) => one.user.id === user_id).user;
}

test("what somebody shows of themselves is shown wherever they are named", async () => {
  const { member, owner } = t.cast;
  const heard = await listener(owner);
  const expires_at = soon(60_000);
  const dnd_until = soon(3_600_000);
  const status = { emoji: "🌴", text: "By the sea", expires_at };
  const me = await patch({ status: { ...status, text: " By the sea " }, dnd_until, timezone: "europe/berlin" });
  const shown = { status, dnd_until, timezone: "Europe/Berlin" };
  expect(me.body.user).toMatchObject(shown);
  expect(await seenBy(owner, member.user.id)).toMatchObject(shown);

  const path = `/api/channels/${t.general.id}/messages`;
  await t.call(member, "POST", path, { body: "Ahoy" });
  const { messages } = (await t.call(owner, "GET", path)).body;
  expect(messages.at(-1).author).toMatchObject(shown);
  const events = (await heard()).filter((event) => event.type === "user.updated");
  expect(events.map(({ payload }) => payload)).toEqual([
    { user_id: member.user.id, user: expect.objectContaining(shown) },
  ]);
});

test("each of it is cleared by itself, and nothing is told of what is the same", async () => {
  const { member, owner } = t.cast;
  const timezone = "Europe/Lisbon";
  await patch({ status: { emoji: "🌴" }, dnd_until: soon(60_000), timezone });
  const cleared = (await patch({ status: {}, dnd_until: "" })).body.user;
  expect([cleared.status, cleared.dnd_until, cleared.timezone]).toEqual([undefined, undefined, timezone]);
  expect((await patch({ timezone: "" })).body.user.timezone).toBeUndefined();
  await patch({ status: { text: "Here" }, display_name: "Mia Member" });

  const heard = await listener(owner);
  await patch({ status: { emoji: "", text: "Here", expires_at: "" }, dnd_until: "", display_name: "Mia Member" });
  await patch({ status: null, dnd_until: null });
  expect(await heard()).toEqual([]);
  expect((await seenBy(owner, member.user.id)).status).toEqual({ emoji: "", text: "Here" });
  await patch({ status: { emoji: null, text: "" } });
  expect((await heard()).map((event) => event.type)).toEqual(["user.updated"]);
});

test("a patch with one wrong field changes nothing of it", async () => {
  await patch({ status: { emoji: "🦞", text: "Cooking" }, timezone: "Asia/Tokyo" });
  const before = (await t.call(t.cast.member, "GET", "/api/me")).body.user;
  const heard = await listener(t.cast.owner);
  const good = { status: { text: "New" }, timezone: "Asia/Seoul" };
  const longest = "界".repeat(LIMITS.status_text_chars);
  expect((await patch({ status: { text: longest } }, t.cast.owner)).status).toBe(200);
  await patch({ status: {} }, t.cast.owner);
  await heard();
  const bad = [
    { status: { text: `${longest}!` } },
    { status: { text: "two\nlines" } },
    { status: { text: "a\u0000b" } },
    { status: { emoji: "lobster" } },
    { status: { emoji: "🦞🦞" } },
    { status: { emoji: "🦞", expires_at: soon(-1) } },
    { status: { emoji: "🦞", expires_at: soon(LIMITS.status_max_ms + 60_000) } },
    { status: { emoji: "🦞", expires_at: "tomorrow" } },
    { status: { expires_at: soon(60_000) } },
    { status: "busy" },
    { dnd_until: soon(-1) },
    { dnd_until: "9999-12-31T23:59:59Z" },
    { timezone: "Mars/Olympus" },
    { timezone: "+02:00" },
    { locale: "no such locale" },
    { notification_settings: { level: "loud" } },
    { sidebar_preferences: { channel_order: { wsp_other: [] } } },
  ];
  const from = await listener(t.cast.owner);
  for (const wrong of bad) {
    const { status } = await patch({ ...good, ...wrong, display_name: "New" });
    expect([wrong, status]).toEqual([wrong, "sidebar_preferences" in wrong ? 403 : 400]);
  }
  expect((await t.call(t.cast.member, "GET", "/api/me")).body.user).toEqual(before);
  expect(await from()).toEqual([]);
  expect((await patch(good)).body.user).toMatchObject({ status: { text: "New" }, timezone: "Asia/Seoul" });
});

test("a person has no handle that is a group's where they are", async () => {
  const { member, outsider, owner } = t.cast;
  await t.db.write((tx) =>
    tx.run(
      "INSERT INTO user_groups (id, workspace_id, handle, name, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?)",
      "grp_1",
      t.workspace.id,
      "deckhands",
      "Deckhands",
      owner.user.id,
      soon(0),
    ),
  );
  expect((await patch({ handle: "deckhand" })).status).toBe(200);
  const refused = await patch({ handle: "@Deckhands", display_name: "New" });
  expect([refused.status, refused.body.code]).toEqual([409, "conflict"]);
  expect((await t.call(member, "GET", "/api/me")).body.user).toMatchObject({ handle: "deckhand" });
  // Where the group is not, nobody is mistaken for it.
  expect((await patch({ handle: "deckhands" }, outsider)).status).toBe(200);
  await patch({ handle: "mia" });
});

test("what was kept of somebody's form comes back unchanged", async () => {
  const { user } = (await t.call(t.cast.member, "GET", "/api/me")).body;
  const { display_name, handle, avatar_url } = user;
  expect((await patch({ display_name, handle, avatar_url })).body.user).toEqual(user);
});

test("a status ends when it is over, once, and not before", async () => {
  const { user, ...rest } = await newcomer(t, "shortly", "member");
  const who = { user, ...rest };
  const other = await newcomer(t, "longer", "member");
  await patch({ status: { text: "Back soon", expires_at: soon(60_000) }, timezone: "Asia/Tokyo" }, who);
  await patch({ status: { text: "Away", expires_at: soon(3_600_000) } }, other);
  const heard = await listener(t.cast.owner);

  await endStatuses(t.db, t.clock.now() + 30_000);
  expect(await heard()).toEqual([]);
  await endStatuses(t.db, t.clock.now() + 61_000);
  await endStatuses(t.db, t.clock.now() + 62_000);
  const events = await heard();
  expect(events.map(({ type, payload }) => [type, payload.user_id])).toEqual([["user.updated", user.id]]);
  expect(events[0]?.payload.user).not.toHaveProperty("status");
  expect((await t.call(who, "GET", "/api/me")).body.user).toMatchObject({ timezone: "Asia/Tokyo" });
  expect((await seenBy(t.cast.owner, other.user.id)).status).toMatchObject({ text: "Away" });
  await patch({ status: {} }, other);
});
