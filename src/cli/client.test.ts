import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lines, next, startProgram } from "./test-program.ts";
import type { Program } from "./test-program.ts";

// Generous: it bounds a hang on a busy machine, no test measures time.
setDefaultTimeout(60_000);

const parse = (text: string) => JSON.parse(text) as Record<string, never>;

let program: Program;
let run: Program["run"];
let root: string;
let url: string;
let token: string;
beforeAll(async () => {
  program = await startProgram();
  ({ run, root, url, token } = program);
});
afterAll(async () => {
  expect(await program.stop()).toBe(0);
});

describe("signing in", () => {
  test("by magic link is remembered, and signing out ends it on the server too", async () => {
    const link = await program.magicLink();
    expect((await run(["login", "--magic-token", link])).out).toBe(`signed in to ${url} as Ada`);
    expect((await run(["login", "--magic-token", link])).code).toBe(4);
    expect((await run(["whoami"])).out).toMatch(/^usr_\w+\tAda$/);
    expect((await run(["status", "--json"])).out).toContain(`"server":"${url}"`);
    const stored = (await Bun.file(join(root, "config/clickclack/config.json")).json()) as { token: string };
    expect((await run(["whoami"], { env: { CLICKCLACK_SERVER: url.replace("127.0.0.1", "localhost") } })).code).toBe(3);
    expect((await run(["logout"])).out).toBe(`signed out of ${url}`);
    expect(existsSync(join(root, "config/clickclack/config.json"))).toBe(false);
    expect(await run(["whoami", "--token", stored.token])).toMatchObject({ code: 3, out: "" });
    expect((await run(["logout"])).out).toBe(`not signed in to ${url}`);
  });

  test("by password from standard input; a wrong one is refused", async () => {
    const login = ["login", "--identifier", "ada@example.org", "--password-stdin", "--no-store", "--plain"];
    expect((await run(login, { input: "open sesame\n" })).out).toMatch(/^sst_/);
    expect((await run(login, { input: "open says me" })).code).toBe(3);
    expect((await run(["login"])).code).toBe(2);
    expect((await run(["login", "--identifier", "ada"])).code).toBe(2);
  });
});

