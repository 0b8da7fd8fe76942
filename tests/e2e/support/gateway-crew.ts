/** A new server with three people and four channels on it, set up as anybody does it: over HTTP. */
import type { Server } from "./executable.ts";
import { type Call, caller } from "./gateway-call.ts";

export interface Person {
  id: string;
  token: string;
}

export interface Crew {
  workspace_id: string;
  /** The first of them claimed the server; the others came by an invite. */
  people: [Person, Person, Person];
  owner: Call;
  /** The bridge and the back room are private, with all three in them. */
  channels: { general: string; harbour: string; bridge: string; back_room: string };
}

interface Welcome {
  token: string;
  user: { id: string };
  workspace: { id: string };
  channel: { id: string };
}

export async function musterCrew({ url, claim_url }: Server): Promise<Crew> {
  const anyone = caller(url);
  const setup = {
    token: new URL(claim_url ?? "").searchParams.get("token"),
    display_name: "Ines",
    email: "ines@halyard.example",
    workspace_name: "Halyard",
  };
  const welcome = (await anyone<Welcome>("POST", "/api/auth/setup", setup)).body;
  const owner = caller(url, welcome.token);
  const workspace = `/api/workspaces/${welcome.workspace.id}`;
  const { invite } = (await owner<{ invite: { code: string } }>("POST", `${workspace}/invites`, {})).body;
  const join = async (display_name: string) => {
    const newcomer = { display_name, email: `${display_name}@halyard.example`, password: "battery staple" };
    return personIn((await anyone<Welcome>("POST", `/api/invites/${invite.code}/accept`, newcomer)).body);
  };
  const [abel, jun] = [await join("Abel"), await join("Jun")];
  const make = async (name: string, kind: "public" | "private") => {
    const made = await owner<{ channel: { id: string } }>("POST", `${workspace}/channels`, { name, kind });
    const { id } = made.body.channel;
    const members = kind === "private" ? [abel, jun] : [];
    for (const one of members) await owner("PUT", `/api/channels/${id}/members/${one.id}`);
    return id;
  };
  return {
    workspace_id: welcome.workspace.id,
    people: [personIn(welcome), abel, jun],
    owner,
    channels: {
      general: welcome.channel.id,
      harbour: await make("harbour", "public"),
      bridge: await make("bridge", "private"),
      back_room: await make("back-room", "private"),
    },
  };
}

const personIn = ({ user, token }: Welcome): Person => ({ id: user.id, token });
