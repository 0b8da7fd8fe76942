/** Everybody an end-to-end test needs: two browsers, a bot and a terminal, around one executable. */
import { ClickClackBot, type ClickClackEvent, ClickClackClient, type Message } from "@clickclack/sdk";
import type { Browser } from "playwright-core";
import { newPlace, type Place } from "../../binary/program.ts";
import { live, see } from "./app.ts";
import { visitor, type Visitor } from "./browser.ts";
import { type Command, run, type Server, start, startServer } from "./executable.ts";
import { Log } from "./log.ts";

export const OWNER = { display_name: "Ines Carvalho", email: "ines@halyard.example", password: "correct horse" };
export const GUEST = { display_name: "Abel Fontaine", email: "abel@halyard.example", password: "battery staple" };
export const WORKSPACE = "Halyard";

/** What the bot saw, and which messages its handler finished. */
export interface Bot {
  bot: ClickClackBot;
  user_id: string;
  events: Log<ClickClackEvent>;
  handled: Log<string>;
  /** How often it had to fetch everything anew; catching up by cursor needs none. */
  resyncs: string[];
}

/** A home of its own, and whose it is. */
export interface Terminal {
  place: Place;
  user_id: string;
}

export interface Tail extends Command {
  /** What it printed, one event a line. */
  events: Log<ClickClackEvent>;
}

/** The first person, by the link that the server printed and the page that it opens. */
export async function claim(browser: Browser, server: Server): Promise<Visitor> {
  const ines = await visitor(browser);
  const { page } = ines;
  if (!server.claim_url) throw new Error("the server printed no claim link");
  await page.goto(server.claim_url);
  await page.getByLabel("Your name").fill(OWNER.display_name);
  await page.getByLabel("E-mail").fill(OWNER.email);
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByLabel("Workspace", { exact: true }).fill(WORKSPACE);
  await page.getByRole("button", { name: "Claim and open" }).click();
  await live(page);
  return ines;
}

/** The second person, by an invite link made in the first one's browser. */
export async function join(browser: Browser, owner: Visitor): Promise<Visitor> {
  await owner.page.getByRole("button", { name: "Invite people" }).click();
  const dialog = owner.page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Make an invite link" }).click();
  const link = await dialog.getByLabel("Invite link").inputValue();
  await dialog.getByRole("button", { name: "Close" }).click();

  const abel = await visitor(browser);
  const { page } = abel;
  await page.goto(link);
  await see(page.getByRole("heading", { name: `Join ${WORKSPACE}` }));
  await page.getByLabel("Your name").fill(GUEST.display_name);
  await page.getByLabel("E-mail").fill(GUEST.email);
  await page.getByLabel("Password").fill(GUEST.password);
  await page.getByRole("button", { name: "Join as member" }).click();
  await live(page);
  return abel;
}

/** A client of the SDK with a session of its own. */
export async function signIn(url: string, who: { email: string; password: string }): Promise<ClickClackClient> {
  const client = new ClickClackClient({ baseUrl: url });
  await client.auth.login({ identifier: who.email, password: who.password });
  return client;
}

/** A bot made by whoever keeps the machine. It answers when it is mentioned. */
export async function startBot(place: Place, url: string, workspace_id: string): Promise<Bot> {
  const names = ["--name", "Pinch", "--handle", "pinch", "--plain", "--data", place.data];
  const token = (await run(place, ["admin", "bot", "create", "--workspace", workspace_id, ...names])).trim();
  const events = new Log<ClickClackEvent>("the bot's events");
  const handled = new Log<string>("the bot's handled messages");
  const resyncs: string[] = [];
  const ready = Promise.withResolvers<void>();
  const bot = new ClickClackBot({
    baseUrl: url,
    token,
    workspaceId: workspace_id,
    onEvent: (event) => events.push(event),
    onMention: async (message: Message, { reply }) => {
      await reply(`Aye, ${message.author.display_name}.`);
      handled.push(message.id);
    },
    onMessage: (message: Message) => handled.push(message.id),
    onReady: () => ready.resolve(),
    onResync: () => resyncs.push(new Date().toISOString()),
  });
  await bot.start();
  await ready.promise;
  return { bot, user_id: bot.me?.id ?? "", events, handled, resyncs };
}

/** A third person, at a terminal with an empty home; signed in by a link that the server's keeper made. */
export async function openTerminal(server_place: Place, url: string, workspace_id: string): Promise<Terminal> {
  const terminal = newPlace();
  const data = ["--data", server_place.data];
  const email = "jun@halyard.example";
  const who = ["--name", "Jun Sato", "--email", email, "--workspace", workspace_id];
  const user_id = (await run(server_place, ["admin", "user", "create", ...who, "--plain", ...data])).trim();
  const token = await run(server_place, ["admin", "magic-link", "create", "--email", email, ...data]);
  await run(terminal, ["login", "--server", url, "--magic-token", "-"], token);
  return { place: terminal, user_id };
}

/** `clickclack tail --follow --json`. Its presence tells when it is connected. */
export function follow(terminal: Place): Tail {
  const events = new Log<ClickClackEvent>("tail");
  const heard = (line: string) => events.push(JSON.parse(line) as ClickClackEvent);
  return { ...start(terminal, ["tail", "--follow", "--json", "--limit", "0"], { heard }), events };
}

export const isPresence = (user_id: string, status: string) => (event: ClickClackEvent) =>
  event.type === "presence.changed" && event.payload.user_id === user_id && event.payload.status === status;

/** Everybody in #general of one new workspace, connected and looking. */
export interface Together {
  place: Place;
  server: Server;
  ines: Visitor;
  abel: Visitor;
  bot: Bot;
  terminal: Terminal;
  tail: Tail;
  /** Asks the server as its owner, for what is really stored. */
  client: ClickClackClient;
  workspace_id: string;
  channel_id: string;
  end(): Promise<void>;
}

export async function gather(browser: Browser): Promise<Together> {
  const place = newPlace();
  const server = await startServer(place);
  const ines = await claim(browser, server);
  const abel = await join(browser, ines);
  const client = await signIn(server.url, OWNER);
  const workspace_id = (await client.workspaces.list()).workspaces[0]?.id ?? "";
  const channel_id = (await client.channels.list(workspace_id)).channels[0]?.id ?? "";
  const bot = await startBot(place, server.url, workspace_id);
  const terminal = await openTerminal(place, server.url, workspace_id);
  const tail = follow(terminal.place);
  await bot.events.until("Jun's presence", isPresence(terminal.user_id, "online"));
  const all: Together = {
    place,
    server,
    ines,
    abel,
    bot,
    terminal,
    tail,
    client,
    workspace_id,
    channel_id,
    async end() {
      await bot.bot.stop();
      await tail.stop("SIGKILL");
      await Promise.all([ines.context.close(), abel.context.close()]);
      // By then it may be another one than at the start.
      await all.server.stop("SIGKILL");
      for (const one of [place, terminal.place]) one.remove();
    },
  };
  return all;
}
