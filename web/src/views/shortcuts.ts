import type { App } from "../state/app.svelte.ts";
import { goTo } from "../state/loading.ts";

/** Keys that work wherever the focus is. */
export function onShortcut(app: App, event: KeyboardEvent): void {
  if (event.defaultPrevented || app.overlays.dialog) return;
  if (event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    step(app, event.key === "ArrowDown" ? 1 : -1, event.shiftKey);
    event.preventDefault();
  } else if (event.key === "?" && !isWriting(event.target)) {
    app.overlays.dialog = { kind: "shortcuts" };
    event.preventDefault();
  } else if (isTyping(event) && !isWriting(event.target) && !app.overlays.floating && app.conversation) {
    // A letter goes where letters go; the key itself lands in the box that now has the focus.
    app.composing.focus(app.thread.root_id ?? app.conversation.id);
  }
}

function step(app: App, by: 1 | -1, unread_only: boolean): void {
  const all = [...app.channels.active, ...app.directs.list];
  const from = all.findIndex((one) => one.id === app.conversation?.id);
  for (let index = from + by; index >= 0 && index < all.length; index += by) {
    const one = all[index];
    if (!one || (unread_only && !one.unread_count)) continue;
    return goTo(app, one);
  }
}

function isTyping(event: KeyboardEvent): boolean {
  return event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest("input, textarea, select, button, [contenteditable], [data-message-id]") !== null
  );
}
