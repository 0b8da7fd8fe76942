import { expect, test } from "bun:test";
import { at, me, other, root } from "../testing/fixtures.ts";
import { group } from "./grouping.ts";

const firsts = (messages: ReturnType<typeof root>[]) =>
  group(messages, [], me.id, (message) => message.id).map((row) => row.first);

test("the same author within five minutes is one group", () => {
  const rows = [root(1), root(2), root(3, { created_at: at(6) }), root(4, { created_at: at(12) })];
  expect(firsts(rows)).toEqual([true, false, false, true]);
});

test("another author, a quote and a new day begin a group", () => {
  const tomorrow = new Date(Date.parse(at(3)) + 24 * 60 * 60 * 1000).toISOString();
  const rows = [
    root(1),
    root(2, { author_id: me.id, author: me }),
    root(3, { author_id: me.id, author: me, quoted_message_id: "msg_1" }),
    root(4, { created_at: tomorrow }),
  ];
  expect(firsts(rows)).toEqual([true, true, true, true]);
  const days = group(rows, [], me.id, (message) => message.id).map((row) => row.day);
  expect(days).toEqual([at(1), null, null, tomorrow]);
});

test("a group breaks after twenty rows", () => {
  const rows = Array.from({ length: 45 }, (_, index) => root(index + 1, { created_at: at(1) }));
  expect(firsts(rows).flatMap((first, index) => (first ? [index] : []))).toEqual([0, 20, 40]);
});

test("what is not yet acknowledged follows at the end, in the author's own group", () => {
  const mine = root(1, { author_id: me.id, author: me });
  const pending = {
    nonce: "n-1",
    workspace_id: "wsp_1",
    channel_id: "chn_1",
    body: "x",
    created_at: at(2),
    state: "sending" as const,
  };
  const rows = group([root(0, { author_id: other.id }), mine], [pending], me.id, (message) => message.id);
  expect(rows.map((row) => [row.kind, row.key, row.first])).toEqual([
    ["message", "msg_0", true],
    ["message", "msg_1", true],
    ["pending", "n-1", false],
  ]);
});

test("the first message of somebody else after what was read begins a group of its own", () => {
  const mine = { author_id: me.id, author: me };
  const fresh = (new_after: number, from = 1) =>
    group(
      [root(1), root(2), root(3, mine), root(4), root(5)].slice(from - 1),
      [],
      me.id,
      (message) => message.id,
      new_after,
    ).flatMap((row) => (row.fresh ? [[row.key, row.first]] : []));
  expect(fresh(1)).toEqual([["msg_2", true]]);
  expect(fresh(2)).toEqual([["msg_4", true]]);
  expect(fresh(5)).toEqual([]);
  // Never read, or read further up than the window reaches: no row is the first new one.
  expect(fresh(0)).toEqual([]);
  expect(fresh(1, 3)).toEqual([]);
});
