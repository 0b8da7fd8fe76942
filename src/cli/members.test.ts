/** Who belongs to a workspace, keeping order in it, and the record of both, from the command line. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { startProgram } from "./test-program.ts";
import type { Program } from "./test-program.ts";

// Generous: it bounds a hang on a busy machine, no test measures time.
setDefaultTimeout(60_000);

type Env = Record<string, string>;

let program: Program;
/** Ada owns the workspace; Mia and Sam come by invites. */
let ada: Env;
let mia: Env;
let sam: Env;
let mia_id: string;
let sam_id: string;
let revoked_code: string;

beforeAll(async () => {
  program = await startProgram();
  ada = { CLICKCLACK_TOKEN: program.token };
});
afterAll(async () => {
  expect(await program.stop()).toBe(0);
});

async function as(env: Env, ...words: string[]) {
  return program.run(words, { env });
}

async function done(env: Env, ...words: string[]): Promise<string> {
  const { out, err, code } = await as(env, ...words);
  expect([words.join(" "), err, code]).toEqual([words.join(" "), "", 0]);
  return out;
}

/** Accepts an invite as somebody new, as the page of the link does. */
async function accept(url: string, display_name: string, email: string): Promise<{ id: string; env: Env }> {
  const code = url.split("/").at(-1);
  const response = await fetch(`${program.url}/api/invites/${code}/accept`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-clickclack-csrf": "1" },
    body: JSON.stringify({ display_name, email, password: "correct horse battery" }),
  });
  expect([200, 201]).toContain(response.status);
  const { user, token } = (await response.json()) as { user: { id: string }; token: string };
  return { id: user.id, env: { CLICKCLACK_TOKEN: token } };
}

describe("invites", () => {
  test("are made, let people in, say who came, and end", async () => {
    const url = await done(ada, "invite", "create", "--max-uses", "2", "--expires", "7d", "--plain");
    expect(url).toStartWith(`${program.url}/`);
    ({ id: mia_id, env: mia } = await accept(url, "Mia", "mia@example.org"));
    expect(await done(mia, "me", "set", "--handle", "mia", "--plain")).toBe(mia_id);
    const list = await done(ada, "invite", "list");
    expect(list).toMatch(/^inv_\w+\t\S+\tmembers, 1 of 2 left, until \d{4}-\d\d-\d\d \d\d:\d\d\tMia$/);
    const [id = ""] = list.split("\t");
    expect(await done(ada, "invite", "list", "--plain")).toMatch(
      new RegExp(`^${id}\tmember\t1\t2\t\\S+T\\S+Z\t\t${RegExp.escape(url)}$`),
    );
    expect(await done(ada, "invite", "revoke", url)).toBe(`revoked ${id}`);
    expect(await done(ada, "invite", "list")).toBe("");
    expect(await done(ada, "invite", "list", "--ended", "--plain")).toStartWith(id);
    expect((await as(ada, "invite", "revoke", url)).code).toBe(4);
    revoked_code = url.split("/").at(-1) ?? "";
  });

  test("can be for one person; moderators are not a member's to make", async () => {
    const made = await done(
      ada,
      "invite",
      "create",
      "--role",
      "guest",
      "--email",
      "sam@example.org",
      "--max-uses",
      "1",
    );
    const [url = "", terms] = made.split("\n");
    expect(terms).toBe("for sam@example.org as a guest");
    ({ id: sam_id, env: sam } = await accept(url, "Sam", "sam@example.org"));
    await done(sam, "me", "set", "--handle", "sam");
    expect((await as(mia, "invite", "create", "--role", "moderator")).code).toBe(5);
    expect((await as(ada, "invite", "create", "--role", "captain")).code).toBe(2);
    expect((await as(ada, "invite", "create", "--expires", "soon")).code).toBe(2);
  });
});

