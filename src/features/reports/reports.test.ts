import { LIMITS, type Report } from "@clickclack/protocol";
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

async function must(answer: Promise<Answer>, status = 200): Promise<Answer["body"]> {
  const { status: given, body } = await answer;
  expect([given, body.error]).toEqual([status, undefined]);
  return body;
}

async function say(who: Player, body = "rude", base = `/api/channels/${t.general.id}`): Promise<string> {
  return (await must(t.call(who, "POST", `${base}/messages`, { body }), 201)).message.id;
}

const report = (who: Player, message_id: string, reason = "Not nice") =>
  t.call(who, "POST", `/api/messages/${message_id}/report`, { reason });
const queue = (who: Player, query = "") => t.call(who, "GET", `${ws()}/reports${query}`);
const close = (who: Player, one: Report, body: object = { status: "resolved" }) =>
  t.call(who, "PATCH", `/api/reports/${one.id}`, body);

test("any reader reports what another said; managers see it as it was, and close it", async () => {
  const { owner, moderator, member } = t.cast;
  const other = await newcomer(t, "ruud", "member");
  const id = await say(other, "rude words");
  const first = await must(report(member, id, "  Rude  "), 201);
  expect(first.report).toMatchObject({
    message_id: id,
    channel_id: t.general.id,
    author: { handle: "ruud" },
    reporter: { handle: "mia" },
    body: "rude words",
    message_deleted: false,
    reason: "Rude",
    status: "open",
  });
  expect((await must(report(member, id, "Again"))).report).toEqual(first.report);
  const second = await must(report(moderator, id), 201);
  await must(t.call(other, "PATCH", `/api/messages/${id}`, { body: "kind words" }));
  await must(t.call(other, "DELETE", `/api/messages/${id}`));
  const { reports, open_count } = await must(queue(moderator));
  expect([reports.map((one: Report) => one.id), open_count]).toEqual([[second.report.id, first.report.id], 2]);
  expect(reports[1]).toEqual({ ...first.report, message_deleted: true });

  const closed = await must(close(moderator, first.report, { status: "dismissed", resolution: "Talked to them" }));
  expect(closed.report).toMatchObject({ status: "dismissed", resolution: "Talked to them" });
  expect(closed.report.resolved_by).toBe(moderator.user.id);
  expect(closed.event).toMatchObject({ type: "report.updated", payload: { status: "dismissed" } });
  expect((await close(owner, first.report)).status).toBe(409);
  expect((await must(queue(owner))).open_count).toBe(1);
  expect((await must(queue(owner, "?status=dismissed"))).reports).toEqual([closed.report]);
  const log = await must(t.call(owner, "GET", `${ws()}/audit-log?target=${first.report.id}`));
  expect(log.audit_log_entries).toMatchObject([
    { action: "report.resolved", before: { status: "open" }, after: { status: "dismissed" } },
  ]);
  await must(close(owner, second.report));
});

test("nobody reports what they cannot see, their own words, what is deleted, or without a reason", async () => {
  const { owner, moderator, member, outsider, bot } = t.cast;
  const id = await say(owner);
  const secret = await must(t.call(owner, "POST", `${ws()}/channels`, { name: "quiet", kind: "private" }), 201);
  const hidden = await say(owner, "psst", `/api/channels/${secret.channel.id}`);
  const gone = await say(owner);
  await must(t.call(owner, "DELETE", `/api/messages/${gone}`));
  const refused: [Player, string, string, number][] = [
    [owner, id, "Mine", 403],
    [bot, id, "Beep", 403],
    [guest, id, "Rude", 404],
    [outsider, id, "Rude", 404],
    [moderator, hidden, "Rude", 404],
    [member, gone, "Rude", 400],
    [member, id, "  ", 400],
    [member, id, "x".repeat(LIMITS.report_reason_chars + 1), 400],
  ];
  for (const [who, message_id, reason, status] of refused)
    expect([who.user.handle, reason.slice(0, 9), (await report(who, message_id, reason)).status]).toEqual([
      who.user.handle,
      reason.slice(0, 9),
      status,
    ]);
  await must(t.call(owner, "PUT", `/api/channels/${t.general.id}/members/${guest.user.id}`));
  await must(t.call(owner, "PATCH", `${ws()}/moderation/members/${guest.user.id}`, { timeout_minutes: 5 }));
  expect((await report(guest, id)).status).toBe(403);
  await must(t.call(owner, "PATCH", `${ws()}/moderation/members/${guest.user.id}`, { clear_timeout: true }));
  await must(report(guest, id), 201);
});

