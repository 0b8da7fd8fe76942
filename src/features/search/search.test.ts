import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";

let app: TestApp;
beforeEach(async () => {
  app = await testApp();
});
afterEach(() => app.close());

async function post(who: Player, body: string, channel_id = app.general.id): Promise<string> {
  const path = channel_id.startsWith("dm_")
    ? `/api/dms/${channel_id}/messages`
    : `/api/channels/${channel_id}/messages`;
  const { body: answer } = await app.call(who, "POST", path, { body });
  return answer.message.id;
}

async function reply(who: Player, root_id: string, body: string): Promise<string> {
  const { body: answer } = await app.call(who, "POST", `/api/messages/${root_id}/thread/replies`, { body });
  return answer.message.id;
}

async function channel(who: Player, input: Record<string, unknown>): Promise<string> {
  const { body } = await app.call(who, "POST", `/api/workspaces/${app.workspace.id}/channels`, input);
  return body.channel.id;
}

async function direct(who: Player, ...others: Player[]): Promise<string> {
  const member_ids = others.map((one) => one.user.id);
  const { body } = await app.call(who, "POST", "/api/dms", { workspace_id: app.workspace.id, member_ids });
  return body.conversation.id;
}

function ask(who: Player, q: string, more: Record<string, string> = {}) {
  return app.call(who, "GET", `/api/search?${new URLSearchParams({ workspace_id: app.workspace.id, q, ...more })}`);
}

async function found(who: Player, q: string, more: Record<string, string> = {}): Promise<string[]> {
  const { status, body } = await ask(who, q, { sort: "newest", ...more });
  expect([q, status]).toEqual([q, 200]);
  return body.results.map((one: { id: string }) => one.id);
}

describe("a result", () => {
  test("of a root is what the original answers", async () => {
    const { member } = app.cast;
    const id = await post(member, "hello @pinch, ship it now");
    const reply_id = await reply(app.cast.owner, id, "done");
    const { body } = await ask(member, "ship");
    expect(body).toEqual({
      results: [
        {
          id,
          workspace_id: app.workspace.id,
          channel_id: app.general.id,
          channel_name: "general",
          author: expect.objectContaining({ id: member.user.id, handle: "mia" }),
          thread_root_id: id,
          channel_seq: 1,
          created_at: expect.any(String),
          reply_count: 1,
          last_reply_at: expect.any(String),
          snippet: "hello @pinch, ship it now",
          highlights: [{ start: 14, end: 18 }],
        },
      ],
      next_cursor: null,
    });
    const { body: replies } = await ask(member, "done");
    expect(replies.results[0]).toMatchObject({
      id: reply_id,
      parent_message_id: id,
      thread_root_id: id,
      thread_seq: 1,
    });
    expect(replies.results[0].channel_seq).toBeUndefined();
  });

  test("is there right after the send, follows an edit and is gone after the deletion", async () => {
    const { member } = app.cast;
    const id = await post(member, "first words");
    await app.call(member, "PATCH", `/api/messages/${id}`, { body: "other words" });
    expect(await found(member, "first ")).toEqual([]);
    const { body } = await ask(member, "other");
    expect(body.results[0].edited_at).toBeString();
    await app.call(member, "DELETE", `/api/messages/${id}`);
    expect(await found(member, "other")).toEqual([]);
  });

  test("is never agent activity", async () => {
    const { bot, member } = app.cast;
    const input = { body: "thinking aloud", kind: "agent_commentary", turn_id: "t1" };
    await app.call(bot, "POST", `/api/channels/${app.general.id}/messages`, input);
    expect(await found(member, "thinking")).toEqual([]);
  });
});

describe("words", () => {
  test.each([
    ["Der Zug fährt ab", "zug fahrt"],
    ["今天部署服务器", "部署"],
    ["今天部署服务器", "器"],
    ["カタカナとひらがな", "ひら"],
    ["한국어를 배워요", "국어"],
    ["ประชุมวันนี้", "วันนี้"],
    ["हिन्दी में किताब", "किताब"],
    ["well done 👍🏽", "👍"],
    ["CAFÉ Société", "cafe societe"],
    ["a deployment went out", "deplo"],
    ["see foo_bar-baz.ts", "bar baz"],
    ["x", "x"],
  ])("%s is found by %s", async (text, query) => {
    const id = await post(app.cast.member, text);
    await post(app.cast.member, "something else");
    expect(await found(app.cast.owner, query)).toEqual([id]);
  });

  test("a word that is common is taken as it is, one that fills no page as the beginning of others", async () => {
    const { member } = app.cast;
    const other = await post(member, "deployment");
    const first = await post(member, "deploy one");
    const second = await post(member, "deploy two");
    expect(await found(member, "deploy", { limit: "2" })).toEqual([second, first]);
    expect(await found(member, "deploy", { limit: "3" })).toEqual([second, first, other]);
  });

  test("the better answer comes first by relevance, the newer one by newest", async () => {
    const { member } = app.cast;
    const good = await post(member, "rocket rocket launch");
    const weak = await post(member, `rocket ${"and many other words ".repeat(10)}`);
    expect(await found(member, "rocket", { sort: "relevance" })).toEqual([good, weak]);
    expect(await found(member, "rocket", { sort: "newest" })).toEqual([weak, good]);
  });

  test("none of them finds nothing, and so does a search of signs", async () => {
    await post(app.cast.member, "something");
    for (const q of ["", " ", "-", '""', "***"]) expect(await found(app.cast.member, q)).toEqual([]);
  });
});