describe("members", () => {
  test("are listed, found and counted", async () => {
    const list = await done(ada, "member", "list");
    expect(list.split("\n").map((line) => line.split("\t").slice(1, 4))).toEqual([
      ["ada", "owner", "Ada"],
      ["mia", "member", "Mia"],
      ["sam", "guest", "Sam"],
    ]);
    expect(await done(ada, "members", "list", "--role", "guest", "--plain")).toStartWith(
      `${sam_id}\tsam\tguest\tSam\t`,
    );
    expect(await done(ada, "member", "list", "--search", "mi", "--json")).toContain(`"id":"${mia_id}"`);
    const page = await done(ada, "member", "list", "--limit", "1");
    const cursor = /^more: --cursor (\S+)$/m.exec(page)?.[1] ?? "";
    expect(await done(ada, "member", "list", "--limit", "1", "--cursor", cursor)).toStartWith(mia_id);
    expect((await as(ada, "member", "list", "--role", "captain")).code).toBe(2);
  });

  test("get roles from those above them", async () => {
    expect(await done(ada, "member", "role", "@mia", "moderator")).toBe("@mia is a moderator now");
    expect(await done(mia, "member", "role", sam_id, "member", "--plain")).toBe(sam_id);
    expect((await as(sam, "member", "role", "@mia", "guest")).code).toBe(5);
    expect((await as(ada, "member", "role", "@mia", "owner")).code).toBe(2);
    expect((await as(ada, "member", "role", "@nobody", "guest")).code).toBe(4);
  });

  test("are kept in order: time-outs, blocks and notes", async () => {
    expect(await done(mia, "member", "timeout", "@sam", "2h")).toMatch(
      /^@sam only reads until \d{4}-\d\d-\d\d \d\d:\d\d$/,
    );
    expect((await as(sam, "send", "let me")).code).toBe(5);
    expect(await done(mia, "member", "note", "@sam", "Second", "warning")).toBe("noted on @sam");
    expect(await done(mia, "member", "list", "--order", "--search", "sam")).toMatch(
      /\tonly reads until \d{4}-\d\d-\d\d \d\d:\d\d; note: Second warning$/,
    );
    expect(await done(mia, "member", "timeout", "@sam", "off")).toBe("@sam may write again");
    expect(await done(mia, "member", "block", "@sam")).toBe("blocked @sam");
    expect((await as(sam, "send", "let me")).code).toBe(5);
    expect(await done(mia, "member", "unblock", "@sam", "--plain")).toBe(sam_id);
    expect(await done(mia, "member", "note", "@sam", "--clear")).toBe("no note on @sam any more");
    await done(sam, "send", "thank you");
    expect((await as(sam, "member", "list", "--order")).code).toBe(5);
    expect((await as(sam, "member", "block", "@mia")).code).toBe(5);
    expect((await as(mia, "member", "timeout", "@sam", "long")).code).toBe(2);
    expect((await as(mia, "member", "note", "@sam")).code).toBe(2);
  });

  test("are let in by a link, and no more when deactivated", async () => {
    const link = await done(ada, "member", "link", "@sam", "--plain");
    expect(await done(ada, "login", "--magic-token", link, "--no-store")).toStartWith(
      `signed in to ${program.url} as Sam`,
    );
    expect((await as(ada, "login", "--magic-token", link, "--no-store")).code).toBe(4);
    expect((await as(sam, "member", "link", "@mia")).code).toBe(5);
    expect(await done(ada, "member", "deactivate", "@sam")).toBe("deactivated @sam");
    expect((await as(sam, "whoami")).code).toBe(3);
    expect(await done(ada, "member", "list", "--search", "sam")).toEndWith("\tdeactivated");
    expect(await done(ada, "member", "reactivate", "@sam")).toBe("reactivated @sam");
    const login = ["login", "--identifier", "sam@example.org", "--password-stdin", "--no-store", "--plain"];
    sam = { CLICKCLACK_TOKEN: (await program.run(login, { input: "correct horse battery" })).out };
    expect(await done(sam, "whoami", "--plain")).toBe(sam_id);
  });

  test("are added from another workspace, leave and are removed", async () => {
    const pier = await done(mia, "workspaces", "create", "The", "Pier", "--plain");
    expect(await done(mia, "member", "add", "@sam", "--role", "guest", "--workspace", pier)).toBe(
      "@sam is a guest of The Pier",
    );
    expect((await as(mia, "member", "add", "@nobody", "--workspace", pier)).code).toBe(4);
    expect((await as(mia, "member", "leave", "--workspace", pier)).code).toBe(5);
    expect(await done(sam, "member", "leave", "--workspace", pier)).toBe("left The Pier");
    await done(mia, "member", "add", sam_id, "--workspace", pier);
    expect(await done(mia, "member", "remove", "@sam", "--workspace", pier)).toBe("removed @sam from The Pier");
    expect((await as(sam, "member", "list", "--workspace", pier)).code).toBe(4);
  });
});

describe("groups", () => {
  test("are made, changed and mentioned together", async () => {
    expect(await done(ada, "group", "create", "@crew", "@mia", "--name", "The crew")).toMatch(
      /^created @crew \(\w+\) of 1$/,
    );
    expect((await as(ada, "group", "create", "mia")).code).toBe(5);
    expect(await done(ada, "group", "add", "@crew", "@sam")).toBe("added @sam to @crew");
    expect(await done(mia, "group", "members", "crew")).toBe(`${mia_id}\tmia\tMia\n${sam_id}\tsam\tSam`);
    expect(await done(sam, "group", "list")).toMatch(/^\w+\t@crew\tThe crew\t2 members$/);
    await done(ada, "send", "hello @crew");
    expect(await done(sam, "unread")).toContain("#general\t");
    expect(await done(ada, "group", "remove", "@crew", "@sam", "@mia")).toBe("removed @sam, @mia from @crew");
    expect(await done(ada, "group", "edit", "@crew", "--handle", "sailors")).toBe("changed @sailors");
    expect((await as(sam, "group", "delete", "@sailors")).code).toBe(5);
    expect(await done(ada, "group", "delete", "@sailors")).toBe("deleted @sailors");
    expect((await as(ada, "group", "members", "@sailors")).code).toBe(4);
  });
});

