import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as recorded from "./recorded.ts";
import { differences } from "./shape.ts";
import { PASSWORD, person, stage, type Stage } from "./stage.ts";

let s: Stage;
beforeAll(async () => {
  s = await stage();
});
afterAll(() => s.close());

describe("invites", () => {
  const path = () => `/api/workspaces/${s.workspace_id}/invites`;

  test("are made, listed, read, accepted and revoked", async () => {
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    const made = await s.ask(s.owner, "POST", path(), { role: "member", max_uses: 2, expires_at });
    expect(made.status).toBe(201);
    const { invite } = made.body;
    expect(differences(invite, { id: "inv_01m7y5b31147gnmdvk12twgpxw", code: "x", url: "x" })).toEqual([]);
    expect(invite.url).toBe(`${s.url}/invite/${invite.code}`);
    expect((await s.ask(s.owner, "GET", path())).body.invites.map((one: { id: string }) => one.id)).toContain(
      invite.id,
    );
    const shown = await s.ask(undefined, "GET", `/api/invites/${invite.code}`);
    expect([shown.status, shown.body.invite.workspace_name]).toEqual([200, "Harbour"]);
    expect(shown.body.invite.inviter_name).toBe("Olivia Owner");

    const newcomer = { display_name: "Nina New", email: "nina@example.com", password: PASSWORD };
    const joined = await s.ask(undefined, "POST", `/api/invites/${invite.code}/accept`, newcomer);
    expect(joined.status).toBe(201);
    expect(
      differences(joined.body, {
        user: recorded.user,
        session: recorded.session,
        token: "sst",
        workspace: recorded.workspace,
      }),
    ).toEqual([]);
    expect(joined.headers.get("set-cookie")).toStartWith("cc_session=");

    const known = await person(s.server, "known@example.com", "Known");
    const came = await s.ask(known, "POST", `/api/invites/${invite.code}/accept`, {});
    expect([came.status, came.body.workspace.role, came.body.token]).toEqual([200, "member", undefined]);
    // Used up, it looks like one that never was.
    expect((await s.ask(undefined, "GET", `/api/invites/${invite.code}`)).status).toBe(404);

    const gone = await s.ask(s.owner, "DELETE", `/api/invites/${invite.id}`);
    expect([gone.status, gone.body]).toEqual([200, { ok: true }]);
    expect((await s.ask(undefined, "GET", `/api/invites/${invite.code}`)).status).toBe(404);
    const late = await person(s.server, "late@example.com", "Late");
    expect((await s.ask(late, "POST", `/api/invites/${invite.code}/accept`, {})).status).toBe(404);
  });

  test("are a manager's business: members and bots 403, strangers 404", async () => {
    expect((await s.ask(s.member, "POST", path(), {})).status).toBe(403);
    expect((await s.ask(s.bot, "POST", path(), {})).status).toBe(403);
    expect((await s.ask(s.outsider, "GET", path())).status).toBe(404);
    expect((await s.ask(undefined, "GET", path())).status).toBe(401);
  });
});
