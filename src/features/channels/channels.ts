import { type Channel, LIMITS } from "@clickclack/protocol";
import type { Database, Tx } from "../../db/database.ts";
import { type Actor, isBot } from "../../lib/actor.ts";
import { conflict, forbidden, invalid, notFound } from "../../lib/errors.ts";
import { newId, newRouteId } from "../../lib/ids.ts";
import { codePoints, cut, requireText, slugify } from "../../lib/text.ts";
import { type LogEvent, narrowEvents, widenEvents } from "../../realtime/events.ts";
import { announce, type Conversation, inChannel, requireConversation } from "../conversations/conversations.ts";
import {
  isManager,
  requireActive,
  requireMember,
  requireUnrestricted,
  workspacesByIds,
} from "../workspaces/workspaces.ts";
import * as queries from "./queries.ts";
import { recordChannel } from "./recording.ts";

/** What other features need of channels. */
export { channelsFor, queueReindex } from "./queries.ts";

const RESERVED_NAMES = new Set(["guest"]);

/** A channel, not a direct conversation, as the actor may use it. */
export async function requireChannel(tx: Tx, actor: Actor, channel_id: string): Promise<Conversation> {
  return requireConversation(tx, actor, inChannel(channel_id), "read");
}

/** The channels the actor may see, archived ones included, with where they stand in each. */
export async function listChannels(db: Database, actor: Actor, workspace_id: string): Promise<Channel[]> {
  return db.read(async (tx) => {
    const role = await requireMember(tx, actor, workspace_id);
    return queries.channelsFor(tx, { workspace_id, user_id: actor.user.id, role });
  });
}

export async function readChannel(db: Database, actor: Actor, channel_id: string): Promise<Channel> {
  return db.read(async (tx) => forReader(tx, actor, await requireChannel(tx, actor, channel_id)));
}

/** The channel with where the actor stands in it. */
async function forReader(tx: Tx, actor: Actor, { id, workspace_id, role }: Conversation): Promise<Channel> {
  const [channel] = await queries.channelsFor(tx, { workspace_id, user_id: actor.user.id, role, id });
  if (!channel) throw notFound("channel");
  return channel;
}

export interface ChannelInput {
  name?: string | undefined;
  kind?: Channel["kind"] | undefined;
  post_policy?: Channel["post_policy"] | undefined;
  invite_policy?: Channel["invite_policy"] | undefined;
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
    const role = await requireActive(tx, actor, workspace_id);
    if (role === "guest") throw forbidden("guests cannot create channels");
    const workspace = (await workspacesByIds(tx, [workspace_id])).get(workspace_id);
    if (workspace?.channel_policy === "managers" && !isManager(role) && !isBot(actor))
      throw forbidden("only owners and moderators create channels in this workspace");
    const { channel, event } = await makeChannel(tx, workspace_id, input, actor.at, actor.user.id);
    await recordChannel(tx, actor, undefined, channel);
    return { channel: await forReader(tx, actor, await requireChannel(tx, actor, channel.id)), event };
  });
}

/** Makes the channel and its event, without asking who; `features/setup` makes `#general` by it. */
export async function makeChannel(
  tx: Tx,
  workspace_id: string,
  input: ChannelInput,
  at: string,
  created_by?: string,
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
      post_policy: "everyone",
      invite_policy: "members",
      ...(created_by !== undefined && { created_by }),
    },
    input,
  );
  await queries.insertChannel(tx, channel);
  if (channel.kind === "private" && created_by !== undefined) {
    await queries.insertMember(tx, channel.id, created_by, created_by, at);
    tx.notify(created_by);
  }
  const event = await announce(
    tx,
    { ...channel, has_guests: false },
    {
      type: "channel.created",
      payload: { channel_id: channel.id },
      created_at: at,
    },
    "members",
  );
  return { channel, event };
}

/**
 * Changes, archives and restores a channel. Owners may, bots whose token has the scope, and whoever
 * made a private channel.
 */
export async function updateChannel(
  db: Database,
  actor: Actor,
  channel_id: string,
  patch: ChannelInput & { archived?: boolean | undefined },
): Promise<{ channel: Channel; event: LogEvent }> {
  return db.write(async (tx) => {
    const access = await requireChannel(tx, actor, channel_id);
    requireUnrestricted(access.restricted_until, actor);
    if (!canChange(access, actor)) throw forbidden("only owners can change a channel");
    const before = await queries.channelById(tx, channel_id);
    if (!before) throw notFound("channel");
    const after = changed(before, patch);
    if (patch.name !== undefined && slugify(patch.name) !== before.name) {
      after.name = await freeName(tx, before.workspace_id, patch.name);
    }
    if (patch.archived === true) after.archived_at ??= actor.at;
    if (patch.archived === false) delete after.archived_at;
    await queries.updateChannel(tx, after);
    await recordChannel(tx, actor, before, after);
    if (after.kind !== before.kind) await changeKind(tx, actor, after);
    const now = await requireChannel(tx, actor, channel_id);
    const event = await announce(
      tx,
      now,
      {
        type: "channel.updated",
        payload: { channel_id, archived: after.archived_at !== undefined },
        created_at: actor.at,
      },
      "members",
    );
    return { channel: await forReader(tx, actor, now), event };
  });
}

function canChange(channel: Conversation, actor: Actor): boolean {
  return channel.role === "owner" || isBot(actor) || (channel.kind === "private" && isMaker(channel, actor));
}

/** Whoever made the channel has a say in it, until they are a guest. */
export function isMaker({ role, created_by }: Conversation, actor: Actor): boolean {
  return role !== "guest" && created_by === actor.user.id;
}

/** Nobody loses a channel by its becoming private; everybody concerned joins their topics again. */
async function changeKind(tx: Tx, actor: Actor, { id, workspace_id, kind }: Channel): Promise<void> {
  const concerned =
    kind === "private"
      ? await queries.enrolAll(tx, id, workspace_id, actor.user.id, actor.at)
      : await queries.dismissAll(tx, id, workspace_id);
  for (const user_id of concerned) tx.notify(user_id);
  if (kind === "private") await narrowEvents(tx, workspace_id, id);
  else {
    const has_guests = (await queries.memberIds(tx, id)).length > 0;
    await widenEvents(tx, workspace_id, { channel_id: id, has_guests });
  }
  await queries.queueReindex(tx, id);
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
  after.kind = patch.kind ?? before.kind;
  after.post_policy = patch.post_policy ?? before.post_policy;
  after.invite_policy = patch.invite_policy ?? before.invite_policy;
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
