import "../testing/runes.ts";
import { expect, test } from "bun:test";
import { root } from "../testing/fixtures.ts";
import { group } from "../timeline/grouping.ts";

const { SURPLUS_ROWS, Timeline, WINDOW_ROWS } = await import("./timeline.svelte.ts");
const { Timelines } = await import("./timelines.ts");

const rows = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => root(from + index));
const seqs = (timeline: InstanceType<typeof Timeline>) => [
  timeline.oldest_seq,
  timeline.newest_seq,
  timeline.rows.length,
];

function opened(from: number, to: number, has_older = true, has_newer = false) {
  const timeline = new Timeline("chn_1");
  timeline.replace({ messages: rows(from, to), has_older, has_newer });
  return timeline;
}

test("pages join at both ends and say which end moved", () => {
  const timeline = opened(101, 160, true, true);
  timeline.prepend({ messages: rows(41, 100), has_older: true, has_newer: true });
  expect([seqs(timeline), timeline.shift, timeline.has_older]).toEqual([[41, 160, 120], true, true]);
  timeline.append({ messages: rows(161, 200), has_older: true, has_newer: false });
  expect([seqs(timeline), timeline.shift, timeline.has_newer]).toEqual([[41, 200, 160], false, false]);
});

test("trimming an end leaves the way back to it", () => {
  const timeline = opened(1, WINDOW_ROWS + 60, false, false);
  timeline.trim("end");
  expect([timeline.rows.length, timeline.oldest_seq, timeline.has_newer, timeline.shift]).toEqual([
    WINDOW_ROWS,
    1,
    true,
    false,
  ]);
  timeline.append({ messages: rows(WINDOW_ROWS + 1, WINDOW_ROWS + 60), has_older: true, has_newer: false });
  timeline.trim("start");
  expect([timeline.rows.length, timeline.oldest_seq, timeline.has_older, timeline.shift]).toEqual([
    WINDOW_ROWS,
    61,
    true,
    true,
  ]);
});

test("a window away from the newest page takes no arrivals", () => {
  const timeline = opened(1, 10, false, true);
  timeline.upsert(root(50));
  expect(seqs(timeline)).toEqual([1, 10, 10]);
});

test("reading history, a full window stops growing and remembers that there is more", () => {
  const timeline = opened(1, WINDOW_ROWS + 100, false, false);
  timeline.at_end = false;
  timeline.upsert(root(WINDOW_ROWS + 101));
  expect([timeline.newest_seq, timeline.has_newer]).toEqual([WINDOW_ROWS + 100, true]);
});

test("at the end, arrivals push out the oldest rows, which can be fetched again", async () => {
  const timeline = opened(1, WINDOW_ROWS, false, false);
  const last = WINDOW_ROWS + 3 * SURPLUS_ROWS;
  for (let seq = WINDOW_ROWS + 1; seq <= last; seq++) {
    timeline.upsert(root(seq));
    await Promise.resolve();
    expect(timeline.rows.length).toBeLessThanOrEqual(WINDOW_ROWS + SURPLUS_ROWS);
  }
  expect([timeline.newest_seq, timeline.has_older, timeline.has_newer, timeline.shift]).toEqual([
    last,
    true,
    false,
    false,
  ]);
  expect(timeline.rows.map((row) => row.channel_seq)).toEqual(
    rows(timeline.oldest_seq, last).map((row) => row.channel_seq),
  );
});

test("trimming leaves the rows that stay grouped as they were", () => {
  const timeline = opened(1, WINDOW_ROWS + 47, false, false);
  const heads = () => group(timeline.rows, [], "", (row) => row.id).flatMap((row) => (row.first ? [row.key] : []));
  const before = heads();
  timeline.trim("start");
  expect(timeline.rows.length).toBeLessThan(WINDOW_ROWS + 20);
  expect(before.slice(-heads().length)).toEqual(heads());
});

test("a message older than the window stays out of it", () => {
  const timeline = opened(50, 60);
  timeline.upsert(root(10));
  expect(seqs(timeline)).toEqual([50, 60, 11]);
});

test("a fresh newest page that overlaps keeps the list, one that does not starts it over", () => {
  const timeline = opened(1, 60, false);
  timeline.refresh({ messages: rows(31, 90), has_older: true, has_newer: false });
  expect([seqs(timeline), timeline.generation]).toEqual([[1, 90, 90], 1]);
  timeline.refresh({ messages: rows(200, 260), has_older: true, has_newer: false });
  expect([seqs(timeline), timeline.generation, timeline.has_older]).toEqual([[200, 260, 61], 2, true]);
});

test("only recently opened channels stay in memory", () => {
  const timelines = new Timelines();
  for (let index = 0; index < 14; index++) timelines.open(`chn_${index}`);
  expect([timelines.get("chn_0"), timelines.get("chn_1")]).toEqual([undefined, undefined]);
  timelines.open("chn_2");
  timelines.open("chn_new");
  expect([timelines.get("chn_2")?.conversation_id, timelines.get("chn_3")]).toEqual(["chn_2", undefined]);
});
