import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { createUser } from "./users.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

const patch = (body: unknown, who = t.cast.member) => t.call(who, "PATCH", "/api/me", body);

test("people see their address, bots do not have one", async () => {
  const me = await t.call(t.cast.member, "GET", "/api/me");
  expect(me.body.user).toMatchObject({
    display_name: "Mia Member",
    handle: "mia",
    email: "mia@example.com",
    password_enrolled: false,
  });
  const bot = await t.call(t.cast.bot, "GET", "/api/me");
  expect(bot.body.user).toMatchObject({ kind: "bot", handle: "pinch" });
  expect(bot.body.user.email).toBeUndefined();
  expect((await t.call(undefined, "GET", "/api/me")).status).toBe(401);
});

test("a patch changes what it names and nothing else", async () => {
  const changed = await patch({ display_name: " Mia M. ", handle: "@Mia-M" });
  expect(changed.body.user).toMatchObject({ display_name: "Mia M.", handle: "mia-m", avatar_url: "" });
  const avatar = await patch({ avatar_url: "https://example.com/mia.png" });
  expect(avatar.body.user).toMatchObject({ display_name: "Mia M.", avatar_url: "https://example.com/mia.png" });
  expect((await patch({ handle: "" })).body.user.handle).toBe("");
});

test("a patch with one wrong field changes nothing", async () => {
  const before = (await t.call(t.cast.member, "GET", "/api/me")).body.user;
  const bad = [
    { display_name: "" },
    { display_name: "x".repeat(81) },
    { display_name: "Mia\u0007" },
    { display_name: "New", handle: "a" },
    { display_name: "New", handle: "no spaces" },
    { display_name: "New", avatar_url: "javascript:alert(1)" },
    { display_name: "New", avatar_url: "https://user:pass@example.com/" },
    { display_name: 7 },
  ];
  for (const body of bad) expect((await patch(body)).status).toBe(400);
  expect((await patch({ display_name: "New", handle: "olivia" })).status).toBe(409);
  expect((await t.call(t.cast.member, "GET", "/api/me")).body.user).toEqual(before);
});

test("bots do not change profiles", async () => {
  expect((await patch({ display_name: "Robot" }, t.cast.bot)).status).toBe(403);
});

test("somebody new can be mentioned at once: their handle comes from their name", async () => {
  const named = async (display_name: string) => {
    const user = await t.db.write((tx) => createUser(tx, { display_name, at: "2026-05-08T12:00:00.000Z" }));
    return user.handle;
  };
  expect(await named("Zoë Quist")).toBe("zoe");
  expect(await named("Zoe Another")).toBe("zoe2");
  expect(await named("noor@example.com")).toBe("noor");
  expect(await named("王芳")).toBe("");
  expect(await named("X")).toBe("");
});
