import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { LIMITS, type Upload } from "@clickclack/protocol";
import { FORM_TYPE, formOf, pictureOf } from "../../../tests/support/form.ts";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { createBotToken } from "../bots/bots.ts";

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
});
afterAll(() => app.close());

async function upload(who: Player, value: string | Uint8Array, filename: string, type = "text/plain"): Promise<Upload> {
  const form = formOf({ name: "file", value, filename, type });
  const query = `?workspace_id=${app.workspace.id}`;
  const headers = { "content-type": FORM_TYPE };
  return (await app.call(who, "POST", `/api/uploads${query}`, form, { headers })).body.upload;
}

const get = (who: Player, { id }: Upload, headers: Record<string, string> = {}, method = "GET") =>
  app.fetch(who, `/api/uploads/${id}`, { method, headers });

/** Posts a message with files on it. */
async function post(who: Player, channel_id: string, ...files: Upload[]): Promise<string> {
  const body = { body: "see file", upload_ids: files.map((one) => one.id) };
  const answer = await app.call(who, "POST", `/api/channels/${channel_id}/messages`, body);
  expect(answer.status).toBe(201);
  return answer.body.message.id;
}

async function status(who: Player, file: Upload): Promise<number> {
  return (await get(who, file)).status;
}

describe("a file", () => {
  test("comes with headers that keep it from acting as our page", async () => {
    const file = await upload(app.cast.member, "claw", "claw.txt");
    const answer = await get(app.cast.member, file);
    expect(await answer.text()).toBe("claw");
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "content-length": "4",
      "content-disposition": "inline; filename=claw.txt",
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
      "accept-ranges": "bytes",
      etag: `"${file.id}"`,
      "last-modified": new Date(file.created_at).toUTCString(),
    });
    expect(answer.headers.get("content-security-policy")).toStartWith("sandbox;");
    expect(answer.headers.get("x-request-id")).toStartWith("req_");
  });

  test("is shown in place only when its bytes are of a kind that is safe", async () => {
    const gif = "GIF89a/*\x01\x00*/=1;alert(1)//";
    const page = "<!doctype html><script>alert(1)</script>";
    for (const [value, type, served, kind] of [
      [await pictureOf(3, 3), "text/html", "image/png", "inline"],
      [gif, "application/javascript", "image/gif", "inline"],
      [`%PDF-1.4\n${page}`, "text/html", "application/pdf", "inline"],
      [page, "text/plain", "application/octet-stream", "attachment"],
      [page, "image/png", "application/octet-stream", "attachment"],
      ["<svg onload=alert(1)>", "image/svg+xml", "application/octet-stream", "attachment"],
      ["<svg onload=alert(1)>", "image/png", "application/octet-stream", "attachment"],
      ["plain", "text/html", "application/octet-stream", "attachment"],
      ["\x00\x01\x02", "image/png", "application/octet-stream", "attachment"],
      ["\x00\x01\x02", "text/html; charset=utf-8", "application/octet-stream", "attachment"],
    ] as const) {
      const answer = await get(app.cast.member, await upload(app.cast.member, value, "x.html", type));
      const disposition = answer.headers.get("content-disposition");
      expect([answer.headers.get("content-type"), disposition]).toEqual([served, `${kind}; filename=x.html`]);
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      await answer.arrayBuffer();
    }
  });

  test("keeps its name, whatever is in it", async () => {
    for (const [name, header] of [
      ["tide table.txt", `inline; filename="tide table.txt"; filename*=UTF-8''tide%20table.txt`],
      ["漁.txt", `inline; filename="_.txt"; filename*=UTF-8''%E6%BC%81.txt`],
      ["it's (1)*.txt", `inline; filename="it's (1)*.txt"; filename*=UTF-8''it%27s%20%281%29%2a.txt`],
      ["50%.txt", `inline; filename="50_.txt"; filename*=UTF-8''50%25.txt`],
    ] as const) {
      const file = await upload(app.cast.member, "x", name);
      expect((await get(app.cast.member, file)).headers.get("content-disposition")).toBe(header);
    }
  });

  test("comes in parts", async () => {
    const { member } = app.cast;
    const file = await upload(member, "0123456789", "digits.txt");
    const part = async (range: string, more: Record<string, string> = {}) => {
      const answer = await get(member, file, { range, ...more });
      return [answer.status, answer.headers.get("content-range"), await answer.text()];
    };
    expect(await part("bytes=2-4")).toEqual([206, "bytes 2-4/10", "234"]);
    expect(await part("bytes=-3")).toEqual([206, "bytes 7-9/10", "789"]);
    expect(await part("bytes=8-99")).toEqual([206, "bytes 8-9/10", "89"]);
    expect(await part("bytes=0-1,4-5")).toEqual([200, null, "0123456789"]);
    expect(await part("bytes=5-2")).toEqual([200, null, "0123456789"]);
    expect(await part("bytes=2-4", { "if-range": `"${file.id}"` })).toEqual([206, "bytes 2-4/10", "234"]);
    expect(await part("bytes=2-4", { "if-range": '"other"' })).toEqual([200, null, "0123456789"]);
    const beyond = await get(member, file, { range: "bytes=10-" });
    expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, "bytes */10"]);
    expect(await beyond.json()).toMatchObject({ code: "validation_failed" });
    const none = await get(member, await upload(member, "", "empty.txt"), { range: "bytes=0-" });
    expect([none.status, none.headers.get("content-range")]).toEqual([416, "bytes */0"]);
  });

  test("is not sent again to who has it, and HEAD sends no bytes", async () => {
    const { member } = app.cast;
    const file = await upload(member, "claw", "claw.txt");
    const modified = new Date(file.created_at).toUTCString();
    const current: Record<string, string>[] = [
      { "if-none-match": `"${file.id}"` },
      { "if-none-match": `"x", W/"${file.id}"` },
      { "if-none-match": "*" },
      { "if-modified-since": modified },
      { "if-none-match": `"${file.id}"`, range: "bytes=0-1" },
    ];
    for (const headers of current) {
      const answer = await get(member, file, headers);
      expect([answer.status, await answer.text(), answer.headers.get("content-type")]).toEqual([304, "", null]);
      expect(answer.headers.get("etag")).toBe(`"${file.id}"`);
    }
    const stale: Record<string, string>[] = [
      { "if-none-match": '"other"', "if-modified-since": modified },
      { "if-modified-since": "nonsense" },
    ];
    for (const headers of stale) expect((await get(member, file, headers)).status).toBe(200);
    const head = await get(member, file, {}, "HEAD");
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "4", ""]);
  });

  test("whose bytes are gone from the disk is not found", async () => {
    const file = await upload(app.cast.member, "claw", "claw.txt");
    await rm(join(app.uploads_path, app.uploads.pathFor(file.id)));
    expect(await status(app.cast.member, file)).toBe(404);
  });
});