describe("chatting", () => {
  const env = { CLICKCLACK_TOKEN: "" };
  beforeEach(() => void (env.CLICKCLACK_TOKEN = token));

  test("a message comes from words, a flag, a file or standard input, and is listed", async () => {
    const file = join(root, "body.md");
    writeFileSync(file, "from a file");
    const sent = await run(["send", "from", "words"], { env });
    expect(sent.out).toMatch(/^sent msg_\w+ to #general$/);
    expect((await run(["messages", "send", "--body", "from a flag", "ignored"], { env })).code).toBe(0);
    expect((await run(["send", "--file", file, "--plain"], { env })).out).toMatch(/^msg_\w+$/);
    expect((await run(["send", "-"], { env, input: "from\tstandard\ninput\u001B[2J" })).code).toBe(0);
    expect((await run(["send", "--", "--body", "is text"], { env })).code).toBe(0);
    const list = (await run(["messages", "list", "--limit", "5"], { env })).out.split("\n");
    expect(list.map((line) => line.split("\t")[3])).toEqual([
      "from words",
      "from a flag",
      "from a file",
      String.raw`from\tstandard\ninput[2J`,
      "--body is text",
    ]);
    expect((await run(["messages", "list", "--limit", "1", "--plain"], { env })).out).toMatch(/^msg_\w+\t\d+\tAda\t/);
    const json = parse(
      (await run(["--json", "messages", "list", "--limit", "2", "--channel", "#general"], { env })).out,
    );
    expect(json).toMatchObject({ channel: { name: "general" }, messages: [{ kind: "message" }, { kind: "message" }] });
  });

  test("a nonce posts once however often it is sent", async () => {
    const send = ["send", "once", "--nonce", "n-once", "--plain"];
    const ids = [await run(send, { env }), await run(send, { env })].map(({ out }) => out);
    expect(ids[0]).toBe(ids[1] ?? "");
    expect((await run(["send", "twice", "--nonce", "n-once"], { env })).code).toBe(5);
  });

  test("threads and reactions", async () => {
    const root_id = (await run(["send", "root", "--plain"], { env })).out;
    expect((await run(["reply", root_id, "one", "reply"], { env })).out).toMatch(/^sent msg_\w+ to the thread of msg_/);
    expect((await run(["threads", "reply", root_id, "--body", "two", "--plain"], { env })).out).toMatch(/^msg_\w+$/);
    expect((await run(["send", "--reply-to", root_id, "three"], { env })).code).toBe(0);
    const thread = (await run(["thread", "open", root_id, "--latest", "--limit", "2"], { env })).out.split("\n");
    expect(thread.map((line) => line.split("\t")[3])).toEqual(["root", "two", "three"]);
    expect((await run(["reactions", "add", root_id, "🦞"], { env })).out).toBe(`added 🦞 to ${root_id}`);
    expect((await run(["reactions", "remove", root_id, "🦞", "--json"], { env })).out).toContain('"reactions":[]');
  });

  test("search finds by words and operators, and takes what the shell left of a phrase", async () => {
    const id = (await run(["send", "the rocket launch plan", "--plain"], { env })).out;
    await run(["send", "plan of the launch, no rocket"], { env });
    const plain = (await run(["search", "rocket launch", "from:me", "--plain"], { env })).out;
    expect(plain).toMatch(new RegExp(`^${id}\t#general\t\\S+\tAda\tthe rocket launch plan$`));
    const json = parse((await run(["search", "rocket", "--newest", "--json", "--limit", "1"], { env })).out);
    expect(json).toMatchObject({ results: [{ snippet: "plan of the launch, no rocket" }] });
    expect(await run(["search", "zebra"], { env })).toMatchObject({ code: 0, out: "" });
    expect((await run(["search"], { env })).code).toBe(2);
  });

  test("workspaces and channels", async () => {
    expect((await run(["workspaces", "list"], { env })).out).toMatch(/^wsp_\w+\tclickclack\tClickClack$/);
    const channels = (await run(["channels", "list", "--workspace", "clickclack"], { env })).out;
    expect(channels).toMatch(/^chn_\w+\tgeneral\tpublic$/);
    const id = channels.split("\t")[0] ?? "";
    expect((await run(["send", "--channel", id, "by id"], { env })).out).toEndWith("to #general");
    expect((await run(["send", "--channel", "nowhere", "x"], { env })).code).toBe(4);
    expect((await run(["channels", "list", "--workspace", "nowhere"], { env })).code).toBe(4);
  });

  test("tail shows what was and follows what comes", async () => {
    const before = (await run(["send", "before", "--plain"], { env })).out;
    const child = program.start(["tail", "#general", "--follow", "--limit", "1", "--json"], { env });
    const stream = lines(child.stdout);
    const seen = async () => {
      const event = JSON.parse(await next(stream)) as { type: string; payload: { message?: { body: string } } };
      return [event.type, event.payload.message?.body];
    };
    expect(await seen()).toEqual(["message.created", "before"]);
    await run(["send", "after"], { env });
    expect(await seen()).toEqual(["message.created", "after"]);
    await run(["reactions", "add", before, "👍"], { env });
    expect(await seen()).toEqual(["reaction.added", undefined]);
    await run(["reply", before, "in the thread"], { env });
    expect(await seen()).toEqual(["thread.reply_created", "in the thread"]);
    child.kill("SIGINT");
    expect(await child.exited).toBe(0);
    expect((await run(["tail", "--since", "1h", "--plain"], { env })).out).toContain(`${before}\t`);
  });
});

describe("failing", () => {
  test.each([
    [2, ["send"], "usage"],
    [2, ["sned", "x"], "usage"],
    [2, ["send", "x", "--loud"], "usage"],
    [2, ["send", "x", "--file", "/nowhere/at/all"], "usage"],
    [3, ["whoami"], "unauthenticated"],
    [3, ["whoami", "--token", "sst_wrong"], "unauthenticated"],
    [10, ["whoami", "--server", "http://127.0.0.1:1"], "network"],
  ])("exit %d for %j, with a code in JSON", async (code, words, name) => {
    const failed = await run([...words, "--json"]);
    expect(failed).toMatchObject({ code, out: "" });
    expect(JSON.parse(failed.err)).toMatchObject({ code: name, error: expect.any(String) });
    expect((await run(words)).err).toMatch(/^clickclack: [^\n]+$/);
  });

  test("exit 4 for what is missing, 5 for what is refused, 2 for input that is no text", async () => {
    const env = { CLICKCLACK_TOKEN: token };
    expect((await run(["threads", "open", "msg_00000000000000000000000000"], { env })).code).toBe(4);
    const root_id = (await run(["send", "root", "--plain"], { env })).out;
    const reply_id = (await run(["reply", root_id, "reply", "--plain"], { env })).out;
    expect((await run(["reply", reply_id, "nested"], { env })).code).toBe(5);
    expect((await run(["send", "--stdin"], { env, input: new Uint8Array([0xff, 0xfe]) })).code).toBe(2);
  });
});

test("help and version answer at once and exit 0", async () => {
  const help = await run(["--help"]);
  expect(help).toMatchObject({ code: 0, err: "" });
  expect(help.out).toContain("messages");
  expect((await run(["threads", "open", "--help"])).out).toContain("--latest");
  expect((await run(["--version"])).out).toMatch(/^clickclack \d+\.\d+\.\d+ \(\S+, \S+\)$/);
  expect((await run(["version"])).out).toStartWith("clickclack ");
});

describe("a server that cannot start says why in one line and leaves nothing", () => {
  test("the port, or the data directory, is another server's", async () => {
    const port = new URL(url).port;
    const fresh = join(root, "fresh");
    const refusals = [
      await run(["serve", "--addr", `127.0.0.1:${port}`, "--data", fresh]),
      await run(["serve", "--addr", "127.0.0.1:0"]),
      await run(["serve", "--addr", "nowhere", "--data", fresh]),
      await run(["--rate-limit", "lots", "--data", fresh]),
    ];
    for (const { out, err, code } of refusals) {
      expect(code).not.toBe(0);
      expect(out).toBe("");
      expect(err).toMatch(/^clickclack: [^\n]+$/);
    }
    expect(existsSync(fresh)).toBe(false);
  });
});
