import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { linkIn, type Mailbox, openMailbox } from "../../../tests/support/mailbox.ts";
import { type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { timestamp } from "../../lib/clock.ts";
import { createPasswords } from "../../lib/password.ts";
import { createUser } from "../users/users.ts";
import { startMail } from "../mail/post.ts";
import { mintLink, setPassword } from "./auth.ts";

const origin = "https://chat.example.org";
let t: TestApp;
let mailbox: Mailbox;
let post: ReturnType<typeof startMail>;

beforeAll(async () => {
  mailbox = await openMailbox();
});
beforeEach(async () => {
  t = await testApp({ mailer: { configured: true, origin }, config: { public_url: origin } });
  const settings = { smtp_url: mailbox.url, public_url: origin };
  post = startMail(settings, { db: t.db, clock: t.clock, log: { warn: () => undefined } }, () => undefined);
});
afterEach(async () => {
  await post.stop();
  await t.close();
  mailbox.waiting.length = 0;
});
afterAll(() => mailbox.close());

const ask = (kind: "magic" | "password/reset", email: unknown, headers: Record<string, string> = {}) =>
  t.call(undefined, "POST", `/api/auth/${kind}/request`, { email }, { headers });
const consume = (token: string) => t.call(undefined, "POST", "/api/auth/magic/consume", { token });
const reset = (token: string, new_password = "a better horse") =>
  t.call(undefined, "POST", "/api/auth/password/reset", { token, new_password });
const login = (identifier: string, password: string) =>
  t.call(undefined, "POST", "/api/auth/password/login", { identifier, password });
const tokenFrom = async () => linkIn(await mailbox.next()).split("#")[1] ?? "";
const deactivate = (user_id: string) =>
  t.db.write((tx) => tx.run("UPDATE users SET deactivated_at = ? WHERE id = ?", timestamp(0), user_id));

test("the sign-in page is told what works", async () => {
  const methods = { password: true, magic_link: true, password_reset: true };
  expect((await t.call(undefined, "GET", "/api/auth/methods")).body).toEqual({ methods });
  expect((await t.call(undefined, "GET", "/api/home-link")).body).toEqual({ url: "/", label: "cc" });
});

test("without a mail server there are no letters, and the page is told", async () => {
  const without = await testApp();
  const methods = { password: true, magic_link: false, password_reset: false };
  expect((await without.call(undefined, "GET", "/api/auth/methods")).body).toEqual({ methods });
  for (const path of ["/api/auth/magic/request", "/api/auth/password/reset/request"]) {
    const answer = await without.call(undefined, "POST", path, { email: "mia@example.com" });
    expect([answer.status, answer.body.code]).toEqual([501, "not_configured"]);
  }
  expect(await without.db.read((tx) => tx.all("SELECT id FROM outgoing_mail"))).toEqual([]);
  await without.close();
});

describe("a sign-in link by mail", () => {
  test("signs in whoever has the address, once", async () => {
    const answer = await ask("magic", " MIA@example.com. ");
    expect([answer.status, answer.body]).toEqual([202, { ok: true }]);
    const letter = await mailbox.next();
    expect(letter).toMatchObject({ to: "mia@example.com", from: "no-reply@chat.example.org" });
    const link = linkIn(letter);
    expect(link).toStartWith(`${origin}/signin#mgt_`);
    const token = link.split("#")[1] ?? "";
    const signed = await consume(token);
    expect(signed.body.user.id).toBe(t.cast.member.user.id);
    expect((await consume(token)).status).toBe(404);
  });

  test("leads to our address, not to the one the request names", async () => {
    await ask("magic", "mia@example.com", { host: "evil.example", "x-forwarded-host": "evil.example" });
    const { source, text } = await mailbox.next();
    expect(text).toContain(origin);
    expect(source + text).not.toContain("evil.example");
  });

  test("sets no password, and a link for that signs nobody in", async () => {
    await ask("magic", "mia@example.com");
    const sign_in = await tokenFrom();
    await ask("password/reset", "mia@example.com");
    const setting = await tokenFrom();
    expect((await reset(sign_in)).status).toBe(404);
    expect((await consume(setting)).status).toBe(404);
    expect((await consume(sign_in)).status).toBe(200);
    expect((await reset(setting)).status).toBe(200);
  });

  test("bound to somebody works without an address, and not once they are deactivated", async () => {
    const { member } = t.cast;
    const mint = () => t.db.write((tx) => mintLink(tx, { user_id: member.user.id, at_ms: t.clock.now() }));
    expect((await consume((await mint()).token)).body.user.id).toBe(member.user.id);
    const { token } = await mint();
    await deactivate(member.user.id);
    const refused = await consume(token);
    expect([refused.status, refused.body]).toEqual([
      404,
      { ...(await consume("mgt_none")).body, request_id: expect.any(String) },
    ]);
  });
});

describe("nothing is learned by asking", () => {
  test.each(["magic", "password/reset"] as const)("%s answers and works the same for everybody", async (kind) => {
    await deactivate(t.cast.moderator.user.id);
    const heard = [];
    for (const email of ["mia@example.com", "nobody@example.com", "mo@example.com", "no address"]) {
      const commits = t.db.stats().writes;
      const answer = await ask(kind, email);
      const headers = Object.fromEntries(answer.headers);
      delete headers["x-request-id"];
      delete headers["x-correlation-id"];
      heard.push({ status: answer.status, body: answer.body, headers });
      // One write each; what the post does with it comes after the answer.
      expect(t.db.stats().writes).toBeGreaterThan(commits);
    }
    for (const one of heard) expect(one).toEqual(heard[0] ?? one);
    expect(heard[0]).toMatchObject({ status: 202, body: { ok: true } });
    const links = await t.db.read((tx) =>
      tx.all<{ alive: number }>("SELECT expires_at > created_at AS alive FROM magic_links ORDER BY id"),
    );
    expect(links.map((one) => one.alive)).toEqual([1, 0, 0, 0]);
    // Whatever is sent after all of them is the second letter there is.
    await ask(kind, "olivia@example.com");
    expect([(await mailbox.next()).to, (await mailbox.next()).to]).toEqual(["mia@example.com", "olivia@example.com"]);
  });

  test("a wrong password derives once, whoever it is for", async () => {
    const { member, owner } = t.cast;
    await setPassword(t.db, createPasswords(), member.user.id, "correct horse", timestamp(0));
    await setPassword(t.db, createPasswords(), owner.user.id, "correct horse", timestamp(0));
    expect((await login("olivia", "correct horse")).status).toBe(200);
    await deactivate(owner.user.id);
    const verify = Bun.password.verify;
    let derived = 0;
    Bun.password.verify = ((...all: Parameters<typeof verify>) => {
      derived++;
      return verify(...all);
    }) as typeof verify;
    try {
      const answers = [];
      for (const [identifier, password] of [
        ["mia", "wrong horse"],
        ["nobody", "correct horse"],
        ["mo", "correct horse"],
        ["olivia", "correct horse"],
        ["pinch", "correct horse"],
      ] as const) {
        const before = derived;
        const { status, body } = await login(identifier, password);
        answers.push([status, body.error, body.code, derived - before]);
      }
      for (const one of answers) expect(one).toEqual([401, "invalid identifier or password", "unauthenticated", 1]);
    } finally {
      Bun.password.verify = verify;
    }
  });

  test("letters to one address are limited alike, and so is one network", async () => {
    for (const email of ["mia@example.com", "nobody@example.com"]) {
      const spellings = [
        email,
        email.toUpperCase(),
        `${email}.`,
        ` ${email}`,
        email.replace("example", "ｅｘａｍｐｌｅ"),
      ];
      const answers = [];
      for (const one of [...spellings, email]) answers.push((await ask("magic", one)).status);
      expect(answers).toEqual([202, 202, 202, 202, 202, 429]);
      expect((await ask("password/reset", email)).status).toBe(429);
    }
    let last = 0;
    for (let n = 0; n < LIMITS.letters_per_network_per_hour; n++)
      last = (await ask("magic", `p${n}@example.com`)).status;
    expect(last).toBe(429);
    t.clock.advance(60 * 60_000);
    expect((await ask("magic", "mia@example.com")).status).toBe(202);
  });
});

describe("a new password by mail", () => {
  test("signs in, ends every session and every other link, and works once", async () => {
    const { member } = t.cast;
    await setPassword(t.db, createPasswords(), member.user.id, "correct horse", timestamp(0));
    const before = (await login("mia", "correct horse")).body;
    await ask("magic", "mia@example.com");
    const open = await tokenFrom();
    await ask("password/reset", "mia@example.com");
    const link = linkIn(await mailbox.next());
    expect(link).toStartWith(`${origin}/reset#mgt_`);
    const token = link.split("#")[1] ?? "";
    const short = await reset(token, "short");
    expect([short.status, short.body.details[0].path]).toEqual([400, "new_password"]);
    const done = await reset(token);
    expect(done.status).toBe(200);
    expect(done.headers.get("set-cookie")).toContain(done.body.token);
    expect((await t.call({ user: member.user, token: before.token }, "GET", "/api/me")).status).toBe(401);
    expect((await t.call({ user: member.user, token: done.body.token }, "GET", "/api/me")).status).toBe(200);
    expect((await reset(token)).status).toBe(404);
    expect((await consume(open)).status).toBe(404);
    expect((await login("mia", "correct horse")).status).toBe(401);
    expect((await login("mia", "a better horse")).status).toBe(200);
  });

  test("raced by many is set by one", async () => {
    await ask("password/reset", "mia@example.com");
    const token = await tokenFrom();
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => reset(token, `horse number ${n}`)));
    expect(answers.map((one) => one.status).toSorted()).toEqual([200, ...Array.from({ length: 7 }, () => 404)]);
  });

  test("ends with its time, and with the account", async () => {
    await ask("password/reset", "mia@example.com");
    const late = await tokenFrom();
    t.clock.advance(LIMITS.magic_link_ttl_ms);
    expect((await reset(late)).status).toBe(404);
    await ask("password/reset", "mia@example.com");
    const token = await tokenFrom();
    await deactivate(t.cast.member.user.id);
    expect((await reset(token)).status).toBe(404);
    expect(await t.db.read((tx) => tx.all("SELECT user_id FROM user_passwords"))).toEqual([]);
  });
});

