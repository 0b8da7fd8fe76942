import type { Message } from "@clickclack/protocol";
import { words } from "../shared/words.ts";
import type { App } from "./app.svelte.ts";
import { isArchived } from "./channels.svelte.ts";
import { type Conversation, isDirect } from "./conversations.svelte.ts";
import { placeOf } from "./messages.ts";
import { path, settingsPath } from "./router.svelte.ts";

/** What the toolbar, the menu, the phone's sheet and the keyboard all do to a message. */

export function openThreadPane(app: App, message: Message): void {
  const { workspace, conversation } = app;
  if (!workspace || !conversation) return;
  app.router.go(path(workspace.route_id, conversation.route_id, { thread: message.thread_root_id }));
  // On a phone the keyboard would cover what was opened.
  if (!app.appearance.touch) app.composing.focus(message.thread_root_id);
}

export function quote(app: App, message: Message, in_thread: boolean): void {
  const target = in_thread ? message.thread_root_id : placeOf(message);
  app.composing.quote(target, message);
}

export function canEdit(app: App, message: Message): boolean {
  return message.author_id === app.session.me?.id && !message.deleted_at;
}

export function canDelete(app: App, message: Message): boolean {
  const manages = manager(app) && message.channel_id !== undefined;
  return !message.deleted_at && (canEdit(app, message) || manages);
}

/** Whether the reader may begin a message here; the server says the same. */
export function canPost(app: App, conversation: Conversation): boolean {
  if (isDirect(conversation)) return conversation.can_send !== false;
  if (isArchived(conversation)) return false;
  const maker = conversation.created_by === app.session.me?.id;
  return conversation.post_policy === "everyone" || maker || manager(app);
}

/** Owners and moderators look after the workspace. */
export function manager(app: App): boolean {
  return app.workspace?.role === "owner" || app.workspace?.role === "moderator";
}

/** Goes to a page of the settings, from a menu or the drawer. */
export function openSettings(app: App, section: string): void {
  app.overlays.drawer = false;
  if (app.workspace) app.router.go(settingsPath(app.workspace.route_id, section));
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
  const conversation = app.get(placeOf(message));
  if (!workspace || !conversation) return location.href;
  return location.origin + path(workspace.route_id, conversation.route_id, { message: message.id });
}
