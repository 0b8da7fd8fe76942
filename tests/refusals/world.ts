/** Everybody who may knock, and places of every kind with everything in them. */
import { createSession } from "../../src/features/auth/auth.ts";
import { createBot, createBotToken } from "../../src/features/bots/bots.ts";
import { addMember, removeMember } from "../../src/features/workspaces/workspaces.ts";
import { FORM_TYPE, formOf, pictureOf } from "../support/form.ts";
import { newcomer } from "../support/newcomer.ts";
import { type Answer, type Player, type TestApp, testApp } from "../support/test-app.ts";

export interface World {
  t: TestApp;
  owner: Player;
  /** In the workspace, but in none of its hidden places, whatever their role. */
  moderator: Player;
  member: Player;
  guest: Player;
  /** Was a member, and keeps a session. */
  gone: Player;
  /** Owns another workspace. */
  outsider: Player;
  /** A bot of the workspace with every scope. */
  bot: Player;
  /** A bot of the workspace with one scope, which no route asks for. */
  narrow: Player;
  /** A bot of both workspaces with every scope, whose token is the other one's. */
  foreign: Player;
}

const EVERYTHING = ["bot:admin", "agent_activity:write"];

export async function world(): Promise<World> {
  const t = await testApp();
  const { owner, moderator, member, outsider } = t.cast;
  const gone = await newcomer(t, "gone", "member");
  await t.db.write((tx) => removeMember(tx, t.workspace.id, gone.user.id, new Date(t.clock.now()).toISOString()));
  const at = new Date(t.clock.now()).toISOString();
  const elsewhere = (await t.call(outsider, "GET", "/api/workspaces")).body.workspaces[0].id as string;
  const foreign = await machine(t, elsewhere, "foreign", EVERYTHING);
  await t.db.write((tx) => addMember(tx, t.workspace.id, foreign.user, "bot", at));
  return {
    t,
    owner,
    moderator,
    member,
    outsider,
    gone,
    guest: await newcomer(t, "guest", "guest"),
    bot: await machine(t, t.workspace.id, "full", EVERYTHING),
    narrow: await machine(t, t.workspace.id, "narrow", ["agent_activity:write"]),
    foreign,
  };
}

export async function machine(t: TestApp, workspace_id: string, handle: string, scopes: string[]): Promise<Player> {
  const at = new Date(t.clock.now()).toISOString();
  const created_by = t.cast.owner.user.id;
  return t.db.write(async (tx) => {
    const user = await createBot(tx, { workspace_id, display_name: handle, handle, at });
    const { token } = await createBotToken(tx, { workspace_id, bot_user_id: user.id, scopes, created_by, at });
    return { user, token };
  });
}

/** What a request names. In a place of one kind the id of the other kind is empty. */
export interface Ids {
  workspace_id: string;
  workspace_route: string;
  channel_id: string;
  conversation_id: string;
  target_route: string;
  message_id: string;
  upload_id: string;
  /** Of the channel. */
  topic_id: string;
  nonce: string;
  /** A member, a bot of nobody's with a token, and an invite, made for this occasion. */
  user_id: string;
  bot_user_id: string;
  token_id: string;
  invite_id: string;
  invite_code: string;
}

/** A public channel, a private one that only its maker is in, or a direct conversation of two. */
export type Kind = "open" | "hidden" | "direct";

let made = 0;

/** Somewhere the owner said something, with a picture, a reply, a reaction and a pin on it. */
export async function place(w: World, kind: Kind): Promise<Ids> {
  const { t, owner } = w;
  const n = made++;
  const friend = await newcomer(t, `friend-${n}`, "member");
  const workspace_id = t.workspace.id;
  const here = kind === "direct" ? await direct(w, friend) : await channel(w, kind, `place-${n}`);
  const base = here.conversation_id ? `/api/dms/${here.conversation_id}` : `/api/channels/${here.channel_id}`;
  const upload_id = await picture(w, `picture-${n}`);
  const topic_id = here.channel_id && (await topic(w, here.channel_id));
  const nonce = `nonce-${n}`;
  const sent = await ask(w, owner, "POST", `${base}/messages`, { body: "ahoy", nonce, upload_ids: [upload_id] });
  const message_id: string = sent.body.message.id;
  await ask(w, owner, "POST", `/api/messages/${message_id}/thread/replies`, { body: "aye" });
  await ask(w, owner, "POST", `/api/messages/${message_id}/reactions`, { emoji: "🦞" });
  const bot = await ask(w, owner, "POST", `/api/workspaces/${workspace_id}/bots`, { display_name: "Pinch" });
  const invited = await ask(w, owner, "POST", `/api/workspaces/${workspace_id}/invites`, {});
  return {
    workspace_id,
    workspace_route: t.workspace.route_id,
    ...here,
    message_id,
    upload_id,
    topic_id,
    nonce,
    user_id: friend.user.id,
    bot_user_id: bot.body.bot.id,
    token_id: bot.body.bot_token.id,
    invite_id: invited.body.invite.id,
    invite_code: invited.body.invite.code,
  };
}

async function channel({ t, owner }: World, kind: Kind, name: string) {
  const body = { name, kind: kind === "open" ? "public" : "private" };
  const answer = await t.call(owner, "POST", `/api/workspaces/${t.workspace.id}/channels`, body);
  const { id, route_id } = answer.body.channel;
  return { channel_id: id as string, conversation_id: "", target_route: route_id as string };
}

async function direct({ t, owner }: World, friend: Player) {
  const body = { workspace_id: t.workspace.id, member_ids: [friend.user.id] };
  const { conversation } = (await t.call(owner, "POST", "/api/dms", body)).body;
  return { channel_id: "", conversation_id: conversation.id as string, target_route: conversation.route_id as string };
}

async function topic(w: World, channel_id: string): Promise<string> {
  const path = `/api/workspaces/${w.t.workspace.id}/topics`;
  return (await ask(w, w.owner, "POST", path, { name: "sails", channel_id })).body.topic.id;
}

async function picture(w: World, nonce: string): Promise<string> {
  const path = `/api/uploads?workspace_id=${w.t.workspace.id}&nonce=${nonce}`;
  return (await ask(w, w.owner, "POST", path, await pictureForm(), FORM_TYPE)).body.upload.id;
}

export async function pictureForm(): Promise<Uint8Array<ArrayBuffer>> {
  return formOf({ name: "file", value: await pictureOf(8, 8), filename: "dot.png", type: "image/png" });
}

/** A request that has to work, because what follows stands on it. */
async function ask(w: World, who: Player, method: string, path: string, body: unknown, type?: string): Promise<Answer> {
  const answer = await w.t.call(
    who,
    method,
    path,
    body,
    type === undefined ? {} : { headers: { "content-type": type } },
  );
  if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.body?.error}`);
  return answer;
}

const NONE = "0".repeat(26);

/** The same names with nothing behind them. */
export function nowhere(ids: Ids): Ids {
  return {
    ...ids,
    channel_id: ids.channel_id && `chn_${NONE}`,
    conversation_id: ids.conversation_id && `dm_${NONE}`,
    target_route: `${ids.target_route.charAt(0)}${"0".repeat(16)}`,
    message_id: `msg_${NONE}`,
    upload_id: `upl_${NONE}`,
    topic_id: ids.topic_id && `top_${NONE}`,
  };
}

/** A session of its own, for an act that ends it. */
export async function session(w: World, who: Player): Promise<Player> {
  const moment = { at_ms: w.t.clock.now(), address: "", user_agent: "test" };
  return w.t.db.write(async (tx) => ({ ...who, token: (await createSession(tx, who.user, moment)).token }));
}
