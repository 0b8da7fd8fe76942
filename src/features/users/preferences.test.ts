import { LIMITS } from "@clickclack/protocol";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
/** In both workspaces. */
let both: Player;
let elsewhere: string;
beforeAll(async () => {
  t = await testApp();
  both = await newcomer(t, "both", "member");
  const { body } = await t.call(both, "POST", "/api/workspaces", { name: "Second home" });
  elsewhere = body.workspace.id;
});
afterAll(() => t.close());

const patch = async (body: unknown, who = both) => t.call(who, "PATCH", "/api/me", body);
const me = async (who = both) => (await t.call(who, "GET", "/api/me")).body.user;

async function heardBy(who: Player, workspace_id: string, act: () => Promise<unknown>): Promise<string[]> {
  const path = `/api/realtime/events?workspace_id=${workspace_id}`;
  const { tail_cursor } = (await t.call(who, "GET", `${path}&include_tail=true&limit=1`)).body;
  await act();
  const { events } = (await t.call(who, "GET", `${path}&after_cursor=${tail_cursor}`)).body;
  return events.map((event: { type: string; payload: unknown }) => `${event.type} ${JSON.stringify(event.payload)}`);
}

const DEFAULTS = {
  notification_settings: {
    pushover_enabled: false,
    pushover_user_key: "",
    level: "all",
    sound: false,
    desktop: true,
    dnd_from: "",
    dnd_to: "",
  },
  appearance_preferences: { color_mode: "", board_theme: "", message_layout: "", density: "" },
  sidebar_preferences: { channel_order: {}, sections: {} },
};

test("people have settings before they set any, bots have none", async () => {
  const user = await me(t.cast.member);
  expect(user).toMatchObject({ ...DEFAULTS, password_enrolled: false, email: "mia@example.com" });
  expect(user.locale).toBeUndefined();
  const bot = await me(t.cast.reader);
  for (const key of [...Object.keys(DEFAULTS), "email", "password_enrolled", "locale"])
    expect([key, key in bot]).toEqual([key, false]);
});

test("what is left out stays, and a default has no name", async () => {
  const key = "a1".repeat(15);
  await patch({ notification_settings: { pushover_enabled: true, pushover_user_key: key }, locale: "pt-br" });
  await patch({ notification_settings: { level: "mentions", dnd_from: "22:00", dnd_to: "07:30" } });
  await patch({ appearance_preferences: { color_mode: "dark", board_theme: "moss", density: "comfortable" } });
  await patch({ appearance_preferences: { color_mode: "system", message_layout: "outlined" } });
  const { notification_settings, appearance_preferences, locale } = await me();
  expect(notification_settings).toEqual({
    ...DEFAULTS.notification_settings,
    pushover_enabled: true,
    pushover_user_key: key,
    level: "mentions",
    dnd_from: "22:00",
    dnd_to: "07:30",
  });
  expect(appearance_preferences).toEqual({
    color_mode: "",
    board_theme: "moss",
    message_layout: "outlined",
    density: "",
  });
  expect(locale).toBe("pt-BR");
  const cleared = (
    await patch({ notification_settings: { pushover_user_key: "", dnd_from: "", dnd_to: "" }, locale: "" })
  ).body;
  expect(cleared.user.notification_settings).toMatchObject({ pushover_user_key: "", dnd_from: "", level: "mentions" });
  expect(cleared.user.locale).toBeUndefined();
});

test("what is wrong is refused", async () => {
  const before = await me();
  const wrong = [
    { notification_settings: { pushover_user_key: "short" } },
    { notification_settings: { dnd_from: "24:00", dnd_to: "07:00" } },
    { notification_settings: { dnd_from: "22:00", dnd_to: "" } },
    { notification_settings: { sound: "yes" } },
    { appearance_preferences: { color_mode: "sepia" } },
    { appearance_preferences: { density: "cosy" } },
    { locale: "x" },
  ];
  for (const body of wrong) expect([body, (await patch(body)).status]).toEqual([body, 400]);
  expect(await me()).toEqual(before);
  expect((await patch({ locale: "en" }, t.cast.bot)).status).toBe(403);
  expect((await t.call(undefined, "PATCH", "/api/me", { locale: "en" })).status).toBe(401);
});

test("one's own devices hear of settings in every workspace, and nobody else hears or sees anything", async () => {
  const change = () => patch({ appearance_preferences: { board_theme: "iris" }, locale: "de" });
  const told = [`preferences.updated {"user_id":"${both.user.id}"}`];
  expect(await heardBy(both, elsewhere, change)).toEqual(told);
  await patch({ appearance_preferences: { board_theme: "ember" } });
  expect(await heardBy(both, t.workspace.id, change)).toEqual(told);
  expect(await heardBy(both, t.workspace.id, change)).toEqual([]);

  await patch({ locale: "nl" });
  expect(await heardBy(t.cast.owner, t.workspace.id, change)).toEqual([]);
  const members = await t.call(t.cast.owner, "GET", `/api/workspaces/${t.workspace.id}/members`);
  await t.call(both, "POST", `/api/channels/${t.general.id}/messages`, { body: "ahoy" });
  const page = await t.call(t.cast.owner, "GET", `/api/channels/${t.general.id}/messages`);
  for (const { body } of [members, page]) {
    const text = JSON.stringify(body);
    expect(text).toContain(both.user.id);
    for (const key of ["settings", "preferences", "locale", "email"]) expect(text).not.toContain(key);
  }
});

