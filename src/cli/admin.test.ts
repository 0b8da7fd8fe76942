import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Generous: it bounds a hang on a busy machine, no test measures time.
setDefaultTimeout(60_000);

const main = join(import.meta.dir, "../main.ts");
let root: string;
let data: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "clickclack-admin-"));
  data = join(root, "data");
  await run(["admin", "bootstrap", "--name", "Ada", "--email", "ada@example.org"]);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function run(words: string[], input = "", env: Record<string, string> = {}) {
  const process_env = { ...process.env, CLICKCLACK_DATA: data, ...env };
  const child = Bun.spawn([process.execPath, main, ...words], {
    env: process_env,
    stdin: new Blob([input]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out: out.trimEnd(), err: err.trimEnd(), code };
}

test("bootstrap happens once and prints the same id again", async () => {
  const first = await run(["admin", "bootstrap", "--name", "Ada", "--email", "ada@example.org"]);
  const again = await run(["admin", "bootstrap", "--name", "Ada", "--email", "ada@example.org", "--json"]);
  expect(first.out).toMatch(/^usr_[0-9a-z]{26}$/);
  expect(JSON.parse(again.out)).toMatchObject({
    user: { id: first.out },
    workspace: { slug: "clickclack", role: "owner" },
  });
});

test("a person is created once, joins, and gets a password from standard input only", async () => {
  const made = await run(["admin", "user", "create", "--name", "Bo", "--email", "bo@example.org"]);
  expect(made.out).toMatch(/^usr_/);
  const twice = await run(["admin", "user", "create", "--name", "Bo", "--email", "bo@example.org"]);
  expect(twice).toMatchObject({ code: 5, out: "" });
  const add = ["admin", "member", "add", "--workspace", "clickclack", "--user", made.out, "--role", "moderator"];
  expect((await run([...add, "--created-by", "ada@example.org"])).out).toEndWith(
    `user=${made.out} role=moderator status=added`,
  );
  expect((await run(add)).out).toEndWith("role=moderator status=already_member");
  expect((await run(["admin", "user", "set-password", "--user", made.out], "open sesame\n")).code).toBe(0);
  const short = await run(["admin", "user", "set-password", "--user", made.out, "--json"], "short");
  expect(short.code).toBe(5);
  expect(JSON.parse(short.err)).toMatchObject({ code: "validation_failed" });
  expect((await run(["admin", "user", "set-password", "--user", made.out, "--clear"])).code).toBe(0);
});

test("an account is closed and opened again, by whom it is named", async () => {
  const of = (name: string, ...who: string[]) => run(["admin", "user", name, ...who, "--json"]);
  const { id } = JSON.parse((await of("create", "--name", "Di", "--email", "di@example.org")).out).user;
  const closed = await of("deactivate", "--email", "di@example.org");
  expect(JSON.parse(closed.out).user).toMatchObject({ id, deactivated_at: expect.stringContaining("T") });
  // A second time changes nothing.
  expect((await of("deactivate", "--user", id)).out).toBe(closed.out);
  expect(JSON.parse((await of("reactivate", "--user", id)).out).user.deactivated_at).toBeUndefined();
  expect((await of("deactivate")).code).toBe(2);
  expect((await of("deactivate", "--user", "usr_none")).code).toBe(4);
});

test("in the name of somebody who does not manage the workspace nothing is made", async () => {
  const guest = (await run(["admin", "user", "create", "--name", "Cy", "--email", "cy@example.org"])).out;
  const refused = await run([
    "admin",
    "bot",
    "create",
    "--workspace",
    "clickclack",
    "--name",
    "Bad",
    "--created-by",
    guest,
  ]);
  expect(refused).toMatchObject({ code: 5, out: "" });
});

test("bots, tokens and links print their secret once", async () => {
  const bot = await run([
    "admin",
    "bot",
    "create",
    "--workspace",
    "clickclack",
    "--name",
    "Pinch",
    "--handle",
    "pinch",
  ]);
  const made = JSON.parse(bot.out) as { bot: { id: string }; bot_token: { scopes: string[] }; token: string };
  expect(made.token).toMatch(/^ccb_/);
  expect(made.bot_token.scopes).toContain("messages:write");
  const token = await run(["admin", "bot", "token", "--bot", "@pinch", "--scopes", "messages:read", "--plain"]);
  expect(token.out).toMatch(/^ccb_\S+$/);
  expect((await run(["admin", "bot", "token", "--bot", "pinch", "--scopes", "everything"])).code).toBe(5);
  expect((await run(["admin", "magic-link", "create", "--email", "ada@example.org"])).out).toMatch(/^mgt_\S+$/);
});

test("prune needs exactly one bound and keeps the newest event", async () => {
  const prune = ["admin", "events", "prune", "--workspace", "clickclack"];
  expect((await run(prune)).code).toBe(2);
  expect((await run([...prune, "--keep-latest", "1", "--before", "2020-01-01T00:00:00Z"])).code).toBe(2);
  expect((await run([...prune, "--before", "soon"])).code).toBe(2);
  expect((await run([...prune, "--older-than-days", "1"])).out).toBe("pruned 0 events");
  expect((await run([...prune, "--keep-latest", "1"])).out).toMatch(/^pruned \d+ events$/);
});

test("migrate says what it did; backup writes a file that works and overwrites none", async () => {
  const other = join(root, "other");
  expect((await run(["migrate", "--data", other])).out).toStartWith("applied 0001_init");
  expect((await run(["migrate", "--data", other])).out).toBe("the database is up to date");
  const copy = join(root, "copy");
  mkdirSync(copy);
  const out = join(copy, "clickclack.db");
  expect((await run(["backup", "--out", out, "--plain"])).out).toBe(out);
  expect((await run(["admin", "magic-link", "create", "--email", "ada@example.org", "--data", copy])).code).toBe(0);
  expect((await run(["backup", "--out", out])).code).toBe(5);
});

test("a mistyped directory is not made, and every refusal is one line", async () => {
  const typo = join(root, "typo");
  const missing = await run(["admin", "magic-link", "create", "--email", "a@b.c", "--data", typo]);
  expect(missing.code).toBe(4);
  expect(existsSync(typo)).toBe(false);
  writeFileSync(join(root, "bad.json"), '{"rate_limit": "many"}');
  writeFileSync(join(root, "file"), "no directory");
  const refusals = [
    missing,
    await run(["migrate", "--data", typo, "--config", join(root, "bad.json")]),
    await run(["migrate", "--data", typo, "--config", join(root, "none.json")]),
    await run(["migrate"], "", { CLICKCLACK_ADDR: "nowhere" }),
    await run(["migrate", "--data", join(root, "file")]),
    await run(["backup"]),
  ];
  for (const { out, err, code } of refusals) {
    expect(code).not.toBe(0);
    expect(out).toBe("");
    expect(err).toMatch(/^clickclack: [^\n]+$/);
  }
  expect(existsSync(typo)).toBe(false);
});
