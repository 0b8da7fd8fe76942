import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { loaders } from "../server.ts";
import { testApp, type TestApp } from "../../tests/support/test-app.ts";
import { appendEvent, tailCursor } from "./events.ts";
import { createFeed } from "./feed.ts";
import { topics } from "./topics.ts";

describe("the feed", () => {
  let app: TestApp;
  let workspace_id: string;
  beforeAll(async () => {
    app = await testApp();
    workspace_id = app.workspace.id;
  });
  afterAll(() => app.close());

  const tail = () => app.db.read((tx) => tailCursor(tx, workspace_id));
  const append = () =>
    app.db.write((tx) =>
      appendEvent(tx, {
        type: "member.updated",
        topic: topics.all(workspace_id),
        workspace_id,
        payload: { user_id: app.cast.member.user.id },
        created_at: "2026-05-08T12:00:00.000Z",
      }),
    );
  function feedInto(sent: string[], onPublish: () => void = () => undefined, db: TestApp["db"] = app.db) {
    return createFeed({
      db,
      loaders,
      publish(_subscription, frame) {
        sent.push((JSON.parse(frame) as { cursor: string }).cursor);
        onPublish();
      },
      revoked: () => undefined,
      rightsChanged: () => undefined,
      failed(error) {
        throw error;
      },
    });
  }
  /** Another process on the same data, such as an operator's command: its commits wake nobody here. */
  function appendElsewhere(cursor: string): void {
    const other = new Database(app.db.path);
    other.run("UPDATE workspaces SET last_cursor = ? WHERE id = ?", [cursor, workspace_id]);
    other.run(
      `INSERT INTO events (workspace_id, cursor, id, topic, type, payload, created_at)
       VALUES (?, ?, 'evt_elsewhere', ?, 'member.updated', '{}', '2026-05-08T12:00:00.000Z')`,
      [workspace_id, cursor, topics.all(workspace_id)],
    );
    other.close();
  }

  test("a wake in the very moment a drain ends is not lost", async () => {
    const sent: string[] = [];
    const caughtUp = Promise.withResolvers<void>();
    let late = "";
    const feed = feedInto(sent, () => {
      if (late !== "") return;
      late = `${sent.at(-1)?.slice(0, -1) ?? ""}~`;
      // After the drain's last look and before its promise settles.
      queueMicrotask(() => {
        appendElsewhere(late);
        feed.settled(workspace_id).then(caughtUp.resolve, caughtUp.reject);
      });
    });
    feed.follow(workspace_id, await tail());
    await append();
    await caughtUp.promise;
    expect(feed.position(workspace_id)).toBe(late);
    expect(sent).toHaveLength(2);
    // The odd cursor of the other process must not stay the base of the next one.
    await app.db.write(async (tx) => {
      await tx.run("DELETE FROM events WHERE cursor = ?", late);
      await tx.run("UPDATE workspaces SET last_cursor = ? WHERE id = ?", sent[0] ?? "", workspace_id);
    });
    await feed.stop();
  });

  test("a workspace left and followed again in one tick publishes each event once", async () => {
    const sent: string[] = [];
    const feed = feedInto(sent);
    const from = await tail();
    feed.follow(workspace_id, from);
    const event = await append();
    // The drain of that commit is still reading.
    expect(sent).toEqual([]);
    feed.unfollow(workspace_id);
    feed.follow(workspace_id, from);
    await feed.settled(workspace_id);
    expect(sent).toEqual([event.cursor]);
    await feed.stop();
  });

  test("the ring reads back once for all who wait, and knows what was deleted meanwhile", async () => {
    const from = await tail();
    const sent = await app.call(app.cast.member, "POST", `/api/channels/${app.general.id}/messages`, {
      body: "secret",
    });
    await append();
    let reads = 0;
    let holds = false;
    const reading = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const db: TestApp["db"] = {
      ...app.db,
      async read(fn) {
        const found = await app.db.read(fn);
        reads++;
        if (!holds) return found;
        // The look back; it has the old words already.
        holds = false;
        reading.resolve();
        await held.promise;
        return found;
      },
    };
    const feed = feedInto([], undefined, db);
    feed.follow(workspace_id, await tail());
    await feed.settled(workspace_id);
    expect(feed.since(workspace_id, from)).toBeUndefined();
    holds = true;
    const waiting = Promise.all([1, 2, 3].map(() => feed.reach(workspace_id, from)));
    await reading.promise;
    await app.call(app.cast.member, "DELETE", `/api/messages/${sent.body.message.id}`);
    await feed.settled(workspace_id);
    const before = reads;
    held.resolve();
    await waiting;
    expect(reads).toBe(before);
    const frames = feed.since(workspace_id, from)?.map((entry) => entry.frame) ?? [];
    expect(frames.map((frame) => (JSON.parse(frame) as { type: string }).type)).toEqual([
      "message.created",
      "member.updated",
      "message.deleted",
    ]);
    expect(frames.join()).not.toContain("secret");
    await feed.stop();
  });
});
