import type { Message } from "@clickclack/protocol";
import { words } from "../shared/words.ts";
import type { App } from "./app.svelte.ts";
import { path } from "./router.svelte.ts";

/** What the toolbar, the menu, the phone's sheet and the keyboard all do to a message. */

export function openThreadPane(app: App, message: Message): void {
  const { workspace, channel } = app;
  if (!workspace || !channel) return;
  app.router.go(path(workspace.route_id, channel.route_id, { thread: message.thread_root_id }));
  // On a phone the keyboard would cover what was opened.
  if (!app.appearance.touch) app.composing.focus(message.thread_root_id);
}

export function quote(app: App, message: Message, in_thread: boolean): void {
  const target = in_thread ? message.thread_root_id : message.channel_id;
  if (target) app.composing.quote(target, message);
}

export function canEdit(app: App, message: Message): boolean {
  return message.author_id === app.session.me?.id && !message.deleted_at;
}

export function canDelete(app: App, message: Message): boolean {
  return !message.deleted_at && (canEdit(app, message) || app.workspace?.role === "owner");
}

export async function copyText(app: App, text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    app.overlays.say(done);
  } catch {
    app.overlays.say(words.copyFailed, "bad");
  }
}

export function linkTo(app: App, message: Message): string {
  const { workspace } = app;
  const channel = app.channels.get(message.channel_id);
  if (!workspace || !channel) return location.href;
  return location.origin + path(workspace.route_id, channel.route_id, { message: message.id });
}
