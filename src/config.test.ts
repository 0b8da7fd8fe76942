import { expect, test } from "bun:test";
import { resolve } from "node:path";
import { ConfigError, readAddress, readConfig } from "./config.ts";

test("flag over environment over file over default", () => {
  const config = readConfig({
    flags: { addr: ":1" },
    env: { CLICKCLACK_ADDR: ":2", CLICKCLACK_RATE_LIMIT: "7", CLICKCLACK_PUBLIC_URL: "" },
    file: { addr: ":3", rate_limit: 8, dev_bootstrap: true, unknown: "ignored" },
    file_path: "clickclack.json",
  });
  expect(config).toMatchObject({ addr: ":1", rate_limit: 7, dev_bootstrap: true, access_log: "errors" });
  expect(config.public_url).toBeUndefined();
  expect(Object.isFrozen(config)).toBe(true);
});

test("values are brought into shape", () => {
  const config = readConfig({
    flags: { public_url: "https://chat.example.org/", trusted_proxy: "127.0.0.1, 10.0.0.0/8", dev_bootstrap: "no" },
    env: {},
  });
  expect(config.public_url).toBe("https://chat.example.org");
  expect(config.trusted_proxy).toEqual(["127.0.0.1", "10.0.0.0/8"]);
  expect(config.dev_bootstrap).toBe(false);
  expect(config.data).toStartWith("/");
  expect(config.uploads).toBeUndefined();
  const uploads = (text: string) => readConfig({ flags: { uploads: text }, env: {} }).uploads;
  expect(uploads("file:///srv/tide%20tables")).toBe("/srv/tide tables");
  expect(uploads("files")).toBe(resolve("files"));
});

test.each([
  ["addr", "8080x", "--addr"],
  ["addr", "localhost:99999", "host:port"],
  ["uploads", "r2://bucket/prefix", "file://"],
  ["uploads", "", "directory"],
  ["public_url", "chat.example.org", "https://"],
  ["public_url", "https://chat.example.org/team", "without a path"],
  ["trusted_proxy", "10.0.0.0/99", "blocks"],
  ["rate_limit", "-1", "whole number"],
  ["rate_limit", "1.5", "whole number"],
  ["dev_bootstrap", "maybe", "true or false"],
  ["access_log", "some", "all, errors or off"],
  ["smtp_url", "mail.example.org:587", "smtp://"],
  ["smtp_url", "smtp://", "smtp://"],
  ["smtp_url", "smtp://mail.example.org/?pool=true", "smtp://"],
  ["smtp_url", "smtp://me:100%@mail.example.org", "smtp://"],
  ["mail_from", "Harbour", "name and an address"],
  ["mail_from", "a@example.org, b@example.org", "name and an address"],
  ["mail_from", "Harbour <a@example.org>\r\nBcc: b@example.org", "name and an address"],
  ["home_url", "javascript:alert(1)", "a path or an http address"],
  ["home_url", "//evil.example", "a path or an http address"],
  ["home_label", "", "1 to 32 characters"],
  ["home_label", "x".repeat(33), "1 to 32 characters"],
])("%s %s is refused in one line that says what to write", (key, value, hint) => {
  const read = () => readConfig({ flags: { [key]: value }, env: {} });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(hint);
  expect(read).toThrow(/^[^\n]+$/);
});

test("mail servers, senders and the link home", () => {
  const read = (flags: Record<string, string>) => readConfig({ flags, env: {} });
  expect(read({})).toMatchObject({ home_url: "/", home_label: "cc" });
  expect(read({}).smtp_url).toBeUndefined();
  for (const smtp_url of ["smtp://localhost:25", "smtps://me%40example.org:p%25ss@mail.example.org", "smtp://[::1]:25"])
    expect(read({ smtp_url }).smtp_url).toBe(smtp_url);
  for (const mail_from of ["chat@example.org", "The Harbour <chat@example.org>"])
    expect(read({ mail_from }).mail_from).toBe(mail_from);
  for (const home_url of ["/team", "https://example.org/team?x=1"]) expect(read({ home_url }).home_url).toBe(home_url);
});

test("a refused mail server is not shown, for its password", () => {
  const read = () => readConfig({ flags: {}, env: { CLICKCLACK_SMTP_URL: "http://me:hunter22@mail.example.org" } });
  expect(read).toThrow("CLICKCLACK_SMTP_URL");
  expect(read).not.toThrow("hunter22");
});

test("the message names the variable or the file it came from", () => {
  expect(() => readConfig({ flags: {}, env: { CLICKCLACK_RATE_LIMIT: "lots" } })).toThrow("CLICKCLACK_RATE_LIMIT");
  expect(() => readConfig({ flags: {}, env: {}, file: { addr: 8080 }, file_path: "c.json" })).toThrow(
    '"addr" in c.json',
  );
  expect(() => readConfig({ flags: {}, env: {}, file: [], file_path: "c.json" })).toThrow("one JSON object");
});

test("addresses", () => {
  expect(readAddress(":8080")).toEqual({ hostname: "", port: 8080 });
  expect(readAddress("8080")).toEqual({ hostname: "", port: 8080 });
  expect(readAddress("[::1]:0")).toEqual({ hostname: "::1", port: 0 });
  expect(readAddress("chat.local:80")).toEqual({ hostname: "chat.local", port: 80 });
  expect(readAddress("a:b:1")).toBeUndefined();
});
