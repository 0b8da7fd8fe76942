import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { LIMITS } from "@clickclack/protocol";
import { FORM_TYPE, formOf, type Part, pictureOf, textFile } from "../../../tests/support/form.ts";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Answer, type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { newId } from "../../lib/ids.ts";
import { insertUpload } from "./queries.ts";
import { deleteReservation, insertReservation } from "./reservation-queries.ts";

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
});
afterAll(() => app.close());

function send(who: Player, query: string, body: Uint8Array, type = FORM_TYPE): Promise<Answer> {
  return app.call(who, "POST", `/api/uploads${query}`, body, { headers: { "content-type": type } });
}

function upload(who: Player, ...parts: Part[]): Promise<Answer> {
  return send(who, `?workspace_id=${app.workspace.id}`, formOf(...(parts.length > 0 ? parts : [textFile()])));
}

/** Every file there is on the disk, by name. */
function onDisk(): string[] {
  return readdirSync(app.uploads_path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}

async function reservations(): Promise<number> {
  const row = await app.db.read((tx) => tx.get<{ n: number }>("SELECT COUNT(*) AS n FROM upload_quota_reservations"));
  return row?.n ?? 0;
}

describe("uploading", () => {
  test("answers the upload, with the workspace in the query or in a field before the file", async () => {
    const { member } = app.cast;
    const first = await upload(member);
    expect(first.status).toBe(201);
    expect(first.body.upload).toMatchObject({
      workspace_id: app.workspace.id,
      owner_id: member.user.id,
      filename: "claw.txt",
      content_type: "text/plain",
      byte_size: 4,
      width: 0,
      height: 0,
      duration_ms: 0,
    });
    expect(first.body.upload.id).toMatch(/^upl_[0-9a-z]{26}$/);
    expect(first.body.upload).not.toHaveProperty("nonce");
    expect(onDisk()).toContain(first.body.upload.id);

    const field = { name: "workspace_id", value: app.workspace.id };
    expect((await send(member, "", formOf(field, textFile()))).status).toBe(201);
    expect((await upload(member, field, textFile())).status).toBe(201);
    expect(await reservations()).toBe(0);
  });

  test("guests and bots with the scope may; readers, strangers and nobody may not", async () => {
    expect((await upload(await newcomer(app, "gustav", "guest"))).status).toBe(201);
    expect((await upload(app.cast.bot)).status).toBe(201);
    expect((await upload(app.cast.reader)).body.error).toContain("uploads:write");
    expect((await upload(app.cast.outsider)).status).toBe(404);
    const nobody = await app.call(undefined, "POST", "/api/uploads", formOf(textFile()), {
      headers: { "content-type": FORM_TYPE },
    });
    expect(nobody.status).toBe(401);
  });

  test("sizes come from the picture; of a video the client's word counts, if it makes sense", async () => {
    const { member } = app.cast;
    const video = Buffer.concat([Buffer.from("00000020667479706d703432", "hex"), Buffer.alloc(100)]);
    const numbers = (width: string, height: string, duration_ms: string) =>
      Object.entries({ width, height, duration_ms }).map(([name, value]) => ({ name, value }));
    const film = { name: "file", value: video, filename: "a.mp4" };
    const good = await upload(member, ...numbers("640", "480", "1500"), film);
    expect(good.body.upload).toMatchObject({ content_type: "video/mp4", width: 640, height: 480, duration_ms: 1500 });
    const after = await upload(member, film, ...numbers("640", "480", "1500"));
    expect(after.body.upload).toMatchObject({ width: 640 });
    for (const [width, height, duration] of [
      ["-1", "x", "1e9"],
      ["", "9999999999", "99999999999"],
    ] as const) {
      const bad = await upload(member, ...numbers(width, height, duration), film);
      expect(bad.body.upload).toMatchObject({ width: 0, height: 0, duration_ms: 0 });
    }
    const value = await pictureOf(7, 5);
    const picture = await upload(member, ...numbers("99", "99", "0"), { name: "file", value, filename: "a.txt" });
    expect(picture.body.upload).toMatchObject({ content_type: "image/png", width: 7, height: 5 });
  });

  test("hostile names become names", async () => {
    for (const [given, stored] of [
      ["../../../etc/passwd", "passwd"],
      ["..\\..\\boot.ini", "boot.ini"],
      ["a\u202Egnp.exe", "agnp.exe"],
      ["\u0007bell.txt", "bell.txt"],
      ["/", "upload.bin"],
    ] as const) {
      const answer = await upload(app.cast.member, textFile("x", given));
      expect(answer.body.upload.filename).toBe(stored);
    }
    const long = await upload(app.cast.member, textFile("x", `${"n".repeat(300)}.txt`));
    expect(long.body.upload.filename).toHaveLength(LIMITS.filename_bytes);
    expect(onDisk().every((name) => name.startsWith("upl_"))).toBe(true);
  });

  test("a bad form is refused and leaves nothing", async () => {
    const { member } = app.cast;
    const before = onDisk().length;
    const query = `?workspace_id=${app.workspace.id}`;
    const other = { name: "workspace_id", value: "wsp_other" };
    const cases: [Promise<Answer>, number, RegExp][] = [
      [send(member, query, new Uint8Array(Buffer.from("{}")), "application/json"), 400, /multipart\/form-data/],
      [send(member, query, new Uint8Array(Buffer.from("x")), "multipart/form-data; boundary=b"), 400, /form/],
      [upload(member, { name: "note", value: "x" }), 400, /part named file/],
      [upload(member, { ...textFile(), name: "picture" }), 400, /named file/],
      [upload(member, textFile(), textFile()), 400, /one file/],
      [upload(member, other, textFile()), 400, /different workspaces/],
      [upload(member, textFile(), other), 400, /different workspaces/],
      [send(member, "", formOf(textFile())), 400, /name the workspace/],
      [
        send(member, "", formOf(textFile(), { name: "workspace_id", value: app.workspace.id })),
        400,
        /name the workspace/,
      ],
      [send(member, "?workspace_id=wsp_none", formOf(textFile())), 404, /workspace not found/],
      [send(member, query, formOf(textFile()).subarray(0, -30)), 400, /whole/],
    ];
    for (const [answer, status, sentence] of cases) {
      const { body, ...rest } = await answer;
      expect([rest.status, body.error]).toEqual([status, expect.stringMatching(sentence)]);
    }
    expect(onDisk()).toHaveLength(before);
    expect(await reservations()).toBe(0);
  });

  test("what declares itself too large is refused unread", async () => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(1024));
      },
    });
    const response = await app.fetch(app.cast.member, `/api/uploads?workspace_id=${app.workspace.id}`, {
      method: "POST",
      body,
      headers: { "content-type": FORM_TYPE, "content-length": String(LIMITS.upload_bytes * 2) },
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: "payload_too_large" });
    expect(pulled).toBeLessThan(3);
  });

  test("a client that goes away in the middle leaves nothing", async () => {
    const before = onDisk().length;
    const whole = formOf(textFile("x".repeat(100_000)));
    let sent = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent) controller.error(new Error("the connection was reset"));
        else controller.enqueue(whole.subarray(0, 70_000));
        sent = true;
      },
    });
    const response = await app.fetch(app.cast.member, `/api/uploads?workspace_id=${app.workspace.id}&nonce=gone`, {
      method: "POST",
      body,
      headers: { "content-type": FORM_TYPE },
    });
    expect(response.status).toBe(400);
    expect(onDisk()).toHaveLength(before);
    expect(await reservations()).toBe(0);
    const queue = await app.db.read((tx) => tx.all("SELECT id FROM pending_upload_cleanups"));
    expect(queue).toEqual([]);
    expect((await byNonce(app.cast.member, "gone")).status).toBe(404);
  });
});