describe("who may see a file", () => {
  test("its owner alone, until a message carries it", async () => {
    const { member, owner, outsider, bot } = app.cast;
    const file = await upload(member, "x", "x.txt");
    expect(await status(member, file)).toBe(200);
    for (const who of [owner, bot, outsider]) expect(await status(who, file)).toBe(404);
    const message_id = await post(member, app.general.id, file);
    for (const who of [owner, bot, app.cast.reader]) expect(await status(who, file)).toBe(200);
    const guest = await newcomer(app, "greta", "guest");
    for (const who of [outsider, guest]) expect(await status(who, file)).toBe(404);
    expect((await app.fetch(undefined, `/api/uploads/${file.id}`)).status).toBe(401);

    await app.call(member, "DELETE", `/api/messages/${message_id}`);
    for (const who of [member, owner]) expect(await status(who, file)).toBe(404);
  });

  test("those in the private channel it was sent to", async () => {
    const { member, moderator, owner } = app.cast;
    const made = await app.call(moderator, "POST", `/api/workspaces/${app.workspace.id}/channels`, {
      name: "secrets",
      kind: "private",
    });
    const { id } = made.body.channel;
    const file = await upload(moderator, "x", "x.txt");
    await post(moderator, id, file);
    for (const who of [member, owner]) expect(await status(who, file)).toBe(404);
    await app.call(moderator, "PUT", `/api/channels/${id}/members/${member.user.id}`);
    expect(await status(member, file)).toBe(200);
    await app.call(moderator, "DELETE", `/api/channels/${id}/members/${member.user.id}`);
    expect(await status(member, file)).toBe(404);
  });

  test("a file on several messages stays while one of them does", async () => {
    const { member, owner } = app.cast;
    const file = await upload(member, "x", "x.txt");
    const first = await post(member, app.general.id, file);
    const second = await post(member, app.general.id, file);
    await app.call(member, "DELETE", `/api/messages/${first}`);
    expect(await status(owner, file)).toBe(200);
    await app.call(member, "DELETE", `/api/messages/${second}`);
    expect(await status(owner, file)).toBe(404);
  });

  test("the two of a direct conversation; a bot only with the right to those", async () => {
    const { member, owner, moderator } = app.cast;
    const made = await app.call(member, "POST", "/api/dms", {
      workspace_id: app.workspace.id,
      member_ids: [owner.user.id],
    });
    const file = await upload(member, "x", "x.txt");
    const sent = await app.call(member, "POST", `/api/dms/${made.body.conversation.id}/messages`, {
      body: "for you",
      upload_ids: [file.id],
    });
    expect(sent.status).toBe(201);
    expect(await status(owner, file)).toBe(200);
    for (const who of [moderator, app.cast.bot]) expect(await status(who, file)).toBe(404);
  });

  test("a file of a channel that is also in a direct conversation needs both rights of a bot", async () => {
    const { member, owner, bot } = app.cast;
    const { token } = await app.db.write((tx) =>
      createBotToken(tx, {
        workspace_id: app.workspace.id,
        bot_user_id: bot.user.id,
        scopes: ["messages:read"],
        created_by: owner.user.id,
        at: "2026-05-08T12:00:00.000Z",
      }),
    );
    const narrow = { user: bot.user, token };
    const file = await upload(member, "x", "x.txt");
    await post(member, app.general.id, file);
    expect(await status(narrow, file)).toBe(200);
    const made = await app.call(member, "POST", "/api/dms", {
      workspace_id: app.workspace.id,
      member_ids: [owner.user.id],
    });
    const path = `/api/dms/${made.body.conversation.id}/messages`;
    await app.call(member, "POST", path, { body: "also for you", upload_ids: [file.id] });
    expect(await status(narrow, file)).toBe(403);
    expect(await status(bot, file)).toBe(200);
  });

  test("everybody in the workspace, for its icon", async () => {
    const { member, outsider } = app.cast;
    const file = await upload(app.cast.owner, await pictureOf(4, 4), "icon.png");
    expect(await status(member, file)).toBe(404);
    await app.db.write((tx) =>
      tx.run("UPDATE workspaces SET icon_url = ? WHERE id = ?", `/api/uploads/${file.id}`, app.workspace.id),
    );
    expect(await status(member, file)).toBe(200);
    expect(await status(outsider, file)).toBe(404);
  });

  test("nobody who has left the workspace, their own files included", async () => {
    const leaver = await newcomer(app, "leo", "member");
    const file = await upload(leaver, "x", "x.txt");
    expect(await status(leaver, file)).toBe(200);
    await app.db.write((tx) => tx.run("DELETE FROM workspace_members WHERE user_id = ?", leaver.user.id));
    expect(await status(leaver, file)).toBe(404);
  });

  test("attaching takes one's own files of this workspace, and not too many", async () => {
    const { member, owner } = app.cast;
    const send = (upload_ids: string[], who = member) =>
      app.call(who, "POST", `/api/channels/${app.general.id}/messages`, { body: "x", upload_ids });
    const file = await upload(member, "x", "x.txt");
    expect((await send([file.id], owner)).status).toBe(404);
    expect((await send([file.id, "upl_none"])).status).toBe(404);
    const many = [];
    for (let n = 0; n <= LIMITS.attachments_per_message; n++)
      many.push((await upload(member, String(n), `${n}.txt`)).id);
    expect((await send(many)).status).toBe(400);
    const sent = await send(many.slice(1));
    expect(sent.body.message.attachments.map((one: Upload) => one.id)).toEqual(many.slice(1));
  });
});

