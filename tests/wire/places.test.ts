import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as recorded from "./recorded.ts";
import { differences } from "./shape.ts";
import { type Json, stage, type Stage } from "./stage.ts";

let s: Stage;
beforeAll(async () => {
  s = await stage();
});
afterAll(() => s.close());

const names = (list: Json[]): string[] => list.map((one) => one.name);

describe("me", () => {
  test("is a person or a bot, with the recorded fields", async () => {
    const human = await s.ask(s.member, "GET", "/api/me");
    expect(differences(human.body, { user: recorded.user })).toEqual([]);
    expect([human.body.user.kind, human.body.user.password_enrolled]).toEqual(["human", false]);
    for (const who of [s.bot, s.reader]) {
      const { body } = await s.ask(who, "GET", "/api/me");
      expect(differences(body, { user: recorded.user })).toEqual([]);
      expect([body.user.kind, body.user.avatar_url]).toEqual(["bot", ""]);
      expect(body.user.notification_settings).toBeUndefined();
      expect(body.user.email).toBeUndefined();
    }
  });

  test("changes by PATCH: omitted fields stay, the whole patch or nothing", async () => {
    const patch = (body: unknown, who = s.member) => s.ask(who, "PATCH", "/api/me", body);
    const changed = await patch({ display_name: "Mia Member", handle: "@Mia", colour: "red" });
    expect([changed.status, changed.body.user.handle]).toEqual([200, "mia"]);
    expect(differences(changed.body, { user: recorded.user })).toEqual([]);
    expect((await patch({ avatar_url: "https://example.com/a.png" })).body.user).toMatchObject({
      handle: "mia",
      avatar_url: "https://example.com/a.png",
    });
    for (const bad of [{ display_name: " " }, { display_name: "x".repeat(81) }, { handle: "a" }, { handle: "é!" }])
      expect([(await patch(bad)).status, bad]).toEqual([400, bad]);
    expect((await patch({ display_name: "Not Me", avatar_url: "javascript:alert(1)" })).status).toBe(400);
    expect((await s.ask(s.member, "GET", "/api/me")).body.user.display_name).toBe("Mia Member");
    const taken = await patch({ handle: "pinch" });
    expect([taken.status, taken.body.error]).toEqual([409, "handle is already taken"]);
    expect((await patch({ handle: "" })).body.user.handle).toBe("");
    await patch({ handle: "mia" });
    expect((await patch({ display_name: "Robot" }, s.bot)).status).toBe(403);
  });
});

