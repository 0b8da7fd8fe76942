/** What reaches the ears of whom: live, and when what was missed is asked for again. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createSession } from "../../src/features/auth/auth.ts";
import { createUser } from "../../src/features/users/users.ts";
import { type Frame, Listener } from "../support/test-server.ts";
import { type Asker, type Json, stage, type Stage } from "../wire/stage.ts";

let s: Stage;
beforeAll(async () => {
  s = await stage();
});
afterAll(() => s.close());

const ws = (path = "") => `/api/workspaces/${s.workspace_id}${path}`;

async function must(who: Asker | undefined, method: string, path: string, body?: unknown): Promise<Json> {
  const answer = await s.ask(who, method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

let made = 0;
async function joined(role: "moderator" | "member" | "guest"): Promise<Asker> {
  const at_ms = Date.now();
  const at = new Date(at_ms).toISOString();
  const who = await s.server.db.write(async (tx) => {
    const user = await createUser(tx, { display_name: "Ear", handle: `ear-${made++}`, at });
    const { token } = await createSession(tx, user, { at_ms, address: "", user_agent: "test" });
    return { id: user.id, token };
  });
  const { invite } = await must(s.owner, "POST", ws("/invites"), { role });
  await must(who, "POST", `/api/invites/${invite.code}/accept`, {});
  return who;
}

const listen = (who: Asker, after = "") => new Listener(s.url, who.token, `workspace_id=${s.workspace_id}${after}`);
const tail = async (who: Asker): Promise<string> =>
  (await must(who, "GET", `/api/realtime/events?workspace_id=${s.workspace_id}&include_tail=true&limit=1`)).tail_cursor;
const missed = async (who: Asker, cursor: string): Promise<Frame[]> =>
  (await must(who, "GET", `/api/realtime/events?workspace_id=${s.workspace_id}&after_cursor=${cursor}&limit=500`))
    .events;

/** Says something that everybody hears, so that whoever hears it has heard what came before. */
async function bell(): Promise<(frame: Frame) => boolean> {
  const body = `bell ${made++}`;
  await must(s.owner, "POST", `/api/channels/${s.general_id}/messages`, { body });
  return (frame) => frame.payload.message?.body === body;
}

async function reported(reporter: Asker): Promise<string> {
  const { message } = await must(s.member, "POST", `/api/channels/${s.general_id}/messages`, { body: "rude" });
  return (await must(reporter, "POST", `/api/messages/${message.id}/report`, { reason: "rude" })).report.id;
}

const types = (frames: readonly Frame[]) => frames.map((frame) => frame.type);

test.each<[string, string, object]>([
  ["blocked", "moderation/members", { blocked: true }],
  ["timed out", "moderation/members", { timeout_minutes: 30 }],
  ["made a member", "members", { role: "member" }],
])("a moderator who was %s hears no more of what managers hear", async (_name, path, body) => {
  const [manager, reporter] = [await joined("moderator"), await joined("member")];
  const begin = await tail(manager);
  const line = listen(manager, `&after_cursor=${begin}`);
  await line.ready();
  await reported(reporter);
  await line.until((frame) => frame.type === "report.created");
  await must(s.owner, "PATCH", ws(`/${path}/${manager.id}`), body);
  const late = await reported(reporter);
  await line.until(await bell());
  expect(types(line.frames).filter((type) => type === "report.created")).toHaveLength(1);
  await must(s.owner, "PATCH", `/api/reports/${late}`, { status: "dismissed" });
  const other = await joined("member");
  await must(s.owner, "PATCH", ws(`/moderation/members/${other.id}`), { moderation_note: "between us" });
  await line.until(await bell());
  expect(types(line.frames.filter((one) => one.payload.user_id === other.id))).toEqual(["member.joined"]);
  expect(types(line.frames)).not.toContain("report.updated");
  // What they missed is what they may see now, not what they might have seen then.
  for (const again of [await missed(manager, begin), await replayed(manager, begin)])
    expect(types(again).filter((type) => type.startsWith("report."))).toEqual([]);
  line.close();
});

async function replayed(who: Asker, cursor: string): Promise<Frame[]> {
  const line = listen(who, `&after_cursor=${cursor}`);
  await line.ready();
  line.close();
  return line.frames;
}

test("a new manager hears what managers hear, and one who is let off as well", async () => {
  const [person, reporter] = [await joined("moderator"), await joined("member")];
  await must(s.owner, "PATCH", ws(`/moderation/members/${person.id}`), { blocked: true });
  const line = listen(person);
  await line.ready();
  await must(s.owner, "PATCH", ws(`/moderation/members/${person.id}`), { blocked: false });
  await line.until(await bell());
  await reported(reporter);
  await line.until((frame) => frame.type === "report.created");
  line.close();
});

test("nobody but oneself hears of drafts, saved messages, settings and the sidebar", async () => {
  const [person, guest] = [await joined("member"), await joined("guest")];
  await must(s.owner, "PUT", `/api/channels/${s.general_id}/members/${guest.id}`);
  const begin = await tail(s.owner);
  const lines = [s.owner, guest, await joined("moderator")].map((who) => listen(who));
  const own = listen(person);
  for (const line of [...lines, own]) await line.ready();
  const { message } = await must(s.owner, "POST", `/api/channels/${s.general_id}/messages`, { body: "keep" });
  await must(person, "PUT", `/api/me/drafts/${s.general_id}`, { body: "my secret draft" });
  await must(person, "PUT", `/api/me/saved/${message.id}`, {
    remind_at: new Date(Date.now() + 3_600_000).toISOString(),
  });
  await must(person, "PATCH", "/api/me", {
    locale: "de",
    sidebar_preferences: { channel_order: { [s.workspace_id]: [s.general_id] } },
  });
  await must(person, "DELETE", `/api/me/drafts/${s.general_id}`);
  const rung = await bell();
  for (const line of [...lines, own]) await line.until(rung);
  const private_types = ["draft.updated", "draft.deleted", "saved.added", "preferences.updated"];
  expect(types(own.frames)).toEqual(expect.arrayContaining(private_types));
  for (const line of lines) {
    expect(types(line.frames).filter((type) => private_types.includes(type))).toEqual([]);
    expect(JSON.stringify(line.frames)).not.toContain("my secret draft");
    line.close();
  }
  own.close();
  for (const who of [s.owner, guest])
    expect(types(await missed(who, begin)).filter((type) => private_types.includes(type))).toEqual([]);
});
