import { LIMITS } from "@clickclack/protocol";
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClickClackClient } from "@clickclack/sdk";
import { testApp } from "../../../tests/support/test-app.ts";
import { Listener, testServer } from "../../../tests/support/test-server.ts";
import { openDatabase } from "../../db/open.ts";
import { startStatuses } from "./statuses.ts";

test("a server that was started again ends what was over meanwhile, and tells it", async () => {
  const data = mkdtempSync(join(tmpdir(), "clickclack-status-"));
  const first = await testServer({ data });
  const token = new URL(first.claim_url ?? "").searchParams.get("token") ?? "";
  const client = new ClickClackClient({ baseUrl: first.url, session: "token" });
  const claim = { token, display_name: "Ines", email: "ines@example.com", workspace_name: "Halyard" };
  const { user, workspace } = await client.auth.setup(claim);
  const expires_at = new Date(Date.now() + 3_600_000).toISOString();
  await client.updateMe({ status: { emoji: "🌴", text: "By the sea", expires_at }, timezone: "Europe/Berlin" });
  expect((await client.me()).user.status).toEqual({ emoji: "🌴", text: "By the sea", expires_at });
  const session = client.token ?? "";
  await first.close();

  // The hour passes.
  const db = await openDatabase(data, "test");
  await db.write((tx) => tx.run("UPDATE users SET status_expires_at = ?", new Date(Date.now() - 1).toISOString()));
  await db.close();
  const second = await testServer({ data });
  const listener = new Listener(second.url, session, `workspace_id=${workspace.id}`);
  const ended = await listener.until(({ type, payload }) => {
    const carried = payload.user as { id: string; timezone?: string; status?: unknown } | undefined;
    return type === "user.updated" && carried?.timezone !== undefined && carried.status === undefined;
  });
  expect(ended.payload).toMatchObject({ user_id: user.id, user: { timezone: "Europe/Berlin" } });
  listener.close();
  await second.close();
  rmSync(data, { recursive: true, force: true });
});

test("those that ended before it began end at once, all of them; then it wakes for the next", async () => {
  const t = await testApp();
  const soon = (ms: number) => new Date(t.clock.now() + ms).toISOString();
  const at = soon(1_000);
  await t.db.write(async (tx) => {
    for (let n = 0; n < LIMITS.status_batch + 5; n++)
      await tx.run(
        `INSERT INTO users (id, kind, display_name, handle, avatar_url, created_at, profile, status_expires_at)
         VALUES (?, 'human', 'Many', '', '', ?, ?, ?)`,
        `usr_many${n}`,
        at,
        JSON.stringify({ status: { emoji: "", text: "Over", expires_at: at } }),
        at,
      );
  });
  const asleep = Promise.withResolvers<{ delay_ms: number; wake: () => void }>();
  const later = (delay_ms: number, wake: () => void) => {
    asleep.resolve({ delay_ms, wake });
    return () => undefined;
  };
  const status = { text: "Ten seconds", expires_at: soon(70_000) };
  await t.call(t.cast.member, "PATCH", "/api/me", { status });
  t.clock.advance(60_000);
  const left = () =>
    t.db.read((tx) => tx.get<{ n: number }>("SELECT COUNT(*) AS n FROM users WHERE status_expires_at IS NOT NULL"));
  expect((await left())?.n).toBeGreaterThan(LIMITS.status_batch);

  const first = startStatuses(t.db, { clock: t.clock, later }, fail);
  await first.stop();
  expect(await left()).toEqual({ n: 1 });

  const second = startStatuses(t.db, { clock: t.clock, later }, fail);
  const { delay_ms, wake } = await asleep.promise;
  expect(delay_ms).toBeLessThanOrEqual(10_000);
  t.clock.advance(10_000);
  wake();
  await second.stop();
  expect(await left()).toEqual({ n: 0 });
  expect((await t.call(t.cast.member, "GET", "/api/me")).body.user.status).toBeUndefined();
  await t.close();
});

function fail(error: unknown): void {
  throw error;
}