describe("workspaces", () => {
  test("are listed with the asker's role; a bot sees its own only", async () => {
    const list = async (who = s.owner) => (await s.ask(who, "GET", "/api/workspaces")).body.workspaces;
    expect(differences(await list(), [recorded.workspace])).toEqual([]);
    const roles = [(await list())[0].role, (await list(s.member))[0].role, (await list(s.bot))[0].role];
    expect(roles).toEqual(["owner", "member", "bot"]);
    expect(await list(s.outsider)).toEqual([]);
    expect(await list(s.bot)).toHaveLength(1);
  });

  test("one by one, for those who are in it", async () => {
    for (const who of [s.owner, s.member, s.bot, s.reader]) {
      const { status, body } = await s.ask(who, "GET", `/api/workspaces/${s.workspace_id}`);
      expect([status, differences(body, { workspace: recorded.workspace })]).toEqual([200, []]);
    }
  });

  test("are created with #general, by people only; slugs are free or 409, reserved ones 400", async () => {
    const create = (body: unknown, who = s.owner) => s.ask(who, "POST", "/api/workspaces", body);
    const made = await create({ name: "Second", slug: "second" });
    expect([made.status, differences(made.body, { workspace: recorded.workspace })]).toEqual([201, []]);
    const channels = await s.ask(s.owner, "GET", `/api/workspaces/${made.body.workspace.id}/channels`);
    expect(names(channels.body.channels)).toEqual(["general"]);
    expect((await create({ name: "" })).body.workspace.name).toBe("Untitled");
    expect((await create({ name: "x", slug: "second" })).status).toBe(409);
    for (const slug of ["clickclack", "guests"]) expect((await create({ name: "x", slug })).status).toBe(400);
    expect((await create({ name: "x" }, s.bot)).status).toBe(403);
    // A bot of one workspace finds nothing in another.
    expect((await s.ask(s.bot, "GET", `/api/workspaces/${made.body.workspace.id}`)).status).toBe(404);
  });

  test("change by managers, and say so in an event", async () => {
    const path = `/api/workspaces/${s.workspace_id}`;
    const changed = await s.ask(s.owner, "PATCH", path, { name: "Harbour" });
    expect(differences(changed.body, { workspace: recorded.workspace })).toEqual([]);
    expect(changed.body.event).toMatchObject({ type: "workspace.updated", payload: { workspace_id: s.workspace_id } });
    expect((await s.ask(s.member, "PATCH", path, { name: "x" })).status).toBe(403);
    expect((await s.ask(s.bot, "PATCH", path, { name: "x" })).status).toBe(403);
    expect((await s.ask(s.owner, "PATCH", path, {})).status).toBe(400);
    expect((await s.ask(s.owner, "PATCH", path, { name: "x".repeat(81) })).status).toBe(400);
  });

  test("members come by rank, clamped above and refused at 0", async () => {
    const list = (query = "", who = s.member) => s.ask(who, "GET", `/api/workspaces/${s.workspace_id}/members${query}`);
    const all = await list();
    expect(differences(all.body.members, [recorded.member])).toEqual([]);
    const roles: string[] = all.body.members.map((one: Json) => one.role);
    expect(roles).toEqual([...roles].sort((a, b) => RANK.indexOf(a) - RANK.indexOf(b)));
    expect([all.body.total_count, all.body.has_more]).toEqual([4, false]);
    expect(all.body.total_by_role).toEqual({ owner: 1, moderator: 0, member: 1, bot: 2, guest: 0 });
    expect(all.body.next_cursor).toBeUndefined();

    const first = await list("?limit=2", s.bot);
    expect([first.body.members.length, first.body.has_more]).toEqual([2, true]);
    const rest = await list(`?limit=2&cursor=${encodeURIComponent(first.body.next_cursor)}`);
    expect([...first.body.members, ...rest.body.members]).toEqual(all.body.members);
    expect(rest.body.total_count).toBeUndefined();
    expect((await list("?limit=1000")).body.members).toHaveLength(4);
    for (const bad of ["?limit=0", "?limit=-1", "?limit=x", "?cursor=x"]) expect((await list(bad)).status).toBe(400);
    expect(
      names((await list("?role=bot&q=PINCH")).body.members.map((one: Json) => ({ name: one.user.handle }))),
    ).toContain("pinch");
  });
});

const RANK = ["owner", "moderator", "member", "bot", "guest"];