describe("operators", () => {
  test("from: and -from:", async () => {
    const { member, owner } = app.cast;
    const mine = await post(member, "plan a");
    const theirs = await post(owner, "plan b");
    expect(await found(member, "plan from:@mia")).toEqual([mine]);
    expect(await found(member, "plan from:me")).toEqual([mine]);
    expect(await found(member, `from:${owner.user.id}`)).toEqual([theirs]);
    expect(await found(member, "plan -from:mia")).toEqual([theirs]);
    expect(await found(member, "plan from:mia from:olivia")).toEqual([theirs, mine]);
    expect(await found(member, "plan from:nobody")).toEqual([]);
  });

  test("in: and -in: a channel, a person, an id", async () => {
    const { member, owner } = app.cast;
    const quiet = await channel(owner, { name: "quiet" });
    const dm = await direct(member, owner);
    const general = await post(member, "plan");
    const there = await post(member, "plan", quiet);
    const between = await post(owner, "plan", dm);
    expect(await found(member, "plan in:#quiet")).toEqual([there]);
    expect(await found(member, `plan in:${app.general.id}`)).toEqual([general]);
    expect(await found(member, "plan -in:quiet")).toEqual([general]);
    expect(await found(member, "plan in:@olivia")).toEqual([between]);
    expect(await found(member, "plan in:nowhere")).toEqual([]);
    expect(await found(app.cast.moderator, "plan in:@olivia")).toEqual([]);
    expect(await found(app.cast.moderator, `plan in:${dm}`)).toEqual([]);
  });

  test("has:link", async () => {
    const { member } = app.cast;
    const link = await post(member, "see https://example.org");
    const none = await post(member, "see the http protocol");
    expect(await found(member, "has:link")).toEqual([link]);
    expect(await found(member, "see -has:link")).toEqual([none]);
  });

  test("has:file and has:image, and the names of files", async () => {
    const { member, outsider } = app.cast;
    const attach = async (name: string, bytes: Uint8Array<ArrayBuffer>) => {
      const form = new FormData();
      form.set("file", new File([bytes], name));
      const response = await app.fetch(member, `/api/uploads?workspace_id=${app.workspace.id}`, {
        method: "POST",
        body: form,
      });
      const { upload } = (await response.json()) as { upload: { id: string } };
      const input = { body: "attached", upload_ids: [upload.id] };
      const { body } = await app.call(member, "POST", `/api/channels/${app.general.id}/messages`, input);
      return body.message.id as string;
    };
    const png = Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
      "base64",
    );
    const file = await attach("quarterly report.txt", new TextEncoder().encode("numbers"));
    const image = await attach("skyline.png", new Uint8Array(png));
    await post(member, "attached nothing");
    expect(await found(member, "attached has:file")).toEqual([image, file]);
    expect(await found(member, "has:image")).toEqual([image]);
    expect(await found(member, "has:file -has:image")).toEqual([file]);
    const { body } = await ask(member, "report", { include: "files" });
    expect(body.files).toEqual([
      {
        upload: expect.objectContaining({ filename: "quarterly report.txt" }),
        message_id: file,
        channel_id: app.general.id,
      },
    ]);
    expect((await ask(outsider, "report", { include: "files" })).status).toBe(404);
  });

  test("before:, after: and on:", async () => {
    const { member } = app.cast;
    const day_ms = 24 * 60 * 60 * 1000;
    const first = await post(member, "plan");
    app.clock.advance(day_ms);
    const second = await post(member, "plan");
    app.clock.advance(day_ms);
    const third = await post(member, "plan");
    expect(await found(member, "plan before:2026-05-09")).toEqual([first]);
    expect(await found(member, "plan after:2026-05-09")).toEqual([third]);
    expect(await found(member, "plan on:2026-05-09")).toEqual([second]);
    expect(await found(member, "on:yesterday")).toEqual([second]);
    expect(await found(member, "plan on:2026-05")).toEqual([third, second, first]);
    expect(await found(member, "plan before:2025")).toEqual([]);
  });

  test("is:thread and is:pinned", async () => {
    const { member } = app.cast;
    const alone = await post(member, "plan alone");
    const root = await post(member, "plan root");
    const answer = await reply(member, root, "plan answer");
    await app.call(member, "POST", `/api/channels/${app.general.id}/pins`, { message_id: alone });
    expect(await found(member, "plan is:thread")).toEqual([answer, root]);
    expect(await found(member, "plan -is:thread")).toEqual([alone]);
    expect(await found(member, "is:pinned")).toEqual([alone]);
    expect(await found(member, "plan -is:pinned")).toEqual([answer, root]);
  });

  test('"a phrase" and -word', async () => {
    const { member } = app.cast;
    const inOrder = await post(member, "the release notes");
    await post(member, "notes of the release");
    expect(await found(member, '"release notes"')).toEqual([inOrder]);
    expect(await found(member, "release -of")).toEqual([inOrder]);
  });
});
