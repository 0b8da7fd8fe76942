import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { timestamp } from "../../lib/clock.ts";
import { newId } from "../../lib/ids.ts";
import { insertInvite } from "./queries.ts";

let t: TestApp;
beforeEach(async () => {
  t = await testApp();
});
afterEach(() => t.close());

const ws = () => `/api/workspaces/${t.workspace.id}`;
const make = (who: Player, body: unknown = {}) => t.call(who, "POST", `${ws()}/invites`, body);
const list = (who: Player, query = "") => t.call(who, "GET", `${ws()}/invites${query}`);
const look = (code: string) => t.call(undefined, "GET", `/api/invites/${code}`);
const accept = (who: Player, code: string) => t.call(who, "POST", `/api/invites/${code}/accept`, {});
const roleOf = (who: Player, role: string) => t.call(t.cast.owner, "PATCH", `${ws()}/members/${who.user.id}`, { role });
const moderate = (who: Player, patch: unknown) =>
  t.call(t.cast.owner, "PATCH", `${ws()}/moderation/members/${who.user.id}`, patch);

describe("making", () => {
  test("nobody invites to what they could not give", async () => {
    const { owner, moderator, member, outsider, bot } = t.cast;
    const guest = await newcomer(t, "gus", "guest");
    const tried: [Player, string, number][] = [
      [owner, "moderator", 201],
      [owner, "member", 201],
      [owner, "guest", 201],
      [owner, "owner", 400],
      [owner, "bot", 400],
      [moderator, "moderator", 403],
      [moderator, "member", 201],
      [moderator, "guest", 201],
      [member, "guest", 403],
      [guest, "guest", 403],
      [bot, "member", 403],
      [outsider, "member", 404],
    ];
    for (const [who, role, status] of tried)
      expect([who.user.handle, role, (await make(who, { role })).status]).toEqual([who.user.handle, role, status]);
    await moderate(moderator, { timeout_minutes: 5 });
    expect((await make(moderator)).status).toBe(403);
  });

  test("refuses wrong fields", async () => {
    for (const wrong of [
      { email: "no address" },
      { max_uses: 0 },
      { max_uses: LIMITS.invite_uses_max + 1 },
      { expires_at: "soon" },
      { expires_at: "2020-01-01T00:00:00.000Z" },
      { role: 5 },
    ])
      expect([wrong, (await make(t.cast.owner, wrong)).status]).toEqual([wrong, 400]);
    expect((await list(t.cast.owner)).body.invites).toEqual([]);
  });

  test("a workspace has so many that work, and those that ended do not count", async () => {
    const { owner } = t.cast;
    const at = timestamp(t.clock.now());
    await t.db.write(async (tx) => {
      for (let n = 0; n < LIMITS.invites_per_workspace; n++)
        await insertInvite(tx, {
          id: newId("invite"),
          workspace_id: t.workspace.id,
          code: `many-${n}`,
          role: "member",
          email: "",
          max_uses: null,
          uses: 0,
          created_by: owner.user.id,
          created_at: at,
          expires_at: null,
          revoked_at: null,
        });
    });
    expect((await make(owner)).status).toBe(409);
    const [one] = (await list(owner)).body.invites;
    await t.call(owner, "DELETE", `/api/invites/${one.id}`);
    expect((await make(owner)).status).toBe(201);
  });

  test("is recorded, without what would let the reader in", async () => {
    const { owner } = t.cast;
    const { invite } = (await make(owner, { role: "guest", email: "Nina@Example.com" })).body;
    await t.call(owner, "DELETE", `/api/invites/${invite.id}`);
    await t.call(owner, "DELETE", `/api/invites/${invite.id}`);
    const rows = await t.db.read((tx) =>
      tx.all<{ action: string; actor_user_id: string; after_json: string | null }>(
        "SELECT action, actor_user_id, after_json FROM audit_log_entries WHERE target_id = ? ORDER BY id",
        invite.id,
      ),
    );
    expect(rows.map((row) => [row.action, row.actor_user_id])).toEqual([
      ["invite.created", owner.user.id],
      ["invite.revoked", owner.user.id],
    ]);
    expect(JSON.parse(rows[0]?.after_json ?? "")).toEqual({
      role: "guest",
      email: "nina@example.com",
      max_uses: 1,
      expires_at: null,
    });
    const log = await t.db.read((tx) => tx.all("SELECT * FROM audit_log_entries"));
    expect(JSON.stringify(log)).not.toContain(invite.code);
  });
});

