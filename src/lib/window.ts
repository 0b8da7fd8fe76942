/** Which part of a sequence a page shows: exactly one way in. */
export type Window = { mode: "latest" | "earliest" } | { mode: "before" | "after" | "around"; seq: number };

/** How one sequence is read: neighbours of a number, nearest first. */
export interface Sequence<Row> {
  /** Rows below `seq`, or the newest when it is undefined, descending. */
  below(seq: number | undefined, limit: number): Promise<Row[]>;
  /** Rows above `seq`, ascending. */
  above(seq: number, limit: number): Promise<Row[]>;
  /** Whether there is anything at the number or beyond it, without reading it. */
  isAny(from: "at most" | "at least", seq: number): Promise<boolean>;
}

export interface WindowPage<Row> {
  /** Ascending. */
  rows: Row[];
  has_older: boolean;
  has_newer: boolean;
}

/** Reads a page by keyset: never by offset, so page a thousand costs what page one does. */
export async function readWindow<Row>(source: Sequence<Row>, window: Window, limit: number): Promise<WindowPage<Row>> {
  switch (window.mode) {
    case "latest": {
      const rows = await source.below(undefined, limit + 1);
      return page(rows.slice(0, limit).reverse(), rows.length > limit, false);
    }
    case "earliest": {
      const rows = await source.above(0, limit + 1);
      return page(rows.slice(0, limit), false, rows.length > limit);
    }
    case "before": {
      const rows = await source.below(window.seq, limit + 1);
      return page(rows.slice(0, limit).reverse(), rows.length > limit, await source.isAny("at least", window.seq));
    }
    case "after": {
      const rows = await source.above(window.seq, limit + 1);
      return page(rows.slice(0, limit), await source.isAny("at most", window.seq), rows.length > limit);
    }
    default:
      return around(source, window.seq, limit);
  }
}

/** Half at or before the number, the rest after; either side lends the room it does not need. */
async function around<Row>(source: Sequence<Row>, seq: number, limit: number): Promise<WindowPage<Row>> {
  const older = await source.below(seq + 1, limit + 1);
  const newer = await source.above(seq, limit + 1);
  const half = Math.ceil(limit / 2);
  const takeNewer = Math.min(newer.length, limit - Math.min(older.length, half));
  const takeOlder = Math.min(older.length, limit - takeNewer);
  const rows = [...older.slice(0, takeOlder).reverse(), ...newer.slice(0, takeNewer)];
  return page(rows, older.length > takeOlder, newer.length > takeNewer);
}

function page<Row>(rows: Row[], has_older: boolean, has_newer: boolean): WindowPage<Row> {
  return rows.length === 0 ? { rows, has_older: false, has_newer: false } : { rows, has_older, has_newer };
}
