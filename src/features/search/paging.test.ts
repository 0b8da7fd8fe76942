import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { insertMessage } from "../messages/queries.ts";
import { indexMessage } from "../messages/sqlite.ts";

let app: TestApp;
beforeEach(async () => {
  app = await testApp();
});
afterEach(() => app.close());

async function post(body: string): Promise<string> {
  const { body: answer } = await app.call(app.cast.member, "POST", `/api/channels/${app.general.id}/messages`, {
    body,
  });
  return answer.message.id;
}

function ask(who: Player, query: Record<string, string>) {
  return app.call(who, "GET", `/api/search?${new URLSearchParams({ workspace_id: app.workspace.id, ...query })}`);
}

/** Every page until there is no next one; `between` runs after each. */
async function allPages(query: Record<string, string>, between?: () => Promise<unknown>): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < 200; pages++) {
    const { status, body } = await ask(app.cast.owner, { ...query, ...(cursor !== null && { cursor }) });
    expect(status).toBe(200);
    ids.push(...body.results.map((one: { id: string }) => one.id));
    cursor = body.next_cursor;
    if (cursor === null) return ids;
    await between?.();
  }
  throw new Error("the pages do not end");
}

describe("pages", () => {
  for (const sort of ["newest", "relevance"]) {
    for (const q of ["plan", "pla", "from:mia", "plan is:thread", "plan -is:thread"]) {
      test(`${sort}, ${q}: every hit once, while others are sent`, async () => {
        const wanted: string[] = [];
        for (let n = 0; n < 23; n++) wanted.push(await post(`plan ${"word ".repeat(n % 5)}${n}`));
        const root_id = wanted[0] ?? "";
        for (let n = 0; n < 4; n++) {
          const path = `/api/messages/${root_id}/thread/replies`;
          const { body } = await app.call(app.cast.member, "POST", path, { body: `plan reply ${n}` });
          wanted.push(body.message.id);
        }
        const one_page = await allPages({ q, sort, limit: "100" });
        const paged = await allPages({ q, sort, limit: "3" }, () => post("plan sent meanwhile"));
        expect(paged).toEqual(one_page);
        expect(new Set(paged).size).toBe(paged.length);
        if (!q.includes("is:")) expect(paged.toSorted()).toEqual(wanted.toSorted());
      });
    }
  }

  test("by relevance go on behind the hits that are ranked together", async () => {
    const count = LIMITS.search_ranked_hits + 30;
    await bulk(count, (n) => `plan ${n}`);
    const ids = await allPages({ q: "plan", sort: "relevance", limit: "100" });
    expect(new Set(ids).size).toBe(count);
    expect(ids).toHaveLength(count);
  });

  test("a filter that lets nothing pass ends, however many hits it has to look at", async () => {
    await bulk(LIMITS.search_scanned_hits + 200, () => "plan");
    const last = await post("plan root");
    await app.call(app.cast.member, "POST", `/api/messages/${last}/thread/replies`, { body: "other" });
    expect(await allPages({ q: "plan is:thread", sort: "newest" })).toEqual([last]);
  });
});

/** Messages straight into the tables: thousands of requests would take longer than they tell. */
async function bulk(count: number, text: (n: number) => string): Promise<void> {
  const { member } = app.cast;
  const { body } = await app.call(member, "POST", `/api/channels/${app.general.id}/messages`, { body: "first" });
  const place = { kind: "public", workspace_id: app.workspace.id, conversation_id: app.general.id } as const;
  await app.db.write(async (tx) => {
    for (let n = 0; n < count; n++) {
      const id = `msg_${String(n).padStart(26, "0")}`;
      const message = { ...body.message, id, thread_root_id: id, body: text(n), channel_seq: n + 10 };
      delete message.route_id;
      const doc_id = await insertMessage(tx, message, 0);
      await indexMessage(tx, { ...place, doc_id, body: text(n), author_id: member.user.id, files: [] });
    }
  });
}

describe("limit", () => {
  test("too high is the most there is, 0 and below is refused", async () => {
    await post("plan");
    expect((await ask(app.cast.owner, { q: "plan", limit: "5000" })).status).toBe(200);
    for (const limit of ["0", "-1", "x", "1.5"]) {
      expect([limit, (await ask(app.cast.owner, { q: "plan", limit })).status]).toEqual([limit, 400]);
    }
  });

  test("a search of more than 500 characters is refused, in characters and not in bytes", async () => {
    const { owner } = app.cast;
    expect((await ask(owner, { q: "🎉".repeat(LIMITS.search_query_chars) })).status).toBe(200);
    expect((await ask(owner, { q: "x".repeat(LIMITS.search_query_chars + 1) })).status).toBe(400);
    expect((await ask(owner, { q: "a\0b" })).status).toBe(400);
  });
});

describe("a cursor", () => {
  test("is good for the same question by the same reader only", async () => {
    const { owner, moderator } = app.cast;
    for (let n = 0; n < 5; n++) await post(`plan ${n}`);
    const question = { q: "plan", sort: "newest", limit: "2" };
    const { body } = await ask(owner, question);
    const cursor = body.next_cursor as string;
    expect(cursor).toBeString();
    const again = async (who: Player, more: Record<string, string>) =>
      (await ask(who, { ...question, cursor, ...more })).status;
    expect(await again(owner, {})).toBe(200);
    expect(await again(owner, { limit: "3" })).toBe(200);
    expect(await again(moderator, {})).toBe(400);
    expect(await again(owner, { q: "plans" })).toBe(400);
    expect(await again(owner, { sort: "relevance" })).toBe(400);
    expect(await again(owner, { channel_id: app.general.id })).toBe(400);
    expect(await again(owner, { dms: "true" })).toBe(400);
  });

  test("that is none is refused", async () => {
    const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    for (const cursor of ["x", "null", forged(null), forged({ v: 1 }), forged({ v: 1, key: "x", below: "1" })]) {
      expect([cursor, (await ask(app.cast.owner, { q: "plan", cursor })).status]).toEqual([cursor, 400]);
    }
  });
});
