import type { DirectConversation, User } from "@clickclack/protocol";
import { longDate } from "../shared/format.ts";
import { words } from "../shared/words.ts";
import type { App } from "./app.svelte.ts";
import { type Conversation, isDirect } from "./conversations.svelte.ts";

/** Names of a group that are said; the rest is a number. */
const NAMED = 3;

/** Everybody in a direct conversation but the reader, by name; the reader alone in their notes. */
export function peopleOf(app: App, { members }: DirectConversation): User[] {
  const others = members.filter((user) => user.id !== app.session.me?.id);
  return (others.length > 0 ? others : members)
    .map((user) => app.people.get(user.id) ?? user)
    .sort((a, b) => a.display_name.localeCompare(b.display_name));
}

/** What a conversation is called, without a sign before it. */
export function nameOf(app: App, conversation: Conversation): string {
  if (!isDirect(conversation)) return conversation.display_title || conversation.name;
  const people = peopleOf(app, conversation);
  if (people.length === 1 && people[0]?.id === app.session.me?.id)
    return words.direct.self(people[0]?.display_name ?? "");
  const names = people.map((user) => user.display_name);
  if (names.length <= NAMED) return names.join(", ");
  return words.direct.more(names.slice(0, NAMED).join(", "), names.length - NAMED);
}

/** As it is said in a sentence: a channel with its sign. */
export function titleOf(app: App, conversation: Conversation): string {
  return isDirect(conversation) ? nameOf(app, conversation) : `#${conversation.name}`;
}

/** What a conversation is for, or when it began. */
export function leadOf(conversation: Conversation): string {
  if (!isDirect(conversation)) return conversation.purpose || words.timeline.started(longDate(conversation.created_at));
  if (conversation.members.length === 1) return words.direct.selfLead;
  return conversation.members.length === 2 ? words.direct.lead : words.direct.groupLead;
}

/** The log's, and the composer's, name for a screen reader and a placeholder. */
export function labelsOf(app: App, conversation: Conversation) {
  if (!isDirect(conversation)) {
    const { name } = conversation;
    return {
      log: words.timeline.label(name),
      write: words.composer.placeholder(name),
      first: words.composer.first(name),
    };
  }
  const name = nameOf(app, conversation);
  return { log: words.direct.label(name), write: words.direct.placeholder(name), first: words.direct.first(name) };
}
