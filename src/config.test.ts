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
])("%s %s is refused in one line that says what to write", (key, value, hint) => {
  const read = () => readConfig({ flags: { [key]: value }, env: {} });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(hint);
  expect(read).toThrow(/^[^\n]+$/);
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