function byNonce(who: Player, nonce: string, workspace_id = app.workspace.id): Promise<Answer> {
  return app.call(who, "GET", `/api/uploads/by-nonce?workspace_id=${workspace_id}&nonce=${nonce}`);
}

describe("a nonce", () => {
  const again = (nonce: string, body = formOf(textFile())) =>
    send(app.cast.member, `?workspace_id=${app.workspace.id}&nonce=${nonce}`, body);

  test("answers the same upload again, and does not read the body for it", async () => {
    const first = await again("n-1");
    expect(first.status).toBe(201);
    expect(first.body.upload.nonce).toBe("n-1");
    const second = await again("n-1", new Uint8Array(Buffer.from("this is no form")));
    expect(second.status).toBe(200);
    expect(second.body.upload).toEqual(first.body.upload);
    const found = await byNonce(app.cast.member, "n-1");
    expect(found.body.upload).toEqual(first.body.upload);
    expect(found.headers.get("x-clickclack-upload-nonce")).toBe("supported");
  });

  test("is looked up with a header that tells an old server from none", async () => {
    const none = await byNonce(app.cast.member, "never");
    expect([none.status, none.headers.get("x-clickclack-upload-nonce")]).toEqual([404, "supported"]);
    expect((await byNonce(app.cast.owner, "n-1")).status).toBe(404);
    const stranger = await byNonce(app.cast.outsider, "n-1");
    expect([stranger.status, stranger.headers.get("x-clickclack-upload-nonce")]).toEqual([404, "supported"]);
    expect((await byNonce(app.cast.reader, "n-1")).status).toBe(403);
  });

  test("belongs to one workspace, and has to name it in the query", async () => {
    const made = await app.call(app.cast.member, "POST", "/api/workspaces", { name: "Second" });
    const { id } = made.body.workspace;
    expect((await again("n-2")).status).toBe(201);
    expect((await send(app.cast.member, `?workspace_id=${id}&nonce=n-2`, formOf(textFile()))).status).toBe(409);
    expect((await byNonce(app.cast.member, "n-2", id)).status).toBe(409);
    const field = { name: "workspace_id", value: id };
    expect((await send(app.cast.member, "?nonce=n-3", formOf(field, textFile()))).status).toBe(400);
    expect((await again("x".repeat(LIMITS.nonce_chars + 1))).status).toBe(400);
  });

  test("sent many times at once stores one file, and all get it", async () => {
    const before = onDisk().length;
    const answers = await Promise.all(Array.from({ length: 8 }, () => again("race")));
    expect(answers.filter((one) => one.status === 201)).toHaveLength(1);
    expect(answers.filter((one) => one.status === 200)).toHaveLength(7);
    expect(new Set(answers.map((one) => one.body.upload.id)).size).toBe(1);
    expect(onDisk()).toHaveLength(before + 1);
  });

  test("whose upload fails is free for the one that waits", async () => {
    const reservation = {
      id: newId("upload"),
      workspace_id: app.workspace.id,
      owner_id: app.cast.member.user.id,
      nonce: "failing",
      byte_size: 10,
      storage_path: "zz/failing",
      created_at: "2026-05-08T12:00:00.000Z",
      expires_at: "2027-05-08T12:00:00.000Z",
    };
    await app.db.write((tx) => insertReservation(tx, reservation));
    const waiting = again("failing");
    await app.db.write((tx) => deleteReservation(tx, reservation.id));
    expect((await waiting).status).toBe(201);
  });
});

