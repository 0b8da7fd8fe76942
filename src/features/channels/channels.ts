import { type Channel, LIMITS } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, isBot } from "../../lib/actor.ts";
import { conflict, forbidden, invalid, notFound } from "../../lib/errors.ts";
import { newId, newRouteId } from "../../lib/ids.ts";
import { codePoints, cut, requireText, slugify } from "../../lib/text.ts";
import { appendEvent, type LogEvent } from "../../realtime/events.ts";
import { topics } from "../../realtime/topics.ts";
import { requireMember } from "../workspaces/workspaces.ts";
import * as queries from "./queries.ts";
import type { ChannelAccess } from "./queries.ts";

/** What other features need of channels. */
export { type ChannelAccess, nextChannelSeq } from "./queries.ts";

/** Newest messages looked at for unread ones; above it every badge says the same. */
const UNREAD_CAP = 1000;
const RESERVED_NAMES = new Set(["guest"]);

/**
 * The channel as the actor may use it. Not found and not allowed look alike; an archived channel is
 * read-only.
 */
export async function requireChannel(
  tx: Tx,
  actor: Actor,
  channel_id: string,
  want: "read" | "write",
): Promise<ChannelAccess> {
  const channel = await queries.channelAccess(tx, channel_id, actor.user.id);
  const foreign = channel && actor.workspace_id !== undefined && actor.workspace_id !== channel.workspace_id;
  if (!channel || foreign || channel.role === "guest") throw notFound("channel");
  if (want === "write" && channel.archived_at !== null)
    throw conflict("this channel is archived; restore it to write in it");
  return channel;
}

/** Where a channel's messages are announced. */
export function messageTopic(channel: { workspace_id: string }): string {
  return topics.messages(channel.workspace_id);
}

export async function listChannels(db: Database, actor: Actor, workspace_id: string): Promise<Channel[]> {
  return db.read(async (tx) => {
    const role = await requireMember(tx, actor, workspace_id);
    if (role === "guest") return [];
    const channels = await queries.channelsOf(tx, workspace_id, actor.user.id);
    const counted: Channel[] = [];
    for (const channel of channels) counted.push(await forReader(tx, channel, actor, channel.last_read_seq ?? 0));
    return counted;
  });
}

/** The channel with where the actor stands in it. */
async function forReader(tx: Tx, channel: Channel, actor: Actor, last_read_seq: number): Promise<Channel> {
  const unread_count =
    channel.last_seq > last_read_seq
      ? await queries.unreadCount(tx, channel.id, actor.user.id, last_read_seq, UNREAD_CAP)
      : 0;
  return { ...channel, last_read_seq, unread_count };
}

export interface ChannelInput {
  name?: string | undefined;
  display_title?: string | undefined;
  purpose?: string | undefined;
  external_managed?: boolean | undefined;
  external_ref?: string | undefined;
  external_url?: string | undefined;
  sidebar_section?: string | undefined;
}

export async function createChannel(
  db: Database,
  actor: Actor,
  workspace_id: string,
  input: ChannelInput,
): Promise<{ channel: Channel; event: LogEvent }> {
  return db.write(async (tx) => {
    const role = await requireMember(tx, actor, workspace_id);
    if (role === "guest") throw forbidden("guests cannot create channels");
    const made = await makeChannel(tx, workspace_id, input, actor.at);
    return { ...made, channel: { ...made.channel, last_read_seq: 0, unread_count: 0 } };
  });
}

/** Makes the channel and its event, without asking who; `features/setup` makes `#general` by it. */
export async function makeChannel(
  tx: Tx,
  workspace_id: string,
  input: ChannelInput,
  at: string,
): Promise<{ channel: Channel; event: LogEvent }> {
  if ((await queries.countChannels(tx, workspace_id)) >= LIMITS.channels_per_workspace) {
    throw conflict(`a workspace has at most ${LIMITS.channels_per_workspace} channels`);
  }
  const channel = changed(
    {
      id: newId("channel"),
      route_id: newRouteId("C"),
      workspace_id,
      name: await freeName(tx, workspace_id, input.name ?? ""),
      purpose: "",
      kind: "public",
      external_managed: false,
      created_at: at,
      last_seq: 0,
    },
    input,
  );
  await queries.insertChannel(tx, channel);
  const event = await appendEvent(tx, {
    type: "channel.created",
    topic: topics.members(workspace_id),
    workspace_id,
    channel_id: channel.id,
    payload: { channel_id: channel.id },
    created_at: at,
  });
  return { channel, event };
}

