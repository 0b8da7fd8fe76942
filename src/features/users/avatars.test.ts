import { LIMITS } from "@clickclack/protocol";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { FORM_TYPE, formOf, pictureOf, textFile } from "../../../tests/support/form.ts";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { cleanUploads } from "../uploads/cleaning.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

const init = { headers: { "content-type": FORM_TYPE } };
const form = (value: Uint8Array | string, type = "image/png") =>
  formOf({ name: "file", value, filename: "me.png", type });
const put = (body: Uint8Array, who: Player | undefined = t.cast.member, more = init) =>
  t.call(who, "PUT", "/api/me/avatar", body, more);
const files = () =>
  existsSync(t.uploads_path)
    ? readdirSync(t.uploads_path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [];
const clean = () => cleanUploads({ db: t.db, store: t.uploads }, t.clock.now());

test("a picture is made smaller and anew, and anybody sees it who was given its address", async () => {
  const { member, owner } = t.cast;
  const answer = await put(form(await pictureOf(1200, 400)));
  const { avatar_url } = answer.body.user;
  expect([answer.status, avatar_url]).toEqual([200, expect.stringMatching(/^\/api\/avatars\/[0-9a-f]{32}$/)]);
  const shown = await t.fetch(undefined, avatar_url);
  expect([shown.status, shown.headers.get("content-type")]).toEqual([200, "image/webp"]);
  expect(shown.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(shown.headers.get("x-content-type-options")).toBe("nosniff");
  expect(shown.headers.get("content-security-policy")).toContain("sandbox");
  const { width, height, format } = await new Bun.Image(await shown.bytes()).metadata();
  expect([width, height, format]).toEqual([LIMITS.avatar_longer_px, 171, "webp"]);
  const { members } = (await t.call(owner, "GET", `/api/workspaces/${t.workspace.id}/members`)).body;
  expect(members.find((one: { user: { id: string } }) => one.user.id === member.user.id).user.avatar_url).toBe(
    avatar_url,
  );
  const again = await t.fetch(undefined, avatar_url, { headers: { "if-none-match": shown.headers.get("etag") ?? "" } });
  expect(again.status).toBe(304);
  for (const key of ["0".repeat(32), "x", "..%2f..%2fclickclack.db"])
    expect((await t.fetch(undefined, `/api/avatars/${key}`)).status).toBe(404);
});

test("only one picture is kept of each, and none of who takes it away", async () => {
  const first = (await put(form(await pictureOf(64, 64)))).body.user.avatar_url;
  const { avatar_url, display_name } = (await put(form(await pictureOf(32, 32)))).body.user;
  expect((await t.fetch(undefined, first)).status).toBe(404);
  await clean();
  expect(files()).toHaveLength(1);
  // Whoever sends their whole profile back keeps it; nobody takes on another's.
  const kept = await t.call(t.cast.member, "PATCH", "/api/me", { avatar_url, display_name });
  expect(kept.body.user.avatar_url).toBe(avatar_url);
  expect((await t.call(t.cast.owner, "PATCH", "/api/me", { avatar_url })).status).toBe(400);

  const gone = await t.call(t.cast.member, "DELETE", "/api/me/avatar");
  expect([gone.status, gone.body.user.avatar_url]).toEqual([200, ""]);
  expect((await t.call(t.cast.member, "DELETE", "/api/me/avatar")).status).toBe(200);
  expect((await t.fetch(undefined, avatar_url)).status).toBe(404);
  await clean();
  expect(files()).toEqual([]);

  await put(form(await pictureOf(64, 64)));
  await t.call(t.cast.member, "PATCH", "/api/me", { avatar_url: "https://example.com/mia.png" });
  await clean();
  expect(files()).toEqual([]);
});

test("everybody who shares a workspace is told, and told once", async () => {
  const path = `/api/realtime/events?workspace_id=${t.workspace.id}`;
  const { tail_cursor } = (await t.call(t.cast.owner, "GET", `${path}&include_tail=true&limit=1`)).body;
  const { avatar_url } = (await put(form(await pictureOf(64, 64)))).body.user;
  const { events } = (await t.call(t.cast.owner, "GET", `${path}&after_cursor=${tail_cursor}`)).body;
  expect(events.map(({ type, payload }: { type: string; payload: { user: object } }) => [type, payload.user])).toEqual([
    ["user.updated", expect.objectContaining({ avatar_url })],
  ]);
});

test("what is no picture, too large or sent by no person is refused, and leaves nothing", async () => {
  const who = await newcomer(t, "painter", "guest");
  expect((await put(form(await pictureOf(8, 8)), who)).status).toBe(200);
  const { avatar_url } = (await t.call(who, "GET", "/api/me")).body.user;
  await clean();
  const before = files();
  const png = await pictureOf(8, 8);
  const refusals: [Uint8Array, number][] = [
    [formOf(textFile()), 400],
    [form("<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"), 400],
    [form(png.subarray(0, 40)), 400],
    [form(vast(png)), 400],
    [formOf({ name: "picture", value: png, filename: "me.png", type: "image/png" }), 400],
    [formOf({ name: "other", value: "text" }), 400],
    [form(new Uint8Array(LIMITS.avatar_bytes + 1)), 413],
  ];
  for (const [body, status] of refusals)
    expect([body.byteLength, (await put(body, who)).status]).toEqual([body.byteLength, status]);
  expect((await put(png, who, { headers: { "content-type": "image/png" } })).status).toBe(400);
  const large = await put(form(png), who, { headers: { ...init.headers, "content-length": "99999999" } as never });
  expect(large.status).toBe(413);
  expect((await put(form(png), t.cast.bot)).status).toBe(403);
  expect((await t.call(t.cast.bot, "DELETE", "/api/me/avatar")).status).toBe(403);
  expect((await t.call(undefined, "PUT", "/api/me/avatar", form(png), init)).status).toBe(401);
  expect(files()).toEqual(before);
  expect((await t.call(who, "GET", "/api/me")).body.user.avatar_url).toBe(avatar_url);
});

test("one picture of each person is on its way at a time", async () => {
  const who = await newcomer(t, "twice", "member");
  let send = (_last: Uint8Array) => {};
  const whole = form(await pictureOf(8, 8));
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(whole.subarray(0, 60));
      send = (rest) => {
        controller.enqueue(rest);
        controller.close();
      };
    },
  });
  const slow = t.fetch(who, "/api/me/avatar", { ...init, method: "PUT", body });
  const second = await put(whole, who);
  expect([second.status, second.body.code]).toEqual([429, "rate_limited"]);
  send(whole.subarray(60));
  expect((await slow).status).toBe(200);
  expect((await put(whole, who)).status).toBe(200);
});

test("a file whose row was never written goes by itself", async () => {
  await clean();
  const before = files().length;
  const { owner } = t.cast;
  // The transaction that names the picture fails, as it would when the process ended before it.
  await t.db.write((tx) =>
    tx.run("CREATE TRIGGER no_avatar BEFORE INSERT ON avatars BEGIN SELECT RAISE(ABORT, 'stopped'); END"),
  );
  expect((await put(form(await pictureOf(8, 8)), owner)).status).toBe(500);
  await t.db.write((tx) => tx.run("DROP TRIGGER no_avatar"));
  expect(files().length).toBe(before + 1);
  await clean();
  expect(files().length).toBe(before + 1);
  t.clock.advance(LIMITS.avatar_unsettled_ms);
  await clean();
  expect(files().length).toBe(before);
  expect((await t.call(owner, "GET", "/api/me")).body.user.avatar_url).toBe("");
});

/** The same picture, by its header of more pixels than are decoded. */
function vast(png: Uint8Array): Uint8Array {
  const header = Buffer.from(png);
  header.writeUInt32BE(50_000, 16);
  header.writeUInt32BE(50_000, 20);
  header.writeUInt32BE(Bun.hash.crc32(header.subarray(12, 29)), 29);
  return header;
}
