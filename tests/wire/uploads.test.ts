/** Uploads over a real connection, by plain `fetch` and, where a client misbehaves, by a bare socket. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FORM_TYPE } from "../support/form.ts";
import { beginUpload } from "../support/half-upload.ts";
import { type Json, type Stage, stage as newStage } from "./stage.ts";

const directory = mkdtempSync(join(tmpdir(), "clickclack-uploads-"));
let stage: Stage;
beforeAll(async () => {
  stage = await newStage({ uploads: `file://${directory}` });
});
afterAll(async () => {
  await stage.close();
  rmSync(directory, { recursive: true, force: true });
});

const path = (query = "") => `/api/uploads?workspace_id=${stage.workspace_id}${query}`;
const bearer = () => ({ authorization: `Bearer ${stage.member.token}` });

async function upload(query = "", value = "claw", name = "claw.txt"): Promise<{ status: number; upload: Json }> {
  const body = new FormData();
  body.append("file", new Blob([value], { type: "text/plain" }), name);
  const response = await fetch(stage.url + path(query), { method: "POST", headers: bearer(), body });
  return { status: response.status, upload: ((await response.json()) as Json).upload };
}

function files(): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}

describe("as an agent's client does it", () => {
  test("upload with a nonce, find it again, attach it, and others read it", async () => {
    const { status, upload: made } = await upload("&nonce=u-1");
    expect(status).toBe(201);
    expect(made).toEqual({
      id: expect.stringMatching(/^upl_[0-9a-hjkmnp-tv-z]{26}$/),
      workspace_id: stage.workspace_id,
      owner_id: stage.member.id,
      nonce: "u-1",
      filename: "claw.txt",
      content_type: "text/plain",
      byte_size: 4,
      width: 0,
      height: 0,
      duration_ms: 0,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    expect(await upload("&nonce=u-1")).toEqual({ status: 200, upload: made });

    const found = await stage.ask(
      stage.member,
      "GET",
      `/api/uploads/by-nonce?workspace_id=${stage.workspace_id}&nonce=u-1`,
    );
    expect([found.status, found.headers.get("x-clickclack-upload-nonce"), found.body]).toEqual([
      200,
      "supported",
      { upload: made },
    ]);

    const sent = await stage.ask(stage.member, "POST", `/api/channels/${stage.general_id}/messages`, {
      body: "a file",
    });
    const attach = `/api/messages/${sent.body.message.id}/attachments`;
    expect((await stage.ask(stage.owner, "POST", attach, { upload_id: made.id })).status).toBe(403);
    const attached = await stage.ask(stage.member, "POST", attach, { upload_id: made.id });
    expect([attached.status, attached.body.ok]).toEqual([200, true]);
    const read = await stage.ask(stage.reader, "GET", `/api/messages/${sent.body.message.id}`);
    expect(read.body.message.attachments).toEqual([made]);

    const bytes = await fetch(`${stage.url}/api/uploads/${made.id}`, {
      headers: { authorization: `Bearer ${stage.reader.token}` },
    });
    expect([bytes.status, bytes.headers.get("content-disposition"), await bytes.text()]).toEqual([
      200,
      "inline; filename=claw.txt",
      "claw",
    ]);
  });

  test("HEAD, parts and what the client has already", async () => {
    const value = "0123456789".repeat(20_000);
    const { upload: made } = await upload("", value, "digits.txt");
    const url = `${stage.url}/api/uploads/${made.id}`;
    const head = await fetch(url, { method: "HEAD", headers: bearer() });
    expect([head.status, head.headers.get("content-length"), head.headers.get("accept-ranges")]).toEqual([
      200,
      "200000",
      "bytes",
    ]);
    const part = await fetch(url, { headers: { ...bearer(), range: "bytes=100000-100004" } });
    expect([part.status, part.headers.get("content-range"), part.headers.get("content-length")]).toEqual([
      206,
      "bytes 100000-100004/200000",
      "5",
    ]);
    expect(await part.text()).toBe("01234");
    const tail = await fetch(url, { headers: { ...bearer(), range: "bytes=-3" } });
    expect([tail.status, await tail.text()]).toEqual([206, "789"]);
    expect((await fetch(url, { headers: { ...bearer(), range: "bytes=200000-" } })).status).toBe(416);
    const known = await fetch(url, { headers: { ...bearer(), "if-none-match": head.headers.get("etag") ?? "" } });
    expect([known.status, await known.text()]).toEqual([304, ""]);
    expect(await (await fetch(url, { headers: bearer() })).text()).toBe(value);
  });
});

describe("a client that misbehaves", () => {
  async function places(): Promise<number> {
    const row = await stage.server.db.read((tx) =>
      tx.get<{ n: number }>("SELECT COUNT(*) AS n FROM upload_quota_reservations"),
    );
    return row?.n ?? 0;
  }

  test("and goes away in the middle leaves its nonce to the next", async () => {
    const before = files().length;
    const { end } = await beginUpload(stage.url, path("&nonce=lost"), stage.member.token);
    while ((await places()) === 0) await Bun.sleep(1);
    // Whoever comes with the same nonce waits for the first, and takes over when that one fails.
    const second = upload("&nonce=lost");
    end();
    expect((await second).status).toBe(201);
    expect(files()).toHaveLength(before + 1);
    expect(await places()).toBe(0);
    expect(await stage.server.db.read((tx) => tx.all("SELECT id FROM pending_upload_cleanups"))).toEqual([]);
  });

  test("and sends too much is told so, in our words, before it has sent it", async () => {
    const before = files().length;
    const body = new Uint8Array(64 * 1024 * 1024 + 128 * 1024);
    const response = await fetch(stage.url + path(), {
      method: "POST",
      headers: { ...bearer(), "content-type": FORM_TYPE },
      body,
    });
    expect([response.status, ((await response.json()) as Json).code]).toEqual([413, "payload_too_large"]);
    expect(files()).toHaveLength(before);
  });
});