/** Owners, and bots whose token has the scope, change, archive and restore channels. */
export async function updateChannel(
  db: Database,
  actor: Actor,
  channel_id: string,
  patch: ChannelInput & { archived?: boolean | undefined },
): Promise<{ channel: Channel; event: LogEvent }> {
  return db.write(async (tx) => {
    const access = await requireChannel(tx, actor, channel_id, "read");
    if (access.role !== "owner" && !isBot(actor)) throw forbidden("only owners can change a channel");
    const before = await queries.channelById(tx, channel_id);
    if (!before) throw notFound("channel");
    const after = changed(before, patch);
    if (patch.name !== undefined && slugify(patch.name) !== before.name) {
      after.name = await freeName(tx, before.workspace_id, patch.name);
    }
    if (patch.archived === true) after.archived_at ??= actor.at;
    if (patch.archived === false) delete after.archived_at;
    await queries.updateChannel(tx, after);
    const event = await appendEvent(tx, {
      type: "channel.updated",
      topic: topics.members(before.workspace_id),
      workspace_id: before.workspace_id,
      channel_id,
      payload: { channel_id, archived: after.archived_at !== undefined },
      created_at: actor.at,
    });
    const last_read_seq = await queries.readSeq(tx, channel_id, actor.user.id);
    return { channel: await forReader(tx, after, actor, last_read_seq), event };
  });
}

export interface Receipt {
  scope_id: string;
  user_id: string;
  last_read_seq: number;
  last_read_at: string;
}

/** Moves the actor's read marker forward; beyond the last message counts as the last. */
export async function markRead(db: Database, actor: Actor, channel_id: string, seq: number): Promise<Receipt> {
  return db.write(async (tx) => {
    await requireChannel(tx, actor, channel_id, "read");
    const channel = await queries.channelById(tx, channel_id);
    const reached = Math.min(seq, channel?.last_seq ?? 0);
    const read = await queries.raiseRead(tx, channel_id, actor.user.id, reached, actor.at);
    return { scope_id: channel_id, user_id: actor.user.id, ...read };
  });
}

async function freeName(tx: Tx, workspace_id: string, wanted: string): Promise<string> {
  const name = slugify(wanted) || "general";
  if (RESERVED_NAMES.has(name)) throw invalid("name", `the channel name ${name} is reserved`);
  if (await queries.nameTaken(tx, workspace_id, name)) {
    throw conflict(`channel name must be unique in the workspace; ${name} is taken`);
  }
  return name;
}

/** Applies the fields that were sent; `""` clears one. */
function changed(before: Channel, patch: ChannelInput): Channel {
  const after = { ...before };
  for (const field of ["display_title", "purpose", "external_ref", "external_url", "sidebar_section"] as const)
    requireText(field, patch[field] ?? "");
  if (patch.display_title !== undefined)
    after.display_title = cut(patch.display_title.trim(), LIMITS.channel_title_chars);
  if (patch.purpose !== undefined) {
    after.purpose = patch.purpose.trim();
    if (codePoints(after.purpose) > LIMITS.channel_purpose_chars) {
      throw invalid("purpose", `purpose must be at most ${LIMITS.channel_purpose_chars} characters`);
    }
  }
  if (patch.external_managed !== undefined) after.external_managed = patch.external_managed;
  if (patch.external_url !== undefined) requireLink(patch.external_url);
  for (const field of ["external_ref", "external_url", "sidebar_section"] as const) {
    const value = patch[field];
    if (value !== undefined) after[field] = value.trim();
  }
  for (const field of ["display_title", "external_ref", "external_url", "sidebar_section"] as const) {
    if (after[field] === "") delete after[field];
  }
  return after;
}

/** Clients show it as a link, so it has to be one that is safe to follow. */
function requireLink(value: string): void {
  const text = value.trim();
  if (text === "" || /^https?:\/\//i.test(text)) return;
  throw invalid("external_url", "external_url must be an http or https address, or empty");
}
