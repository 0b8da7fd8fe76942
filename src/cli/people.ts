import type { DirectConversation, Member, User, Workspace } from "@clickclack/sdk";
import { LIMITS } from "@clickclack/protocol";
import { AppError } from "../lib/errors.ts";
import type { Session } from "./session.ts";
import { findWorkspace } from "./target.ts";

export const PERSON = { type: "positional", description: "Whom, by @handle or id", required: true } as const;

/** A member asked for by `@handle` or id; `me` is oneself. */
export async function findPerson(session: Session, workspace_id: string, word: string): Promise<User> {
  if (word === "me") return (await session.client.me()).user;
  const found = await lookUp(session, workspace_id, word);
  if (!found) throw new AppError("not_found", `nobody here is called "${word}"; write @handle or an id`);
  return found;
}

/** A member of the workspace that the command is about. */
export async function findMember(session: Session, word: string): Promise<{ workspace: Workspace; user: User }> {
  const workspace = await findWorkspace(session);
  return { workspace, user: await findPerson(session, workspace.id, word) };
}

/** The id of somebody in any workspace you are in. */
export async function findAcquaintance(session: Session, word: string): Promise<string> {
  if (word.startsWith("usr_")) return word;
  const { workspaces } = await session.client.workspaces.list();
  for (const workspace of workspaces) {
    const found = await lookUp(session, workspace.id, word);
    if (found) return found.id;
  }
  throw new AppError("not_found", `nobody you share a workspace with is called "${word}"; write @handle or an id`);
}

async function lookUp(session: Session, workspace_id: string, word: string): Promise<User | undefined> {
  const handle = word.startsWith("usr_") ? undefined : word.replace(/^@/, "").toLowerCase();
  for await (const { user } of everybody(session, workspace_id, handle)) {
    if (user.id === word || (handle && user.handle.toLowerCase() === handle)) return user;
  }
  return undefined;
}

/** The members of a workspace, page by page; with `q` only those whose name or handle has it in it. */
export async function* everybody(session: Session, workspace_id: string, q = ""): AsyncGenerator<Member> {
  let cursor: string | undefined;
  do {
    const page = await session.client.members.list(workspace_id, {
      limit: LIMITS.member_page_max,
      ...(q && { q }),
      ...(cursor && { cursor }),
    });
    yield* page.members;
    cursor = page.next_cursor;
  } while (cursor);
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
