import { afterEach, beforeEach, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { timestamp } from "../../lib/clock.ts";

const ORIGIN = "https://chat.example.com";

let t: TestApp;
beforeEach(async () => {
  t = await testApp({ mailer: { configured: true, origin: ORIGIN } });
});
afterEach(() => t.close());

// What a request calls the host leads nowhere from somebody else's letters.
const make = (input: unknown) =>
  t.call(t.cast.owner, "POST", `/api/workspaces/${t.workspace.id}/invites`, input, {
    headers: { host: "mallory.example" },
  });

const letters = () =>
  t.db.read((tx) =>
    tx.all<{ recipient: string; subject: string; body: string; expires_at: string }>("SELECT * FROM outgoing_mail"),
  );

test("an invite for an address is sent there, with the server's own link", async () => {
  const { invite, sent } = (await make({ email: "Nina@Example.com", role: "guest" })).body;
  expect(sent).toBe(true);
  const [letter, ...more] = await letters();
  expect(more).toEqual([]);
  expect(letter).toMatchObject({
    recipient: "nina@example.com",
    subject: "Olivia Owner invites you to Harbour",
    expires_at: timestamp(Date.parse(invite.created_at) + LIMITS.invite_letter_ttl_ms),
  });
  expect(letter?.body).toContain(`\n${ORIGIN}/invite/${invite.code}\n`);
  expect(letter?.body).not.toContain("mallory");
});

test("its letter is worth sending no longer than it works, and says so", async () => {
  const expires_at = timestamp(t.clock.now() + 60_000);
  await make({ email: "nina@example.com", expires_at });
  expect((await letters())[0]).toMatchObject({ expires_at, body: expect.stringContaining(`until ${expires_at}`) });
});

test("without an address, or without a mail server, none is written", async () => {
  expect((await make({})).body.sent).toBeUndefined();
  await t.close();
  t = await testApp();
  const made = await make({ email: "nina@example.com" });
  expect([made.status, made.body.sent, made.body.invite.email]).toEqual([201, undefined, "nina@example.com"]);
  expect(await letters()).toEqual([]);
});

test("one person has so many sent a day; then no invite is made either", async () => {
  for (let n = 0; n < LIMITS.invite_letters_per_day; n++) await make({ email: `n${n}@example.com` });
  const refused = await make({ email: "late@example.com" });
  expect([refused.status, refused.body.code]).toEqual([429, "rate_limited"]);
  expect(await letters()).toHaveLength(LIMITS.invite_letters_per_day);
  expect((await make({})).status).toBe(201);
  t.clock.advance(24 * 60 * 60 * 1000);
  expect((await make({ email: "late@example.com" })).body.sent).toBe(true);
});
