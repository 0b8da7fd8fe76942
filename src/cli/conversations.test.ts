/** Channels, direct conversations, files, threads and bots from the command line. */
import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startProgram } from "./test-program.ts";
import type { Program } from "./test-program.ts";

// Generous: it bounds a hang on a busy machine, no test measures time.
setDefaultTimeout(60_000);

let program: Program;
/** Ada owns the workspace, Mia is a member. */
const ada = { CLICKCLACK_TOKEN: "" };
const mia = { CLICKCLACK_TOKEN: "" };
let mia_id: string;

beforeAll(async () => {
  program = await startProgram();
  ada.CLICKCLACK_TOKEN = program.token;
  const made = ["admin", "user", "create", "--name", "Mia", "--email", "mia@example.org", "--workspace", "clickclack"];
  mia_id = (await program.run([...made, "--plain"])).out;
  await program.run(["admin", "user", "set-password", "--email", "mia@example.org"], { input: "open sesame\n" });
  const login = ["login", "--identifier", "mia@example.org", "--password-stdin", "--no-store", "--plain"];
  mia.CLICKCLACK_TOKEN = (await program.run(login, { input: "open sesame" })).out;
  const profile = { authorization: `Bearer ${mia.CLICKCLACK_TOKEN}`, "content-type": "application/json" };
  await fetch(`${program.url}/api/me`, { method: "PATCH", headers: profile, body: '{"handle":"mia"}' });
});
afterAll(async () => {
  expect(await program.stop()).toBe(0);
});

async function as(env: Record<string, string>, ...words: string[]) {
  return program.run(words, { env });
}

async function done(env: Record<string, string>, ...words: string[]): Promise<string> {
  const { out, err, code } = await as(env, ...words);
  expect([words.join(" "), err, code]).toEqual([words.join(" "), "", 0]);
  return out;
}

test("messages are edited and deleted by their author", async () => {
  const id = await done(ada, "send", "frist", "--plain");
  expect(await done(ada, "edit", id, "first")).toBe(`edited ${id}`);
  expect(await done(ada, "edit", id, "--body", "first of all", "--plain")).toBe(id);
  expect(JSON.parse(await done(ada, "edit", id, "--body", "first", "--json")).message.body).toBe("first");
  expect((await as(mia, "edit", id, "mine")).code).toBe(5);
  expect((await as(mia, "delete", id)).code).toBe(5);
  expect((await as(ada, "edit", id)).code).toBe(2);
  expect(await done(ada, "delete", id)).toBe(`deleted ${id}`);
  expect(await done(ada, "messages", "list", "--limit", "1", "--plain")).toEndWith("(deleted)");
});

describe("files", () => {
  let notes: string;
  let tides: string;
  beforeEach(() => {
    notes = join(program.root, "notes.txt");
    tides = join(program.root, "tides.csv");
    writeFileSync(notes, "bring rope");
    writeFileSync(tides, "high,low\n");
  });

  const names = async (id: string) => {
    const { root } = JSON.parse(await done(ada, "threads", "open", id, "--json")) as {
      root: { body: string; attachments: { filename: string }[] };
    };
    return [root.body, ...root.attachments.map(({ filename }) => filename)];
  };

  test("are posted, with text or without, by upload and by send", async () => {
    expect(await names(await done(ada, "upload", notes, tides, "--plain"))).toEqual(["", "notes.txt", "tides.csv"]);
    expect(await names(await done(ada, "upload", notes, "--body", "Read this", "--plain"))).toEqual([
      "Read this",
      "notes.txt",
    ]);
    const id = await done(ada, "send", "two", "files", "--upload", notes, "--upload", tides, "--plain");
    expect(await names(id)).toEqual(["two files", "notes.txt", "tides.csv"]);
    expect(await done(ada, "reply", id, "--upload", tides)).toStartWith("sent msg_");
    expect(await done(ada, "upload", notes, "--reply-to", id)).toStartWith("sent msg_");
  });

  test("are only uploaded with --no-send; what is no file is a usage error", async () => {
    expect(await done(ada, "upload", "--no-send", notes, "--plain")).toMatch(/^upl_\w+$/);
    expect(await done(ada, "upload", "--no-send", notes, tides)).toMatch(
      /^upl_\w+\tnotes.txt\t10\t\S+.*\nupl_\w+\ttides.csv\t9\t/,
    );
    expect((await as(ada, "upload")).code).toBe(2);
    expect((await as(ada, "upload", program.root)).code).toBe(2);
    expect((await as(ada, "send", "x", "--upload", "/nowhere/at/all")).code).toBe(2);
  });
});

