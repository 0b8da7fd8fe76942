import type { Message } from "@clickclack/protocol";

export type Dialog =
  | { kind: "create-channel" }
  | { kind: "edit-channel"; channel_id: string }
  | { kind: "archive-channel"; channel_id: string }
  | { kind: "delete-message"; message: Message }
  | { kind: "report-message"; message: Message }
  | { kind: "invite" }
  | { kind: "create-workspace" }
  | { kind: "shortcuts" };

/** What hangs off a control: one at a time, anchored to the element that opened it. */
export type Floating =
  | { kind: "message-menu"; anchor: HTMLElement; message: Message; in_thread: boolean }
  | { kind: "emoji"; anchor: HTMLElement; pick: (emoji: string) => void }
  | { kind: "person"; anchor: HTMLElement; user_id: string }
  | { kind: "user-menu"; anchor: HTMLElement }
  | { kind: "workspace-menu"; anchor: HTMLElement };

/**
 * What lies over the page. Views only say what they want; `views/overlays.svelte`, loaded after the
 * first paint, draws it. One shared menu serves every message row.
 */
export class Overlays {
  dialog = $state.raw<Dialog | null>(null);
  floating = $state.raw<Floating | null>(null);
  /** Long press on a phone. */
  sheet = $state.raw<{ message: Message; in_thread: boolean } | null>(null);
  drawer = $state(false);
  /** The row whose text is being edited. One at a time. */
  editing = $state<string | null>(null);
  toast = $state.raw<{ text: string; bad: boolean } | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string, tone: "ok" | "bad" = "ok"): void {
    clearTimeout(this.#timer);
    this.toast = { text, bad: tone === "bad" };
    this.#timer = setTimeout(() => (this.toast = null), tone === "bad" ? 8000 : 3000);
  }
}
