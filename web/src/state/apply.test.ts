import "../testing/runes.ts";
import type { Channel, Message } from "@clickclack/protocol";
import { describe, expect, test } from "bun:test";
import { at, event, framed, me, other, reply, root } from "../testing/fixtures.ts";

const { apply } = await import("./apply.ts");
const { emptyStores } = await import("../testing/stores.ts");

const channel = {
  id: "chn_1",
  route_id: "C1",
  workspace_id: "wsp_1",
  name: "release",
  purpose: "",
  kind: "public",
  external_managed: false,
  last_seq: 3,
  created_at: at(0),
} as Channel;

/** A client that has just fetched these roots, and one thread when given. */
function fetched(roots: Message[], thread?: { root: Message; replies: Message[] }) {
  const stores = emptyStores();
  stores.session.signIn(me);
  stores.channels.load([channel]);
  stores.timelines.open("chn_1").replace({ messages: roots, has_older: false, has_newer: false });
  if (thread) {
    const thread_state = thread.root.thread_state ?? {
      root_message_id: thread.root.id,
      reply_count: 0,
      last_reply_author_ids: [],
    };
    stores.thread.open(thread.root.id, undefined);
    stores.thread.load({ ...thread, thread_state, has_older: false });
  }
  return stores;
}

type Client = ReturnType<typeof fetched>;

function shown(stores: Client) {
  return { rows: stores.timelines.get("chn_1")?.rows, root: stores.thread.root, replies: stores.thread.replies };
}

const first = root(1);
const second = root(2);
const third = root(3);

describe("after an event the state equals a fresh fetch", () => {
  const edited = { ...second, body: "changed", edited_at: at(5) };
  const gone = { ...second, body: "", deleted_at: at(59), reactions: [], attachments: [] };
  const answer = reply(second, 1);
  const thread_state = {
    root_message_id: second.id,
    reply_count: 1,
    last_reply_at: answer.created_at,
    last_reply_author_ids: [other.id],
  };
  const ids = { message_id: second.id, root_message_id: second.id };
  const lobster = (mine: boolean, count = 1) => [{ emoji: "🦞", count, reacted_by_me: mine }];

  const cases: [string, Client, Client, ReturnType<typeof event>][] = [
    [
      "message.created",
      fetched([first, second]),
      fetched([first, second, third]),
      event("message.created", { message_id: third.id, author_id: other.id, message: framed(third) }, { seq: 3 }),
    ],
    [
      "message.updated",
      fetched([first, second]),
      fetched([first, edited]),
      event("message.updated", { ...ids, message: framed(edited) }),
    ],
    ["message.deleted", fetched([first, second]), fetched([first, gone]), event("message.deleted", ids)],
    [
      "thread.reply_created",
      fetched([second], { root: second, replies: [] }),
      fetched([second], { root: second, replies: [answer] }),
      event("thread.reply_created", { message_id: answer.id, root_message_id: second.id, message: framed(answer) }),
    ],
    [
      "thread.state_updated",
      fetched([second], { root: second, replies: [answer] }),
      fetched([{ ...second, thread_state }], { root: { ...second, thread_state }, replies: [answer] }),
      event("thread.state_updated", { root_message_id: second.id, thread_state }),
    ],
    [
      "reaction.added by another",
      fetched([second]),
      fetched([{ ...second, reactions: lobster(false) }]),
      event("reaction.added", { ...ids, emoji: "🦞", user_id: other.id, count: 1 }),
    ],
    [
      "reaction.added by me",
      fetched([{ ...second, reactions: lobster(false) }]),
      fetched([{ ...second, reactions: lobster(true, 2) }]),
      event("reaction.added", { ...ids, emoji: "🦞", user_id: me.id, count: 2 }),
    ],
    [
      "reaction.removed",
      fetched([{ ...second, reactions: lobster(true) }]),
      fetched([second]),
      event("reaction.removed", { ...ids, emoji: "🦞", user_id: me.id, count: 0 }),
    ],
  ];

  for (const [name, before, after, change] of cases) {
    test(name, () => {
      expect(shown(before)).not.toEqual(shown(after));
      apply(before, change);
      expect(shown(before)).toEqual(shown(after));
      apply(before, change);
      expect(shown(before)).toEqual(shown(after));
    });
  }

  test("channel.created and channel.updated", () => {
    const stores = fetched([]);
    const added = { ...channel, id: "chn_2", name: "api" };
    apply(stores, event("channel.created", { channel_id: "chn_2", channel: added }));
    expect(stores.channels.get("chn_2")).toMatchObject({ ...added, unread_count: 0, mention_count: 0, hidden: false });
    apply(
      stores,
      event("channel.updated", { channel_id: "chn_2", archived: true, channel: { ...added, archived_at: at(1) } }),
    );
    expect(stores.channels.archived.map((one) => one.id)).toEqual(["chn_2"]);
    apply(stores, event("channel.updated", { channel_id: "chn_2", archived: false, channel: added }));
    expect(stores.channels.archived).toEqual([]);
  });
});

