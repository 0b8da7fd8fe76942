import type { App } from "../state/app.svelte.ts";
import { goToChannel } from "../state/loading.ts";

/** Keys that work wherever the focus is. */
export function onShortcut(app: App, event: KeyboardEvent): void {
  if (event.defaultPrevented || app.overlays.dialog) return;
  if (event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    const step = event.key === "ArrowDown" ? 1 : -1;
    stepChannel(app, step, event.shiftKey);
    event.preventDefault();
  } else if (event.key === "?" && !isWriting(event.target)) {
    app.overlays.dialog = { kind: "shortcuts" };
    event.preventDefault();
  } else if (isTyping(event) && !isWriting(event.target) && !app.overlays.floating && app.channel) {
    // A letter goes where letters go; the key itself lands in the box that now has the focus.
    app.composing.focus(app.thread.root_id ?? app.channel.id);
  }
}

function stepChannel(app: App, step: 1 | -1, unread_only: boolean): void {
  const channels = app.channels.active;
  const from = channels.findIndex((channel) => channel.id === app.channel?.id);
  for (let index = from + step; index >= 0 && index < channels.length; index += step) {
    const channel = channels[index];
    if (!channel || (unread_only && !app.channels.unread(channel))) continue;
    return goToChannel(app, channel);
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
