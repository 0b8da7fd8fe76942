import type { AuditLogEntry } from "@clickclack/protocol";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Answer, type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
let guest: Player;
beforeAll(async () => {
  t = await testApp();
  guest = await newcomer(t, "gus", "guest");
});
afterAll(() => t.close());

const ws = () => `/api/workspaces/${t.workspace.id}`;

async function must(answer: Promise<Answer>): Promise<Answer["body"]> {
  const { status, body } = await answer;
  expect([status < 300, body?.error]).toEqual([true, undefined]);
  return body;
}

/** What the log tells of the acts, oldest first. */
async function recorded(acts: () => Promise<unknown>): Promise<Partial<AuditLogEntry>[]> {
  const read = async () => (await must(t.call(t.cast.owner, "GET", `${ws()}/audit-log?limit=200`))).audit_log_entries;
  const before = (await read()).length;
  await acts();
  const now: AuditLogEntry[] = await read();
  return now.slice(0, now.length - before).toReversed();
}

test("what is done to public channels, and nothing of private ones", async () => {
  const { owner, member } = t.cast;
  let id = "";
  const open = await recorded(async () => {
    id = (await must(t.call(member, "POST", `${ws()}/channels`, { name: "tides", purpose: "High and low" }))).channel
      .id;
    await must(t.call(owner, "PATCH", `/api/channels/${id}`, { name: "tide-tables", purpose: "High and low" }));
    await must(t.call(owner, "PATCH", `/api/channels/${id}`, { archived: true }));
    await must(t.call(owner, "PATCH", `/api/channels/${id}`, { archived: false }));
    await must(t.call(owner, "PATCH", `/api/channels/${id}`, { name: "tide-tables" }));
    await must(t.call(owner, "PUT", `/api/channels/${id}/members/${guest.user.id}`));
    await must(t.call(owner, "PUT", `/api/channels/${id}/members/${guest.user.id}`));
    await must(t.call(owner, "DELETE", `/api/channels/${id}/members/${guest.user.id}`));
    await must(t.call(member, "DELETE", `/api/channels/${id}/members/me`));
  });
  expect(open).toMatchObject([
    {
      action: "channel.created",
      actor_user_id: member.user.id,
      target_id: id,
      after: { name: "tides", kind: "public" },
    },
    { action: "channel.updated", before: { name: "tides" }, after: { name: "tide-tables" } },
    { action: "channel.updated", before: { archived: false }, after: { archived: true } },
    { action: "channel.updated", before: { archived: true }, after: { archived: false } },
    { action: "channel.member_added", target_id: id, metadata: { user_id: guest.user.id } },
    { action: "channel.member_removed", target_id: id, metadata: { user_id: guest.user.id } },
  ]);
  expect(open[1]?.after).toEqual({ name: "tide-tables" });
  const hidden = await recorded(async () => {
    await must(t.call(owner, "PATCH", `/api/channels/${id}`, { kind: "private", name: "secret", purpose: "Plans" }));
    await must(t.call(owner, "PATCH", `/api/channels/${id}`, { purpose: "More plans" }));
    await must(t.call(owner, "PUT", `/api/channels/${id}/members/${guest.user.id}`));
    await must(t.call(owner, "DELETE", `/api/channels/${id}/members/${guest.user.id}`));
    await must(t.call(owner, "POST", `${ws()}/channels`, { name: "quiet", kind: "private" }));
    const base = `/api/channels/${id}/messages`;
    const { message } = await must(t.call(member, "POST", base, { body: "psst" }));
    await must(t.call(owner, "DELETE", `/api/messages/${message.id}`));
    await must(t.call(owner, "PATCH", `/api/channels/${id}`, { kind: "public", name: "shown" }));
  });
  expect(hidden).toMatchObject([{ action: "channel.updated" }, { action: "channel.updated" }]);
  expect(hidden.map(({ before, after }) => [before, after])).toEqual([
    [{ kind: "public" }, { kind: "private" }],
    [{ kind: "private" }, { kind: "public" }],
  ]);
});

