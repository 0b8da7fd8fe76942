import { AUDIT_ACTIONS, type AuditLogEntry, LIMITS } from "@clickclack/protocol";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { recordAct } from "../workspaces/recording.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

const at = () => `/api/workspaces/${t.workspace.id}`;
const list = (who: Player, query = "") => t.call(who, "GET", `${at()}/audit-log${query}`);
const entries = async (query = ""): Promise<AuditLogEntry[]> => {
  const { status, body } = await list(t.cast.owner, query);
  expect([query, status]).toEqual([query, 200]);
  return body.audit_log_entries;
};
const file = (who: Player, query = "") => t.fetch(who, `${at()}/audit-log/export${query}`);

test("tells managers who did what, newest first, with the fields as they were and as they are", async () => {
  const { owner, moderator, member } = t.cast;
  await t.call(owner, "PATCH", at(), { name: "New harbour" });
  await t.call(owner, "PATCH", `${at()}/members/${member.user.id}`, { role: "guest" });
  const [role, name] = (await list(moderator)).body.audit_log_entries;
  expect(role).toMatchObject({
    action: "member.role_changed",
    actor_user_id: owner.user.id,
    actor: { display_name: "Olivia Owner" },
    target_type: "user",
    target_id: member.user.id,
    target_name: "Mia Member",
    address: "127.0.0.1",
    before: { role: "member" },
    after: { role: "guest" },
    metadata: {},
  });
  expect(name).toMatchObject({ action: "workspace.updated", before: { name: "Harbour" }, target_name: "New harbour" });
  await t.call(owner, "PATCH", `${at()}/members/${member.user.id}`, { role: "member" });
});

test("is for managers only, and so are its files", async () => {
  const { owner, moderator, member, outsider, bot } = t.cast;
  const guest = await newcomer(t, "gus", "guest");
  const asked: [Player, number][] = [
    [owner, 200],
    [moderator, 200],
    [member, 403],
    [guest, 403],
    [bot, 403],
    [outsider, 404],
  ];
  for (const [who, status] of asked) {
    expect([who.user.handle, (await list(who)).status]).toEqual([who.user.handle, status]);
    expect([who.user.handle, (await file(who)).status]).toEqual([who.user.handle, status]);
  }
});

test("is paged and filtered", async () => {
  const { owner, member } = t.cast;
  const all = await entries();
  const paged: AuditLogEntry[] = [];
  let cursor: string | undefined;
  do {
    const { body } = await list(owner, `?limit=2${cursor ? `&cursor=${cursor}` : ""}`);
    paged.push(...body.audit_log_entries);
    cursor = body.next_cursor;
  } while (cursor);
  expect(paged).toEqual(all);
  const kept = async (query: string, keep: (one: AuditLogEntry) => boolean) => {
    const expected = all.filter(keep);
    expect([query, expected.length > 0 && expected.length < all.length]).toEqual([query, true]);
    expect([query, await entries(query)]).toEqual([query, expected]);
  };
  await kept("?action=member.role_changed,workspace.updated", ({ action }) =>
    ["member.role_changed", "workspace.updated"].includes(action),
  );
  await kept(`?actor=${owner.user.id}`, (one) => one.actor_user_id === owner.user.id);
  await kept("?actor=operator", (one) => one.actor_user_id === undefined);
  await kept(
    `?target=${member.user.id}&action=member.added`,
    (one) => one.target_name === "Mia Member" && one.action === "member.added",
  );
  await kept("?target_type=workspace", (one) => one.target_type === "workspace");
  const middle = all[3]?.created_at ?? "";
  await kept(`?since=${middle}`, (one) => one.created_at >= middle);
  await kept(`?until=${middle}`, (one) => one.created_at < middle);
  expect(await entries("?since=2026-05-09")).toEqual([]);
  expect(await entries("?target=usr_nobody")).toEqual([]);
  for (const query of ["?action=member.eaten", "?since=yesterday", "?until=2026-13-01", "?cursor=aaaa", "?limit=x"])
    expect([query, (await list(owner, query)).status]).toEqual([query, 400]);
});