describe("the list", () => {
  test("is newest first, in pages, by state, and says who came", async () => {
    const { owner, outsider } = t.cast;
    const made: string[] = [];
    for (let n = 0; n < 5; n++) made.unshift((await make(owner, n === 0 ? { max_uses: 1 } : {})).body.invite.id);
    const oldest = (await list(owner, "?limit=50")).body.invites.at(-1);
    await accept(outsider, oldest.code);
    await t.call(owner, "DELETE", `/api/invites/${made[0]}`);
    const seen: string[] = [];
    let cursor = "";
    do {
      const page = (await list(owner, `?limit=2${cursor}`)).body;
      seen.push(...page.invites.map((one: { id: string }) => one.id));
      cursor = page.next_cursor === undefined ? "" : `&cursor=${page.next_cursor}`;
    } while (cursor !== "");
    expect(seen).toEqual(made);
    const ids = async (state: string) =>
      (await list(owner, `?state=${state}`)).body.invites.map((one: { id: string }) => one.id);
    expect(await ids("active")).toEqual(made.slice(1, 4));
    expect(await ids("ended")).toEqual([made[0], made[4]]);
    const used = (await list(owner, "?state=ended")).body.invites[1];
    expect(used).toMatchObject({ uses: 1, accepted: [{ user: { id: outsider.user.id } }] });
    expect((await list(owner, "?state=other")).status).toBe(400);
    expect((await list(owner, "?cursor=e30")).status).toBe(400);
  });

  test("shows the newest of many who came", async () => {
    const { invite } = (await make(t.cast.owner)).body;
    const last: string[] = [];
    for (let n = 0; n < LIMITS.invite_accepted_shown + 3; n++) {
      const comer = await newcomer(t, `comer-${n}`, "member");
      await t.call(comer, "DELETE", `${ws()}/members/me`);
      expect((await accept(comer, invite.code)).status).toBe(200);
      last.unshift(comer.user.id);
    }
    const [shown] = (await list(t.cast.owner)).body.invites;
    expect(shown.uses).toBe(LIMITS.invite_accepted_shown + 3);
    expect(shown.accepted.map((one: { user: { id: string } }) => one.user.id)).toEqual(
      last.slice(0, LIMITS.invite_accepted_shown),
    );
  });

  test("hides from moderators the links that make moderators, and lets them end none", async () => {
    const { owner, moderator } = t.cast;
    const high = (await make(owner, { role: "moderator" })).body.invite;
    const low = (await make(owner, { role: "guest" })).body.invite;
    const ids = async (who: Player) => (await list(who)).body.invites.map((one: { id: string }) => one.id);
    expect(await ids(owner)).toEqual([low.id, high.id]);
    expect(await ids(moderator)).toEqual([low.id]);
    expect((await t.call(moderator, "DELETE", `/api/invites/${high.id}`)).status).toBe(403);
    expect((await t.call(moderator, "DELETE", `/api/invites/${low.id}`)).status).toBe(200);
    expect((await t.call(owner, "DELETE", `/api/invites/${high.id}`)).status).toBe(200);
  });

  test("is a manager's, of this workspace", async () => {
    const { owner, member, outsider, bot } = t.cast;
    const { invite } = (await make(owner)).body;
    const tried: [Player, number][] = [
      [member, 403],
      [bot, 403],
      [outsider, 404],
      [owner, 200],
    ];
    for (const [who, status] of tried) {
      expect((await list(who)).status).toBe(status);
      expect((await t.call(who, "DELETE", `/api/invites/${invite.id}`)).status).toBe(status);
    }
  });
});

describe("a link works only while whoever made it could make it", () => {
  let code: string;
  let joiner: Player;

  /** That it worked, and that it does not now: for whoever looks, and for whoever would join. */
  async function requireEnded(end: () => Promise<unknown>) {
    expect((await look(code)).status).toBe(200);
    await end();
    expect((await look(code)).status).toBe(404);
    expect((await accept(joiner, code)).status).toBe(404);
  }

  beforeEach(async () => {
    code = (await make(t.cast.moderator)).body.invite.code;
    joiner = t.cast.outsider;
  });

  test("demoted", () => requireEnded(() => roleOf(t.cast.moderator, "member")));
  test("removed", () =>
    requireEnded(() => t.call(t.cast.owner, "DELETE", `${ws()}/members/${t.cast.moderator.user.id}`)));
  test("left", () => requireEnded(() => t.call(t.cast.moderator, "DELETE", `${ws()}/members/me`)));
  test("blocked", () => requireEnded(() => moderate(t.cast.moderator, { blocked: true })));
  test("timed out, and works again afterwards", async () => {
    await requireEnded(() => moderate(t.cast.moderator, { timeout_minutes: 10 }));
    t.clock.advance(11 * 60_000);
    expect((await accept(joiner, code)).status).toBe(200);
  });
  test("deactivated", () =>
    requireEnded(() =>
      t.db.write((tx) =>
        tx.run("UPDATE users SET deactivated_at = ? WHERE id = ?", timestamp(t.clock.now()), t.cast.moderator.user.id),
      ),
    ));
  test("no owner any more, of a link that makes moderators; their other links go on", async () => {
    const { owner } = t.cast;
    const other = (await make(owner)).body.invite.code;
    code = (await make(owner, { role: "moderator" })).body.invite.code;
    await requireEnded(() =>
      t.db.write((tx) =>
        tx.run(
          "UPDATE workspace_members SET role = 'moderator' WHERE workspace_id = ? AND user_id = ?",
          t.workspace.id,
          owner.user.id,
        ),
      ),
    );
    expect((await accept(joiner, other)).status).toBe(200);
  });
});

test("whoever tries codes is stopped; whoever holds one that ended is not", async () => {
  const { owner } = t.cast;
  const good = (await make(owner)).body.invite;
  const ended = (await make(owner)).body.invite;
  await t.call(owner, "DELETE", `/api/invites/${ended.id}`);
  for (let n = 0; n < 2 * LIMITS.wrong_codes_per_minute; n++) expect((await look(ended.code)).status).toBe(404);
  const { error } = (await look(ended.code)).body;
  for (let n = 0; n < LIMITS.wrong_codes_per_minute; n++) expect((await look(`guess-${n}`)).body.error).toBe(error);
  const stopped = await look("another");
  expect(stopped.status).toBe(429);
  expect(Number(stopped.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await look(good.code)).status).toBe(429);
  expect((await accept(t.cast.outsider, good.code)).status).toBe(429);
  t.clock.advance(60_000);
  expect((await look(good.code)).status).toBe(200);
  expect((await accept(t.cast.outsider, good.code)).status).toBe(200);
});
