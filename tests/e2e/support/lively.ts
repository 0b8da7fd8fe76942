/** A workspace where something is going on, made through the API by those who say it. */
import { Database } from "bun:sqlite";
import { ClickClackClient, type Channel, type Message, type Subscription } from "@clickclack/sdk";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { databasePath } from "../../../src/db/open.ts";
import { newPlace, type Place } from "../../binary/program.ts";
import { live } from "./app.ts";
import { visitor, type Visitor } from "./browser.ts";
import { BOTS, CHANNELS, ELSEWHERE, type Line, PEOPLE, RELEASE } from "./conversation.ts";
import { run, type Server, startServer } from "./executable.ts";

/** When the pictures are taken, for the clock of the browsers. */
export const NOW = new Date("2026-11-19T14:04:00.000Z");
const PASSWORD = "correct horse";
const WORKSPACE = "Halyard";

export interface Lively {
  place: Place;
  server: Server;
  workspace_id: string;
  channels: Map<string, Channel>;
  /** Clients by handle. */
  clients: Map<string, ClickClackClient>;
  /** The message that has a thread. */
  root: Message;
  /** Opens the client as Sam, who owns the place. */
  visit(browser: Browser, path: string, options?: BrowserContextOptions): Promise<Visitor>;
  /** The address of a channel, or of a thread in it. */
  path(channel: string, thread?: string): string;
  end(): Promise<void>;
}

export async function startLively(): Promise<Lively> {
  const place = newPlace();
  let server = await startServer(place);
  const { clients, workspace } = await gatherPeople(place, server);
  const channels = await makeChannels(client("sam"), workspace.id);
  const times = new Map<string, string>();
  const said = await say("release", RELEASE);
  for (const [name, lines] of Object.entries(ELSEWHERE)) await say(name, lines);
  const root = said[2];
  if (!root) throw new Error("the thread's root is missing");

  // People say all this within a second; it is to look like two days.
  await server.stop("SIGTERM");
  setTimes(place, times);
  server = await startServer(place, server.port);
  const present = await Promise.all([...clients.values()].map((one) => connect(one, workspace.id)));

  function client(handle: string): ClickClackClient {
    const found = clients.get(handle);
    if (!found) throw new Error(`nobody is called ${handle}`);
    return found;
  }

  async function say(name: string, lines: Line[]): Promise<Message[]> {
    const channel = channels.get(name);
    const messages: Message[] = [];
    for (const line of lines) {
      const quoted = line.quotes === undefined ? undefined : messages[line.quotes]?.id;
      const input = { body: line.was ?? line.body, ...(quoted && { quoted_message_id: quoted }) };
      const { message } = await client(line.who).channels.sendMessage(channel?.id ?? "", input);
      messages.push(message);
      await finish(message, line);
      for (const one of line.replies ?? []) {
        await finish((await client(one.who).threads.reply(message.id, one.body)).message, one);
      }
    }
    return messages;
  }

  async function finish(message: Message, line: Line): Promise<void> {
    const [day, time] = line.at.split(" ");
    times.set(message.id, `2026-11-${day}T${time}:00.000Z`);
    const author = client(line.who);
    if (line.was) await author.messages.update(message.id, line.body);
    for (const [emoji, handles] of Object.entries(line.reactions ?? {}))
      for (const handle of handles) await client(handle).messages.addReaction(message.id, emoji);
    if (line.deleted) await author.messages.delete(message.id);
  }

  return {
    place,
    server,
    workspace_id: workspace.id,
    channels,
    clients,
    root,
    path: (name, thread) =>
      `/app/${workspace.route_id}/${channels.get(name)?.route_id}${thread ? `?thread=${thread}` : ""}`,
    async visit(browser, path, options = {}) {
      const sam = await visitor(browser, options);
      const value = client("sam").token ?? "";
      await sam.context.addCookies([{ name: "cc_session", value, url: server.url, httpOnly: true, sameSite: "Lax" }]);
      await sam.page.goto(`${server.url}${path}`);
      await live(sam.page);
      return sam;
    },
    async end() {
      for (const one of present) one.close();
      await server.stop("SIGKILL");
      place.remove();
    },
  };
}

async function gatherPeople(place: Place, server: Server) {
  const clients = new Map<string, ClickClackClient>();
  const owner = new ClickClackClient({ baseUrl: server.url });
  const [sam, ...others] = PEOPLE.map((one) => ({ ...one, email: `${one.handle}@halyard.example` }));
  const token = new URL(server.claim_url ?? "").searchParams.get("token") ?? "";
  const { handle = "", ...first } = sam ?? { display_name: "", email: "" };
  const { workspace } = await owner.auth.setup({ token, ...first, workspace_name: WORKSPACE, password: PASSWORD });
  clients.set(handle, owner);
  const { invite } = await owner.invites.create(workspace.id);
  await Promise.all(
    others.map(async (other) => {
      const { handle: wanted, ...person } = other;
      const client = new ClickClackClient({ baseUrl: server.url });
      await client.invites.accept(invite.code, { ...person, password: PASSWORD });
      clients.set(wanted, client);
    }),
  );
  await Promise.all([...clients].map(([name, client]) => client.updateMe({ handle: name })));
  for (const bot of BOTS) {
    const names = ["--name", bot.display_name, "--handle", bot.handle, "--data", place.data, "--plain"];
    const made = await run(place, ["admin", "bot", "create", "--workspace", workspace.id, ...names]);
    clients.set(bot.handle, new ClickClackClient({ baseUrl: server.url, token: made.trim() }));
  }
  return { clients, workspace };
}

async function makeChannels(owner: ClickClackClient, workspace_id: string): Promise<Map<string, Channel>> {
  for (const channel of CHANNELS) await owner.channels.create(workspace_id, channel);
  const { channels } = await owner.channels.list(workspace_id);
  return new Map(channels.map((channel) => [channel.name, channel]));
}

/** Only the shown moments; everything else stays as the server made it. */
function setTimes({ data }: Place, times: Map<string, string>): void {
  const db = new Database(databasePath(data));
  try {
    const set = db.prepare("UPDATE messages SET created_at = ? WHERE id = ?");
    for (const [id, at] of times) set.run(at, id);
    db.run("UPDATE channels SET created_at = '2026-11-16T08:30:00.000Z'");
    db.run(`UPDATE messages SET last_reply_at = (SELECT MAX(reply.created_at) FROM messages reply
      WHERE reply.parent_message_id = messages.id) WHERE reply_count > 0`);
  } finally {
    db.close();
  }
}

async function connect(client: ClickClackClient, workspaceId: string): Promise<Subscription> {
  const ready = Promise.withResolvers<void>();
  const subscription = client.events.subscribe({
    workspaceId,
    onEvent: () => undefined,
    onReady: () => ready.resolve(),
  });
  await ready.promise;
  return subscription;
}