async function channel(who: Player, name: string, kind = "public"): Promise<string> {
  const path = `/api/workspaces/${t.workspace.id}/channels`;
  return (await t.call(who, "POST", path, { name, kind })).body.channel.id;
}

test("the order of the sidebar keeps what is there for them, in their order", async () => {
  const { owner, moderator } = t.cast;
  const [open, own, hidden] = [
    await channel(owner, "open"),
    await channel(both, "own", "private"),
    await channel(owner, "hidden", "private"),
  ];
  const dm = await t.call(both, "POST", "/api/dms", { workspace_id: t.workspace.id, member_ids: [owner.user.id] });
  const theirs = await t.call(owner, "POST", "/api/dms", {
    workspace_id: t.workspace.id,
    member_ids: [moderator.user.id],
  });
  const direct = dm.body.conversation.id;
  const here = t.workspace.id;

  const order = [own, "chn_unknown", t.general.id, hidden, own, direct, theirs.body.conversation.id, open];
  const sections = [
    { id: "s-1", name: " Work ", conversation_ids: [open, hidden, open] },
    { id: "s-2", name: "Rest", collapsed: true, conversation_ids: [open, direct] },
  ];
  const told = await heardBy(both, here, () =>
    patch({ sidebar_preferences: { channel_order: { [here]: order }, sections: { [here]: sections } } }),
  );
  expect(told).toEqual([`preferences.updated {"user_id":"${both.user.id}"}`]);
  expect((await me()).sidebar_preferences).toEqual({
    channel_order: { [here]: [own, t.general.id, direct, open] },
    sections: {
      [here]: [
        { id: "s-1", name: "Work", collapsed: false, conversation_ids: [open] },
        { id: "s-2", name: "Rest", collapsed: true, conversation_ids: [direct] },
      ],
    },
  });

  // Told only where it belongs; the other workspace stays as it is.
  const clear = () => patch({ sidebar_preferences: { channel_order: { [elsewhere]: [] } } });
  expect(await heardBy(both, here, clear)).toEqual([]);
  await patch({ sidebar_preferences: { sections: { [elsewhere]: [] } } });
  expect(await heardBy(both, elsewhere, clear)).toEqual([]);
  const { sidebar_preferences } = await me();
  expect(sidebar_preferences.channel_order).toEqual({ [here]: [own, t.general.id, direct, open], [elsewhere]: [] });
  expect(sidebar_preferences.sections[elsewhere]).toEqual([]);
  expect((await me(owner)).sidebar_preferences).toEqual(DEFAULTS.sidebar_preferences);
});

test("a sidebar is bounded, and of workspaces one is in", async () => {
  const here = t.workspace.id;
  const sidebar = (sidebar_preferences: unknown, who = both) => patch({ sidebar_preferences }, who);
  const many = (n: number) => Array.from({ length: n }, (_, index) => `chn_${index}`);
  const section = (n: number, ids: string[] = []) => ({ id: `s-${n}`, name: "S", conversation_ids: ids });
  const sections = (n: number) => Array.from({ length: n }, (_, index) => section(index));
  const statuses = async (bodies: unknown[]) => Promise.all(bodies.map(async (body) => (await sidebar(body)).status));
  const fits = [
    { channel_order: { [here]: many(LIMITS.sidebar_conversations) } },
    { sections: { [here]: sections(LIMITS.sidebar_sections) } },
    { sections: { [here]: [section(1, many(LIMITS.sidebar_conversations))] } },
    {},
  ];
  expect(await statuses(fits)).toEqual([200, 200, 200, 200]);
  const before = await me();
  const wrong = [
    { channel_order: { [here]: many(LIMITS.sidebar_conversations + 1) } },
    { sections: { [here]: sections(LIMITS.sidebar_sections + 1) } },
    { sections: { [here]: [section(1, many(300)), section(2, many(300))] } },
    { sections: { [here]: [section(1), section(1)] } },
    { sections: { [here]: [{ id: "s", name: " ", conversation_ids: [] }] } },
    { sections: { [here]: [{ id: "", name: "S", conversation_ids: [] }] } },
    { channel_order: Object.fromEntries(many(LIMITS.sidebar_workspaces + 1).map((id) => [id, []])) },
    { channel_order: [] },
  ];
  expect(await statuses(wrong)).toEqual(wrong.map(() => 400));
  expect((await sidebar({ channel_order: { [here]: [], wsp_unknown: [] } })).status).toBe(403);
  expect((await sidebar({ channel_order: { [here]: [] } }, t.cast.outsider)).status).toBe(403);
  expect((await sidebar(JSON.parse('{"channel_order":{"__proto__":[]}}'))).status).not.toBe(500);
  expect(await me()).toEqual(before);
});