test("who was stored before addresses had one spelling still signs in", async () => {
  const { member } = t.cast;
  const old = "mi\u0430@exämple.de";
  await t.db.write((tx) => tx.run("UPDATE identities SET email = ? WHERE user_id = ?", old, member.user.id));
  await setPassword(t.db, createPasswords(), member.user.id, "correct horse", timestamp(0));
  expect((await login(old.toUpperCase(), "correct horse")).status).toBe(200);
  await ask("magic", old);
  expect((await consume(await tokenFrom())).body.user.id).toBe(member.user.id);
});

test("nobody else can come under another spelling of an address", async () => {
  const { member } = t.cast;
  const stands = async (email: string) => {
    await t.db.write((tx) => tx.run("UPDATE identities SET email = ? WHERE user_id = ?", email, member.user.id));
    return (email_given: string) =>
      t.db.write((tx) => createUser(tx, { display_name: "Mia", email: email_given, at: timestamp(t.clock.now()) }));
  };
  const free = (await stands("mia@example.com"))("mia@example.org");
  expect((await free).display_name).toBe("Mia");
  for (const [stored, given] of [
    ["mia@example.com", "MIA@EXAMPLE.COM."],
    ["mia@example.com", "ｍｉａ＠example.com"],
    ["mia@xn--exmple-cua.de", "mia@exämple.de"],
    ["mia@exämple.de", "mia@EXÄMPLE.de"],
  ] as const) {
    await expect((await stands(stored))(given)).rejects.toMatchObject({ code: "conflict" });
  }
});

