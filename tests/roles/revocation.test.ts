/** What somebody had in hand is worth nothing in the tick in which their right ends: sockets, tokens, drafts, links. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createSession, upsertPassword } from "../../src/features/auth/auth.ts";
import { createUser } from "../../src/features/users/users.ts";
import { Listener } from "../support/test-server.ts";
import { type Asker, type Json, stage, type Stage } from "../wire/stage.ts";

const PASSWORD = "correct horse battery";

let s: Stage;
let password_hash: string;
beforeAll(async () => {
  s = await stage();
  password_hash = await Bun.password.hash(PASSWORD);
});
afterAll(() => s.close());

const ws = (path = "") => `/api/workspaces/${s.workspace_id}${path}`;

async function must(who: Asker | undefined, method: string, path: string, body?: unknown): Promise<Json> {
  const answer = await s.ask(who, method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const refusal = async (who: Asker | undefined, method: string, path: string, body?: unknown) =>
  (await s.ask(who, method, path, body)).status;

let made = 0;

/** Somebody new by an invite of the owner; made beside HTTP, which lets in a few people a minute from one address. */
async function joined(role: "moderator" | "member" | "guest"): Promise<Asker & { email: string }> {
  const email = `person-${made++}@example.com`;
  const at_ms = Date.now();
  const { id, token } = await s.server.db.write(async (tx) => {
    const user = await createUser(tx, { display_name: "Noor", email, at: new Date(at_ms).toISOString() });
    await upsertPassword(tx, user.id, password_hash, new Date(at_ms).toISOString());
    const session = await createSession(tx, user, { at_ms, address: "", user_agent: "test" });
    return { id: user.id, token: session.token };
  });
  const { invite } = await must(s.owner, "POST", ws("/invites"), { role, max_uses: 1 });
  await must({ id, token }, "POST", `/api/invites/${invite.code}/accept`, {});
  return { id, token, email };
}

function listen(who: { token: string }): Listener {
  return new Listener(s.url, who.token, `workspace_id=${s.workspace_id}`);
}

/** A moderator with all there is to hold: a private channel, a draft, a bot, links, and open lines. */
async function holder() {
  const who = await joined("moderator");
  const { channel } = await must(who, "POST", ws("/channels"), { name: `quiet-${made++}`, kind: "private" });
  const { message } = await must(who, "POST", `/api/channels/${channel.id}/messages`, { body: "only us" });
  await must(who, "PUT", `/api/me/drafts/${channel.id}`, { body: "not said yet" });
  await must(who, "PUT", `/api/me/saved/${message.id}`);
  const { bot_token } = await must(who, "POST", ws("/bots"), { display_name: "Own", owner_user_id: who.id });
  const bot = { id: bot_token.bot_user_id as string, token: bot_token.token as string };
  const { invite } = await must(who, "POST", ws("/invites"), { role: "member" });
  const { url } = await must(s.owner, "POST", ws(`/members/${who.id}/sign-in-link`));
  const lines = [listen(who), listen(bot)];
  for (const line of lines) await line.ready();
  return { who, bot, channel, message, invite, link: new URL(url as string).hash.slice(1), lines };
}

type Holder = Awaited<ReturnType<typeof holder>>;

/** Nothing of the workspace is left to them. */
async function requireNothing({ who, bot, channel, message, invite }: Holder): Promise<void> {
  expect(await refusal(who, "GET", ws())).toBe(404);
  expect(await refusal(who, "GET", ws("/members"))).toBe(404);
  expect(await refusal(who, "GET", `/api/channels/${channel.id}/messages`)).toBe(404);
  expect(await refusal(who, "GET", `/api/channels/${s.general_id}/messages`)).toBe(404);
  expect(await refusal(who, "GET", `/api/messages/${message.id}`)).toBe(404);
  expect(await refusal(who, "POST", `/api/channels/${s.general_id}/messages`, { body: "still here" })).toBe(404);
  expect(await refusal(who, "GET", `/api/me/drafts/${channel.id}`)).toBe(404);
  expect(await refusal(who, "GET", `/api/me/drafts?workspace_id=${s.workspace_id}`)).toBe(404);
  expect(await refusal(who, "GET", `/api/me/saved?workspace_id=${s.workspace_id}`)).toBe(404);
  expect(await refusal(who, "DELETE", `/api/invites/${invite.id}`)).toBe(404);
  expect(await refusal(bot, "GET", "/api/me")).toBe(401);
  // The link they posted somewhere is dead with their right to let anybody in.
  expect(await refusal(undefined, "GET", `/api/invites/${invite.code}`)).toBe(404);
  expect(await refusal(undefined, "POST", `/api/invites/${invite.code}/accept`, newPerson())).toBe(404);
}

const newPerson = () => ({ display_name: "X", email: `x-${made++}@example.com`, password: PASSWORD });