describe("counters", () => {
  const said = (seq: number, patch: Record<string, unknown> = {}) =>
    event(
      "message.created",
      { message_id: `msg_${seq}`, author_id: other.id, message: framed(root(seq)), ...patch },
      { seq },
    );
  const counted = ({ channels }: Client) => {
    const { unread_count, mention_count, last_read_seq, last_seq } = channels.get("chn_1") ?? {};
    return [unread_count, mention_count, last_read_seq, last_seq];
  };

  test("somebody else's message counts once, agent activity never, and a mention is one", () => {
    const stores = fetched([]);
    apply(stores, said(4));
    apply(stores, said(4));
    expect(counted(stores)).toEqual([1, 0, 0, 4]);
    apply(stores, said(5, { kind: "agent_tool" }));
    expect(counted(stores)).toEqual([1, 0, 0, 5]);
    apply(stores, { ...said(6, { mention_scope: "channel" }), mentioned_user_ids: [me.id] });
    expect(counted(stores)).toEqual([2, 1, 0, 6]);
    apply(stores, said(7, { mention_scope: "here" }));
    expect(counted(stores)).toEqual([3, 1, 0, 7]);
  });

  test("my own message never counts, and does not swallow one that it overtook", () => {
    const stores = fetched([]);
    const mine = root(5, { author_id: me.id, author: me });
    apply(stores, event("message.created", { message_id: mine.id, author_id: me.id, message: mine }, { seq: 5 }));
    expect(counted(stores)).toEqual([0, 0, 0, 5]);
    apply(stores, said(4));
    expect(counted(stores)).toEqual([1, 0, 0, 5]);
  });

  test("a marker sets what the server counted, unless the counters were fetched after it", () => {
    const stores = fetched([]);
    apply(stores, said(4));
    const marker = { user_id: me.id, channel_id: "chn_1", last_read_seq: 4, unread_count: 0, mention_count: 0 };
    const read = event("channel.read", marker);
    stores.counted_at = read.cursor;
    apply(stores, read);
    expect(counted(stores)).toEqual([1, 0, 0, 4]);
    stores.counted_at = "";
    apply(stores, read);
    expect(counted(stores)).toEqual([0, 0, 4, 4]);
  });

  test("a channel that was left is silent", () => {
    const stores = fetched([]);
    apply(stores, said(4));
    const left = { user_id: me.id, channel_id: "chn_1", preference: "all", hidden: true };
    apply(stores, event("channel.settings_updated", left));
    apply(stores, said(5));
    expect(counted(stores)).toEqual([0, 0, 0, 5]);
    expect(stores.channels.active).toEqual([]);
  });

  test("whoever is removed keeps nothing of the channel", () => {
    const stores = fetched([first], { root: first, replies: [] });
    apply(stores, event("channel.member_removed", { channel_id: "chn_1", user_id: other.id }));
    expect(stores.channels.list).toHaveLength(1);
    apply(stores, event("channel.member_removed", { channel_id: "chn_1", user_id: me.id }));
    expect([stores.channels.list, stores.timelines.get("chn_1"), stores.thread.root]).toEqual([[], undefined, null]);
  });
});

describe("what arrives late or twice", () => {
  test("an answer older than an edit does not undo it", () => {
    const stores = fetched([first]);
    apply(
      stores,
      event("message.updated", {
        message_id: first.id,
        root_message_id: first.id,
        message: framed({ ...first, body: "new", edited_at: at(9) }),
      }),
    );
    apply(
      stores,
      event("message.created", { message_id: first.id, author_id: other.id, message: framed(first) }, { seq: 1 }),
    );
    expect(stores.timelines.find(first.id)?.body).toBe("new");
  });

  test("a deleted message never comes back", () => {
    const stores = fetched([first]);
    apply(stores, event("message.deleted", { message_id: first.id, root_message_id: first.id }));
    apply(
      stores,
      event("message.created", { message_id: first.id, author_id: other.id, message: framed(first) }, { seq: 1 }),
    );
    expect(stores.timelines.find(first.id)).toMatchObject({ body: "", deleted_at: at(59) });
  });

  test("rows stay in order of their sequence", () => {
    const stores = fetched([first]);
    apply(
      stores,
      event("message.created", { message_id: third.id, author_id: other.id, message: framed(third) }, { seq: 3 }),
    );
    apply(
      stores,
      event("message.created", { message_id: second.id, author_id: other.id, message: framed(second) }, { seq: 2 }),
    );
    expect(stores.timelines.get("chn_1")?.rows.map((row) => row.channel_seq)).toEqual([1, 2, 3]);
  });

  test("my optimistic row is replaced by its nonce and keeps its key", () => {
    const stores = fetched([first]);
    const mine = root(2, { author_id: me.id, author: me, nonce: "n-1" });
    stores.sending.add({
      nonce: "n-1",
      workspace_id: "wsp_1",
      conversation_id: "chn_1",
      body: mine.body,
      created_at: at(2),
      state: "sending",
    });
    apply(
      stores,
      event(
        "message.created",
        { message_id: mine.id, author_id: me.id, nonce: "n-1", message: framed(mine) },
        { seq: 2 },
      ),
    );
    const timeline = stores.timelines.get("chn_1");
    expect(stores.sending.items).toEqual([]);
    expect(timeline?.rows.map((row) => timeline.key(row))).toEqual([first.id, "n-1"]);
  });

  test("another's message with the same nonce leaves mine alone", () => {
    const stores = fetched([first]);
    stores.sending.add({
      nonce: "n-1",
      workspace_id: "wsp_1",
      conversation_id: "chn_1",
      body: "mine",
      created_at: at(2),
      state: "sending",
    });
    apply(
      stores,
      event(
        "message.created",
        { message_id: second.id, author_id: other.id, nonce: "n-1", message: framed({ ...second, nonce: "n-1" }) },
        { seq: 2 },
      ),
    );
    expect(stores.sending.items).toHaveLength(1);
  });

  test("a message ends its author's typing", () => {
    const stores = fetched([first]);
    apply(stores, event("typing.started", { user_id: other.id }));
    expect(stores.presence.typing("chn_1")).toEqual([other.id]);
    apply(
      stores,
      event("message.created", { message_id: second.id, author_id: other.id, message: framed(second) }, { seq: 2 }),
    );
    expect(stores.presence.typing("chn_1")).toEqual([]);
    stores.presence.clear();
  });
});