test("is exported whole as JSON, which is recorded", async () => {
  const { owner } = t.cast;
  const before = await entries();
  const answer = await file(owner);
  expect(answer.headers.get("content-disposition")).toBe("attachment; filename=audit-log-2026-05-08.json");
  expect(answer.headers.get("content-length")).toBe(String((await answer.clone().arrayBuffer()).byteLength));
  expect(answer.headers.get("x-next-cursor")).toBeNull();
  const { audit_log_entries, workspace_id } = (await answer.json()) as Record<string, AuditLogEntry[]>;
  const [own, ...rest] = audit_log_entries ?? [];
  expect([workspace_id, rest]).toEqual([t.workspace.id, before] as never);
  expect(own).toMatchObject({
    action: "audit_log.exported",
    actor_user_id: owner.user.id,
    metadata: { format: "json" },
  });
  const filtered = await file(owner, "?action=workspace.created");
  expect(((await filtered.json()) as Record<string, unknown[]>)["audit_log_entries"]).toHaveLength(1);
  expect((await entries())[0]?.metadata).toEqual({ format: "json", action: "workspace.created" });
  expect((await file(owner, "?format=xml")).status).toBe(400);
});

test("is exported as CSV that no spreadsheet computes", async () => {
  const { owner, moderator } = t.cast;
  await t.call(moderator, "PATCH", "/api/me", { display_name: '=cmd|"/c calc"!A1' });
  await t.call(moderator, "PATCH", at(), { name: "-2+3, and more" });
  const answer = await file(owner, "?format=csv&action=workspace.updated");
  expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
  const text = await answer.text();
  expect(text).toEndWith("\r\n");
  const [head, ...lines] = text.trimEnd().split("\r\n");
  expect(head).toBe(
    "id,created_at,actor_user_id,actor,action,target_type,target_id,target_name,address,before,after,metadata",
  );
  expect(lines).toHaveLength((await entries("?action=workspace.updated")).length);
  expect(lines[0]).toContain(
    `,"'=cmd|""/c calc""!A1",workspace.updated,workspace,${t.workspace.id},"'-2+3, and more",`,
  );
  expect(lines[0]).toContain(`"{""name"":""New harbour""}"`);
});

test("names no private channel to managers who are not in it", async () => {
  const { owner, moderator } = t.cast;
  const { body } = await t.call(owner, "POST", `${at()}/channels`, { name: "plans" });
  const seen = async (who: Player) =>
    ((await list(who, `?target=${body.channel.id}`)).body.audit_log_entries as AuditLogEntry[]).map(
      (one) => one.target_name,
    );
  expect(await seen(moderator)).toEqual(["plans"]);
  await t.call(owner, "PATCH", `/api/channels/${body.channel.id}`, { kind: "private" });
  await t.call(owner, "DELETE", `/api/channels/${body.channel.id}/members/${moderator.user.id}`);
  await t.call(owner, "PATCH", `/api/channels/${body.channel.id}`, { name: "layoffs" });
  expect(await seen(owner)).toEqual(["layoffs", "layoffs"]);
  expect(await seen(moderator)).toEqual([undefined, "plans"]);
});

test("goes on in another file where one is full", async () => {
  const { owner } = t.cast;
  const by = { user_id: null, address: "", at: "2020-01-01T00:00:00.000Z" };
  await t.db.write(async (tx) => {
    for (let n = 0; n <= LIMITS.audit_export_entries; n++)
      await recordAct(tx, by, t.workspace.id, {
        action: "invite.created",
        target_type: "invite",
        target_id: `inv_${n}`,
      });
  });
  const asked = "?format=csv&action=invite.created&until=2021-01-01";
  const linesOf = async (answer: Response) => (await answer.text()).trimEnd().split("\r\n").slice(1);
  const first = await file(owner, asked);
  const cursor = first.headers.get("x-next-cursor");
  const second = await file(owner, `${asked}&cursor=${cursor}`);
  expect(second.headers.get("x-next-cursor")).toBeNull();
  const all = [...(await linesOf(first)), ...(await linesOf(second))].map((line) => line.split(",")[6]);
  expect(all).toHaveLength(LIMITS.audit_export_entries + 1);
  expect(new Set(all).size).toBe(all.length);
  expect(all.at(-1)).toBe("inv_0");
});

test("takes every action as a filter", async () => {
  for (const action of AUDIT_ACTIONS) await entries(`?action=${action}`);
});
