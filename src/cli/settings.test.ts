import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readMode } from "./client-flags.ts";
import { UsageError } from "./failure.ts";
import { requireKnownFlags, readChoice, readCount, readSince, readUntil } from "./flags.ts";
import { openSession } from "./session.ts";
import { readSettings, sameServer, settingsPath, writeSettings } from "./settings.ts";

let home: string;
let path: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "clickclack-settings-"));
  path = settingsPath({ XDG_CONFIG_HOME: home }, "linux");
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe("the file", () => {
  test("is the owner's alone and is replaced in one step", () => {
    writeSettings(path, { server: "http://a", token: "sst_1" });
    writeSettings(path, { server: "http://a", token: "sst_2" });
    expect(readSettings(path)).toEqual({ server: "http://a", token: "sst_2" });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(readdirSync(dirname(path))).toEqual(["config.json"]);
  });

  test("may be a symbolic link or read-only", () => {
    mkdirSync(dirname(path));
    const target = join(home, "real.json");
    writeFileSync(target, "{}");
    chmodSync(target, 0o400);
    symlinkSync(target, path);
    writeSettings(path, { server: "http://a" });
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(target, "utf8"))).toEqual({ server: "http://a" });
  });

  test("that is missing or broken counts as empty", () => {
    expect(readSettings(path)).toEqual({});
    mkdirSync(dirname(path));
    writeFileSync(path, "{");
    expect(readSettings(path)).toEqual({});
  });

  test("lies where each system keeps settings", () => {
    expect(settingsPath({ HOME: "/home/ada" }, "linux")).toBe("/home/ada/.config/clickclack/config.json");
    expect(settingsPath({ HOME: "/Users/ada" }, "darwin")).toBe(
      "/Users/ada/Library/Application Support/clickclack/config.json",
    );
  });
});

describe("what is stored for one server", () => {
  const flags = { _: [], input: true, json: false, plain: false, verbose: false };
  const open = (given: Record<string, string>, env: Record<string, string> = {}) =>
    openSession({ ...flags, ...given } as never, { XDG_CONFIG_HOME: home, HOME: home, ...env });

  beforeEach(() => {
    path = settingsPath({ XDG_CONFIG_HOME: home, HOME: home });
    writeSettings(path, { server: "http://chat.example.org/a", token: "sst_1", workspace: "wsp_1", channel: "chn_1" });
  });

  test("is used for it, however its address is written", () => {
    expect(open({})).toMatchObject({
      server: "http://chat.example.org/a",
      token: "sst_1",
      workspace: "wsp_1",
      channel: "chn_1",
    });
    expect(open({ server: "HTTP://Chat.Example.org/a/" })).toMatchObject({ token: "sst_1", workspace: "wsp_1" });
  });

  test.each([
    "http://chat.example.org/b",
    "https://chat.example.org/a",
    "http://chat.example.org:81/a",
    "http://evil.example",
  ])("never reaches %s", (server) => {
    const session = open({ server });
    expect(session).toMatchObject({ token: undefined, workspace: undefined, channel: undefined, stored: {} });
    expect(session.client.token).toBeUndefined();
    expect(open({}, { CLICKCLACK_SERVER: server }).token).toBeUndefined();
  });

  test("gives way to the environment, and that to flags; --user sets the stored token aside", () => {
    expect(open({}, { CLICKCLACK_TOKEN: "sst_2" }).token).toBe("sst_2");
    expect(open({ token: "sst_3" }, { CLICKCLACK_TOKEN: "sst_2" }).token).toBe("sst_3");
    expect(open({ user: "usr_1" }).token).toBeUndefined();
    expect(open({ workspace: "other" }, { CLICKCLACK_WORKSPACE: "third" }).workspace).toBe("other");
  });

  test("an address that is none is a usage error", () => {
    expect(() => open({ server: "chat.example.org" })).toThrow(UsageError);
  });
});

test("servers are the same by scheme, host and path", () => {
  expect(sameServer("http://A:8080/", "HTTP://a:8080")).toBe(true);
  expect(sameServer("http://a", "http://a/x")).toBe(false);
  expect(sameServer("nonsense", "nonsense")).toBe(false);
});

test("flags: a typo, a missing value and a bad number are refused", () => {
  const args = { body: { type: "string" }, json: { type: "boolean" }, input: { type: "boolean" } } as const;
  expect(() =>
    requireKnownFlags(["--body", "x", "--json", "--no-input", "word", "--", "--anything"], args),
  ).not.toThrow();
  expect(() => requireKnownFlags(["--bodi", "x"], args)).toThrow(UsageError);
  expect(() => requireKnownFlags(["--body"], args)).toThrow(UsageError);
  expect(() => readCount("limit", "-1")).toThrow("--limit");
  expect(() => readCount("limit", "0", 1)).toThrow(UsageError);
  expect(() => readMode({ json: true, plain: true })).toThrow(UsageError);
});

test("--since is a span or a time", () => {
  const now = Date.parse("2026-05-08T12:00:00Z");
  expect(readSince("10m", now)).toBe(now - 600_000);
  expect(readSince("2026-05-08T11:00:00Z", now)).toBe(now - 3_600_000);
  expect(() => readSince("yesterday", now)).toThrow("--since");
  expect(readUntil("until", "10m", now)).toBe("2026-05-08T12:10:00.000Z");
  expect(readUntil("until", "2026-05-09T02:00:00+02:00", now)).toBe("2026-05-09T00:00:00.000Z");
  expect(() => readUntil("until", "10", now)).toThrow("--until");
  expect(() => readUntil("until", "2026-05-09 noon", now)).toThrow("--until");
  expect(readChoice("--role", "guest", ["member", "guest"])).toBe("guest");
  expect(readChoice("--role", undefined, ["member", "guest"])).toBeUndefined();
  expect(() => readChoice("--role", "Guest", ["member", "guest"])).toThrow('--role is "Guest": write member or guest');
});