describe("an address that was only written into an invite's form", () => {
  const squatter = { display_name: "Zoe", email: "zoe@example.com", password: "not hers at all" };

  /** Somebody who joins by an open link with an address that is not theirs, and makes a bot. */
  async function squat() {
    const ws = `/api/workspaces/${t.workspace.id}`;
    const { invite } = (await t.call(t.cast.owner, "POST", `${ws}/invites`, {})).body;
    const joined = await t.call(undefined, "POST", `/api/invites/${invite.code}/accept`, squatter);
    const who = { user: joined.body.user, token: joined.body.token as string };
    const made = await t.call(who, "POST", `${ws}/bots`, { display_name: "Own", owner_user_id: who.user.id });
    const bot = { user: made.body.bot, token: made.body.bot_token.token as string };
    for (const one of [who, bot]) expect((await t.call(one, "GET", "/api/me")).status).toBe(200);
    return { who, bot };
  }

  test("is opened by a letter only with a new password, which ends what was made before", async () => {
    const { who, bot } = await squat();
    await ask("magic", "zoe@example.com");
    const letter = await mailbox.next();
    expect(linkIn(letter)).toStartWith(`${origin}/reset#mgt_`);
    const token = linkIn(letter).split("#")[1] ?? "";
    expect((await consume(token)).status).toBe(404);
    const signed = await reset(token, "hers, by letter");
    expect(signed.body.user.id).toBe(who.user.id);
    for (const one of [who, bot]) expect((await t.call(one, "GET", "/api/me")).status).toBe(401);
    expect((await login("zoe@example.com", squatter.password)).status).toBe(401);
    // From now on the address is hers: a link is enough, and it ends nothing.
    await ask("magic", "zoe@example.com");
    const link = linkIn(await mailbox.next());
    expect(link).toStartWith(`${origin}/signin#mgt_`);
    expect((await consume(link.split("#")[1] ?? "")).status).toBe(200);
    expect((await t.call({ user: who.user, token: signed.body.token }, "GET", "/api/me")).status).toBe(200);
  });

  test("is proven once: a second reset leaves bots alone", async () => {
    const { who } = await squat();
    await ask("password/reset", "zoe@example.com");
    const signed = await reset(await tokenFrom());
    const me = { user: who.user, token: signed.body.token as string };
    const ws = `/api/workspaces/${t.workspace.id}`;
    const made = await t.call(me, "POST", `${ws}/bots`, { display_name: "Mine", owner_user_id: who.user.id });
    await ask("password/reset", "zoe@example.com");
    expect((await reset(await tokenFrom(), "another horse")).status).toBe(200);
    expect((await t.call({ user: made.body.bot, token: made.body.bot_token.token }, "GET", "/api/me")).status).toBe(
      200,
    );
  });
});
