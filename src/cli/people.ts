import type { DirectConversation, User } from "@clickclack/sdk";
import { LIMITS } from "@clickclack/protocol";
import { AppError } from "../lib/errors.ts";
import type { Session } from "./session.ts";

/** A member asked for by `@handle` or id; `me` is oneself. */
export async function findPerson(session: Session, workspace_id: string, word: string): Promise<User> {
  if (word === "me") return (await session.client.me()).user;
  const handle = word.replace(/^@/, "").toLowerCase();
  const wanted = word.startsWith("usr_") ? undefined : handle;
  let cursor: string | undefined;
  do {
    const page = await session.client.workspaces.members(workspace_id, {
      limit: LIMITS.member_page_max,
      ...(wanted && { q: wanted }),
      ...(cursor && { cursor }),
    });
    const found = page.members.find(({ user }) => user.id === word || (wanted && user.handle.toLowerCase() === wanted));
    if (found) return found.user;
    cursor = page.next_cursor;
  } while (cursor);
  throw new AppError("not_found", `nobody here is called "${word}"; write @handle or an id`);
}

/** What a person is called in one line: `@mia`, or the name of somebody without a handle. */
export function callName(user: User): string {
  return user.handle ? `@${user.handle}` : user.display_name;
}

/** Whom a direct conversation is with; alone it is for notes. */
export function directName(conversation: DirectConversation, me_id: string): string {
  const others = conversation.members.filter(({ id }) => id !== me_id);
  return others.length === 0 ? "notes to self" : others.map(callName).join(", ");
}
