/** Profile, status, sessions and what is kept for oneself, from the command line. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startProgram } from "./test-program.ts";
import type { Program } from "./test-program.ts";

// Generous: it bounds a hang on a busy machine, no test measures time.
setDefaultTimeout(60_000);

let program: Program;
const env = { CLICKCLACK_TOKEN: "" };

beforeAll(async () => {
  program = await startProgram();
  env.CLICKCLACK_TOKEN = program.token;
});
afterAll(async () => {
  expect(await program.stop()).toBe(0);
});

async function ada(...words: string[]) {
  return program.run(words, { env });
}

async function done(...words: string[]): Promise<string> {
  const { out, err, code } = await ada(...words);
  expect([words.join(" "), err, code]).toEqual([words.join(" "), "", 0]);
  return out;
}

describe("the profile", () => {
  test("is set and shown", async () => {
    const me = ["me", "set", "--handle", "ada", "--timezone", "Europe/Vienna", "--dnd", "2h", "--notify", "mentions"];
    expect(await done(...me, "--json")).toContain('"timezone":"Europe/Vienna"');
    expect(await done("me")).toMatch(/^user\tusr_\w+\nname\tAda\nhandle\t@ada\n/);
    const shown = (await done("me", "show")).split("\n").map((line) => line.split("\t")[0]);
    expect(shown).toContain("do not disturb");
    expect(shown).toContain("notify");
    await done("me", "set", "--dnd", "off", "--timezone", "");
    expect(await done("me", "--plain", "--server", program.url)).toMatch(/^usr_\w+$/);
    const after = await done("me");
    expect(after).not.toContain("do not disturb");
    expect(after).not.toContain("time zone");
    expect((await ada("me", "set")).code).toBe(2);
    expect((await ada("me", "set", "--dnd", "tomorrow")).code).toBe(2);
    expect((await ada("me", "set", "--timezone", "Atlantis/Center")).code).toBe(5);
  });

  test("has a picture", async () => {
    const path = join(program.root, "me.png");
    const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    writeFileSync(path, Buffer.from(pixel, "base64"));
    expect(await done("me", "set", "--avatar", path)).toContain("picture\t/api/avatars/");
    expect(await done("me", "set", "--avatar", "none")).not.toContain("/api/avatars/");
    writeFileSync(path, "no picture");
    expect((await ada("me", "set", "--avatar", path)).code).toBe(5);
    expect((await ada("me", "set", "--avatar", "/nowhere/at/all")).code).toBe(2);
  });

  test("has a status that others see", async () => {
    expect(await done("status", "set", "🌴", "On", "leave")).toBe("🌴 On leave");
    expect(await done("status")).toContain("status\t🌴 On leave");
    expect(await done("status", "set", "Back", "soon", "--until", "2h")).toMatch(/^Back soon \(until [-\d]+ [:\d]+\)$/);
    expect(await done("status", "clear")).toBe("no status");
    expect(await done("status", "--json")).toContain(`"server":"${program.url}"`);
    expect((await ada("status", "set")).code).toBe(2);
    expect((await ada("status", "sett")).code).toBe(2);
  });
});

describe("access", () => {
  test("sessions are listed and ended", async () => {
    const other = (await program.run(["login", "--magic-token", await program.magicLink(), "--no-store", "--plain"]))
      .out;
    const list = (await done("session", "list", "--plain")).split("\n").map((line) => line.split("\t"));
    expect(list.filter(([, current]) => current === "current")).toHaveLength(1);
    const id = list.find(([, current]) => current === "")?.[0] ?? "";
    expect(await done("session", "revoke", id)).toBe(`ended ${id}`);
    expect((await program.run(["whoami"], { env: { CLICKCLACK_TOKEN: other } })).code).toBe(3);
    expect(await done("sessions", "revoke", "--others")).toBe("ended all other sessions");
    expect(await done("session", "list")).toMatch(/^ses_\w+\tthis one\t127\.0\.0\.1\tclickclack\/\S+ \(\w+\)$/);
    expect((await ada("session", "revoke")).code).toBe(2);
    expect((await ada("session", "revoke", id)).code).toBe(4);
  });

  test("the password is changed by who knows it", async () => {
    const change = ["password", "change", "--password-stdin"];
    const login = ["login", "--identifier", "ada@example.org", "--password-stdin", "--no-store", "--plain"];
    expect((await program.run(change, { env, input: "wrong\nanother sesame\n" })).code).toBe(3);
    expect((await program.run(change, { env, input: "open sesame" })).code).toBe(2);
    expect((await ada("password", "change")).code).toBe(2);
    expect((await program.run(change, { env, input: "open sesame\nanother sesame\n" })).out).toStartWith(
      "password changed",
    );
    expect((await program.run(login, { input: "open sesame" })).code).toBe(3);
    expect((await program.run(login, { input: "another sesame" })).out).toStartWith("sst_");
    expect(await done("whoami")).toEndWith("\tAda");
  });
});

describe("what is kept for oneself", () => {
  test("drafts", async () => {
    expect(await done("draft", "save", "general", "Dear", "all,")).toBe("kept for general");
    expect(await done("draft", "list")).toMatch(/^#general\t[-\d]+ [:\d]+\tDear all,$/);
    expect(await done("drafts", "list", "--plain")).toMatch(/^chn_\w+\t\S+Z\tDear all,$/);
    expect(await done("draft", "remove", "#general")).toBe("no draft for #general any more");
    expect(await done("draft", "list")).toBe("");
    expect((await ada("draft", "save", "nowhere", "x")).code).toBe(4);
    expect((await ada("draft", "save", "general")).code).toBe(2);
  });

  test("saved messages with reminders", async () => {
    const id = await done("send", "remember the rope", "--plain");
    expect(await done("saved", "add", id, "--remind", "3d")).toMatch(/^saved msg_\w+, reminds [-\d]+ [:\d]+$/);
    expect(await done("saved", "list")).toMatch(/\tremember the rope\treminds [-\d]+ [:\d]+$/);
    expect(await done("saved", "add", id, "--remind", "none")).toBe(`saved ${id}`);
    expect(await done("saved", "list")).toEndWith("\tremember the rope");
    expect((await ada("saved", "add", id, "--remind", "later")).code).toBe(2);
  });
});

test("topics label messages", async () => {
  expect(await done("topic", "create", "Release", "2", "--channel", "general")).toMatch(
    /^created Release 2 in #general \(\w+\)$/,
  );
  expect((await ada("topic", "create", "Release 2", "--channel", "general")).code).toBe(5);
  expect(await done("topic", "create", "Harbour", "--plain")).toMatch(/^\w+$/);
  expect((await done("topic", "list")).split("\n").map((line) => line.split("\t").slice(1, 3))).toEqual(
    expect.arrayContaining([
      ["Harbour", "everywhere"],
      ["Release 2", "#general"],
    ]),
  );
  const id = await done("send", "it is out", "--topic", "release 2", "--plain");
  expect(await done("messages", "list", "--topic", "Release 2", "--plain")).toStartWith(`${id}\t`);
  expect(await done("topic", "rename", "Release 2", "Release 2.1")).toBe("Release 2 is Release 2.1 now");
  expect(await done("topic", "archive", "Release 2.1")).toBe("archived Release 2.1");
  expect(await done("topic", "list")).not.toContain("Release");
  expect(await done("topic", "list", "--archived")).toContain("\tarchived");
  expect((await ada("send", "late", "--topic", "Release 2.1")).code).toBe(5);
  expect(await done("topic", "restore", "Release 2.1")).toBe("restored Release 2.1");
  expect((await ada("topic", "archive", "nothing")).code).toBe(4);
});

test("an account is given up only on purpose, and not by an owner", async () => {
  expect((await ada("me", "deactivate")).code).toBe(2);
  const deactivate = ["me", "deactivate", "--yes", "--password-stdin"];
  expect((await program.run(deactivate, { env, input: "another sesame" })).code).toBe(5);
  expect(await done("whoami")).toEndWith("\tAda");
});