test("deleting what somebody else said, not what one said oneself", async () => {
  const { owner, member } = t.cast;
  const say = async (): Promise<string> =>
    (await must(t.call(member, "POST", `/api/channels/${t.general.id}/messages`, { body: "oops" }))).message.id;
  const [own, theirs] = [await say(), await say()];
  const acts = await recorded(async () => {
    await must(t.call(member, "DELETE", `/api/messages/${own}`));
    await must(t.call(owner, "DELETE", `/api/messages/${theirs}`));
    await must(t.call(owner, "DELETE", `/api/messages/${theirs}`));
  });
  expect(acts).toMatchObject([
    {
      action: "message.deleted",
      actor_user_id: owner.user.id,
      target_id: theirs,
      metadata: { author_id: member.user.id, channel_id: t.general.id },
    },
  ]);
  expect(JSON.stringify(acts)).not.toContain("oops");
});

test("bots, their tokens and setup codes, and no secret of theirs", async () => {
  const { owner, member } = t.cast;
  const secrets: string[] = [];
  const acts = await recorded(async () => {
    const { bot, bot_token } = await must(
      t.call(member, "POST", `${ws()}/bots`, { display_name: "Claw", owner_user_id: member.user.id }),
    );
    const path = `${ws()}/bots/${bot.id}`;
    const second = (await must(t.call(owner, "POST", `${path}/tokens`, { name: "second" }))).bot_token;
    await must(t.call(member, "POST", `/api/bot-tokens/${second.id}/revoke`));
    await must(t.call(member, "POST", `/api/bot-tokens/${second.id}/revoke`));
    const { setup_code } = await must(t.call(member, "POST", `${path}/setup-codes`, { name: "gateway" }));
    const claimed = await must(t.call(undefined, "POST", "/api/bot-setup-codes/claim", { code: setup_code.code }));
    secrets.push(bot_token.token, second.token, setup_code.code, claimed.token);
    await must(t.call(owner, "DELETE", `${path}/membership`));
    const { bot: other } = await must(
      t.call(owner, "POST", `${ws()}/bots`, { display_name: "Snap", initial_token: false }),
    );
    await must(t.call(owner, "DELETE", `/api/bots/${other.id}`));
  });
  const by = (player: Player) => ({ actor_user_id: player.user.id, address: "127.0.0.1" });
  expect(acts).toMatchObject([
    { action: "bot.created", ...by(member), target_name: "Claw", after: { owner_user_id: member.user.id } },
    { action: "member.added", ...by(member), after: { role: "bot" } },
    { action: "bot_token.created", ...by(member), after: { name: "default" } },
    { action: "bot_token.created", ...by(owner), target_name: "second" },
    { action: "bot_token.revoked", ...by(member), before: { name: "second" } },
    { action: "bot_setup_code.created", ...by(member), after: { name: "gateway" } },
    { action: "bot_token.created", ...by(member), target_name: "gateway" },
    { action: "bot_setup_code.claimed", ...by(member) },
    { action: "bot.membership_removed", ...by(owner), before: { display_name: "Claw" } },
    { action: "member.removed", ...by(owner), before: { role: "bot" } },
    { action: "bot.created", ...by(owner) },
    { action: "member.added", ...by(owner) },
    { action: "bot.deleted", ...by(owner), before: { display_name: "Snap" } },
    { action: "member.removed", ...by(owner) },
  ]);
  for (const secret of secrets) expect(JSON.stringify(acts)).not.toContain(secret);
});

test("nothing by who was timed out, who may not make tokens either", async () => {
  const { owner, member } = t.cast;
  const { bot, bot_token } = await must(
    t.call(member, "POST", `${ws()}/bots`, { display_name: "Tick", owner_user_id: member.user.id }),
  );
  const path = `${ws()}/bots/${bot.id}`;
  const moderation = `${ws()}/moderation/members/${member.user.id}`;
  await must(t.call(owner, "PATCH", moderation, { timeout_minutes: 5 }));
  const acts = await recorded(async () => {
    for (const asked of [`${path}/tokens`, `${path}/setup-codes`, `${ws()}/bots`, `${ws()}/channels`])
      expect([
        asked,
        (await t.call(member, "POST", asked, { name: "no", display_name: "No", owner_user_id: member.user.id })).status,
      ]).toEqual([asked, 403]);
    // Taking rights away is no way around anything.
    await must(t.call(member, "POST", `/api/bot-tokens/${bot_token.id}/revoke`));
  });
  expect(acts).toMatchObject([{ action: "bot_token.revoked" }]);
  await must(t.call(owner, "PATCH", moderation, { clear_timeout: true }));
  await must(t.call(member, "POST", `${path}/tokens`, { name: "yes" }));
});