describe("the quota", () => {
  const fill = (who: Player, byte_size: number) =>
    app.db.write((tx) => {
      const id = newId("upload");
      const upload = {
        id,
        workspace_id: app.workspace.id,
        owner_id: who.user.id,
        filename: "big.bin",
        content_type: "application/octet-stream",
        byte_size,
        width: 0,
        height: 0,
        duration_ms: 0,
        created_at: "2026-05-08T12:00:00.000Z",
      };
      return insertUpload(tx, { upload, storage_path: `zz/${id}` });
    });

  test("of bytes is counted before the first of them is written, for each person alone", async () => {
    const full = await newcomer(app, "fullbytes", "member");
    await fill(full, LIMITS.upload_quota_bytes - 10);
    const refused = await upload(full);
    expect([refused.status, refused.body.code]).toEqual([413, "payload_too_large"]);
    expect(await reservations()).toBe(0);
    expect((await upload(app.cast.member)).status).toBe(201);
  });

  test("of files counts those under way too", async () => {
    const full = await newcomer(app, "fullfiles", "member");
    for (let n = 0; n < LIMITS.uploads_at_once; n++)
      await app.db.write((tx) =>
        insertReservation(tx, {
          id: newId("upload"),
          workspace_id: app.workspace.id,
          owner_id: full.user.id,
          nonce: null,
          byte_size: 1,
          storage_path: `zz/${n}`,
          created_at: "2026-05-08T12:00:00.000Z",
          expires_at: "2027-05-08T12:00:00.000Z",
        }),
      );
    const refused = await upload(full);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
  });
});
