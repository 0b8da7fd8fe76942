import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LIMITS, type Upload } from "@clickclack/protocol";
import { FORM_TYPE, formOf, pictureOf } from "../../../tests/support/form.ts";
import { type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { timestamp } from "../../lib/clock.ts";
import { newId } from "../../lib/ids.ts";
import { cleanUploads } from "./cleaning.ts";
import { insertReservation } from "./reservation-queries.ts";

let app: TestApp;
beforeEach(async () => {
  app = await testApp();
});
afterEach(() => app.close());

const clean = (options?: { restarted?: boolean }) =>
  cleanUploads({ db: app.db, store: app.uploads }, app.clock.now(), options);

async function upload(value: string | Uint8Array = "x", filename = "x.txt"): Promise<Upload> {
  const form = formOf({ name: "file", value, filename });
  const headers = { "content-type": FORM_TYPE };
  const answer = await app.call(app.cast.member, "POST", `/api/uploads?workspace_id=${app.workspace.id}`, form, {
    headers,
  });
  return answer.body.upload;
}

async function post(...files: Upload[]): Promise<string> {
  const answer = await app.call(app.cast.member, "POST", `/api/channels/${app.general.id}/messages`, {
    body: "see file",
    upload_ids: files.map((one) => one.id),
  });
  return answer.body.message.id;
}

function onDisk(): string[] {
  return readdirSync(app.uploads_path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();
}

async function count(table: "pending_upload_cleanups" | "upload_quota_reservations" | "uploads"): Promise<number> {
  const row = await app.db.read((tx) => tx.get<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`));
  return row?.n ?? 0;
}

/** What a process leaves that ends in the middle of an upload. */
async function crashed(files: string[], expires_ms: number): Promise<string> {
  const id = newId("upload");
  const path = app.uploads.pathFor(id);
  await app.db.write((tx) =>
    insertReservation(tx, {
      id,
      workspace_id: app.workspace.id,
      owner_id: app.cast.member.user.id,
      nonce: null,
      byte_size: 10,
      storage_path: path,
      created_at: timestamp(app.clock.now()),
      expires_at: timestamp(expires_ms),
    }),
  );
  mkdirSync(join(app.uploads_path, path, ".."), { recursive: true });
  for (const ending of files) writeFileSync(join(app.uploads_path, path + ending), "half");
  return id;
}

describe("after a crash", () => {
  test("a file without a row goes, at whatever moment the process ended; one with a row stays", async () => {
    const kept = await upload();
    const later = app.clock.now() + LIMITS.upload_reservation_ms;
    await crashed([], later);
    await crashed([".part"], later);
    await crashed([""], later);
    expect(onDisk()).toHaveLength(3);

    await clean();
    expect(onDisk()).toHaveLength(3);
    await clean({ restarted: true });
    expect(onDisk()).toEqual([kept.id]);
    expect(await count("upload_quota_reservations")).toBe(0);
    expect(await count("pending_upload_cleanups")).toBe(0);
    expect((await app.fetch(app.cast.member, `/api/uploads/${kept.id}`)).status).toBe(200);
  });

  test("a place in the quota that expired goes without a restart", async () => {
    await upload();
    await crashed([".part"], app.clock.now() + 1000);
    app.clock.advance(2000);
    await clean();
    expect(onDisk()).toHaveLength(1);
    expect(await count("upload_quota_reservations")).toBe(0);
  });

  test("what could not be removed is tried again, later each time, until it is gone", async () => {
    const file = await upload();
    const path = join(app.uploads_path, app.uploads.pathFor(file.id));
    await app.call(app.cast.member, "DELETE", `/api/messages/${await post(file)}`);
    // A folder where the file was: removing it fails, for root too.
    rmSync(path);
    mkdirSync(path);
    writeFileSync(join(path, "inside"), "x");
    for (const attempts of [1, 2]) {
      await clean();
      await clean();
      const row = await app.db.read((tx) =>
        tx.get<{ attempts: number; last_error: string }>("SELECT attempts, last_error FROM pending_upload_cleanups"),
      );
      expect(row).toEqual({ attempts, last_error: expect.stringMatching(/\w/) });
      app.clock.advance(LIMITS.upload_cleanup_interval_ms * attempts);
    }
    rmSync(path, { recursive: true });
    app.clock.advance(LIMITS.upload_cleanup_backoff_ms);
    await clean();
    expect(await count("pending_upload_cleanups")).toBe(0);
  });
});

describe("what nobody needs", () => {
  test("an upload that no message carries goes after a day, with its thumbnails", async () => {
    const loose = await upload(await pictureOf(400, 400), "a.png");
    const sent = await upload();
    await post(sent);
    await app.fetch(app.cast.member, `/api/uploads/${loose.id}/thumbnail?w=64`);
    await app.fetch(app.cast.member, `/api/uploads/${loose.id}/thumbnail?w=320`);
    expect(onDisk()).toHaveLength(4);

    app.clock.advance(LIMITS.unattached_upload_ttl_ms - 60_000);
    await clean();
    expect(onDisk()).toHaveLength(4);
    app.clock.advance(120_000);
    await clean();
    expect(onDisk()).toEqual([sent.id]);
    expect(await count("uploads")).toBe(1);
  });

  test("a deleted message's files go, those of other messages and the workspace's icon stay", async () => {
    const [alone, shared, icon] = [await upload(), await upload(), await upload(await pictureOf(2, 2), "i.png")];
    const icon_url = `/api/uploads/${icon.id}`;
    await app.db.write((tx) => tx.run("UPDATE workspaces SET icon_url = ? WHERE id = ?", icon_url, app.workspace.id));
    const message_id = await post(alone, shared, icon);
    await post(shared);
    await app.call(app.cast.owner, "DELETE", `/api/messages/${message_id}`);
    await clean();
    app.clock.advance(2 * LIMITS.unattached_upload_ttl_ms);
    await clean();
    expect(onDisk()).toEqual([shared.id, icon.id].sort());
    await app.db.write((tx) => tx.run("UPDATE workspaces SET icon_url = '' WHERE id = ?", app.workspace.id));
    await clean();
    expect(onDisk()).toEqual([shared.id]);
  });

  test("many at once go in small transactions", async () => {
    const many = LIMITS.upload_cleanup_batch * 2 + 1;
    const expired = app.clock.now();
    for (let n = 0; n < many; n++) await crashed([], expired);
    app.clock.advance(10);
    await clean();
    expect(await count("upload_quota_reservations")).toBe(0);
    expect(await count("pending_upload_cleanups")).toBe(0);
  });
});
