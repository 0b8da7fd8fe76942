import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { type Mailbox, openMailbox } from "../../../tests/support/mailbox.ts";
import { type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { deliverDue } from "./delivering.ts";
import { enqueueMail, type Letter } from "./mail.ts";
import { mailerOf, senderOf } from "./mailer.ts";
import { startMail } from "./post.ts";
import { smtpSender } from "./smtp.ts";

let t: TestApp;
let mailbox: Mailbox;
let logged: unknown[] = [];
const log = { warn: (fields: unknown) => void logged.push(fields) };
const from = "Harbour <chat@example.org>";

beforeAll(async () => {
  [t, mailbox] = await Promise.all([testApp(), openMailbox()]);
});
beforeEach(async () => {
  logged = [];
  await t.db.write((tx) => tx.run("DELETE FROM outgoing_mail"));
});
afterAll(async () => {
  await t.close();
  await mailbox.close();
});

const post = (letter: Partial<Letter> = {}) => {
  const at_ms = t.clock.now();
  const all = { to: "mia@example.com", subject: "Ahoy", body: "Come aboard.\n", at_ms, expires_at_ms: at_ms + 900_000 };
  return t.db.write((tx) => enqueueMail(tx, { ...all, ...letter }));
};
const deliver = (url = mailbox.url) =>
  deliverDue({ db: t.db, clock: t.clock, log, send: smtpSender({ smtp_url: url, from }) });
const waiting = async () => (await t.db.read((tx) => tx.all("SELECT id FROM outgoing_mail"))).length;

describe("a letter", () => {
  test("arrives as it was written, encrypted where the server offers it, and leaves nothing behind", async () => {
    const link = `https://chat.example.org/signin#mgt_${"x".repeat(43)}`;
    await post({
      to: "mia@example.com",
      subject: "Grüße – für dich\r\nBcc: all@example.com",
      body: `Öffne:\n${link}\n`,
    });
    expect(mailbox.waiting).toHaveLength(0);
    await deliver();
    const letter = await mailbox.next();
    expect(letter).toMatchObject({ to: "mia@example.com", from: "chat@example.org", secure: true });
    expect(letter.subject).toBe("Grüße – für dich Bcc: all@example.com");
    expect(letter.text.trim()).toBe(`Öffne:\n${link}`);
    expect(letter.source).toContain("From: Harbour <chat@example.org>");
    expect(letter.source).toContain("Auto-Submitted: auto-generated");
    expect(await waiting()).toBe(0);
  });

  test("of a transaction that fails is none", async () => {
    const at_ms = t.clock.now();
    const failing = t.db.write(async (tx) => {
      await enqueueMail(tx, { to: "mia@example.com", subject: "", body: "", at_ms, expires_at_ms: at_ms + 1000 });
      throw new Error("rolled back");
    });
    await expect(failing).rejects.toThrow("rolled back");
    expect(await waiting()).toBe(0);
  });

  test("goes to one address, whatever that looks like", async () => {
    await post({ to: "mia@example.com, jun@example.com" });
    await post({ to: "Mia <mia@example.com>" });
    await deliver();
    await deliver();
    for (const { to } of mailbox.waiting.splice(0)) expect(to).not.toContain("jun");
    expect(await waiting()).toBe(0);
  });
});

describe("a server that refuses", () => {
  test("for now is tried again, later each time, and the log names no address and no text", async () => {
    mailbox.refuse(451, 3);
    await post({ body: "a secret\n" });
    const waits = [];
    for (let n = 0; n < 3; n++) {
      const before = mailbox.offered;
      await deliver();
      expect(mailbox.offered).toBe(before + 1);
      await deliver();
      expect(mailbox.offered).toBe(before + 1);
      const row = await t.db.read((tx) => tx.get<{ next_at: string }>("SELECT next_at FROM outgoing_mail"));
      waits.push(Math.round((Date.parse(row?.next_at ?? "") - t.clock.now()) / 1000));
      t.clock.advance(LIMITS.mail_retry_min_ms * 2 ** n);
    }
    expect(waits).toEqual([5, 10, 20]);
    await deliver();
    expect(await mailbox.next()).toMatchObject({ to: "mia@example.com", text: "a secret\n" });
    expect(await waiting()).toBe(0);
    expect(logged).toHaveLength(3);
    expect(logged[0]).toMatchObject({ code: "EMESSAGE", response_code: 451, attempt: 1, is_final: false });
    expect(JSON.stringify(logged)).not.toMatch(/secret|mia@/);
  });

  test("for good is not tried again", async () => {
    mailbox.refuse(550, 1);
    await post();
    await deliver();
    expect(logged).toEqual([expect.objectContaining({ response_code: 550, is_final: true })]);
    expect(await waiting()).toBe(0);
  });

  test("until the letter is over gets it no more", async () => {
    mailbox.refuse(451, 100);
    const at_ms = t.clock.now();
    await post({ at_ms, expires_at_ms: at_ms + 60_000 });
    const before = mailbox.offered;
    for (let n = 0; n < 12; n++) {
      await deliver();
      t.clock.advance(10_000);
    }
    mailbox.refuse(0, 0);
    expect(mailbox.offered).toBeGreaterThan(before + 1);
    const offered = mailbox.offered;
    await deliver();
    expect(mailbox.offered).toBe(offered);
    expect(await waiting()).toBe(0);
  });

  test("the password, or is not there, keeps the letter waiting", async () => {
    const strict = await openMailbox({ user: "me@example.org", password: "p%ss:word" });
    await post();
    await deliver(strict.url.replace("word", "words"));
    expect(logged).toEqual([expect.objectContaining({ code: "EAUTH", is_final: false })]);
    t.clock.advance(LIMITS.mail_retry_min_ms);
    await deliver(strict.url);
    expect((await strict.next()).to).toBe("mia@example.com");
    await strict.close();
    await post();
    await deliver(strict.url);
    expect(await waiting()).toBe(1);
  });
});

test("one that is over from the start is never offered, and is cleared away", async () => {
  const at_ms = t.clock.now();
  await post({ at_ms, expires_at_ms: at_ms });
  const { offered } = mailbox;
  await deliver();
  expect(mailbox.offered).toBe(offered);
  expect(await waiting()).toBe(0);
});

test("many are sent, each once, a bounded number at a time", async () => {
  const count = LIMITS.mail_batch + 5;
  for (let n = 0; n < count; n++) await post({ to: `p${n}@example.com` });
  await deliver();
  const to = mailbox.waiting.splice(0).map((one) => one.to);
  expect(new Set(to).size).toBe(count);
  expect(to).toHaveLength(count);
});

test("the post begins with what was left, is woken by commits, and ends", async () => {
  await post({ to: "left@example.com" });
  const failures: unknown[] = [];
  const deps = { db: t.db, clock: t.clock, log };
  const running = startMail({ smtp_url: mailbox.url, mail_from: from }, deps, (error) => void failures.push(error));
  expect((await mailbox.next()).to).toBe("left@example.com");
  await post({ to: "woken@example.com" });
  expect((await mailbox.next()).to).toBe("woken@example.com");
  await running.stop();
  await post({ to: "late@example.com" });
  expect(await waiting()).toBe(1);
  expect(failures).toEqual([]);
});

test("the queue has an end", async () => {
  await t.db.write(async (tx) => {
    const at = new Date(t.clock.now()).toISOString();
    await tx.run(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO outgoing_mail (id, recipient, subject, body, created_at, expires_at, next_at)
       SELECT 'mail_' || i, 'x@example.com', '', '', ?, ?, ? FROM n`,
      LIMITS.mail_queue - 1,
      at,
      at,
      at,
    );
  });
  await post();
  await expect(post()).rejects.toThrow("too many letters");
});

test("letters need an address their links lead to", () => {
  const smtp_url = "smtp://localhost:25";
  expect(mailerOf({})).toEqual({ configured: false });
  expect(mailerOf({ smtp_url, public_url: "https://chat.example.org" })).toEqual({
    configured: true,
    origin: "https://chat.example.org",
  });
  expect(() => mailerOf({ smtp_url })).toThrow("--public-url");
  expect(senderOf({ public_url: "https://chat.example.org:8443" })).toBe("ClickClack <no-reply@chat.example.org>");
  expect(senderOf({ mail_from: from, public_url: "https://chat.example.org" })).toBe(from);
});
