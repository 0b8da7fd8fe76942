import { LIMITS, type Member, type MemberModeration } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, requireHuman } from "../../lib/actor.ts";
import { timestamp } from "../../lib/clock.ts";
import { invalid } from "../../lib/errors.ts";
import { codePoints, requireText } from "../../lib/text.ts";
import { appendEvent, type LogEvent } from "../../realtime/events.ts";
import { topics } from "../../realtime/topics.ts";
import { byActor, recordChange } from "../workspaces/recording.ts";
import { postsLeft } from "../workspaces/waiting-room.ts";
import { type MembersPage, type MembersQuery, pageOfMembers } from "../workspaces/directory.ts";
import { requireManager } from "../workspaces/workspaces.ts";
import { giveRole } from "./members.ts";
import * as queries from "./queries.ts";
import type { Moderation } from "./queries.ts";
import { type GivenRole, requireBelow } from "./rank.ts";

export interface ModerationPatch {
  role?: GivenRole | undefined;
  timeout_until?: string | undefined;
  timeout_minutes?: number | undefined;
  clear_timeout?: boolean | undefined;
  blocked?: boolean | undefined;
  moderation_note?: string | undefined;
}

/**
 * Times somebody out, blocks them, writes a note about them or gives them another role, all or nothing.
 * What was decided stays when they leave and come back. The bots that belong to them are held with them.
 */
export async function moderate(
  db: Database,
  actor: Actor,
  workspace_id: string,
  user_id: string,
  patch: ModerationPatch,
): Promise<{ member: MemberModeration; event?: LogEvent }> {
  return db.write(async (tx) => {
    const pair = await requireBelow(tx, actor, workspace_id, user_id);
    const before = (await queries.moderationOf(tx, workspace_id, user_id)) ?? NOTHING;
    const after = changed(before, patch, actor);
    const given = patch.role === undefined ? undefined : await giveRole(tx, actor, pair, patch.role);
    const isChanged = (["timeout_until", "blocked_at", "note"] as const).some((key) => before[key] !== after[key]);
    if (isChanged) {
      await queries.putModeration(tx, workspace_id, user_id, after);
      // A manager who may only read now hears no more of what managers hear.
      tx.notify(user_id);
      await recordChange(
        tx,
        byActor(actor),
        workspace_id,
        { action: "member.moderated", target_type: "user", target_id: user_id },
        [factsOf(before), factsOf(after)],
      );
    }
    const role = patch.role ?? pair.member.role;
    const event =
      isChanged || given?.event ? await tellModerated(tx, workspace_id, user_id, role, actor.at) : undefined;
    const member = await withModeration(tx, { ...pair.member, role }, actor.at_ms);
    return { member, ...(event && { event }) };
  });
}

const NOTHING: Moderation = { timeout_until: null, blocked_at: null, note: "", moderated_by: "", moderated_at: "" };

/** What the audit log tells of it: the note is there as well, because it may be the reason. */
const factsOf = ({ timeout_until, blocked_at, note }: Moderation) => ({ timeout_until, blocked_at, note });

function changed(before: Moderation, patch: ModerationPatch, actor: Actor): Moderation {
  const after = { ...before, moderated_by: actor.user.id, moderated_at: actor.at };
  const until = untilOf(patch, actor);
  if (until !== undefined) after.timeout_until = until;
  if (patch.blocked !== undefined) after.blocked_at = patch.blocked ? (before.blocked_at ?? actor.at) : null;
  if (patch.moderation_note !== undefined) {
    const note = requireText("moderation_note", patch.moderation_note.trim());
    if (codePoints(note) > LIMITS.moderation_note_chars)
      throw invalid("moderation_note", `moderation_note must be at most ${LIMITS.moderation_note_chars} characters`);
    after.note = note;
  }
  return after;
}

/** The end of a time-out: a moment, `null` for none, `undefined` to leave it. */
function untilOf({ timeout_until, timeout_minutes, clear_timeout }: ModerationPatch, actor: Actor) {
  const given = [timeout_until !== undefined, timeout_minutes !== undefined, clear_timeout === true].filter(Boolean);
  if (given.length > 1)
    throw invalid("timeout_until", "timeout_until, timeout_minutes and clear_timeout exclude each other");
  if (clear_timeout) return null;
  if (timeout_minutes !== undefined) return timestamp(actor.at_ms + timeout_minutes * 60_000);
  if (timeout_until === undefined) return undefined;
  const until_ms = Date.parse(timeout_until);
  if (until_ms <= actor.at_ms || until_ms > actor.at_ms + LIMITS.timeout_minutes_max * 60_000)
    throw invalid("timeout_until", "timeout_until must be in the future, a year away at most");
  return timestamp(until_ms);
}

/** The one it is about, and those who manage. */
async function tellModerated(
  tx: Tx,
  workspace_id: string,
  user_id: string,
  role: string,
  at: string,
): Promise<LogEvent> {
  const told = { type: "member.moderation_updated" as const, workspace_id, payload: { user_id, role }, created_at: at };
  await appendEvent(tx, { ...told, topic: topics.user(user_id) });
  return appendEvent(tx, { ...told, topic: topics.managers(workspace_id) });
}

async function withModeration(tx: Tx, member: Member, at_ms: number): Promise<MemberModeration> {
  const { workspace_id, user, role } = member;
  const found = await queries.moderationOf(tx, workspace_id, user.id);
  return {
    ...member,
    ...(await postsLeft(tx, workspace_id, { user_id: user.id, role }, at_ms)),
    ...(found?.timeout_until && found.timeout_until > timestamp(at_ms) && { timeout_until: found.timeout_until }),
    ...(found?.blocked_at && { blocked_at: found.blocked_at }),
    ...(found && found.note !== "" && { moderation_note: found.note }),
    ...(found && { moderation_by: found.moderated_by, moderation_at: found.moderated_at }),
  };
}

export interface ModerationPage extends Omit<MembersPage, "members"> {
  members: MemberModeration[];
}

/** The directory as managers see it. */
export async function listModeration(
  db: Database,
  actor: Actor,
  workspace_id: string,
  query: MembersQuery,
): Promise<ModerationPage> {
  requireHuman(actor);
  return db.read(async (tx) => {
    await requireManager(tx, actor, workspace_id);
    const page = await pageOfMembers(tx, workspace_id, query);
    const members: MemberModeration[] = [];
    for (const member of page.members) members.push(await withModeration(tx, member, actor.at_ms));
    return { ...page, members };
  });
}