describe("reports", () => {
  test("reach the managers, who close them", async () => {
    const spam = await done(ada, "send", "buy\nropes", "--plain");
    expect(await done(sam, "report", "create", spam, "It", "is", "spam")).toBe(`reported ${spam} to the managers`);
    expect((await as(sam, "report", "create", spam)).code).toBe(2);
    expect((await as(sam, "report", "list")).code).toBe(5);
    const [id = "", , why, message, quoted] = (await done(mia, "report", "list")).split("\t");
    expect([why, message, quoted]).toEqual(["@sam: It is spam", spam, String.raw`@ada: buy\nropes`]);
    expect(await done(mia, "report", "dismiss", id, "It", "is", "not")).toBe(`dismissed ${id}`);
    expect(await done(mia, "report", "list")).toBe("");
    expect(await done(mia, "report", "list", "--status", "dismissed", "--json")).toContain('"resolution":"It is not"');
    expect((await as(mia, "report", "list", "--status", "lost")).code).toBe(2);
  });
});

describe("the audit log", () => {
  test("says who did what, by act, person and time", async () => {
    const roles = await done(ada, "audit", "--action", "member.role_changed", "--actor", "@mia");
    const [, actor, action, target, change] = roles.split("\t");
    expect([actor, action, target, change]).toEqual(["Mia", "member.role_changed", "Sam", "role: guest → member"]);
    expect(await done(ada, "audit", "--actor", "operator", "--plain")).toMatch(/\toperator\t/);
    expect(await done(ada, "audit", "--until", "30d")).toBe("");
    expect(
      (await done(ada, "audit", "--since", "1h", "--target", "@sam", "--limit", "200")).split("\n").length,
    ).toBeGreaterThan(5);
    expect((await as(sam, "audit")).code).toBe(5);
    expect((await as(ada, "audit", "--action", "member.eaten")).code).toBe(2);
    expect((await as(ada, "audit", "--since", "soon")).code).toBe(2);
  });

  test("is exported, to standard output or into a new file", async () => {
    const csv = await done(ada, "audit", "--export", "csv", "--action", "invite.created,invite.revoked");
    expect(csv.split("\r\n")[0]).toStartWith("id,created_at,actor_user_id,");
    expect(csv.split("\r\n")).toHaveLength(4);
    expect(csv).not.toContain(revoked_code);
    const path = join(program.root, "audit.json");
    expect(await done(ada, "audit", "--export", "json", "--out", path)).toBe(`wrote ${path}`);
    const log = (await Bun.file(path).json()) as { audit_log_entries: unknown[] };
    expect(log.audit_log_entries.length).toBeGreaterThan(10);
    expect((await as(ada, "audit", "--export", "json", "--out", path)).code).toBe(2);
    expect((await as(ada, "audit", "--out", join(program.root, "other"))).code).toBe(2);
    expect((await as(sam, "audit", "--export", "csv", "--out", join(program.root, "sams"))).code).toBe(5);
    expect(existsSync(join(program.root, "sams"))).toBe(false);
  });
});

describe("a workspace", () => {
  test("gets a waiting room, another owner, and an end", async () => {
    await done(ada, "channels", "create", "lobby");
    const set = ["workspaces", "set", "--waiting-room", "lobby", "--guest-posts", "5", "--name", "Harbour", "--json"];
    expect(JSON.parse(await done(ada, ...set))).toMatchObject({ workspace: { name: "Harbour", guest_post_budget: 5 } });
    expect((await as(mia, "workspaces", "transfer", "@sam")).code).toBe(5);
    expect(await done(ada, "workspaces", "transfer", "@mia")).toBe("@mia owns Harbour now; you are a moderator");
    expect((await as(mia, "workspaces", "delete", "--confirm", "harbor", "--workspace", "Harbour")).code).toBe(2);
    const confirm = ["workspaces", "delete", "--workspace", "Harbour", "--confirm", "clickclack"];
    expect((await as(ada, ...confirm)).code).toBe(5);
    expect(await done(mia, ...confirm)).toBe("deleted Harbour");
    expect(await done(ada, "workspaces", "list")).toBe("");
    expect((await as(mia, "workspaces", "set")).code).toBe(2);
  });
});
