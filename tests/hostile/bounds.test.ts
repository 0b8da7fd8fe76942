/** What somebody sends who wants the server to work, to hold or to keep more than it should. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { recordAct } from "../../src/features/workspaces/recording.ts";
import { addMember, createWorkspace } from "../../src/features/workspaces/workspaces.ts";
import { FORM_TYPE, formOf, textFile } from "../support/form.ts";
import { newcomer } from "../support/newcomer.ts";
import { type TestApp, testApp } from "../support/test-app.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

const ws = (path = "") => `/api/workspaces/${t.workspace.id}${path}`;

test("files that are nothing but comments are looked at once", async () => {
  // Each of them held the server for a second when the ways to split them were all tried.
  const comments = "<!---->".repeat(500);
  const typeOf = async (value: string) => {
    const path = `/api/uploads?workspace_id=${t.workspace.id}`;
    const headers = { "content-type": FORM_TYPE };
    const part = { ...textFile(value, "page.bin"), type: "application/octet-stream" };
    return (await t.call(t.cast.member, "POST", path, formOf(part), { headers })).body.upload.content_type;
  };
  for (let n = 0; n < 30; n++) expect(await typeOf(`${comments}${n}`)).toBe("text/plain");
  expect(await typeOf(`  <!-- a --> \n<!-- b --><html>`)).toBe("text/html");
  expect(await typeOf(`<!-- a --><svg onload="x">`)).toBe("image/svg+xml");
  expect(await typeOf("<!-- never closed <html>")).toBe("text/plain");
});

test("an export of large entries goes on in another file", async () => {
  const by = { user_id: null, address: "", at: "2020-01-01T00:00:00.000Z" };
  const after = { member_ids: Array.from({ length: LIMITS.members_per_group }, () => `usr_${"0".repeat(26)}`) };
  const each = JSON.stringify(after).length;
  const count = Math.ceil((LIMITS.audit_export_chars / each) * 1.5);
  await t.db.write(async (tx) => {
    for (let n = 0; n < count; n++)
      await recordAct(tx, by, t.workspace.id, {
        action: "group.deleted",
        target_type: "group",
        target_id: `grp_${n}`,
        after,
      });
  });
  let cursor: string | null = "";
  let found = 0;
  do {
    const path = ws(`/audit-log/export?until=2021-01-01${cursor === "" ? "" : `&cursor=${cursor}`}`);
    const answer: Response = await t.fetch(t.cast.owner, path);
    const text = await answer.text();
    expect(text.length).toBeLessThan(LIMITS.audit_export_chars + LIMITS.audit_export_slice * (each + 2000));
    found += JSON.parse(text).audit_log_entries.length;
    cursor = answer.headers.get("x-next-cursor");
  } while (cursor !== null);
  expect(found).toBe(count);
}, 20_000);

test("nobody is brought into more workspaces than they could join", async () => {
  const victim = await newcomer(t, "victim", "member");
  const known = await newcomer(t, "known", "member");
  const by = { user_id: t.cast.owner.user.id, address: "", at: new Date(t.clock.now()).toISOString() };
  const owned = await t.db.write(async (tx) => {
    for (let n = 0; n < LIMITS.workspaces_per_user - 1; n++) {
      const other = await createWorkspace(tx, t.cast.outsider.user, { name: `Net ${n}` }, by).catch(() => undefined);
      if (!other) break;
      await addMember(tx, other.id, victim.user, "member", by.at);
    }
    return createWorkspace(tx, t.cast.owner.user, { name: "Trap" }, by);
  });
  const add = (who: { user: { id: string } }) =>
    t.call(t.cast.owner, "PUT", `/api/workspaces/${owned.id}/members/${who.user.id}`);
  expect((await add(known)).status).toBe(201);
  expect((await add(victim)).status).toBe(409);
  expect((await t.call(victim, "GET", "/api/workspaces")).body.workspaces).toHaveLength(LIMITS.workspaces_per_user);
});

test("a reserved slug is not had by a name that leads to it", async () => {
  const { outsider } = await testAppCast();
  for (const name of ["ClickClack", "Click\u0301Clack", "  guests "]) {
    const { status, body } = await t.call(outsider, "POST", "/api/workspaces", { name });
    expect([status, ["clickclack", "guests"].includes(body.workspace.slug)]).toEqual([201, false]);
    for (const slug of ["clickclack", "GUESTS", "click\u0301clack"])
      expect((await t.call(outsider, "PATCH", `/api/workspaces/${body.workspace.id}`, { slug })).status).toBe(400);
  }
});

/** Somebody who is in a workspace, and not in as many as they may. */
async function testAppCast() {
  return { outsider: await newcomer(t, "founder", "member") };
}
