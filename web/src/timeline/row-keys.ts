import { tick } from "svelte";
import type { App } from "../state/app.svelte.ts";
import { toggleReaction } from "../state/writing.ts";
import { canEdit, openThreadPane, quote } from "../state/acting.ts";
import type { Row } from "./grouping.ts";

/** Keys of a focused row: arrows move, one letter acts. Inside a field they are plain letters. */
export function rowKeys(
  app: App,
  rows: () => Row[],
  reveal: (index: number) => void,
  in_thread = false,
): (event: KeyboardEvent & { currentTarget: HTMLElement }) => void {
  return (event) => {
    const node = event.target as HTMLElement;
    if (!node.matches("[data-message-id]") || event.ctrlKey || event.metaKey || event.altKey) return;
    const list = rows();
    const index = list.findIndex((row) => row.kind === "message" && row.message.id === node.dataset.messageId);
    const row = list[index];
    if (row?.kind !== "message") return;
    const { message } = row;
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step !== undefined) void move(event.currentTarget, list, index + step, reveal);
    else if (event.key === "t" && !in_thread) openThreadPane(app, message);
    else if (event.key === "q") quote(app, message, in_thread);
    else if (event.key === "e" && canEdit(app, message)) app.overlays.editing = message.id;
    else if (event.key === "r") {
      const pick = (emoji: string): void => void toggleReaction(app, message, emoji);
      app.overlays.floating = { kind: "emoji", anchor: node, pick };
    } else return;
    event.preventDefault();
  };
}

async function move(scroller: HTMLElement, rows: Row[], index: number, reveal: (index: number) => void): Promise<void> {
  const row = rows[index];
  if (row?.kind !== "message") return;
  const select = (): HTMLElement | null => scroller.querySelector(`[data-message-id="${CSS.escape(row.message.id)}"]`);
  if (!select()) {
    reveal(index);
    await tick();
  }
  select()?.focus();
}
