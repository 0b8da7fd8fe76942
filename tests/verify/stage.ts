/** One workspace with the three who watch, and those who act. */
import type { Channel, DurableEvent, Member } from "@clickclack/protocol";
import { ClickClackClient } from "@clickclack/sdk";
import { createSession } from "../../src/features/auth/auth.ts";
import { remindSome } from "../../src/features/saved/reminders.ts";
import { createUser } from "../../src/features/users/users.ts";
import { addMember } from "../../src/features/workspaces/workspaces.ts";
import { testServer } from "../support/test-server.ts";
import { Reader } from "./reader.ts";

export interface Actor {
  id: string;
  client: ClickClackClient;
  token: string;
}

export interface Stage {
  url: string;
  workspace_id: string;
  /** A public channel that the guest was added to; a private one of all; one that the guest is not in. */
  shared: Channel;
  deck: Channel;
  general: Channel;
  /** Conversations whose messages are on every reader's screen, as far as they may see them. */
  places: string[];
  /** Of the owner, in the shared channel. */
  root_id: string;
  /** Of Mia and the owner. */
  direct_id: string;
  /** They have other devices, by which they act. */
  owner: Actor;
  guest: Actor;
  bot: Actor;
  mia: Actor;
  readers: Reader[];
  /** Lets others listen who were opened at the same time and have been without a line since. */
  comeBack(): void;
  newcomer(handle: string, role: Member["role"]): Promise<Actor>;
  /** Tells every reminder that is due within a day. */
  remind(): Promise<void>;
  /** Settles when every reader has applied all that happened until now; answers what they saw since the last time. */
  settle(): Promise<DurableEvent[]>;
  close(): Promise<void>;
}

const DAY_MS = 24 * 60 * 60 * 1000;

export async function openStage(program: { heartbeat_ms?: number } = {}): Promise<Stage> {
  const server = await testServer({}, program);
  const owner = new ClickClackClient({ baseUrl: server.url, session: "token" });
  const token = new URL(server.claim_url ?? "").searchParams.get("token") ?? "";
  const claim = { token, display_name: "Olivia", email: "olivia@example.com", workspace_name: "Harbour" };
  const { user, workspace, channel: general } = await owner.auth.setup(claim);
  await owner.updateMe({ handle: "olivia" });

  async function newcomer(handle: string, role: Member["role"]): Promise<Actor> {
    const at_ms = Date.now();
    const at = new Date(at_ms).toISOString();
    return server.db.write(async (tx) => {
      const made = await createUser(tx, { display_name: handle, handle, at });
      await addMember(tx, workspace.id, made, role, at);
      const session = await createSession(tx, made, { at_ms, address: "", user_agent: "test" });
      return {
        id: made.id,
        token: session.token,
        client: new ClickClackClient({ baseUrl: server.url, token: session.token }),
      };
    });
  }

  const mia = await newcomer("mia", "moderator");
  const guest = await newcomer("gus", "guest");
  const { bot: made, bot_token } = await owner.bots.create(workspace.id, {
    display_name: "Pinch",
    handle: "pinch",
    scopes: ["bot:write", "agent_activity:write"],
  });
  const bot_secret = bot_token?.token ?? "";
  const bot = {
    id: made.id,
    token: bot_secret,
    client: new ClickClackClient({ baseUrl: server.url, token: bot_secret }),
  };

  const { channel: shared } = await owner.channels.create(workspace.id, { name: "shared" });
  const { channel: deck } = await owner.channels.create(workspace.id, { name: "deck", kind: "private" });
  for (const channel of [shared, deck]) await owner.channels.addMember(channel.id, guest.id);
  for (const one of [mia, bot]) await owner.channels.addMember(deck.id, one.id);
  const { message: root } = await owner.channels.sendMessage(shared.id, "Who watches the pumps?");
  const { conversation } = await mia.client.dms.create(workspace.id, [user.id]);
  await mia.client.dms.sendMessage(conversation.id, "Are you there?");

  const shown = { places: [shared.id, deck.id, general.id, conversation.id], root_id: root.id };
  const readers = [
    new Reader("owner", server.url, owner.token ?? ""),
    new Reader("guest", server.url, guest.token),
    new Reader("bot", server.url, bot.token),
  ];
  const late = [
    new Reader("owner, late", server.url, owner.token ?? ""),
    new Reader("guest, late", server.url, guest.token),
    new Reader("bot, late", server.url, bot.token),
  ];
  for (const reader of [...readers, ...late]) await reader.open(workspace.id, shown);
  for (const reader of readers) reader.follow(workspace.id);

  let marks = 0;
  const from = new Map<Reader, number>();
  return {
    url: server.url,
    workspace_id: workspace.id,
    shared,
    deck,
    general,
    places: shown.places,
    root_id: root.id,
    direct_id: conversation.id,
    owner: { id: user.id, token: owner.token ?? "", client: owner },
    guest,
    bot,
    mia,
    readers,
    comeBack() {
      for (const reader of late) reader.follow(workspace.id);
      readers.push(...late);
    },
    newcomer,
    async remind() {
      while (await remindSome(server.db, Date.now() + DAY_MS));
    },
    async settle() {
      const { message } = await mia.client.channels.sendMessage(shared.id, `mark ${++marks}`);
      const isMark = (event: DurableEvent) =>
        event.type === "message.created" && event.payload.message_id === message.id;
      const seen: DurableEvent[] = [];
      for (const reader of readers) {
        await reader.until(isMark);
        seen.push(...reader.events.slice(from.get(reader) ?? 0).filter((event) => !isMark(event)));
        from.set(reader, reader.events.length);
      }
      return seen;
    },
    async close() {
      for (const reader of readers) reader.close();
      await server.close();
    },
  };
}
