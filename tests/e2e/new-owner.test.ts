/** From an empty directory to three people of different roles talking: four commands or clicks each, at most. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { newPlace, type Place } from "../binary/program.ts";
import { linkIn, type Mailbox, openMailbox } from "../support/mailbox.ts";
import { composer, live, log, rowSaying, say, see } from "./support/app.ts";
import { complaints, launchBrowser, visitor, type Visitor } from "./support/browser.ts";
import { type Server, startServer } from "./support/executable.ts";

setDefaultTimeout(120_000);

let browser: Browser;
let mailbox: Mailbox;
let place: Place;
let server: Server | undefined;
const people: Visitor[] = [];
beforeAll(async () => {
  [browser, mailbox] = await Promise.all([launchBrowser(), openMailbox()]);
  place = newPlace();
});
afterAll(async () => {
  await server?.stop();
  await browser?.close();
  await mailbox?.close();
  place?.remove();
});

/** Somebody who counts what they had to do; typing, and moving on by Tab and arrows, is what one came for. */
class Newcomer {
  steps: string[] = [];

  async command<T>(name: string, run: () => Promise<T>): Promise<T> {
    this.steps.push(name);
    return run();
  }

  async click(page: Page, name: string | RegExp): Promise<void> {
    this.steps.push(`click ${name}`);
    await page.getByRole("button", { name }).click();
  }
}

async function window(): Promise<Page> {
  const made = await visitor(browser);
  people.push(made);
  return made.page;
}

/** A port that was free a moment ago: letters need an address before the server says where it listens. */
function freePort(): number {
  const probe = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const port = probe.port ?? 0;
  void probe.stop(true);
  return port;
}

const letterTo = async (address: string): Promise<string> => {
  const letter = await mailbox.next();
  expect(letter.to).toBe(address);
  return linkIn(letter);
};

test("an owner, a moderator and a member, each by four steps at most, hear each other", async () => {
  const owner = new Newcomer();
  const port = freePort();
  const mail = ["--smtp-url", mailbox.url, "--public-url", `http://localhost:${port}`];
  server = await owner.command("clickclack serve", () => startServer(place, port, ...mail));
  const ines = await window();
  await ines.goto(server.claim_url ?? "");
  await ines.getByLabel("Your name").fill("Ines Carvalho");
  await ines.getByLabel("E-mail").fill("ines@halyard.example");
  await ines.getByLabel("Password").fill("correct horse");
  await ines.getByLabel("Workspace", { exact: true }).fill("Halyard");
  await owner.click(ines, "Claim and open");
  await live(ines);
  await owner.click(ines, "Invite people");
  await ines.getByLabel("E-mail address", { exact: true }).fill("abel@halyard.example");
  await ines.getByLabel("Joins as", { exact: true }).press("ArrowUp");
  await ines.getByLabel("E-mail address 2", { exact: true }).fill("noor@halyard.example");
  await owner.click(ines, "Send 2 invites");

  const joins = async (email: string, name: string, as: string): Promise<{ page: Page; steps: string[] }> => {
    const link = await letterTo(email);
    const [one, page] = [new Newcomer(), await window()];
    await one.command("click the link of the letter", () => page.goto(link));
    await page.getByLabel("Your name").fill(name);
    await page.getByLabel("Password").fill("battery staple");
    await one.click(page, as);
    await live(page);
    return { page, steps: one.steps };
  };
  const abel = await joins("abel@halyard.example", "Abel Fontaine", "Join as moderator");
  const noor = await joins("noor@halyard.example", "Noor Haddad", "Join as member");

  const pages = [ines, abel.page, noor.page];
  for (const [index, text] of ["Welcome aboard.", "Glad to be here.", "So am I."].entries()) {
    const page = pages[index] ?? ines;
    await say(composer(page), text);
    for (const each of pages) await see(rowSaying(log(each), text));
  }
  for (const { steps } of [owner, abel, noor]) expect(steps.length).toBeLessThanOrEqual(4);
  const roles = await ines.evaluate(async () => {
    const { workspaces } = (await (await fetch("/api/workspaces")).json()) as { workspaces: { id: string }[] };
    const answer = await fetch(`/api/workspaces/${workspaces[0]?.id}/members`);
    const { members } = (await answer.json()) as { members: { role: string; user: { display_name: string } }[] };
    return members.map((one) => `${one.user.display_name}: ${one.role}`);
  });
  expect(roles).toEqual(["Ines Carvalho: owner", "Abel Fontaine: moderator", "Noor Haddad: member"]);
  expect(people.flatMap((one) => complaints(one))).toEqual([]);
});