test("the queue is for managers, and nobody reads or closes a report about themselves or a bot of theirs", async () => {
  const { owner, moderator, member, outsider, bot } = t.cast;
  const { report: about } = await must(report(member, await say(moderator)), 201);
  const made = await must(
    t.call(moderator, "POST", `${ws()}/bots`, { display_name: "Snap", owner_user_id: moderator.user.id }),
    201,
  );
  const snap = { user: made.bot, token: made.bot_token.token } as Player;
  const { report: machine } = await must(report(member, await say(snap)), 201);
  const asked: [Player, number, number][] = [
    [member, 403, 403],
    [guest, 403, 403],
    [bot, 403, 403],
    [outsider, 404, 404],
    [moderator, 200, 403],
  ];
  for (const [who, list, end] of asked) {
    expect([who.user.handle, (await queue(who)).status]).toEqual([who.user.handle, list]);
    for (const one of [about, machine])
      expect([who.user.handle, (await close(who, one)).status]).toEqual([who.user.handle, end]);
  }
  expect((await close(owner, about, { status: "open" })).status).toBe(400);
  const seen = async (who: Player) =>
    (await must(queue(who))).reports
      .map((one: { id: string }) => one.id)
      .filter((id: string) => [about.id, machine.id].includes(id));
  expect(await seen(owner)).toHaveLength(2);
  expect(await seen(moderator)).toEqual([]);
  for (const one of [about, machine]) await must(close(owner, one));
  expect((await t.call(owner, "PATCH", "/api/reports/rpt_none", { status: "resolved" })).status).toBe(404);
});

test("of a hidden conversation managers see the words and nothing else", async () => {
  const { owner, moderator, member } = t.cast;
  const body = { workspace_id: t.workspace.id, member_ids: [owner.user.id] };
  const { conversation } = await must(t.call(member, "POST", "/api/dms", body), 201);
  const id = await say(owner, "between us", `/api/dms/${conversation.id}`);
  const { report: mine } = await must(report(member, id), 201);
  expect(mine.direct_conversation_id).toBe(conversation.id);
  const [seen] = (await must(queue(moderator))).reports;
  expect(seen).toMatchObject({ id: mine.id, body: "between us" });
  expect(JSON.stringify(seen)).not.toContain(conversation.id);
  expect((await t.call(moderator, "GET", `/api/messages/${id}`)).status).toBe(404);
  // Below the author's rank, so there is nothing else they can do.
  const block = { blocked: true };
  expect((await t.call(moderator, "PATCH", `${ws()}/moderation/members/${owner.user.id}`, block)).status).toBe(403);
  const closed = await must(close(moderator, mine));
  expect(JSON.stringify(closed)).not.toContain(conversation.id);
});

test("only managers are told, by ids", async () => {
  const { owner, member } = t.cast;
  const events = async (who: Player) => {
    const asked = `/api/realtime/events?workspace_id=${t.workspace.id}&limit=500`;
    return (await must(t.call(who, "GET", asked))).events.filter((one: { type: string }) =>
      one.type.startsWith("report."),
    );
  };
  const id = await say(owner, "loud");
  const { report: made } = await must(report(member, id), 201);
  expect((await events(owner)).at(-1)).toMatchObject({
    type: "report.created",
    payload: { report_id: made.id, message_id: id },
  });
  expect(await events(member)).toEqual([]);
  await must(close(t.cast.moderator, made));
});

test("is paged, and bounded for each reporter", async () => {
  const { owner, moderator } = t.cast;
  const keen = await newcomer(t, "keen", "member");
  const { open_count } = await must(queue(owner));
  for (let n = 0; n < LIMITS.open_reports_per_user; n++) await must(report(keen, await say(moderator)), 201);
  const last = await say(moderator);
  expect((await report(keen, last)).status).toBe(409);
  const ids: string[] = [];
  let cursor = "";
  do {
    const page = await must(queue(owner, `?limit=20${cursor}`));
    ids.push(...page.reports.map((one: Report) => one.id));
    cursor = page.next_cursor ? `&cursor=${page.next_cursor}` : "";
  } while (cursor);
  expect(ids).toEqual(ids.toSorted().toReversed());
  expect(new Set(ids).size).toBe(open_count + LIMITS.open_reports_per_user);
  await must(close(owner, { id: ids[0] } as Report));
  await must(report(keen, last), 201);
  expect((await queue(owner, "?cursor=zzz")).status).toBe(400);
});
