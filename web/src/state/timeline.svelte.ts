import type { Message } from "@clickclack/protocol";
import { flushSync } from "svelte";
import type { VirtualizerHandle } from "virtua/svelte";
import { group } from "../timeline/grouping.ts";
import { complete, merge } from "./messages.ts";

export interface Page {
  messages: Message[];
  has_older: boolean;
  has_newer: boolean;
}

/** Most messages one window keeps; beyond it the far end is dropped and fetched again when needed. */
export const WINDOW_ROWS = 300;
/** At the end, rows above the cap go this many at a time, not one with every arrival. */
export const SURPLUS_ROWS = 50;

/** A contiguous window of one conversation's messages, ascending. Rows are replaced, never mutated. */
export class Timeline {
  readonly conversation_id: string;
  rows = $state.raw<Message[]>([]);
  has_older = $state(false);
  has_newer = $state(false);
  loaded = $state(false);
  loading = $state<"first" | "older" | "newer" | null>(null);
  failed = $state(false);
  /** True while rows change at the start, so the virtual list keeps its anchor. */
  shift = $state(false);
  /** Counts replaced windows: a jump elsewhere starts a new list. */
  generation = $state(0);
  /** Set by the view: is the reader looking at the newest message? */
  at_end = true;
  /** Where the reader was when the list was last shown, for coming back to it. */
  kept: { cache: ReturnType<VirtualizerHandle["getCache"]>; offset: number } | undefined;
  /** Where the reader stood when it was opened: what comes after it is new until they leave. */
  new_after = $state(0);
  /** The list that is made next shows the first new message, not the last. */
  begins_at_new = false;
  /** The message an address leads to, marked for a moment. */
  hit = $state<string | null>(null);
  /** Rows that began as an optimistic one keep its key, so nothing is painted twice. */
  readonly #keys = new Map<string, string>();

  constructor(conversation_id: string) {
    this.conversation_id = conversation_id;
  }

  key(message: Message): string {
    return this.#keys.get(message.id) ?? message.id;
  }

  find(message_id: string): Message | undefined {
    return this.rows.find((row) => row.id === message_id);
  }

  get oldest_seq(): number {
    return this.rows[0]?.channel_seq ?? 0;
  }

  get newest_seq(): number {
    return this.rows.at(-1)?.channel_seq ?? 0;
  }

  /** A page that stands alone: the newest one, or one around a message. */
  replace(page: Page): void {
    this.shift = false;
    this.rows = page.messages.map(complete);
    this.has_older = page.has_older;
    this.has_newer = page.has_newer;
    this.loaded = true;
    this.failed = false;
    this.kept = undefined;
    this.generation++;
  }

  /** A fresh newest page laid over what is shown; keeps the list in place when the two overlap. */
  refresh(page: Page): void {
    const first_seq = page.messages[0]?.channel_seq ?? 0;
    if (!this.loaded || this.has_newer || first_seq > this.newest_seq + 1) return this.replace(page);
    const kept = this.rows.filter((row) => (row.channel_seq ?? 0) < first_seq);
    this.shift = false;
    this.rows = [...kept, ...page.messages.map(complete)];
    if (kept.length === 0) this.has_older = page.has_older;
    this.failed = false;
    this.#trimSoon();
  }

  prepend(page: Page): void {
    this.shift = true;
    this.rows = [...page.messages.map(complete), ...this.rows];
    this.has_older = page.has_older;
  }

  append(page: Page): void {
    this.shift = false;
    this.rows = [...this.rows, ...page.messages.map(complete)];
    this.has_newer = page.has_newer;
  }

  /** Drops rows beyond the cap. Called a tick after the change: the list shifts one end at a time. */
  trim(end: "start" | "end"): void {
    const surplus = this.rows.length - WINDOW_ROWS;
    if (surplus <= 0) return;
    if (end === "start") {
      const cut = lastHead(this.rows.slice(0, surplus + 1));
      if (cut === 0) return;
      for (const row of this.rows.slice(0, cut)) this.#keys.delete(row.id);
      this.shift = true;
      this.rows = this.rows.slice(cut);
      this.has_older = true;
    } else {
      this.shift = false;
      this.rows = this.rows.slice(0, WINDOW_ROWS);
      this.has_newer = true;
    }
  }

  /** Puts a message where its sequence belongs, or merges it into the row that is already there. */
  upsert(message: Message, key?: string): void {
    if (!this.loaded) return;
    if (this.find(message.id)) return this.change(message.id, (row) => merge(row, message));
    const seq = message.channel_seq ?? 0;
    if (seq < this.oldest_seq && this.has_older) return;
    if (seq > this.newest_seq && !this.#mayAppend()) return;
    if (key) this.#keys.set(message.id, key);
    this.shift = false;
    this.rows = insert(this.rows, complete(message));
    this.#trimSoon();
  }

  change(message_id: string, next: (row: Message) => Message): void {
    const index = this.rows.findIndex((row) => row.id === message_id);
    const row = this.rows[index];
    if (!row) return;
    const changed = next(row);
    if (changed === row) return;
    this.shift = false;
    this.rows = this.rows.with(index, changed);
  }

  /** At the end, arrivals push out the oldest. Drawn before and after: a list takes a change of one end at a time. */
  #trimSoon(): void {
    if (this.rows.length <= WINDOW_ROWS + SURPLUS_ROWS) return;
    queueMicrotask(() => {
      if (!this.at_end) return;
      flushSync();
      this.trim("start");
      flushSync();
    });
  }

  /** Reading history, arrivals wait outside a full window; the reader comes back to them by "Latest". */
  #mayAppend(): boolean {
    if (this.has_newer) return false;
    if (this.at_end || this.rows.length < WINDOW_ROWS + 100) return true;
    this.has_newer = true;
    return false;
  }
}

/** Where a group begins, the rows after it stay grouped as they were, and nothing in sight changes its height. */
function lastHead(rows: Message[]): number {
  return group(rows, [], "", (row) => row.id).findLastIndex((row) => row.first);
}

function insert(rows: Message[], message: Message): Message[] {
  const seq = message.channel_seq ?? 0;
  let index = rows.length;
  while (index > 0 && (rows[index - 1]?.channel_seq ?? 0) > seq) index--;
  return rows.toSpliced(index, 0, message);
}