describe("a thumbnail", () => {
  const thumbnail = (who: Player, { id }: Upload, query = "") => app.fetch(who, `/api/uploads/${id}/thumbnail${query}`);

  async function sizeOf(answer: Response): Promise<[number, number]> {
    const { width, height, format } = await new Bun.Image(await answer.bytes()).metadata();
    expect([format, answer.headers.get("content-type")]).toEqual(["webp", "image/webp"]);
    return [width, height];
  }

  test("is as wide as asked, rounded up to a size that is made, and never larger than the picture", async () => {
    const { member } = app.cast;
    const file = await upload(member, await pictureOf(1000, 500), "wide.png");
    expect(file).toMatchObject({ width: 1000, height: 500, content_type: "image/png" });
    for (const [query, size] of [
      ["", [320, 160]],
      ["?w=1", [64, 32]],
      ["?w=0", [64, 32]],
      ["?w=161", [320, 160]],
      ["?w=999999", [1000, 500]],
    ] as const)
      expect(await sizeOf(await thumbnail(member, file, query))).toEqual([...size]);
    expect((await thumbnail(member, file, "?w=-5")).status).toBe(400);
    expect((await thumbnail(member, file, "?w=abc")).status).toBe(400);
    const tall = await upload(member, await pictureOf(100, 5000), "tall.png");
    expect(await sizeOf(await thumbnail(member, tall, "?w=64"))).toEqual([3, 128]);
  });

  test("asked for many times at once is made once, and is kept beside the picture", async () => {
    const { member } = app.cast;
    const file = await upload(member, await pictureOf(900, 900), "square.png");
    const answers = await Promise.all(Array.from({ length: 10 }, () => thumbnail(member, file)));
    const all = await Promise.all(answers.map((one) => one.text()));
    expect(new Set(all).size).toBe(1);
    expect(await app.uploads.read(`${app.uploads.pathFor(file.id)}.w320.webp`)).toBeDefined();
    const known = await app.fetch(member, `/api/uploads/${file.id}/thumbnail`, {
      headers: { "if-none-match": answers[0]?.headers.get("etag") ?? "" },
    });
    expect(known.status).toBe(304);
  });

  test("there is none of what cannot be decoded, is too large, or may not be seen", async () => {
    const { member, owner } = app.cast;
    const picture = await pictureOf(50, 50);
    for (const [value, name] of [
      ["text", "a.txt"],
      ["%PDF-1.4", "a.pdf"],
      [picture.subarray(0, 40), "cut.png"],
      ["GIF89a and then nothing", "a.gif"],
    ] as const) {
      const file = await upload(member, value, name);
      expect((await thumbnail(member, file)).status).toBe(404);
      expect((await thumbnail(member, file)).status).toBe(404);
    }
    const huge = Buffer.from(picture);
    huge.writeUInt32BE(100_000, 16);
    huge.writeUInt32BE(100_000, 20);
    huge.writeUInt32BE(Bun.hash.crc32(huge.subarray(12, 29)), 29);
    const bomb = await upload(member, new Uint8Array(huge), "bomb.png");
    expect(bomb.content_type).toBe("image/png");
    expect((await thumbnail(member, bomb)).status).toBe(404);
    expect(await status(member, bomb)).toBe(200);
    expect((await thumbnail(owner, await upload(member, picture, "mine.png"))).status).toBe(404);
  });
});