test("channels are made, joined by those who are added, archived and restored", async () => {
  const made = ["channels", "create", "#crew", "--private", "--purpose", "Who sails"];
  expect(await done(ada, ...made)).toMatch(/^created #crew \(chn_\w+\)$/);
  expect((await as(ada, ...made)).code).toBe(5);
  expect((await as(mia, "send", "--channel", "crew", "x")).code).toBe(4);
  expect(await done(ada, "channels", "add", "#crew", "@mia")).toBe("added @mia to #crew");
  expect((await as(ada, "channels", "add", "#crew", "@nobody")).code).toBe(4);
  expect((await as(ada, "channels", "add", "#crew")).code).toBe(2);
  expect(await done(mia, "channels", "members", "#crew")).toContain(`${mia_id}\tmia\tmember\tMia`);
  expect(await done(ada, "channels", "archive", "crew")).toBe("archived #crew");
  expect((await as(mia, "send", "--channel", "crew", "x")).code).toBe(5);
  expect(await done(ada, "channels", "restore", "crew")).toBe("restored #crew");
  expect(await done(ada, "channels", "remove", "crew", mia_id, "--plain")).toBe(`${mia_id}\tmia`);
  expect((await as(mia, "channels", "members", "crew")).code).toBe(4);
  expect(await done(mia, "channels", "leave", "#general")).toBe("left #general");
  expect(JSON.parse(await done(mia, "channels", "join", "general", "--json"))).toMatchObject({
    channel: { name: "general" },
    member: { user: { id: mia_id } },
  });
});

test("direct messages find people, and what is unread is said across conversations", async () => {
  const first = await done(ada, "send", "hello @mia", "--plain");
  expect(await done(ada, "dm", "@mia", "lunch?")).toMatch(/^sent msg_\w+ to @mia$/);
  expect(await done(ada, "dm", "me", "buy rope", "--plain")).toMatch(/^msg_\w+$/);
  expect((await as(ada, "dm", "@nobody", "x")).code).toBe(4);
  expect((await as(ada, "dm", "@mia")).code).toBe(2);
  const list = await done(ada, "dms", "list");
  expect(list).toMatch(/^dm_\w+\t@mia\t0$/m);
  expect(list).toMatch(/^dm_\w+\tnotes to self\t0$/m);
  await done(mia, "reply", first, "hello");
  await done(ada, "reply", first, "nice to see you");
  const unread = (await done(mia, "unread", "--plain")).split("\n").map((line) => line.split("\t").slice(1));
  expect(unread).toContainEqual([expect.stringMatching(/^Ada|^@/), "1", expect.any(String)]);
  expect(unread).toContainEqual(["#general", expect.any(String), "1"]);
  expect(unread).toContainEqual(["thread: hello @mia", "1", "0"]);
  const inbox = await done(mia, "threads", "inbox", "--unread", "--plain");
  expect(inbox).toBe(`${first}\t1\tAda\thello @mia`);
  expect(await done(mia, "unread")).toContain("1 mention");
});

test("messages are pinned in their channel", async () => {
  const id = await done(ada, "send", "the rules", "--plain");
  expect(await done(mia, "pins", "add", id)).toBe(`pinned ${id}`);
  expect((await as(mia, "pins", "add", id)).code).toBe(5);
  expect(await done(ada, "pins", "list", "--plain")).toStartWith(`${id}\t`);
  expect(await done(ada, "pins", "remove", id)).toBe(`unpinned ${id}`);
  expect((await as(ada, "pins", "remove", id)).code).toBe(4);
  expect((await as(ada, "pins", "add", await done(ada, "dm", "me", "note", "--plain"))).code).toBe(2);
});

test("messages are saved for oneself", async () => {
  const id = await done(ada, "send", "the tide table", "--plain");
  for (const who of [mia, mia]) expect(await done(who, "saved", "add", id)).toBe(`saved ${id}`);
  expect(await done(mia, "saved", "list", "--plain")).toStartWith(`${id}\t`);
  expect(await done(ada, "saved", "list", "--plain")).toBe("");
  expect(await done(mia, "search", "is:saved", "--plain")).toStartWith(id);
  expect(await done(mia, "saved", "remove", id)).toBe(`no longer saved ${id}`);
  expect((await as(mia, "saved", "add", "msg_00000000000000000000000000")).code).toBe(4);
});

test("wait ends with the message, found later or already there, or gives up", async () => {
  const asked = await done(ada, "send", "Deploy?", "--plain");
  const waiting = done(ada, "wait", "--after", asked, "--match", "^(yes|no)", "--timeout", "50s", "--plain");
  await done(mia, "send", "what does it do?");
  const answer = await done(mia, "reply", asked, "Yes, please", "--plain");
  expect(await waiting).toStartWith(`${answer}\t`);
  expect(JSON.parse(await done(ada, "wait", "--after", asked, "--match", "what", "--json"))).toMatchObject({
    channel: { name: "general" },
    message: { body: "what does it do?" },
  });
  expect(await done(ada, "wait", "--after", asked, "--match", "please")).toContain("Yes, please");
  expect((await as(ada, "wait", "--timeout", "1s")).code).toBe(11);
  expect((await as(ada, "wait", "--match", "(")).code).toBe(2);
  expect((await as(ada, "wait", "--timeout", "soon")).code).toBe(2);
  expect((await as(ada, "wait", "--after", answer, "--timeout", "1s")).code).toBe(5);
  expect((await as(ada, "wait", "--after", await done(ada, "dm", "me", "x", "--plain"))).code).toBe(2);
});

test("bots are made, get tokens, claim setup codes and show their commands", async () => {
  const token = await done(ada, "bots", "create", "Pinch", "--handle", "pinch", "--plain");
  expect(token).toStartWith("ccb_");
  expect((await as(mia, "bots", "create", "Claw")).code).toBe(5);
  expect(await done(mia, "bots", "create", "Claw", "--mine", "--scopes", "bot:read")).toContain("ccb_");
  expect(await done(ada, "bots", "token", "@pinch", "--token-name", "second", "--plain")).toStartWith("ccb_");
  expect(await done(ada, "bots", "list")).toMatch(/^usr_\w+\tpinch\tPinch\t2 tokens$/m);
  const code = await done(ada, "bots", "setup-code", "@pinch", "--default-to", "channel:general", "--plain");
  const nobody = { CLICKCLACK_TOKEN: "" };
  const claimed = await done(nobody, "bots", "claim", code, "--json");
  expect(JSON.parse(claimed)).toMatchObject({ bot: { handle: "pinch" }, defaults: { defaultTo: "channel:general" } });
  expect((await as(nobody, "bots", "claim", code)).code).toBe(4);
  expect((await as(ada, "bots", "token", "@nobody")).code).toBe(4);
  await fetch(`${program.url}/api/bots/self/commands`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ commands: [{ command: "/deploy", description: "Deploy it", args_hint: "[service]" }] }),
  });
  expect(await done(mia, "bots", "commands")).toBe("/deploy [service]\t@pinch\tDeploy it");
});