describe("somebody", () => {
  test("removed has nothing left of the workspace, and lines that close at once", async () => {
    const held = await holder();
    await must(s.owner, "DELETE", ws(`/members/${held.who.id}`));
    for (const line of held.lines) expect((await line.closed).code).toBe(1008);
    await requireNothing(held);
    // Whoever made it stood above a member, and not above somebody who belongs nowhere or elsewhere.
    expect(await refusal(undefined, "POST", "/api/auth/magic/consume", { token: held.link })).toBe(404);
  });

  test("who left has nothing left either, and comes back without what they had", async () => {
    const held = await holder();
    await must(held.who, "DELETE", ws("/members/me"));
    for (const line of held.lines) expect((await line.closed).code).toBe(1008);
    await requireNothing(held);
    const { invite } = await must(s.owner, "POST", ws("/invites"), {});
    await must(held.who, "POST", `/api/invites/${invite.code}/accept`, {});
    expect(await refusal(held.who, "GET", `/api/channels/${held.channel.id}`)).toBe(404);
    expect((await must(held.who, "GET", `/api/me/drafts?workspace_id=${s.workspace_id}`)).drafts).toEqual([]);
    expect((await must(held.who, "GET", ws())).workspace.role).toBe("member");
  });

  test("made a guest keeps what they were added to, and nothing that members have", async () => {
    const held = await holder();
    await must(s.owner, "PATCH", ws(`/members/${held.who.id}`), { role: "guest" });
    expect(await refusal(held.who, "GET", `/api/channels/${s.general_id}/messages`)).toBe(404);
    expect(await refusal(held.who, "GET", `/api/channels/${held.channel.id}/messages`)).toBe(200);
    expect(await refusal(held.bot, "GET", "/api/me")).toBe(401);
    expect((await held.lines[1]?.closed)?.code).toBe(1008);
    expect(await refusal(undefined, "GET", `/api/invites/${held.invite.code}`)).toBe(404);
    const { message } = await must(s.owner, "POST", `/api/channels/${s.general_id}/messages`, { body: "members only" });
    const mark = await must(held.who, "POST", `/api/channels/${held.channel.id}/messages`, { body: "mark" });
    const line = held.lines[0];
    await line?.until((frame) => frame.payload.message_id === mark.message.id);
    expect(line?.frames.some((frame) => frame.payload.message_id === message.id)).toBe(false);
    line?.close();
  });

  test("made a member loses what moderators hear and hand out", async () => {
    const held = await holder();
    await must(s.owner, "PATCH", ws(`/members/${held.who.id}`), { role: "member" });
    // They may invite members no more.
    expect(await refusal(undefined, "GET", `/api/invites/${held.invite.code}`)).toBe(404);
    expect(await refusal(held.who, "GET", ws("/audit-log"))).toBe(403);
    expect(await refusal(held.who, "GET", ws("/invites"))).toBe(403);
    expect(await refusal(held.bot, "GET", "/api/me")).toBe(200);
    const { message } = await must(s.member, "POST", `/api/channels/${s.general_id}/messages`, { body: "spam" });
    await must(s.owner, "POST", `/api/messages/${message.id}/report`, { reason: "look" });
    const mark = await must(s.owner, "POST", `/api/channels/${s.general_id}/messages`, { body: "mark" });
    const line = held.lines[0];
    await line?.until((frame) => frame.payload.message_id === mark.message.id);
    expect(line?.frames.some((frame) => frame.type === "report.created")).toBe(false);
    for (const one of held.lines) one.close();
  });

  test("deactivated is out of every door at once", async () => {
    const held = await holder();
    await must(s.owner, "PATCH", ws(`/members/${held.who.id}`), { deactivated: true });
    for (const line of held.lines) expect((await line.closed).code).toBe(1008);
    expect(await refusal(held.who, "GET", "/api/me")).toBe(401);
    expect(await refusal(held.bot, "GET", "/api/me")).toBe(401);
    expect(await refusal(undefined, "POST", "/api/auth/magic/consume", { token: held.link })).toBe(404);
    const login = { identifier: held.who.email, password: PASSWORD };
    expect(await refusal(undefined, "POST", "/api/auth/password/login", login)).toBe(401);
    expect(await refusal(undefined, "GET", `/api/invites/${held.invite.code}`)).toBe(404);
    await must(s.owner, "PATCH", ws(`/members/${held.who.id}`), { deactivated: false });
    expect(await refusal(undefined, "POST", "/api/auth/password/login", login)).toBe(200);
    expect(await refusal(held.who, "GET", "/api/me")).toBe(401);
  });

  test("blocked reads on and does nothing else, nor do their bots or links", async () => {
    const held = await holder();
    await must(s.owner, "PATCH", ws(`/moderation/members/${held.who.id}`), { blocked: true });
    for (const who of [held.who, held.bot]) {
      expect(await refusal(who, "GET", `/api/channels/${s.general_id}/messages`)).toBe(200);
      expect(await refusal(who, "POST", `/api/channels/${s.general_id}/messages`, { body: "spam" })).toBe(403);
    }
    expect(await refusal(undefined, "GET", `/api/invites/${held.invite.code}`)).toBe(404);
    for (const line of held.lines) line.close();
  });

  test("who ends a session elsewhere closes its lines, and keeps their own", async () => {
    const who = await joined("member");
    const login = { identifier: who.email, password: PASSWORD };
    const other = await must(undefined, "POST", "/api/auth/password/login", login);
    const [mine, theirs] = [listen(who), listen(other)];
    for (const line of [mine, theirs]) await line.ready();
    const { sessions } = await must(who, "GET", "/api/me/sessions");
    const elsewhere = sessions.find((one: Json) => !one.current);
    await must(who, "DELETE", `/api/me/sessions/${elsewhere.id}`);
    expect((await theirs.closed).code).toBe(1008);
    expect(await refusal({ id: who.id, token: other.token }, "GET", "/api/me")).toBe(401);
    expect(await refusal(who, "GET", "/api/me")).toBe(200);
    const mark = await must(who, "POST", `/api/channels/${s.general_id}/messages`, { body: "mark" });
    await mine.until((frame) => frame.payload.message_id === mark.message.id);
    mine.close();
  });

  test("who ends a session of somebody else ends none", async () => {
    const [one, other] = [await joined("member"), await joined("member")];
    const { sessions } = await must(one, "GET", "/api/me/sessions");
    expect(await refusal(other, "DELETE", `/api/me/sessions/${sessions[0].id}`)).toBe(404);
    expect(await refusal(one, "GET", "/api/me")).toBe(200);
  });
});