describe("channels", () => {
  const all = () => `/api/workspaces/${s.workspace_id}/channels`;
  const create = (body: unknown, who = s.member) => s.ask(who, "POST", all(), body);

  test("are listed by name, archived ones included", async () => {
    for (const who of [s.owner, s.member, s.bot, s.reader]) {
      const { status, body } = await s.ask(who, "GET", all());
      expect([status, differences(body, { channels: [recorded.channel] })]).toEqual([200, []]);
    }
    const first = (await s.ask(s.member, "GET", all())).body.channels[0];
    for (const absent of ["display_title", "external_ref", "external_url", "sidebar_section", "archived_at"])
      expect(first).not.toHaveProperty(absent);
    const old = await create({ name: "attic" });
    await s.ask(s.owner, "PATCH", `/api/channels/${old.body.channel.id}`, { archived: true });
    const listed = (await s.ask(s.member, "GET", all())).body.channels;
    expect(names(listed)).toEqual([...names(listed)].sort());
    expect(names(listed)).toContain("attic");
  });

  test("are created with their event", async () => {
    const made = await create({ name: "Release Train!", kind: "public" });
    expect(made.status).toBe(201);
    expect(differences(made.body, { channel: recorded.channel, event: recorded.channelCreated })).toEqual([]);
    expect(made.body.channel.name).toBe("release-train");
    expect(made.body.event).toMatchObject({ type: "channel.created", payload: { channel_id: made.body.channel.id } });
    expect(made.body.event.seq).toBeUndefined();
    const managed = await create({
      name: "session-1",
      kind: "public",
      display_title: "A session",
      external_managed: true,
      external_ref: "ref:1",
      external_url: "https://example.com/x",
      sidebar_section: "Sessions",
    });
    expect(differences(managed.body, { channel: recorded.managedChannel })).toEqual([]);
    const long = await create({ name: "long", display_title: "é".repeat(300), purpose: "p".repeat(250) });
    expect([...long.body.channel.display_title]).toHaveLength(200);
    expect((await create({ name: "longer", purpose: "p".repeat(251) })).status).toBe(400);
  });

  test("have names that are unique and not reserved; bots need the scope", async () => {
    const taken = await create({ name: "General" });
    expect(taken.status).toBe(409);
    for (const word of ["channel", "name", "workspace", "unique"]) expect(taken.body.error).toContain(word);
    expect((await create({ name: "guest" })).status).toBe(400);
    const bot = await create({ name: "bots" }, s.bot);
    expect([bot.status, bot.body.error]).toEqual([403, "bot token is missing scope channels:write"]);
    expect((await create({ name: "x" }, s.outsider)).status).toBe(404);
    expect((await create({})).status).toBe(400);
  });

  test("are changed by owners, with the recorded shape; the empty text clears", async () => {
    const { id } = (await create({ name: "changing" })).body.channel;
    const patch = (body: unknown, who = s.owner) => s.ask(who, "PATCH", `/api/channels/${id}`, body);
    const titled = await patch({ display_title: "Changing times" });
    const channel = { ...recorded.channel, display_title: "x" };
    expect(titled.status).toBe(200);
    expect(differences(titled.body, { channel, event: recorded.channelUpdated })).toEqual([]);
    expect(titled.body.event.payload.archived).toBe(false);
    expect((await patch({ display_title: "" })).body.channel).not.toHaveProperty("display_title");
    const archived = await patch({ archived: true });
    expect(archived.body.event.payload).toEqual({ channel_id: id, archived: true });
    expect(archived.body.channel.archived_at).toBeString();
    expect((await s.ask(s.member, "POST", `/api/channels/${id}/messages`, { body: "x" })).status).toBe(409);
    expect((await s.ask(s.member, "GET", `/api/channels/${id}/messages`)).status).toBe(200);
    expect((await patch({ archived: false })).body.channel).not.toHaveProperty("archived_at");
    expect((await patch({ name: "general" })).status).toBe(409);
    expect((await patch({ name: "x" }, s.member)).status).toBe(403);
    expect((await patch({ name: "x" }, s.bot)).status).toBe(403);
    expect((await patch({ name: "x" }, s.outsider)).status).toBe(404);
  });

  test("are read up to a place: forward only, and never beyond the last message", async () => {
    const { id } = (await create({ name: "reading" })).body.channel;
    for (let n = 0; n < 3; n++) await s.ask(s.owner, "POST", `/api/channels/${id}/messages`, { body: `${n}` });
    const mine = async (who = s.member) =>
      (await s.ask(who, "GET", all())).body.channels.find((one: Json) => one.id === id);
    expect(await mine()).toMatchObject({ last_seq: 3, last_read_seq: 0, unread_count: 3 });
    expect(await mine(s.owner)).toMatchObject({ unread_count: 0 });
    const read = async (seq: unknown, who = s.member) => s.ask(who, "POST", `/api/channels/${id}/read`, { seq });
    const receipt = await read(2);
    expect([receipt.status, differences(receipt.body, { receipt: recorded.receipt })]).toEqual([200, []]);
    expect(receipt.body.receipt).toMatchObject({ scope_id: id, user_id: s.member.id, last_read_seq: 2 });
    expect(await mine()).toMatchObject({ last_read_seq: 2, unread_count: 1 });
    expect((await read(1)).body.receipt.last_read_seq).toBe(2);
    expect((await read(99, s.bot)).body.receipt.last_read_seq).toBe(3);
    for (const bad of [-1, "2", 1.5, undefined]) expect((await read(bad)).status).toBe(400);
  });
});
