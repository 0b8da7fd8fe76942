/** Ids of hidden things in bodies, and bots that lack the scope of one kind of conversation. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Player } from "../support/test-app.ts";
import { ROUTES } from "./routes.ts";
import { type Ids, machine, nowhere, place, type World, world } from "./world.ts";

let w: World;
let open: Ids;
let hidden: Ids[];
beforeAll(async () => {
  w = await world();
  open = await place(w, "open");
  hidden = [await place(w, "hidden"), await place(w, "direct")];
});
afterAll(() => w.t.close());

type Carry = (theirs: Ids) => [method: string, path: string, body: unknown];

const messages = () => `/api/channels/${open.channel_id}/messages`;
const carried: Record<string, Carry> = {
  "a quote": ({ message_id }) => ["POST", messages(), { body: "see", quoted_message_id: message_id }],
  "a file of a message": ({ upload_id }) => ["POST", messages(), { body: "see", upload_ids: [upload_id] }],
  "one file of a message": ({ upload_id }) => ["POST", messages(), { body: "see", upload_id }],
  "a quote in a thread": ({ message_id }) => [
    "POST",
    `/api/messages/${open.message_id}/thread/replies`,
    { body: "see", quoted_message_id: message_id },
  ],
  "a file of a reply": ({ upload_id }) => [
    "POST",
    `/api/messages/${open.message_id}/thread/replies`,
    { body: "see", upload_ids: [upload_id] },
  ],
  // Direct conversations have no topics, so of one there is nothing to name.
  "a topic": ({ topic_id }) => ["POST", messages(), { body: "see", topic_id: topic_id || "top_none" }],
  "a pin": ({ message_id }) => ["POST", `/api/channels/${open.channel_id}/pins`, { message_id }],
  "an unpinning": ({ message_id }) => ["DELETE", `/api/channels/${open.channel_id}/pins/${message_id}`, undefined],
};

test.each(Object.entries(carried))(
  "%s that names something hidden is answered as one that names nothing",
  async (name, carry) => {
    for (const theirs of hidden)
      for (const who of [w.moderator, w.bot]) {
        const ask = async (ids: Ids) => {
          const { status, body } = await w.t.call(who, ...carry(ids));
          return { status, code: body.code, error: body.error, details: body.details };
        };
        const there = await ask(theirs);
        expect([name, there]).toEqual([name, await ask(nowhere(theirs))]);
        expect([400, 404]).toContain(there.status);
      }
  },
);

test("a file is attached by its owner only, wherever it is", async () => {
  const { body } = await w.t.call(w.moderator, "POST", messages(), { body: "mine" });
  const attach = (upload_id: string) =>
    w.t.call(w.moderator, "POST", `/api/messages/${body.message.id}/attachments`, { upload_id });
  const none = await attach(nowhere(open).upload_id);
  expect(none.status).toBe(404);
  for (const { upload_id } of [open, ...hidden]) {
    const answer = await attach(upload_id);
    expect([answer.status, answer.body.error]).toEqual([none.status, none.body.error]);
  }
});

/** What a bot may do in a direct conversation, with the scope. */
const inDirect = Object.entries(ROUTES).filter(
  ([, entry]) => entry.in?.includes("direct") && entry.bots !== "refused" && !entry.managers,
);

test("a bot in a direct conversation reaches nothing of it without the scope for those", async () => {
  const { workspace } = w.t;
  const scopes = ["channels:read", "channels:write", "messages:read", "messages:write", "threads:read"];
  const bot = await machine(w.t, workspace.id, "channels-only", [...scopes, "threads:write", "uploads:write"]);
  const inside = await machine(w.t, workspace.id, "with-everything", ["bot:admin"]);
  const theirs = await conversation([bot, inside]);
  for (const [name, entry] of inDirect) {
    const { path, body } = await entry.ask(theirs, w);
    const method = name.split(" ")[0] ?? "";
    const knock = async (who: Player) =>
      entry.file ? (await w.t.fetch(who, path)).status : (await w.t.call(who, method, path, body)).status;
    // A file that only direct conversations carry is not there for it.
    expect([name, await knock(bot)]).toEqual([name, entry.file ? 404 : 403]);
    expect([name, await knock(inside)]).toEqual([name, entry.status ?? 200]);
  }
});

test("a bot in a channel reaches nothing of it with the scopes for direct conversations", async () => {
  const bot = await machine(w.t, w.t.workspace.id, "dms-only", ["dms:read", "dms:write", "realtime:read"]);
  for (const [name, entry] of Object.entries(ROUTES)) {
    if (!entry.in?.includes("open") || entry.file) continue;
    const { path, body } = await entry.ask(open, w);
    expect([name, (await w.t.call(bot, name.split(" ")[0] ?? "", path, body)).status]).toEqual([name, 403]);
  }
});

/** The owner's words, a picture and a reaction, among these bots. */
async function conversation(bots: Player[]): Promise<Ids> {
  const ids = await place(w, "direct");
  const member_ids = bots.map((one) => one.user.id);
  const { body } = await w.t.call(w.owner, "POST", "/api/dms", { workspace_id: ids.workspace_id, member_ids });
  const { id, route_id } = body.conversation;
  const sent = await w.t.call(w.owner, "POST", `/api/dms/${id}/messages`, { body: "ahoy", upload_id: ids.upload_id });
  return { ...ids, conversation_id: id, target_route: route_id, message_id: sent.body.message.id };
}