describe("use", () => {
  test("remembers the workspace and channel that commands work on, for this server only", async () => {
    await done(ada, "channels", "create", "harbour");
    expect((await as(ada, "use")).code).toBe(2);
    expect((await as(ada, "use", "#nowhere")).code).toBe(4);
    expect(await done(ada, "use", "#harbour")).toBe("using #harbour in ClickClack");
    expect(await done(ada, "send", "ahoy")).toEndWith("to #harbour");
    expect(await done(ada, "send", "--channel", "general", "ahoy")).toEndWith("to #general");
    expect(await done(ada, "use", "--workspace", "clickclack")).toBe("using ClickClack");
    expect(await done(ada, "send", "ahoy")).toEndWith("to #general");
    const elsewhere = { ...ada, CLICKCLACK_SERVER: program.url.replace("127.0.0.1", "localhost") };
    expect((await as(elsewhere, "use", "#harbour")).code).toBe(2);
    rmSync(join(program.root, "config"), { recursive: true });
  });
});

describe("completion", () => {
  const complete = async (...words: string[]) => {
    const script = await done(ada, "completion", "bash");
    const ask = `${script}\nCOMP_WORDS=(clickclack ${words.join(" ")}); COMP_CWORD=${words.length}; _clickclack; echo "\${COMPREPLY[@]}"`;
    return (await new Response(Bun.spawn(["bash", "-c", ask]).stdout).text()).trim();
  };

  test.if(Bun.which("bash") !== null)("knows commands, their commands and their flags", async () => {
    expect(await complete("chan")).toBe("channels");
    expect(await complete("channels", "--json", "cr")).toBe("create");
    expect(await complete("upload", "tides.csv", "--no-s")).toBe("--no-send");
  });

  test("speaks to zsh and fish too, and to no other", async () => {
    expect(await done(ada, "completion", "zsh")).toContain("bashcompinit");
    expect(await done(ada, "completion", "fish")).toContain('complete -c clickclack -a "(__clickclack_words)"');
    expect((await as(ada, "completion", "tcsh")).code).toBe(2);
  });
});

test("every new command says how it is used", async () => {
  const commands = [
    ["upload"],
    ["edit"],
    ["delete"],
    ["dm"],
    ["wait"],
    ["unread"],
    ["use"],
    ["completion"],
    ["dms", "list"],
    ["threads", "inbox"],
    ...["create", "join", "leave", "members", "add", "remove", "archive", "restore"].map((name) => ["channels", name]),
    ...["list", "add", "remove"].map((name) => ["pins", name]),
    ...["list", "add", "remove"].map((name) => ["saved", name]),
    ...["list", "create", "token", "setup-code", "claim", "commands"].map((name) => ["bots", name]),
  ];
  const pages = await Promise.all(commands.map((words) => done(ada, ...words, "--help")));
  for (const [index, page] of pages.entries()) {
    expect(page.split("\n", 1)[0]).toContain(`clickclack ${commands[index]?.join(" ")}`);
  }
});
