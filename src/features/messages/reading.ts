import type { Message } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import type { Actor } from "../../lib/actor.ts";
import { conflict, invalid } from "../../lib/errors.ts";
import { readWindow, type Window } from "../../lib/window.ts";
import { requireConversation } from "../conversations/conversations.ts";
import { requireMember } from "../workspaces/workspaces.ts";
import { revisionsOf } from "./changing-queries.ts";
import { dress, forReader, requireMessage } from "./messages.ts";
import * as queries from "./queries.ts";

export interface MessagePage {
  messages: Message[];
  oldest_seq: number;
  newest_seq: number;
  has_older: boolean;
  has_newer: boolean;
}

/** A page of a conversation's root messages, or of those with a topic. */
export async function readPage(
  db: Database,
  actor: Actor,
  conversation_id: string,
  window: Window,
  limit: number,
  topic_id?: string,
): Promise<MessagePage> {
  return db.read(async (tx) => {
    await requireConversation(tx, actor, conversation_id, "read", "messages:read");
    const roots = { conversation_id, topic_id };
    const source = {
      below: (seq: number | undefined, count: number) => queries.rootsBelow(tx, roots, seq, count),
      above: (seq: number, count: number) => queries.rootsAbove(tx, roots, seq, count),
      isAny: (from: "at most" | "at least", seq: number) => queries.isAnyRoot(tx, roots, from, seq),
    };
    const { rows, has_older, has_newer } = await readWindow(source, window, limit);
    await dress(tx, rows, actor);
    return {
      messages: rows,
      oldest_seq: rows[0]?.channel_seq ?? 0,
      newest_seq: rows.at(-1)?.channel_seq ?? 0,
      has_older,
      has_newer,
    };
  });
}

export async function readMessage(db: Database, actor: Actor, message_id: string): Promise<Message> {
  return db.read(async (tx) => {
    const { message } = await requireMessage(tx, actor, message_id, "read", "messages:read");
    return forReader(tx, message, actor);
  });
}

/** What a nonce of the actor's became, so a client recovers after a lost answer. */
export async function findByNonce(
  db: Database,
  actor: Actor,
  workspace_id: string,
  nonce: string,
): Promise<Message | undefined> {
  return db.read(async (tx) => {
    await requireMember(tx, actor, workspace_id);
    const stored = await queries.messageByNonce(tx, actor.user.id, nonce.trim());
    if (!stored) return undefined;
    if (stored.message.workspace_id !== workspace_id) throw conflict("this nonce was used in another workspace");
    await requireMessage(tx, actor, stored.message.id, "send", "messages:write");
    return forReader(tx, stored.message, actor);
  });
}

export interface Revision {
  revision: number;
  body: string;
  written_at: string;
}

/** What a message said before it was edited, oldest first; a deleted one keeps nothing. */
export async function readHistory(db: Database, actor: Actor, message_id: string): Promise<Revision[]> {
  return db.read(async (tx) => {
    const { message } = await requireMessage(tx, actor, message_id, "read", "messages:read");
    if (message.deleted_at !== undefined) throw invalid("message_id", "a deleted message has no history");
    return revisionsOf(tx, message_id);
  });
}
