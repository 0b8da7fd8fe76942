import type { Upload } from "@clickclack/protocol";
import { readJson, writeJson } from "../shared/storage.ts";

export interface Pending {
  nonce: string;
  workspace_id: string;
  conversation_id: string;
  /** The root, when this is a reply in its thread. */
  root_id?: string;
  body: string;
  /** Files that are stored already; the message puts them in their place. */
  attachments?: Upload[];
  quoted_message_id?: string;
  created_at: string;
  /** `waiting`: the connection is gone, it goes out by itself when it returns. */
  state: "sending" | "waiting" | "failed";
  error?: string;
}

/** Most messages that may wait for the connection; beyond it the composer says so. */
export const PENDING_MAX = 100;

/** What is written but not yet acknowledged, oldest first. Survives a reload: the nonce makes a repeat harmless. */
export class Sending {
  items = $state.raw<Pending[]>([]);
  #key = "";

  restore(user_id: string): void {
    this.#key = `clickclack:${user_id}:outbox:v2`;
    this.items = readJson<Pending[]>(this.#key, []).map((one) =>
      one.state === "failed" ? one : { ...one, state: "waiting" as const },
    );
  }

  get full(): boolean {
    return this.items.length >= PENDING_MAX;
  }

  inConversation(conversation_id: string): Pending[] {
    return this.items.filter((one) => one.conversation_id === conversation_id && one.root_id === undefined);
  }

  inThread(root_id: string): Pending[] {
    return this.items.filter((one) => one.root_id === root_id);
  }

  add(one: Pending): void {
    this.#set([...this.items, one]);
  }

  mark(nonce: string, state: Pending["state"], error?: string): void {
    this.#set(this.items.map((one) => (one.nonce === nonce ? { ...one, state, error } : one)));
  }

  discard(nonce: string): void {
    this.#set(this.items.filter((one) => one.nonce !== nonce));
  }

  /** The server has it. Returns the row key its optimistic twin was shown under. */
  settle(nonce: string | undefined): string | undefined {
    if (!nonce || !this.items.some((one) => one.nonce === nonce)) return undefined;
    this.discard(nonce);
    return nonce;
  }

  #set(items: Pending[]): void {
    this.items = items;
    if (this.#key) writeJson(this.#key, items);
  }
}
