import "../testing/runes.ts";
import { describe, expect, test } from "bun:test";
import { event, me, other } from "../testing/fixtures.ts";

const { apply } = await import("./apply.ts");
const { emptyStores } = await import("../testing/stores.ts");
const { Shelf } = await import("./shelf.svelte.ts");

const draft = (target_id: string, body: string) => ({
  id: `dft_${target_id}`,
  workspace_id: "wsp_1",
  target_id,
  channel_id: "chn_1",
  body,
  upload_ids: [],
  updated_at: "2026-11-18T12:00:00.000Z",
});
const topic = {
  id: "top_1",
  workspace_id: "wsp_1",
  channel_id: "chn_1",
  name: "Tides",
  created_by: me.id,
  created_at: "",
};

describe("lists that only some views open", () => {
  test("stay empty until one of them does", () => {
    const stores = emptyStores();
    const change = draft("chn_1", "Dear all,");
    apply(stores, event("draft.updated", { user_id: me.id, draft_id: change.id, target_id: "chn_1", draft: change }));
    expect(stores.shelves.drafts.entries()).toEqual([]);
  });

  test("follow the events from then on", async () => {
    const stores = emptyStores();
    const { drafts, topics, reports } = stores.shelves;
    await drafts.open(async () => [["chn_1", draft("chn_1", "Dear")]]);
    await topics.open(async () => []);
    await reports.open(async () => [["rep_1", "msg_1"]]);

    const changed = draft("chn_1", "Dear all,");
    apply(stores, event("draft.updated", { user_id: me.id, draft_id: changed.id, target_id: "chn_1", draft: changed }));
    expect(drafts.entries()).toEqual([["chn_1", changed]]);
    apply(stores, event("topic.created", { topic_id: topic.id, topic }));
    expect(topics.entries()).toEqual([[topic.id, topic]]);
    apply(stores, event("report.created", { report_id: "rep_2", message_id: "msg_2" }));
    apply(stores, event("report.updated", { report_id: "rep_1", message_id: "msg_1", status: "dismissed" }));
    expect(reports.entries()).toEqual([["rep_2", "msg_2"]]);

    stores.session.signIn(me);
    apply(stores, event("channel.member_removed", { channel_id: "chn_1", user_id: me.id }));
    expect([drafts.size, topics.size]).toEqual([0, 0]);
  });

  test("miss nothing of what happens while they are fetched", async () => {
    const shelf = new Shelf<string>();
    const answer = Promise.withResolvers<[string, string][]>();
    const opened = shelf.open(() => answer.promise);
    shelf.set("b", "new");
    shelf.set("c", undefined);
    answer.resolve([
      ["a", "old"],
      ["b", "old"],
      ["c", "old"],
    ]);
    await opened;
    expect(shelf.entries()).toEqual([
      ["a", "old"],
      ["b", "new"],
    ]);
  });

  test("show nothing of the workspace before, when its answer comes late", async () => {
    const shelf = new Shelf<string>();
    const answer = Promise.withResolvers<[string, string][]>();
    const opened = shelf.open(() => answer.promise);
    shelf.clear();
    answer.resolve([["a", "old"]]);
    await opened;
    expect(shelf.size).toBe(0);
  });
});

test("a status that is over is gone, from others and from oneself", () => {
  const stores = emptyStores();
  const status = { emoji: "🌴", text: "On leave" };
  for (const user of [me, other]) {
    if (user === me) stores.session.signIn(me);
    apply(stores, event("user.updated", { user_id: user.id, user: { ...user, status } }));
    expect(stores.people.get(user.id)?.status).toEqual(status);
    apply(stores, event("user.updated", { user_id: user.id, user }));
    expect(stores.people.get(user.id)?.status).toBeUndefined();
  }
  expect(stores.session.me?.status).toBeUndefined();
});
