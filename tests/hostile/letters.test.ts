/** Letters that carry what somebody was called, to a mail program that reads more into it than people do. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Mailbox, openMailbox } from "../support/mailbox.ts";
import { testServer } from "../support/test-server.ts";

const ORIGIN = "https://chat.example.org";

let box: Mailbox;
let server: Awaited<ReturnType<typeof testServer>>;
let token: string;
let workspace_id: string;
beforeAll(async () => {
  box = await openMailbox();
  server = await testServer({ smtp_url: box.url, public_url: ORIGIN });
  const claim = new URL(server.claim_url ?? "").searchParams.get("token") ?? "";
  const owner = { token: claim, display_name: "Olivia", email: "olivia@example.com", workspace_name: "Harbour" };
  const { body } = await ask("POST", "/api/auth/setup", owner);
  token = body.token;
  workspace_id = body.workspace.id;
});
afterAll(async () => {
  await server.close();
  await box.close();
});

async function ask(method: string, path: string, body: object, extra: Record<string, string> = {}) {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }), ...extra };
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, { method, headers, body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
}

const invite = (email: string) => ask("POST", `/api/workspaces/${workspace_id}/invites`, { email });

test("nobody's name becomes another header, another subject or another recipient", async () => {
  const names = [
    "=?utf-8?Q?=0D=0ABcc:_evil=40example.net?=",
    "=?utf-8?B?4oCudHNlZ2d1cw==?=",
    "Mia <mia@example.net>, Bcc: x@example.net",
    "a\u2060b".replace("\u2060", "?="),
  ];
  for (const [n, name] of names.entries()) {
    expect((await ask("PATCH", "/api/me", { display_name: name })).status).toBe(200);
    expect((await ask("PATCH", `/api/workspaces/${workspace_id}`, { name })).status).toBe(200);
    expect((await invite(`guest-${n}@example.com`)).status).toBe(201);
    const letter = await box.next();
    const headers = letter.source.slice(0, letter.source.indexOf("\r\n\r\n"));
    const shown = name.replaceAll("=?", "= ?");
    expect([letter.to, letter.subject]).toEqual([`guest-${n}@example.com`, `${shown} invites you to ${shown}`]);
    expect(headers).not.toMatch(/^Bcc:/im);
    expect(headers.match(/^(To|Subject|From):/gm)).toHaveLength(3);
  }
  for (const name of ["a\r\nBcc: x@example.net", "a\u0085b", "a\u2028b", "a\u202eb", "\u2066x\u2069"]) {
    expect((await ask("PATCH", "/api/me", { display_name: name })).status).toBe(400);
    expect((await ask("PATCH", `/api/workspaces/${workspace_id}`, { name })).status).toBe(400);
  }
});

test("an address is one address, whatever stands in it", async () => {
  for (const email of [
    "a@example.com, b@example.com",
    "a@example.com\r\nRCPT TO:<b@example.com>",
    '"a b"@example.com',
    "<a@example.com>",
    "a@[127.0.0.1]",
    "a@example.com;b@example.com",
    "group:a@example.com;",
    "a\0@example.com",
    "-oQ/tmp@",
  ])
    expect([email, (await invite(email)).status]).toEqual([email, 400]);
});

test("no header of a request says where a letter leads", async () => {
  const evil = {
    host: "evil.example",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "http",
    forwarded: "host=evil",
  };
  for (const path of ["/api/auth/password/reset/request", "/api/auth/magic/request"]) {
    expect((await ask("POST", path, { email: "olivia@example.com" }, evil)).status).toBe(202);
    const { source, text } = await box.next();
    expect(source).not.toContain("evil");
    expect(text).toContain(`${ORIGIN}/`);
  }
});
