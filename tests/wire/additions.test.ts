/** Mentions, bots' menus and codes, pins, routes, and what the document adds: private channels, unread, threads. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { FORM_TYPE, formOf, textFile } from "../support/form.ts";
import * as recorded from "./recorded.ts";
import { differences } from "./shape.ts";
import { type Asker, type Json, machine, person, stage, type Stage } from "./stage.ts";
import { bearer, tap } from "./tap.ts";

let s: Stage;
let admin: Asker;
beforeAll(async () => {
  s = await stage();
  admin = await machine(s.server, s.workspace_id, s.owner.id, "admin", ["bot:admin"]);
  await s.ask(s.member, "PATCH", "/api/me", { handle: "mia" });
  await s.ask(s.owner, "PATCH", "/api/me", { handle: "olivia" });
});
afterAll(() => s.close());

const all = () => `/api/workspaces/${s.workspace_id}/channels`;
const ULID = "01m7y5b31147gnmdvk12twgpxw";

async function channel(body: Json, who: Asker = s.owner): Promise<{ id: string; path: string; route_id: string }> {
  const made = await s.ask(who, "POST", all(), body);
  expect(made.status).toBe(201);
  const { id, route_id } = made.body.channel;
  return { id, route_id, path: `/api/channels/${id}` };
}

const listed = async (who: Asker, id: string): Promise<Json> =>
  (await s.ask(who, "GET", all())).body.channels.find((one: Json) => one.id === id);

describe("mentions", () => {
  test("never include the author, and are computed in channels, threads and DMs alike", async () => {
    const member_ids = [s.owner.id, s.bot.id, s.member.id];
    const opened = await s.ask(s.owner, "POST", "/api/dms", { workspace_id: s.workspace_id, member_ids });
    const direct = `/api/dms/${opened.body.conversation.id}`;
    for (const [who, own] of [
      [s.owner, "@olivia"],
      [s.bot, "@pinch"],
    ] as const) {
      const body = `${own} @mia @MIA @nobody \`@peek\` https://x.example/@peek peek@x.example`;
      const { path } = await channel({ name: `mentions-${who.id}` });
      const root = await s.ask(who, "POST", `${path}/messages`, { body });
      const reply = await s.ask(who, "POST", `/api/messages/${root.body.message.id}/thread/replies`, { body });
      const dm = await s.ask(who, "POST", `${direct}/messages`, { body });
      for (const event of [root.body.event, reply.body.events[0], dm.body.event])
        expect([event.type, event.mentioned_user_ids]).toEqual([event.type, [s.member.id]]);
      expect(reply.body.events[1]).not.toHaveProperty("mentioned_user_ids");
      expect((await s.ask(who, "POST", `${path}/messages`, { body: own })).body.event).not.toHaveProperty(
        "mentioned_user_ids",
      );
      const everybody = await s.ask(who, "POST", `${path}/messages`, { body: "@channel" });
      expect(everybody.body.event.payload.mention_scope).toBe("channel");
      // Who is not in a conversation is not mentioned in it.
      const apart = await s.ask(who, "POST", `${direct}/messages`, { body: "@admin" });
      expect(apart.body.event).not.toHaveProperty("mentioned_user_ids");
    }
  });

  test("take linear time: a 64-KiB body of the worst kinds is answered, 1 MB is refused", async () => {
    for (const part of ["@", "@a", "`", "`` ` ", "](", "```\n", "http://", "@mia ", "~~~\n"])
      for (const who of [s.member, s.bot]) {
        const body = part.repeat((64 * 1024) / part.length);
        const sent = await s.ask(who, "POST", `/api/channels/${s.general_id}/messages`, { body });
        expect([part, sent.status]).toEqual([part, 201]);
        const long = await s.ask(who, "POST", `/api/channels/${s.general_id}/messages`, { body: part.repeat(2 ** 19) });
        expect([part, [400, 413].includes(long.status)]).toEqual([part, true]);
      }
  });
});

describe("agents", () => {
  test("`PUT /api/bots/self/commands` replaces the menu, which members read", async () => {
    const put = (commands: Json, who = s.bot) => s.ask(who, "PUT", "/api/bots/self/commands", { commands });
    const command = { command: "/status", description: "Say how it goes", args_hint: "[service]" };
    const answer = await put([command, { command: "/ask", description: "Ask" }]);
    const row = { ...command, id: `cmd_${ULID}`, workspace_id: s.workspace_id, bot_user_id: s.bot.id };
    expect([answer.status, Object.keys(answer.body)]).toEqual([200, ["bot_commands"]]);
    expect(Object.keys(answer.body.bot_commands[0])).toContainValues(Object.keys(row));
    for (const who of [s.member, s.bot]) {
      const { body } = await s.ask(who, "GET", `/api/workspaces/${s.workspace_id}/bot-commands`);
      expect(body.bot_commands.map((one: Json) => [one.bot.handle, one.command])).toEqual([
        ["pinch", "/ask"],
        ["pinch", "/status"],
      ]);
    }
    expect((await put([{ command: "/ask", description: "Again" }])).body.bot_commands).toHaveLength(1);
    for (const bad of [
      [{ command: "ask", description: "x" }],
      [{ command: "/a b", description: "x" }],
      [command, command],
    ])
      expect((await put(bad)).status).toBe(400);
    expect([(await put([], s.member)).status, (await put([], s.reader)).status]).toEqual([403, 403]);
  });

  test("`POST /api/bot-setup-codes/claim` turns a code into a token once", async () => {
    const path = `/api/workspaces/${s.workspace_id}/bots/${s.bot.id}/setup-codes`;
    const minted = await s.ask(s.owner, "POST", path, { name: "gateway", defaults: { defaultTo: "general" } });
    expect(minted.status).toBe(201);
    const { setup_code } = minted.body;
    expect(setup_code.code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
    expect(setup_code).toMatchObject({ token_name: "gateway", contract_version: 1, api_base_url: s.url });
    const claim = (code: string) => s.ask(undefined, "POST", "/api/bot-setup-codes/claim", { code });
    const claimed = await claim(setup_code.code.toLowerCase().replaceAll("-", " "));
    expect(claimed.status).toBe(200);
    expect(claimed.body).toMatchObject({
      bot: { id: s.bot.id, handle: "pinch" },
      workspace: { id: s.workspace_id },
      defaults: { defaultTo: "general" },
      contract_version: 1,
    });
    const agent = { id: s.bot.id, token: claimed.body.token };
    expect((await s.ask(agent, "GET", "/api/me")).body.user.id).toBe(s.bot.id);
    for (const gone of [setup_code.code, "AAAA-AAAA-AAAA", "nonsense"]) expect((await claim(gone)).status).toBe(404);
    expect((await s.ask(s.bot, "POST", path, {})).status).toBe(403);
  });

  test("`POST /api/realtime/ephemeral` answers 202, in direct conversations to their people only", async () => {
    const member_ids = [s.member.id];
    const opened = await s.ask(s.bot, "POST", "/api/dms", { workspace_id: s.workspace_id, member_ids });
    const direct_conversation_id: string = opened.body.conversation.id;
    const [theirs, others] = [s.member, s.owner].map((who) =>
      tap(s.url, `workspace_id=${s.workspace_id}`, bearer(who)),
    );
    await Promise.all([theirs?.ready(), others?.ready()]);
    const progress = { turn_id: "t1", seq: 1, op: "append", line: { id: "1", kind: "tool", tool_name: "ls" } };
    const act = { workspace_id: s.workspace_id, type: "agent.progress", direct_conversation_id, payload: progress };
    const answer = await s.ask(s.bot, "POST", "/api/realtime/ephemeral", act);
    expect(answer.status).toBe(202);
    expect(answer.body.event).toMatchObject({
      type: "agent.progress",
      cursor: "",
      payload: { ...progress, user_id: s.bot.id, direct_conversation_id },
    });
    expect(answer.body.event.payload).not.toHaveProperty("channel_id");
    await theirs?.until((one) => one.type === "agent.progress");
    const { id } = (await s.ask(s.bot, "POST", `/api/channels/${s.general_id}/messages`, { body: "after" })).body.event;
    await others?.until((one) => one.id === id);
    expect(others?.frames.filter((one) => one.type === "agent.progress")).toEqual([]);
    theirs?.close();
    others?.close();
    const stranger = await s.ask(s.owner, "POST", "/api/realtime/ephemeral", { ...act, type: "typing.started" });
    expect(stranger.status).toBe(404);
  });

  test("agent activity is coalesced by PATCH and is unread to nobody", async () => {
    const { id, path } = await channel({ name: "activity" });
    const row = { body: "one", kind: "agent_commentary", turn_id: "t1" };
    const sent = (await s.ask(s.bot, "POST", `${path}/messages`, row)).body;
    expect(differences(sent, { message: recorded.activity, event: recorded.activityCreated })).toEqual([]);
    const patched = await s.ask(s.bot, "PATCH", `/api/messages/${sent.message.id}`, { body: "one two" });
    expect(patched.body.message).toMatchObject({ body: "one two", kind: "agent_commentary", turn_id: "t1" });
    expect(await listed(s.member, id)).toMatchObject({ last_seq: 1, unread_count: 0, mention_count: 0 });
  });
});

describe("pins and routes", () => {
  test("pins come and go with their events, the newest first", async () => {
    const { id, path } = await channel({ name: "pins" });
    for (const who of [s.member, s.bot]) {
      const { message } = (await s.ask(who, "POST", `${path}/messages`, { body: "pin me" })).body;
      const pin = { message_id: message.id };
      const pinned = await s.ask(who, "POST", `${path}/pins`, pin);
      const event = { ...recorded.reacted, type: "pin.added", payload: { channel_id: id, message_id: message.id } };
      const row = { id: `pin_${ULID}`, workspace_id: s.workspace_id, channel_id: id, ...pin, pinned_by: who.id };
      expect([pinned.status, differences(pinned.body, { pinned_message: row, event })]).toEqual([201, []]);
      expect(pinned.body.event).toMatchObject({ type: "pin.added", payload: { pinned_by: who.id } });
      expect((await s.ask(who, "POST", `${path}/pins`, pin)).status).toBe(409);
      const list = await s.ask(s.reader, "GET", `${path}/pins`);
      expect(list.body.messages[0].id).toBe(message.id);
      const gone = await s.ask(s.owner, "DELETE", `${path}/pins/${message.id}`);
      expect([gone.status, gone.body.event.type, gone.body.event.payload.pinned_by]).toEqual([
        200,
        "pin.removed",
        s.owner.id,
      ]);
      expect((await s.ask(who, "DELETE", `${path}/pins/${message.id}`)).status).toBe(404);
    }
    expect((await s.ask(s.member, "GET", `${path}/pins?limit=0`)).body).toEqual({ messages: [] });
  });

  test("`GET /api/routes/{workspace}/{target}` resolves short ids and, both or neither, old ones", async () => {
    const place = await channel({ name: "routes" });
    const { message } = (await s.ask(s.member, "POST", `${place.path}/messages`, { body: "x" })).body;
    const home = (await s.ask(s.member, "GET", `/api/workspaces/${s.workspace_id}`)).body.workspace;
    const minted = await s.ask(s.member, "POST", `/api/messages/${message.id}/route`);
    const thread: string = minted.body.message.route_id;
    for (const who of [s.member, s.bot]) {
      const find = (workspace: string, target: string) => s.ask(who, "GET", `/api/routes/${workspace}/${target}`);
      const found = await find(home.route_id, place.route_id);
      expect([found.status, found.body.route]).toEqual([
        200,
        {
          workspace_id: s.workspace_id,
          workspace_route_id: home.route_id,
          target_type: "channel",
          target_id: place.id,
          target_route_id: place.route_id,
          canonical_path: `/app/${home.route_id}/${place.route_id}`,
        },
      ]);
      expect((await find(home.route_id, thread)).body.route).toMatchObject({
        target_type: "thread",
        target_id: message.id,
        parent_type: "channel",
        parent_id: place.id,
        parent_route_id: place.route_id,
      });
      expect((await find(s.workspace_id, place.id)).body.route.target_route_id).toBe(place.route_id);
      for (const [workspace, target] of [
        [s.workspace_id, place.route_id],
        [home.route_id, place.id],
        [home.route_id, "CZZZZZZZZZZZZZZZZ"],
        ["TZZZZZZZZZZZZZZZZ", place.route_id],
        [home.route_id, "nonsense"],
      ] as const)
        expect([target, (await find(workspace, target)).status]).toEqual([target, 404]);
    }
    expect((await s.ask(s.outsider, "GET", `/api/routes/${home.route_id}/${place.route_id}`)).status).toBe(404);
  });
});

describe("what the document adds", () => {
  test("private channels: members only, and for anybody else they do not exist", async () => {
    for (const who of [s.owner, admin]) {
      const { id, path } = await channel({ name: `secret-${who.id}`, kind: "private" }, who);
      const { message } = (await s.ask(who, "POST", `${path}/messages`, { body: "quiet words @mia" })).body;
      for (const stranger of [s.member, s.bot]) {
        expect(await listed(stranger, id)).toBeUndefined();
        for (const hidden of [path, `${path}/messages`, `${path}/members`, `/api/messages/${message.id}`])
          expect([hidden, (await s.ask(stranger, "GET", hidden)).status]).toEqual([hidden, 404]);
        const log = await s.ask(stranger, "GET", `/api/realtime/events?workspace_id=${s.workspace_id}&limit=500`);
        expect(JSON.stringify(log.body)).not.toContain(id);
        const found = await s.ask(stranger, "GET", `/api/search?workspace_id=${s.workspace_id}&q=quiet`);
        expect(found.body.results).toEqual([]);
      }
      const added = await s.ask(who, "PUT", `${path}/members/${s.member.id}`);
      expect([added.status, added.body.event.type, added.body.member.user.id]).toEqual([
        200,
        "channel.member_added",
        s.member.id,
      ]);
      expect((await s.ask(who, "PUT", `${path}/members/${s.member.id}`)).body).not.toHaveProperty("event");
      // What was said before somebody came mentions them no more than it reached them.
      expect(await listed(s.member, id)).toMatchObject({ kind: "private", unread_count: 0, mention_count: 0 });
      const { members } = (await s.ask(s.member, "GET", `${path}/members`)).body;
      expect(members.map((one: Json) => one.user.id).toSorted()).toEqual([who.id, s.member.id].toSorted());
      const removed = await s.ask(who, "DELETE", `${path}/members/${s.member.id}`);
      expect([removed.status, removed.body.ok, removed.body.event.type]).toEqual([200, true, "channel.member_removed"]);
      expect((await s.ask(s.member, "GET", path)).status).toBe(404);
    }
  });

  test("leaving a public channel hides and silences it; posting brings it back", async () => {
    const { id, path } = await channel({ name: "left" });
    const left = await s.ask(s.member, "DELETE", `${path}/members/me`);
    expect([left.status, left.body.ok]).toEqual([200, true]);
    await s.ask(s.owner, "POST", `${path}/messages`, { body: "@mia @channel" });
    expect(await listed(s.member, id)).toMatchObject({ hidden: true, unread_count: 0, mention_count: 0 });
    await s.ask(s.member, "POST", `${path}/messages`, { body: "back" });
    expect(await listed(s.member, id)).toMatchObject({ hidden: false, unread_count: 0, last_read_seq: 2 });
  });

  test("unread: `POST …/unread` {seq} marks from there; lists carry unread_count, mention_count, last_read_seq", async () => {
    for (const [who, handle] of [
      [s.member, "mia"],
      [s.bot, "pinch"],
    ] as const) {
      const { id, path } = await channel({ name: `unread-${handle}` });
      for (const body of ["one", `@${handle} two`, "@channel three"])
        await s.ask(s.owner, "POST", `${path}/messages`, { body });
      expect(await listed(who, id)).toMatchObject({ unread_count: 3, mention_count: 2, last_read_seq: 0 });
      const read = await s.ask(who, "POST", `${path}/read`, { seq: 3 });
      expect(differences(read.body, { receipt: recorded.receipt })).toEqual([]);
      expect(read.body.event).toMatchObject({
        type: "channel.read",
        channel_id: id,
        seq: 3,
        payload: { user_id: who.id },
      });
      expect(await listed(who, id)).toMatchObject({ unread_count: 0, mention_count: 0, last_read_seq: 3 });
      const unread = await s.ask(who, "POST", `${path}/unread`, { seq: 2 });
      expect(unread.body.receipt).toMatchObject({ last_read_seq: 1, unread_count: 2, mention_count: 2 });
      expect(await listed(who, id)).toMatchObject({ unread_count: 2, mention_count: 2, last_read_seq: 1 });
      // A marker is its reader's alone.
      const log = await s.ask(s.owner, "GET", `/api/realtime/events?workspace_id=${s.workspace_id}&limit=500`);
      expect(log.body.events.filter((one: Json) => one.type === "channel.read" && one.channel_id === id)).toEqual([]);
    }
  });

  test("threads followed have their own cursor and inbox", async () => {
    const inbox = (who: Asker, filter = "unread") =>
      s.ask(who, "GET", `/api/workspaces/${s.workspace_id}/threads?filter=${filter}`);
    const tess = await person(s.server, "tess@example.com", "Tess");
    const { invite } = (await s.ask(s.owner, "POST", `/api/workspaces/${s.workspace_id}/invites`, {})).body;
    await s.ask(tess, "POST", `/api/invites/${invite.code}/accept`, {});
    for (const who of [tess, await machine(s.server, s.workspace_id, s.owner.id, "reading", ["bot:write"])]) {
      const root = (await s.ask(who, "POST", `/api/channels/${s.general_id}/messages`, { body: "root" })).body.message;
      const thread = `/api/messages/${root.id}/thread`;
      for (const body of ["one", "two"]) await s.ask(s.owner, "POST", `${thread}/replies`, { body });
      const found = (await inbox(who)).body;
      expect(Object.keys(found).toSorted()).toEqual(["threads", "unread_threads"]);
      expect(found.threads[0]).toMatchObject({ root: { id: root.id }, last_read_seq: 0, unread_count: 2 });
      expect(found.unread_threads).toBe(1);
      const read = await s.ask(who, "POST", `${thread}/read`, { seq: 2 });
      expect(read.body.receipt).toMatchObject({ root_message_id: root.id, following: true, unread_count: 0 });
      expect(read.body.event.type).toBe("thread.read");
      expect((await inbox(who)).body).toEqual({ threads: [], unread_threads: 0 });
      const marked = await s.ask(who, "POST", `${thread}/unread`, { seq: 2 });
      expect(marked.body.receipt).toMatchObject({ last_read_seq: 1, unread_count: 1 });
      const left = await s.ask(who, "DELETE", `${thread}/follow`);
      expect([left.body.receipt.following, left.body.event.type]).toEqual([false, "thread.follow_updated"]);
      expect((await inbox(who, "all")).body.threads).toEqual([]);
      expect((await s.ask(who, "PUT", `${thread}/follow`)).body.receipt).toMatchObject({ unread_count: 0 });
    }
  });

  test("uploads: up to ten `upload_ids` on messages and on replies, all or nothing", async () => {
    const headers = { "content-type": FORM_TYPE };
    for (const who of [s.member, s.bot]) {
      const path = `/api/uploads?workspace_id=${s.workspace_id}`;
      const ids: string[] = [];
      for (let n = 0; n < 11; n++)
        ids.push((await s.ask(who, "POST", path, formOf(textFile(`${n}`, `${n}.txt`)), headers)).body.upload.id);
      const messages = `/api/channels/${s.general_id}/messages`;
      const ten = ids.slice(0, 10);
      const sent = await s.ask(who, "POST", messages, { body: "", upload_ids: ten });
      expect([sent.status, sent.body.message.attachments.map((one: Json) => one.id)]).toEqual([201, ten]);
      const replies = `/api/messages/${sent.body.message.id}/thread/replies`;
      const reply = await s.ask(who, "POST", replies, { body: "files", upload_ids: ten.toReversed() });
      expect([reply.status, reply.body.message.attachments.map((one: Json) => one.id)]).toEqual([
        201,
        ten.toReversed(),
      ]);
      for (const to of [messages, replies]) {
        expect((await s.ask(who, "POST", to, { body: "x", upload_ids: ids })).status).toBe(400);
        const before = (await s.ask(who, "GET", `${messages}?limit=1`)).body.newest_seq;
        const missing = await s.ask(who, "POST", to, { body: "x", upload_ids: [ids[10], `upl_${"0".repeat(26)}`] });
        expect(missing.status).toBe(404);
        expect((await s.ask(who, "GET", `${messages}?limit=1`)).body.newest_seq).toBe(before);
      }
    }
  });

  test("guests see the channels they were added to, and have no direct conversations", async () => {
    const guest = await person(s.server, "gina@example.com", "Gina");
    const { body } = await s.ask(s.owner, "POST", `/api/workspaces/${s.workspace_id}/invites`, {});
    await s.ask(guest, "POST", `/api/invites/${body.invite.code}/accept`, {});
    await s.ask(s.owner, "PATCH", `/api/workspaces/${s.workspace_id}/members/${guest.id}`, { role: "guest" });
    expect((await s.ask(guest, "GET", all())).body.channels).toEqual([]);
    const general = `/api/channels/${s.general_id}`;
    expect((await s.ask(guest, "GET", `${general}/messages`)).status).toBe(404);
    expect((await s.ask(s.owner, "PUT", `${general}/members/${guest.id}`)).body.event.type).toBe(
      "channel.member_added",
    );
    expect((await s.ask(guest, "GET", all())).body.channels.map((one: Json) => one.id)).toEqual([s.general_id]);
    const sent = await s.ask(guest, "POST", `${general}/messages`, { body: "hello" });
    expect(sent.status).toBe(201);
    const log = await s.ask(guest, "GET", `/api/realtime/events?workspace_id=${s.workspace_id}&limit=500`);
    const told = log.body.events.filter((one: Json) => one.payload.message_id === sent.body.message.id);
    expect(told.map((one: Json) => one.type)).toEqual(["message.created"]);
    const dms = `/api/dms?workspace_id=${s.workspace_id}`;
    expect((await s.ask(guest, "GET", dms)).body).toEqual({ conversations: [] });
    const open = { workspace_id: s.workspace_id, member_ids: [s.owner.id] };
    expect((await s.ask(guest, "POST", "/api/dms", open)).status).toBe(403);
  });
});
