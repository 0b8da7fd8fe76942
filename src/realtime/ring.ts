import { LIMITS } from "@clickclack/protocol";
import type { LogEvent } from "./events.ts";

/** One built frame and what is needed to decide who gets it and to build it again. */
export interface RingEntry {
  topic: string;
  event: LogEvent;
  frame: string;
}

/**
 * The newest frames of one workspace, bounded by count and bytes. It is always a gapless suffix of
 * the log: it holds every event after `start`.
 */
export class Ring {
  #entries: RingEntry[] = [];
  #bytes = 0;
  /** Every event above this cursor, up to the feed's position, is in the ring. */
  start: string;

  constructor(start: string) {
    this.start = start;
  }

  get size(): number {
    return this.#entries.length;
  }

  push(entry: RingEntry): void {
    this.#entries.push(entry);
    this.#bytes += entry.frame.length;
    if (this.#entries.length > LIMITS.ring_frames || this.#bytes > LIMITS.ring_bytes) this.#shrink();
  }

  /** What came after a cursor, or `undefined` if the ring does not reach back that far. */
  after(cursor: string): RingEntry[] | undefined {
    if (cursor < this.start) return undefined;
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const entry = this.#entries[middle];
      if (entry && entry.event.cursor <= cursor) low = middle + 1;
      else high = middle;
    }
    return this.#entries.slice(low);
  }

  /** How many more events fit without dropping any, were each as large as a frame usually is. */
  get room(): number {
    return LIMITS.ring_frames - this.#entries.length;
  }

  /**
   * Puts what came before the ring's start in front: every event after `cursor` up to the start. It
   * says no to what would not fit, and so never drops a newer one for an older.
   */
  prepend(entries: RingEntry[], cursor: string): boolean {
    const bytes = entries.reduce((sum, entry) => sum + entry.frame.length, this.#bytes);
    if (entries.length > this.room || bytes > LIMITS.ring_bytes) return false;
    this.#entries = entries.concat(this.#entries);
    this.#bytes = bytes;
    this.start = cursor;
    return true;
  }

  /** Builds again what carries the message, because it was edited or deleted. */
  rebuild(message_id: string, build: (event: LogEvent) => LogEvent): void {
    for (const entry of this.#entries) {
      if (entry.event.payload.message_id !== message_id || entry.event.payload.message === undefined) continue;
      entry.event = build(entry.event);
      const frame = JSON.stringify(entry.event);
      this.#bytes += frame.length - entry.frame.length;
      entry.frame = frame;
    }
  }

  clear(position: string): void {
    this.#entries = [];
    this.#bytes = 0;
    this.start = position;
  }

  /** Drops a quarter at once, so that a full ring does not move its array at every event. */
  #shrink(): void {
    const removed = this.#entries.splice(0, Math.max(1, this.#entries.length >> 2));
    for (const entry of removed) this.#bytes -= entry.frame.length;
    const last = removed.at(-1);
    if (last) this.start = last.event.cursor;
    if (this.#bytes > LIMITS.ring_bytes) this.#shrink();
  }
}
