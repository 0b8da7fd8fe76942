/** People and bots of other workspaces are as good as nobody, whichever route names them; and who was lowered has no more say. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { machine, type World, world } from "../refusals/world.ts";
import { newcomer } from "../support/newcomer.ts";
import type { Player } from "../support/test-app.ts";

let w: World;
let elsewhere: string;
/** What an owner knows of another workspace, and nothing that is there. */
let foreign: { person: string; bot: string };
let group_id: string;
beforeAll(async () => {
  w = await world();
  elsewhere = (await w.t.call(w.outsider, "GET", "/api/workspaces")).body.workspaces[0].id;
  const bot = await machine(w.t, elsewhere, "abroad", ["bot:write"]);
  foreign = { person: w.outsider.user.id, bot: bot.user.id };
  const made = await w.t.call(w.owner, "POST", ws("/groups"), { name: "Devs", handle: "devs" });
  group_id = made.body.group.id;
});
afterAll(() => w.t.close());

const ws = (path = "") => `/api/workspaces/${w.t.workspace.id}${path}`;
const NOBODY = `usr_${"0".repeat(26)}`;

type Ask = (user_id: string) => [method: string, path: string, body?: unknown];
const general = () => `/api/channels/${w.t.general.id}`;
const naming: Record<string, Ask> = {
  "added to the workspace": (id) => ["PUT", ws(`/members/${id}`), {}],
  "given a role": (id) => ["PATCH", ws(`/members/${id}`), { role: "guest" }],
  "closed the account of": (id) => ["PATCH", ws(`/members/${id}`), { deactivated: true }],
  removed: (id) => ["DELETE", ws(`/members/${id}`)],
  blocked: (id) => ["PATCH", ws(`/moderation/members/${id}`), { blocked: true }],
  "signed in": (id) => ["POST", ws(`/members/${id}/sign-in-link`)],
  "made the owner": (id) => ["POST", ws("/transfer-ownership"), { user_id: id }],
  "put into a group": (id) => ["PUT", `/api/groups/${group_id}/members/${id}`],
  "taken out of a group": (id) => ["DELETE", `/api/groups/${group_id}/members/${id}`],
  "made a group of": (id) => ["POST", ws("/groups"), { name: "x", handle: "other", member_ids: [id] }],
  "put into a channel": (id) => ["PUT", `${general()}/members/${id}`],
  "taken out of a channel": (id) => ["DELETE", `${general()}/members/${id}`],
  "written to": (id) => ["POST", "/api/dms", { workspace_id: w.t.workspace.id, member_ids: [id] }],
  "given a bot": (id) => ["POST", ws("/bots"), { display_name: "x", owner_user_id: id }],
  "given a token": (id) => ["POST", ws(`/bots/${id}/tokens`), {}],
  "given a token without a workspace": (id) => ["POST", `/api/bots/${id}/tokens`, {}],
  "asked for tokens": (id) => ["GET", `/api/bots/${id}/tokens`],
  "given a setup code": (id) => ["POST", ws(`/bots/${id}/setup-codes`), {}],
  "taken out as a bot": (id) => ["DELETE", ws(`/bots/${id}/membership`)],
  "deleted as a bot": (id) => ["DELETE", `/api/bots/${id}`],
  "looked for in the log": (id) => ["GET", ws(`/audit-log?actor=${id}`)],
  "looked for as a target": (id) => ["GET", ws(`/audit-log?target=${id}`)],
  "looked for by name": () => ["GET", ws("/members?q=Oskar")],
};

