/** Words and ids of private places, looked for by everybody who is not in them, behind every door that can be read. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { openApiDocument } from "../../src/app.ts";
import { loaders } from "../../src/server.ts";
import { dressEvents } from "../../src/realtime/frames.ts";
import { eventsAfter } from "../../src/realtime/events.ts";
import { audienceOf } from "../../src/features/conversations/conversations.ts";
import { machine, type World, world } from "../refusals/world.ts";
import { FORM_TYPE, formOf, textFile } from "../support/form.ts";
import { newcomer } from "../support/newcomer.ts";
import type { Player } from "../support/test-app.ts";

let w: World;
/** In all of it; was in all of it; and everybody else. */
let inside: Player[];
let put_out: Player;
let ids: Record<string, string[]>;
beforeAll(async () => {
  w = await world();
  put_out = await newcomer(w.t, "put-out", "member");
  inside = [await newcomer(w.t, "mate", "member"), await newcomer(w.t, "officer", "moderator")];
  ids = await hide();
});
afterAll(() => w.t.close());

const ws = (path = "") => `/api/workspaces/${w.t.workspace.id}${path}`;

async function must(who: Player, method: string, path: string, body?: unknown, headers?: Record<string, string>) {
  const answer = await w.t.call(who, method, path, body, headers ? { headers } : {});
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body?.error}`);
  return answer.body;
}

/** A mate and an officer share everything there is to share, and say "canary" all the time. */
async function hide(): Promise<Record<string, string[]>> {
  const [mate, officer] = inside as [Player, Player];
  const { id: hidden, route_id } = (
    await must(mate, "POST", ws("/channels"), { name: "canary-nest", kind: "private", purpose: "canary purpose" })
  ).channel;
  for (const { user } of [officer, put_out]) await must(mate, "PUT", `/api/channels/${hidden}/members/${user.id}`);
  const { topic } = await must(mate, "POST", ws("/topics"), { name: "canary topic", channel_id: hidden });
  const upload_path = `/api/uploads?workspace_id=${w.t.workspace.id}`;
  const form = formOf(textFile("canary file", "canary.txt"));
  const { upload } = await must(mate, "POST", upload_path, form, { "content-type": FORM_TYPE });
  const words = { body: "canary sings @officer @flock", topic_id: topic.id, upload_ids: [upload.id] };
  const { group } = await must(officer, "POST", ws("/groups"), {
    name: "Flock",
    handle: "flock",
    channel_ids: [hidden],
  });
  for (const { user } of [w.member, officer, mate])
    await must(w.owner, "PUT", `/api/groups/${group.id}/members/${user.id}`);
  const { message } = await must(mate, "POST", `/api/channels/${hidden}/messages`, words);
  await must(officer, "POST", `/api/messages/${message.id}/thread/replies`, { body: "canary reply @olivia @flock" });
  await must(officer, "POST", `/api/channels/${hidden}/pins`, { message_id: message.id });
  await must(officer, "PATCH", `/api/topics/${topic.id}`, { name: "canary topic again" });
  await must(mate, "PUT", `/api/me/drafts/${hidden}`, { body: "canary draft" });
  await must(mate, "PUT", `/api/me/saved/${message.id}`);
  const section = { id: "s", name: "canary section", conversation_ids: [hidden] };
  await must(mate, "PATCH", "/api/me", { sidebar_preferences: { sections: { [w.t.workspace.id]: [section] } } });
  const { message: rude } = await must(mate, "POST", `/api/channels/${hidden}/messages`, { body: "rude words" });
  await must(officer, "POST", `/api/messages/${rude.id}/report`, { reason: "rude" });
  const { message: gone } = await must(mate, "POST", `/api/channels/${hidden}/messages`, { body: "canary gone" });
  await must(officer, "DELETE", `/api/messages/${gone.id}`);
  await must(officer, "DELETE", `/api/channels/${hidden}/members/${put_out.user.id}`);
  // One that was open, with all that was known of it then, and was given another name when it was not.
  const open = (await must(w.owner, "POST", ws("/channels"), { name: "plans" })).channel.id;
  await must(w.owner, "PATCH", `/api/groups/${group.id}`, { channel_ids: [open] });
  await must(w.owner, "PATCH", ws(), { waiting_room_channel_id: open });
  await must(w.owner, "PATCH", `/api/channels/${open}`, { kind: "private", name: "canary-plans" });
  await must(w.owner, "PATCH", `/api/channels/${open}`, { purpose: "canary layoffs" });
  for (const { user } of [w.moderator, w.member, w.bot, w.narrow, put_out])
    await w.t.call(w.owner, "DELETE", `/api/channels/${open}/members/${user.id}`);
  await must(w.owner, "POST", `/api/channels/${open}/messages`, { body: "canary layoffs on Monday" });
  await must(w.owner, "DELETE", `/api/channels/${open}/members/me`);
  // One that nobody is in any more, and a conversation of two.
  const left = (await must(mate, "POST", ws("/channels"), { name: "canary-left", kind: "private" })).channel.id;
  await must(mate, "DELETE", `/api/channels/${left}/members/me`);
  const dm = { workspace_id: w.t.workspace.id, member_ids: [officer.user.id] };
  const { conversation } = await must(mate, "POST", "/api/dms", dm);
  const said = await must(mate, "POST", `/api/dms/${conversation.id}/messages`, { body: "canary in private" });
  await must(officer, "POST", `/api/messages/${said.message.id}/thread/replies`, { body: "canary between us" });
  return {
    workspace_id: [w.t.workspace.id],
    channel_id: [hidden, open, left],
    conversation_id: [conversation.id],
    message_id: [message.id, rude.id, gone.id, said.message.id],
    upload_id: [upload.id],
    topic_id: [topic.id],
    group_id: [group.id],
    target_id: [hidden, conversation.id, message.id],
    workspace_route: [w.t.workspace.route_id],
    target_route: [route_id, conversation.route_id],
    user_id: [mate.user.id],
    bot_user_id: [w.bot.user.id],
  };
}

/** What nobody else may ever read. A report shows what was said, so that one says nothing. */
const hidden_ids = () => [
  ...(ids.channel_id ?? []).filter((_, n) => n !== 1),
  ...["conversation_id", "upload_id", "topic_id"].flatMap((name) => ids[name] ?? []),
];
function requireNoCanary(who: Player, what: unknown[], text: string): void {
  // Who was let in and put out was told so, by the channel's id.
  const known = who === put_out ? ids.channel_id?.[0] : undefined;
  const found = ["canary", ...hidden_ids()].filter((word) => word !== known && text.includes(word));
  if (found.length > 0) expect([...what, found, text.slice(0, 2000)]).toEqual([]);
}

const QUERIES: Record<string, string[]> = {
  "/api/search": ["q=canary", "q=canary in:canary-nest", "q=canary&include=people,channels,files", "q=sings from:mate"],
  "/api/workspaces/{workspace_id}/audit-log": ["limit=200"],
  "/api/realtime/events": ["limit=500", "limit=500&include_tail=true"],
  "/api/workspaces/{workspace_id}/reports": ["status=open"],
};

const paths = openApiDocument().paths as Record<string, Record<string, unknown>>;
const readable = Object.keys(paths).filter((path) => paths[path]?.["get"]);

/** Every way to fill in the path's names. */
function filled(path: string): string[] {
  const name = /\{(\w+)\}/.exec(path)?.[1];
  if (name === undefined) return [path];
  return (ids[name] ?? ["none"]).flatMap((id) => filled(path.replace(`{${name}}`, id)));
}

test("no door that can be read shows anything of a private place to somebody who is not in it", async () => {
  const others = [w.owner, w.moderator, w.member, w.guest, w.outsider, w.gone, w.bot, w.narrow, w.foreign, put_out];
  const scoped = await machine(w.t, w.t.workspace.id, "scoped", ["bot:read"]);
  let answered = 0;
  for (const who of [...others, scoped])
    for (const path of readable)
      for (const url of filled(path))
        for (const query of QUERIES[path] ?? [""]) {
          const answer = await w.t.fetch(who, `${url}?workspace_id=${w.t.workspace.id}&${query}`);
          const text = await answer.text();
          // A search repeats what was looked for.
          requireNoCanary(
            who,
            [who.user.handle, url, query],
            path === "/api/search" ? text.replace(/"query":"[^"]*"/, "") : text,
          );
          if (answer.status === 200) answered++;
        }
  expect(answered).toBeGreaterThan(200);
  // Those who are in find it by the same doors.
  const found = await w.t.fetch(inside[0], `/api/search?workspace_id=${w.t.workspace.id}&q=canary`);
  expect(await found.text()).toContain("canary sings");
}, 30_000);

test("no event does, of all there ever were, as it would be sent now", async () => {
  const workspace_id = w.t.workspace.id;
  const others = [w.owner, w.moderator, w.member, w.guest, w.outsider, w.gone, put_out];
  await w.t.db.read(async (tx) => {
    const stored = await eventsAfter(tx, workspace_id, "", 10_000);
    expect(stored.length).toBeGreaterThan(50);
    for (const who of others) {
      const actor = {
        user: who.user,
        credential: { kind: "session", id: "x" },
        address: "",
        at: "2026-06-01",
        at_ms: 0,
      } as const;
      const topics = new Set((await audienceOf(tx, actor, workspace_id)) ?? []);
      const heard = stored.filter(({ topic }) => topics.has(topic)).map(({ event }) => event);
      const frames = await dressEvents(tx, loaders, heard);
      for (const frame of frames) requireNoCanary(who, [who.user.handle, frame.type], JSON.stringify(frame));
    }
  });
});

test("nobody is mentioned where they do not read", async () => {
  const rows = await w.t.db.read((tx) =>
    tx.all<{ user_id: string }>(
      `SELECT n.user_id FROM mentions n JOIN messages m ON m.id = n.message_id WHERE m.conversation_id = ?`,
      ids.channel_id?.[0] ?? "",
    ),
  );
  expect(new Set(rows.map((row) => row.user_id))).toEqual(new Set(inside.map(({ user }) => user.id)));
});
