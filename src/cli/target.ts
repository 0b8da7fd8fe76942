import type { Channel, Workspace } from "@clickclack/sdk";
import { AppError } from "../lib/errors.ts";
import type { Session } from "./session.ts";

/** The workspace asked for by id, route id, slug or name; else the first. */
export async function findWorkspace(session: Session): Promise<Workspace> {
  const { workspaces } = await session.client.workspaces.list();
  const wanted = session.workspace;
  const found = wanted === undefined ? workspaces[0] : workspaces.find((workspace) => isCalled(workspace, wanted));
  if (found) return found;
  throw wanted === undefined
    ? new AppError("not_found", "you belong to no workspace yet; ask for an invite")
    : new AppError("not_found", `no workspace "${wanted}"; see: clickclack workspaces list`);
}

/** The channel asked for by id or name, else `general`, else the first. An id is found in any workspace you see. */
export async function findChannel(session: Session, word?: string): Promise<Channel> {
  const wanted = (word ?? session.channel)?.replace(/^#/, "");
  if (wanted?.startsWith("chn_") && session.workspace === undefined) return findAnywhere(session, wanted);
  const workspace = await findWorkspace(session);
  const { channels } = await session.client.channels.list(workspace.id);
  if (wanted)
    return requireChannel(
      channels.find((channel) => isCalled(channel, wanted)),
      wanted,
    );
  return requireChannel(channels.find((channel) => channel.name === "general") ?? channels[0], "general");
}

async function findAnywhere(session: Session, id: string): Promise<Channel> {
  const { workspaces } = await session.client.workspaces.list();
  for (const workspace of workspaces) {
    const { channels } = await session.client.channels.list(workspace.id);
    const found = channels.find((channel) => channel.id === id);
    if (found) return found;
  }
  return requireChannel(undefined, id);
}

function requireChannel(channel: Channel | undefined, wanted: string): Channel {
  if (!channel) throw new AppError("not_found", `no channel "${wanted}"; see: clickclack channels list`);
  return channel;
}

function isCalled(thing: { id: string; route_id: string; name: string; slug?: string }, wanted: string): boolean {
  const name = wanted.toLowerCase();
  return [thing.id, thing.route_id].includes(wanted) || [thing.slug, thing.name.toLowerCase()].includes(name);
}