test.each(Object.entries(naming))("somebody of another workspace is not %s, nor known", async (_name, ask) => {
  for (const who of [w.owner, w.moderator, w.member, w.guest]) {
    const answers: unknown[] = [];
    for (const id of [NOBODY, foreign.person, foreign.bot]) {
      const { status, body } = await w.t.call(who, ...ask(id));
      answers.push([status, body?.error ?? JSON.stringify(body)]);
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    expect(JSON.stringify(answers)).not.toContain("Oskar");
  }
});

test("a file, a channel or a group of another workspace sets nothing here", async () => {
  const theirs = (await w.t.call(w.outsider, "GET", `/api/workspaces/${elsewhere}/channels`)).body.channels[0].id;
  const none = `chn_${"0".repeat(26)}`;
  const asks: ((id: string) => [string, string, unknown])[] = [
    (id) => ["PATCH", ws(), { waiting_room_channel_id: id }],
    (id) => ["PATCH", `/api/groups/${group_id}`, { channel_ids: [id] }],
    (id) => ["POST", ws("/topics"), { name: "x", channel_id: id }],
    (id) => ["PUT", `/api/me/drafts/${id}`, { body: "x" }],
    (id) => ["PATCH", "/api/me", { sidebar_preferences: { channel_order: { [w.t.workspace.id]: [id] } } }],
  ];
  for (const ask of asks) {
    const known = await w.t.call(w.owner, ...ask(theirs));
    const unknown = await w.t.call(w.owner, ...ask(none));
    expect([known.status, known.body.error]).toEqual([unknown.status, unknown.body.error]);
    expect(JSON.stringify(known.body)).not.toContain(theirs);
  }
});

describe("whoever made a channel and became a guest", () => {
  const made = async (kind: "public" | "private", who: Player) =>
    (await w.t.call(who, "POST", ws("/channels"), { name: `${kind}-${who.user.handle}`, kind })).body.channel
      .id as string;

  test("invites nobody, puts nobody out and changes nothing there", async () => {
    const maker = await newcomer(w.t, "maker", "member");
    const [other, friend] = [await newcomer(w.t, "other", "guest"), await newcomer(w.t, "friend", "guest")];
    for (const kind of ["public", "private"] as const) {
      const path = `/api/channels/${await made(kind, maker)}`;
      // As a member they do all of it.
      expect((await w.t.call(maker, "PUT", `${path}/members/${friend.user.id}`)).status).toBe(200);
      if (kind === "private") expect((await w.t.call(maker, "PATCH", path, { purpose: "x" })).status).toBe(200);
      else await w.t.call(w.owner, "PUT", `${path}/members/${maker.user.id}`);
      await w.t.call(w.owner, "PATCH", ws(`/members/${maker.user.id}`), { role: "guest" });
      if (kind === "public") await w.t.call(w.owner, "PUT", `${path}/members/${maker.user.id}`);
      expect((await w.t.call(maker, "GET", path)).status).toBe(200);
      expect((await w.t.call(maker, "PUT", `${path}/members/${other.user.id}`)).status).toBe(403);
      expect((await w.t.call(maker, "DELETE", `${path}/members/${friend.user.id}`)).status).toBe(403);
      expect((await w.t.call(maker, "PATCH", path, { kind: "public", name: "mine" })).status).toBe(403);
      await w.t.call(w.owner, "PATCH", ws(`/members/${maker.user.id}`), { role: "member" });
    }
  });
});

test("who comes with a group's handle is not called when the group is, and hears nothing meant for it", async () => {
  const mimic = await newcomer(w.t, "mimic", "member");
  await w.t.call(w.owner, "PUT", `/api/groups/${group_id}/members/${w.member.user.id}`);
  await w.t.call(mimic, "DELETE", ws("/members/me"));
  // Nobody keeps them from it while they are not here.
  expect((await w.t.call(mimic, "PATCH", "/api/me", { handle: "temporary" })).status).toBe(200);
  await w.t.call(w.owner, "PATCH", `/api/groups/${group_id}`, { handle: "admins" });
  expect((await w.t.call(mimic, "PATCH", "/api/me", { handle: "admins" })).status).toBe(200);
  const { body } = await w.t.call(w.owner, "POST", ws("/invites"), {});
  await w.t.call(mimic, "POST", `/api/invites/${body.invite.code}/accept`, {});
  const { event } = (await w.t.call(w.owner, "POST", `${general()}/messages`, { body: "help @admins and @mo" })).body;
  expect(event.mentioned_user_ids.toSorted()).toEqual([w.member.user.id, w.moderator.user.id].toSorted());
});
