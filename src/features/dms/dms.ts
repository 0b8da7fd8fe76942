import { type DirectConversation, LIMITS } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, requireHuman } from "../../lib/actor.ts";
import { conflict, forbidden, invalid, notFound } from "../../lib/errors.ts";
import { newId, newRouteId } from "../../lib/ids.ts";
import type { LogEvent } from "../../realtime/events.ts";
import { announceTo, type Conversation, inDirect, requireConversation } from "../conversations/conversations.ts";
import { changeSettings, moveMarker, type Receipt } from "../conversations/unread.ts";
import { userById } from "../users/users.ts";
import { requireActive, requireMember, roleIn } from "../workspaces/workspaces.ts";
import * as queries from "./queries.ts";

/** The actor's open direct conversations in a workspace, the oldest first. Guests have none. */
export async function listDirect(db: Database, actor: Actor, workspace_id: string): Promise<DirectConversation[]> {
  return db.read(async (tx) => {
    if ((await requireMember(tx, actor, workspace_id)) === "guest") return [];
    return queries.conversationsOf(tx, { workspace_id, user_id: actor.user.id });
  });
}

export async function readDirect(db: Database, actor: Actor, id: string): Promise<DirectConversation> {
  return db.read(async (tx) => forReader(tx, actor, await requireDirect(tx, actor, id)));
}

async function requireDirect(tx: Tx, actor: Actor, id: string): Promise<Conversation> {
  return requireConversation(tx, actor, inDirect(id), "read");
}

async function forReader(
  tx: Tx,
  actor: Actor,
  { id, workspace_id }: Pick<Conversation, "id" | "workspace_id">,
): Promise<DirectConversation> {
  const [found] = await queries.conversationsOf(tx, { workspace_id, user_id: actor.user.id, id });
  if (!found) throw notFound("conversation");
  return found;
}

/**
 * The conversation of a group of people, made the first time and the same one ever after; with nobody
 * else it is for notes to oneself.
 */
export async function openDirect(
  db: Database,
  actor: Actor,
  { workspace_id, member_ids }: { workspace_id: string; member_ids: string[] },
): Promise<DirectConversation> {
  const people = [...new Set([actor.user.id, ...member_ids])].sort();
  if (people.length > LIMITS.dm_members)
    throw invalid("member_ids", `a direct conversation has at most ${LIMITS.dm_members} people`);
  return db.write(async (tx) => {
    // Before anybody is looked for, so that the answer does not depend on whom a guest names.
    if ((await requireActive(tx, actor, workspace_id)) === "guest") throw forbidden("guests have no direct messages");
    for (const user_id of people) await requirePeer(tx, workspace_id, user_id);
    const member_set_key = people.join(" ");
    const known = await queries.conversationOfSet(tx, workspace_id, member_set_key);
    if (known !== undefined) {
      await changeSettings(tx, actor, { id: known, kind: "dm", workspace_id }, { hidden: false });
      return forReader(tx, actor, { id: known, workspace_id });
    }
    for (const user_id of people) await requireReachable(tx, user_id);
    if ((await queries.countConversations(tx, workspace_id, actor.user.id)) >= LIMITS.dms_per_user)
      throw conflict(`a person has at most ${LIMITS.dms_per_user} direct conversations in a workspace`);
    const id = newId("dm");
    await queries.insertConversation(tx, {
      id,
      route_id: newRouteId("D"),
      workspace_id,
      member_set_key,
      created_by: actor.user.id,
      created_at: actor.at,
      member_ids: people,
    });
    for (const user_id of people) await tellOpened(tx, workspace_id, id, user_id, actor.at);
    return forReader(tx, actor, { id, workspace_id });
  });
}

async function requirePeer(tx: Tx, workspace_id: string, user_id: string): Promise<void> {
  const role = await roleIn(tx, workspace_id, user_id);
  if (!role) throw notFound("member");
  if (role === "guest") throw forbidden("guests take no direct messages");
}

/** What was said stays readable, but nobody begins to talk to somebody who does not come any more. */
async function requireReachable(tx: Tx, user_id: string): Promise<void> {
  const user = await userById(tx, user_id);
  if (user?.deactivated_at !== undefined) throw conflict(`the account of ${user.display_name} is deactivated`);
}

/** Each of them hears it on their own topic, and joins the conversation's at once. */
async function tellOpened(tx: Tx, workspace_id: string, id: string, user_id: string, at: string): Promise<void> {
  await announceTo(tx, user_id, { id, workspace_id }, { type: "dm.created", payload: { user_id }, created_at: at });
  tx.notify(user_id);
}

/** Takes the conversation out of the actor's list until somebody writes in it. */
export async function closeDirect(db: Database, actor: Actor, id: string): Promise<void> {
  requireHuman(actor);
  await db.write(async (tx) => {
    await changeSettings(tx, actor, await requireDirect(tx, actor, id), { hidden: true });
  });
}

export async function reopenDirect(db: Database, actor: Actor, id: string): Promise<DirectConversation> {
  requireHuman(actor);
  return db.write(async (tx) => {
    const conversation = await requireDirect(tx, actor, id);
    await changeSettings(tx, actor, conversation, { hidden: false });
    return forReader(tx, actor, conversation);
  });
}

export async function markDirect(
  db: Database,
  actor: Actor,
  id: string,
  to: { read: number } | { unread: number },
): Promise<{ receipt: Receipt; event?: LogEvent }> {
  return db.write(async (tx) => moveMarker(tx, actor, await requireDirect(tx, actor, id), to));
}
