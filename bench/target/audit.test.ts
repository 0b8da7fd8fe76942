import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { auditStored } from "./audit.ts";
import { floorTarget } from "./floor.ts";

const target = floorTarget();
let directory = "";
let acknowledged: string[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "clickclack-audit-"));
  const workspace = await target.prepare(directory, { users: 1, channels: 2 });
  await target.fill?.(directory, workspace, 10);
  acknowledged = Array.from({ length: 10 }, (_, index) => `msg_${String(index).padStart(26, "0")}`);
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function audit(outstanding = 0): number {
  return auditStored(target.stored(directory), { acknowledged, outstanding });
}

function change(sql: string): void {
  const db = new Database(join(directory, "floor.db"));
  db.run(sql);
  db.close();
}

test("a database that holds each acknowledged message once passes", () => {
  expect(audit()).toBe(10);
});

test("an acknowledged message that is nowhere fails", () => {
  acknowledged.push("msg_lost");
  expect(() => audit()).toThrow("acknowledged msg_lost is in messages 0 times");
});

test("a message without its event fails", () => {
  change("DELETE FROM events WHERE cursor = 3");
  expect(() => audit()).toThrow("in events 0 times");
});

test("a message with two events fails", () => {
  change(
    "INSERT INTO events SELECT NULL, id, workspace_id, channel_id, type, payload, created_at FROM events WHERE cursor = 3",
  );
  expect(() => audit()).toThrow("in events 2 times");
});

test("a message that search does not find fails", () => {
  change("INSERT INTO message_text (message_text, rowid, body) SELECT 'delete', row, body FROM messages WHERE row = 4");
  expect(() => audit()).toThrow("in search 0 times");
});

test("more unacknowledged messages than were in flight fail", () => {
  acknowledged.pop();
  expect(audit(1)).toBe(10);
  expect(() => audit(0)).toThrow("nobody waits for");
});

test("a gap in a channel's sequence fails", () => {
  change("UPDATE messages SET channel_seq = channel_seq + 1 WHERE row = 10");
  expect(() => audit()).toThrow("sequence 6 follows 4");
});
