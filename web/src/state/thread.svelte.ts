import type { Message, ThreadState } from "@clickclack/protocol";
import { complete, merge } from "./messages.ts";

/** Replies the pane keeps; older ones are fetched again by "Load older replies". */
const REPLIES_KEPT = 500;

/** The open thread: a root and its replies, ascending. */
export class Thread {
  root_id = $state<string | null>(null);
  root = $state.raw<Message | null>(null);
  replies = $state.raw<Message[]>([]);
  has_older = $state(false);
  loading = $state(false);
  failed = $state(false);
  readonly #keys = new Map<string, string>();

  key(message: Message): string {
    return this.#keys.get(message.id) ?? message.id;
  }

  open(root_id: string, root: Message | undefined): void {
    if (this.root_id === root_id) return;
    this.root_id = root_id;
    this.root = root ?? null;
    this.replies = [];
    this.has_older = false;
    this.failed = false;
    this.#keys.clear();
  }

  close(): void {
    this.root_id = null;
    this.root = null;
    this.replies = [];
    this.#keys.clear();
  }

  load(page: { root: Message; replies: Message[]; thread_state: ThreadState; has_older: boolean }): void {
    this.root = complete({ ...page.root, thread_state: page.thread_state });
    this.replies = page.replies.map(complete);
    this.has_older = page.has_older;
    this.failed = false;
  }

  prepend(page: { replies: Message[]; has_older: boolean }): void {
    this.replies = [...page.replies.map(complete), ...this.replies];
    this.has_older = page.has_older;
  }

  /** A reply of the open thread, or a newer version of one, or of the root. */
  upsert(message: Message, key?: string): void {
    if (message.id === this.root_id) return this.change(message.id, (row) => merge(row, message));
    if (message.thread_root_id !== this.root_id || !message.parent_message_id) return;
    if (this.replies.some((row) => row.id === message.id)) {
      return this.change(message.id, (row) => merge(row, message));
    }
    if (key) this.#keys.set(message.id, key);
    const seq = message.thread_seq ?? 0;
    let index = this.replies.length;
    while (index > 0 && (this.replies[index - 1]?.thread_seq ?? 0) > seq) index--;
    if (index === 0 && this.has_older) return;
    this.replies = this.replies.toSpliced(index, 0, complete(message)).slice(-REPLIES_KEPT);
    if (this.replies.length === REPLIES_KEPT) this.has_older = true;
  }

  change(message_id: string, next: (row: Message) => Message): void {
    if (this.root?.id === message_id) {
      this.root = next(this.root);
      return;
    }
    const index = this.replies.findIndex((row) => row.id === message_id);
    const row = this.replies[index];
    if (row) this.replies = this.replies.with(index, next(row));
  }
}