describe("a race", () => {
  test("a hundred acceptances of a link for one: one is in, by it and by nothing else", async () => {
    const { invite } = await must(s.owner, "POST", ws("/invites"), { max_uses: 1 });
    const before = (await must(s.owner, "GET", ws("/members"))).total_count as number;
    const tries = Array.from({ length: 10 }, async () => joined("member"));
    const people = await Promise.all(tries);
    const { workspace } = await must(s.outsider, "POST", "/api/workspaces", { name: `Race ${made++}` });
    const link = await must(s.outsider, "POST", `/api/workspaces/${workspace.id}/invites`, { max_uses: 1 });
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        s.ask(people[n % people.length], "POST", `/api/invites/${link.invite.code}/accept`, {}),
      ),
    );
    const inside = answers.filter((one) => one.status < 300);
    const members = (await must(s.outsider, "GET", `/api/workspaces/${workspace.id}/members`)).members as Json[];
    expect(members).toHaveLength(2);
    // Whoever is in already is told so again; everybody else was too late.
    const winner = members.find((one) => one.role !== "owner").user.id;
    expect(new Set(inside.map((one) => one.body.user.id))).toEqual(new Set([winner]));
    expect(new Set(answers.filter((one) => one.status >= 300).map((one) => one.status))).toEqual(new Set([404]));
    expect((await must(s.owner, "GET", ws("/members"))).total_count).toBe(before + people.length);
    expect(await refusal(undefined, "GET", `/api/invites/${invite.code}`)).toBe(200);
  });

  test("a sign-in link taken by fifteen at once signs one in", async () => {
    const who = await joined("member");
    const { url } = await must(s.owner, "POST", ws(`/members/${who.id}/sign-in-link`));
    const token = new URL(url as string).hash.slice(1);
    const answers = await Promise.all(
      Array.from({ length: 15 }, () => s.ask(undefined, "POST", "/api/auth/magic/consume", { token })),
    );
    expect(answers.filter((one) => one.status === 200)).toHaveLength(1);
    expect(answers.filter((one) => one.status !== 200).every((one) => [404, 429].includes(one.status))).toBe(true);
  });

  test("two heirs at once: the workspace has one owner", async () => {
    const [one, other] = [await joined("member"), await joined("moderator")];
    const { workspace } = await must(s.outsider, "POST", "/api/workspaces", { name: `Crown ${made++}` });
    const link = await must(s.outsider, "POST", `/api/workspaces/${workspace.id}/invites`, {});
    for (const heir of [one, other]) await must(heir, "POST", `/api/invites/${link.invite.code}/accept`, {});
    const path = `/api/workspaces/${workspace.id}/transfer-ownership`;
    const answers = await Promise.all(
      [one, other].map((heir) => s.ask(s.outsider, "POST", path, { user_id: heir.id })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 403]);
    const { total_by_role } = await must(one, "GET", `/api/workspaces/${workspace.id}/members`);
    expect(total_by_role.owner).toBe(1);
  });

  test("a removal and a message at once: said before, or not at all", async () => {
    const who = await joined("member");
    const path = `/api/channels/${s.general_id}/messages`;
    const sends = Array.from({ length: 20 }, (_, n) => s.ask(who, "POST", path, { body: `mine ${n}` }));
    const removed = must(s.owner, "DELETE", ws(`/members/${who.id}`));
    const answers = await Promise.all(sends);
    await removed;
    expect(answers.every((one) => one.status === 201 || one.status === 404)).toBe(true);
    expect(await refusal(who, "POST", path, { body: "late" })).toBe(404);
    const page = await must(s.owner, "GET", `${path}?limit=200`);
    const said = page.messages.filter((one: Json) => one.author_id === who.id).length;
    expect(said).toBe(answers.filter((one) => one.status === 201).length);
  });
});
