import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { ClickClackClient, type Workspace } from "@clickclack/sdk";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { newPlace, type Place } from "../binary/program.ts";
import { linkIn, openMailbox } from "../support/mailbox.ts";
import { actInMenu, gone, hasMark, leaveMark, live, log, post, rowOf, see } from "./support/app.ts";
import { violations } from "./support/axe.ts";
import { complaints, DESK, launchBrowser, PHONE, type Visitor, visitor } from "./support/browser.ts";
import { claim, OWNER, signIn } from "./support/cast.ts";
import { type Server, startServer } from "./support/executable.ts";
import { PICTURE } from "./support/picture.ts";

setDefaultTimeout(120_000);

const PASSWORD = "battery staple";
const SECTIONS = ["profile", "sessions", "workspace", "audit", "members", "invites", "reports"] as const;
/** Chromium writes down every answer that says no. */
const REFUSED = /status of 40[349]/;

/** The doors and the settings as people use them: who comes in, what they may, and what is written down of it. */
describe("people in the web client", () => {
  let browser: Browser;
  let place: Place;
  let server: Server;
  let ines: Visitor;
  let owner: ClickClackClient;
  let workspace: Workspace;
  beforeAll(async () => {
    place = newPlace();
    [browser, server] = await Promise.all([launchBrowser(), startServer(place)]);
    ines = await claim(browser, server);
    owner = await signIn(server.url, OWNER);
    const { workspaces } = await owner.workspaces.list();
    if (!workspaces[0]) throw new Error("there is no workspace");
    workspace = workspaces[0];
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop("SIGKILL");
    place.remove();
  });

  const settings = (section: string) => `${server.url}/app/${workspace.route_id}/settings/${section}`;
  const home = () => `${server.url}/app/${workspace.route_id}`;
  const row = (page: Page, name: string): Locator => page.getByRole("row").filter({ hasText: name });
  const toast = (page: Page, text: string) => see(page.getByRole("status").getByText(text));

  /** Somebody who came by a link of the owner, in a window of their own. */
  async function newcomer(name: string, role: "moderator" | "member" | "guest" = "member"): Promise<Visitor> {
    const { invite } = await owner.invites.create(workspace.id, { role, max_uses: 1 });
    const one = await visitor(browser);
    const { page } = one;
    await page.goto(invite.url);
    await page.getByLabel("Your name").fill(name);
    await page.getByLabel("E-mail").fill(`${(name.split(" ")[0] ?? name).toLowerCase()}@halyard.example`);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: `Join as ${role}` }).click();
    await live(page);
    return one;
  }

  async function open(one: Visitor, section: string): Promise<Page> {
    await one.page.goto(settings(section));
    await live(one.page);
    return one.page;
  }

  async function fromMenu(page: Page, name: string, item: string | RegExp): Promise<void> {
    await page.getByRole("button", { name: `More for ${name}` }).click();
    await page.getByRole("menuitem", { name: item }).click();
  }

  test("an invite for one address shows only a hint of it, and lets exactly that one in", async () => {
    const page = await open(ines, "members");
    await page.getByRole("button", { name: "Invite people" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("They join as").selectOption("guest");
    await dialog.getByLabel("E-mail, optional").fill("gus@halyard.example");
    await dialog.getByRole("button", { name: "Make an invite link" }).click();
    const url = await dialog.locator("code").textContent();
    await dialog.getByRole("button", { name: "Close" }).click();

    const gus = await visitor(browser);
    await gus.page.goto(url ?? "");
    await see(gus.page.getByText("You join as a guest"));
    const address = gus.page.getByLabel("E-mail");
    expect(await address.isDisabled()).toBe(true);
    expect(await address.inputValue()).toMatch(/^g.+@halyard\.example$/);
    expect(await address.inputValue()).not.toContain("gus");
    await gus.page.getByLabel("Your name").fill("Gus Guest");
    await gus.page.getByLabel("Password").fill(PASSWORD);
    await gus.page.getByRole("button", { name: "Join as guest" }).click();
    await live(gus.page);

    await see(row(page, "Gus Guest"));
    await page.getByRole("link", { name: "Invites" }).click();
    await page.getByRole("button", { name: "Ended" }).click();
    await page.getByText("Who came by it").click();
    await see(page.getByRole("listitem").filter({ hasText: "gus@halyard.example" }).getByText("Gus Guest"));

    const late = await visitor(browser);
    await late.page.goto(url ?? "");
    await see(late.page.getByRole("heading", { name: "This invite no longer works" }));
    for (const one of [gus, late]) expect(complaints(one, REFUSED)).toEqual([]);
    await Promise.all([gus, late].map((one) => one.context.close()));
  });

  test("somebody who is signed in joins as themselves, or says that they are not", async () => {
    const abel = await newcomer("Abel Fontaine");
    const { workspace: lighthouse } = await owner.workspaces.create({ name: "Lighthouse" });
    const { invite } = await owner.invites.create(lighthouse.id);
    await abel.page.goto(invite.url);
    await see(abel.page.getByRole("button", { name: "Join as Abel Fontaine" }));
    await abel.page.getByRole("button", { name: "Not you?" }).click();
    await see(abel.page.getByRole("button", { name: "Join as member" }));
    // They have an account after all: the invite stays where it is while they sign in.
    await abel.page.getByRole("button", { name: "Sign in", exact: true }).click();
    await abel.page.getByLabel("E-mail or handle").fill("abel@halyard.example");
    await abel.page.getByLabel("Password").fill(PASSWORD);
    await abel.page.getByRole("button", { name: "Sign in", exact: true }).click();
    await abel.page.getByRole("button", { name: "Join as Abel Fontaine" }).click();
    await live(abel.page);
    expect(new URL(abel.page.url()).pathname).toStartWith(`/app/${lighthouse.route_id}`);
    expect(complaints(abel)).toEqual([]);
    await abel.context.close();
  });

  test("a sign-in link is made in the settings, used by a button only, and once", async () => {
    const jun = await newcomer("Jun Sato");
    await jun.context.close();
    const page = await open(ines, "members");
    await fromMenu(page, "Jun Sato", "Sign-in link…");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Make the link" }).click();
    const url = (await dialog.locator("code").textContent()) ?? "";
    await dialog.getByRole("button", { name: "Close" }).click();

    // A scanner loads the page, with all its scripts, and presses nothing.
    const scanner = await visitor(browser);
    await scanner.page.goto(url);
    await see(scanner.page.getByRole("button", { name: "Sign in", exact: true }));
    expect(scanner.asked.filter((one) => one.startsWith("POST"))).toEqual([]);
    await scanner.context.close();

    const again = await visitor(browser);
    await again.page.goto(url);
    await again.page.getByRole("button", { name: "Sign in", exact: true }).click();
    await live(again.page);
    await see(again.page.getByRole("button", { name: "Your account" }).getByText("Jun Sato"));
    expect(complaints(again)).toEqual([]);

    const late = await visitor(browser);
    await late.page.goto(url);
    await late.page.getByRole("button", { name: "Sign in", exact: true }).click();
    await see(late.page.getByRole("heading", { name: "This link has ended" }));
    await Promise.all([again, late].map((one) => one.context.close()));
  });

  test("a new name, picture and status are seen by somebody else without a reload", async () => {
    const noor = await newcomer("Noor Haddad");
    await ines.page.goto(home());
    await live(ines.page);
    const message_id = await post(ines.page, "Who took my name tag?");
    await see(rowOf(log(noor.page), message_id).getByText("Ines Carvalho"));
    await leaveMark(noor.page);

    await ines.page.getByRole("button", { name: "Settings", exact: true }).click();
    await ines.page.getByLabel("Name", { exact: true }).fill("Ines C. Carvalho");
    await ines.page.getByRole("button", { name: "Save profile" }).click();
    await see(rowOf(log(noor.page), message_id).getByText("Ines C. Carvalho"));

    const file = { name: "ines.png", mimeType: "image/png", buffer: PICTURE };
    await ines.page.getByLabel("Picture of you").setInputFiles(file);
    await toast(ines.page, "Picture saved");
    await see(rowOf(log(noor.page), message_id).locator('img[src^="/api/avatars/"]'));

    await ines.page.getByLabel("Text", { exact: true }).fill("At the quay");
    await ines.page.getByRole("button", { name: "Set status" }).click();
    await toast(ines.page, "Status set");
    await noor.page
      .getByRole("navigation", { name: "Channels and people" })
      .getByRole("button", { name: "Ines C. Carvalho" })
      .click();
    await see(noor.page.getByRole("dialog").getByText("At the quay"));
    expect(await hasMark(noor.page)).toBe(true);
    expect(complaints(noor)).toEqual([]);
    await noor.context.close();
  });

  test("a session is ended from another one", async () => {
    const here = await newcomer("Tomasz Nowak");
    const there = await visitor(browser);
    await there.page.goto(home());
    await there.page.getByLabel("E-mail or handle").fill("tomasz@halyard.example");
    await there.page.getByLabel("Password").fill(PASSWORD);
    await there.page.getByRole("button", { name: "Sign in", exact: true }).click();
    await live(there.page);
    const page = await open(here, "sessions");
    await see(page.getByText("This one"));
    await page.getByRole("button", { name: "End all others" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "End all others" }).click();
    await see(there.page.getByRole("heading", { name: "Sign in to ClickClack" }));
    await gone(page.getByRole("button", { name: "End all others" }));
    await Promise.all([here, there].map((one) => one.context.close()));
  });

  test("a reported message comes to whoever manages, and its report is closed", async () => {
    const mara = await newcomer("Mara Lind");
    await ines.page.goto(home());
    await live(ines.page);
    const message_id = await post(ines.page, "Everything on this quay is mine.");
    await see(rowOf(log(mara.page), message_id));
    await actInMenu(rowOf(log(mara.page), message_id), "Report…");
    await mara.page.getByLabel("What is wrong with it").fill("It is not.");
    await mara.page.getByRole("button", { name: "Report message" }).click();
    await toast(mara.page, "Reported.");

    const mod = await newcomer("Max Order", "moderator");
    const page = await open(mod, "reports");
    await see(page.getByRole("listitem").filter({ hasText: "Everything on this quay" }).getByText("It is not."));
    await page.getByLabel("What you did, optional").fill("Talked to her");
    await page.getByRole("button", { name: "Resolve", exact: true }).click();
    await see(page.getByText("Nothing is reported. Good."));
    await page.getByRole("button", { name: "Resolved", exact: true }).click();
    await see(page.getByText("Talked to her"));
    for (const one of [mara, mod]) expect(complaints(one)).toEqual([]);
    await Promise.all([mara, mod].map((one) => one.context.close()));
  });

  test("roles are given and taken, people go, and the audit log says so", async () => {
    const lena = await newcomer("Lena Fast");
    const otto = await newcomer("Otto Stern");
    await leaveMark(lena.page);
    const page = await open(ines, "members");
    await page.getByLabel("Find a member").fill("lena");
    await gone(row(page, "Otto Stern"));
    await page.getByLabel("Role of Lena Fast").selectOption("moderator");
    await toast(page, "Lena Fast is now moderator");
    // What she may do now is there, without a reload.
    await lena.page.getByRole("button", { name: "Invite people" }).waitFor();
    expect(await hasMark(lena.page)).toBe(true);

    await page.getByLabel("Find a member").fill("");
    await see(row(page, "Otto Stern"));
    await fromMenu(page, "Otto Stern", /^Remove from/);
    const dialog = page.getByRole("dialog", { name: /^Remove Otto Stern from/ });
    const remove = dialog.getByRole("button", { name: "Remove Otto" });
    expect(await remove.isDisabled()).toBe(true);
    await dialog.getByLabel(/^Type .+ to confirm$/).fill("otto-stern-is-not-it");
    expect(await remove.isDisabled()).toBe(true);
    const { members } = await owner.members.list(workspace.id, { q: "Otto" });
    await dialog.getByLabel(/^Type .+ to confirm$/).fill(members[0]?.user.handle || "Otto");
    await remove.click();
    await gone(row(page, "Otto Stern"));
    await see(otto.page.getByRole("button", { name: "Create workspace" }));

    await page.getByRole("link", { name: "Audit log" }).click();
    const entry = (text: string) => page.getByRole("listitem").filter({ hasText: text }).first();
    await see(entry("removed Otto Stern"));
    await see(entry("changed the role of Lena Fast").getByText("moderator"));
    await page.getByLabel("What").selectOption({ label: "Roles and ownership" });
    await gone(entry("removed Otto Stern"));
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export CSV" }).click();
    expect((await download).suggestedFilename()).toBe(`audit-log-${workspace.slug}.csv`);
    for (const one of [lena, otto]) expect(complaints(one, REFUSED)).toEqual([]);
    await Promise.all([lena, otto].map((one) => one.context.close()));
  });

  test("who manages nothing sees what is theirs, and no more", async () => {
    const vera = await newcomer("Vera Member");
    const page = await open(vera, "members");
    await see(row(page, "Vera Member"));
    expect(await page.getByLabel(/^Role of/).count()).toBe(0);
    expect(await page.getByRole("link", { name: "Audit log" }).count()).toBe(0);
    for (const section of ["audit", "invites", "reports"]) {
      await open(vera, section);
      await see(page.getByText("Only owners and moderators see this page."));
    }
    expect(complaints(vera)).toEqual([]);
    await vera.context.close();
  });

  test("the password is changed by whoever knows it", async () => {
    const kim = await newcomer("Kim Lock");
    const page = await open(kim, "profile");
    await page.getByLabel("Current password").fill("not this one");
    await page.getByLabel("New password").fill("another horse");
    await page.getByRole("button", { name: "Change password" }).click();
    await see(page.getByText("That is not your current password."));
    await page.getByLabel("Current password").fill(PASSWORD);
    await page.getByRole("button", { name: "Change password" }).click();
    await toast(page, "Password changed.");
    const client = new ClickClackClient({ baseUrl: server.url });
    await client.auth.login({ identifier: "kim@halyard.example", password: "another horse" });
    await kim.context.close();
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const [width, screen] of [
      ["desk", DESK],
      ["phone", PHONE],
    ] as const) {
      const options: BrowserContextOptions = { ...screen, colorScheme };
      const look = async (one: Visitor, where: string): Promise<void> =>
        expect({ where, found: await violations(one.page) }).toEqual({ where, found: [] });
      const sideways = (page: Page): Promise<number> =>
        page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

      test(`every page of the settings, ${colorScheme}, ${width}`, async () => {
        const one = await visitor(browser, options);
        const value = owner.token ?? "";
        await one.context.addCookies([{ name: "cc_session", value, url: server.url, httpOnly: true, sameSite: "Lax" }]);
        const { page } = one;
        for (const section of SECTIONS) {
          await open(one, section);
          await see(page.getByRole("heading", { level: 1 }));
          await gone(page.getByText("Loading", { exact: true }));
          await look(one, section);
          expect({ section, sideways: await sideways(page) }).toEqual({ section, sideways: 0 });
        }
        if (width === "phone") {
          await page.getByRole("button", { name: "Settings", exact: true }).tap();
          await see(page.getByRole("navigation", { name: "Settings" }));
          await look(one, "the list of pages");
        }
        await open(one, "members");
        const name = "Vera Member";
        for (const item of ["Time out…", "Block…", "Note…", "Sign-in link…", "Deactivate…", /^Remove from/]) {
          await fromMenu(page, name, item);
          await see(page.getByRole("dialog").getByRole("heading", { level: 2 }));
          await look(one, String(item));
          await page.keyboard.press("Escape");
          await gone(page.getByRole("dialog"));
        }
        expect(complaints(one)).toEqual([]);
        await one.context.close();
      });

      test(`every door, ${colorScheme}, ${width}`, async () => {
        const { invite } = await owner.invites.create(workspace.id, { role: "guest", email: "new@halyard.example" });
        const one = await visitor(browser, options);
        const { page } = one;
        await page.goto(invite.url);
        await see(page.getByRole("heading", { name: `Join ${workspace.name}` }));
        await look(one, "invite");
        await page.getByRole("button", { name: "Sign in", exact: true }).click();
        await look(one, "invite, signing in");
        await page.goto(`${server.url}/invite/nothing`);
        await see(page.getByRole("heading", { name: "This invite no longer works" }));
        await look(one, "an invite that has ended");
        await page.goto(`${server.url}/signin#mgt_nothing`);
        await look(one, "sign-in link");
        await page.getByRole("button", { name: "Sign in", exact: true }).click();
        await see(page.getByRole("heading", { name: "This link has ended" }));
        await look(one, "a sign-in link that has ended");
        await page.goto(`${server.url}/reset#mgt_nothing`);
        await see(page.getByLabel("New password"));
        await look(one, "reset");
        await page.goto(home());
        await see(page.getByLabel("E-mail or handle"));
        await look(one, "sign-in");
        expect(complaints(one, REFUSED)).toEqual([]);
        await one.context.close();
      });
    }
  }

  test("a workspace is deleted by typing its short name, and everybody is out", async () => {
    const witness = await newcomer("Wil Witness");
    const page = await open(ines, "workspace");
    await page.getByRole("button", { name: `Delete ${workspace.name}…` }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(/^Type .+ to confirm$/).fill(workspace.slug);
    await dialog.getByRole("button", { name: `Delete ${workspace.name}` }).click();
    await see(witness.page.getByRole("button", { name: "Create workspace" }));
    expect((await owner.workspaces.list()).workspaces.map((one) => one.name)).toEqual(["Lighthouse"]);
    await witness.context.close();
  });
});

/** Where the server can send letters, its sign-in page says so. */
test("a letter signs in, and another lets one choose a new password", async () => {
  const [browser, mailbox, place] = [await launchBrowser(), await openMailbox(), newPlace()];
  // Letters need an address before the server says where it listens.
  const probe = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const port = probe.port ?? 0;
  await probe.stop(true);
  const mail = ["--smtp-url", mailbox.url, "--public-url", `http://127.0.0.1:${port}`];
  const server = await startServer(place, port, ...mail);
  try {
    await (await claim(browser, server)).context.close();
    const one = await visitor(browser);
    const { page } = one;
    await page.goto(`${server.url}/app`);
    await page.getByRole("button", { name: "E-mail me a link" }).click();
    await page.getByLabel("E-mail").fill(OWNER.email);
    await page.getByRole("button", { name: "E-mail me a link" }).click();
    await see(page.getByText(`If somebody here has the address ${OWNER.email}`));
    await page.goto(linkIn(await mailbox.next()));
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await live(page);
    await page.getByRole("button", { name: "Your account" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();

    await page.getByRole("button", { name: "Forgot?" }).click();
    await page.getByLabel("E-mail").fill(OWNER.email);
    await page.getByRole("button", { name: "E-mail me a link to reset it" }).click();
    await see(page.getByText(`If somebody here has the address ${OWNER.email}`));
    expect(await violations(page)).toEqual([]);
    await page.goto(linkIn(await mailbox.next()));
    await page.getByLabel("New password").fill("a longer one");
    await page.getByRole("button", { name: "Set password and sign in" }).click();
    await live(page);
    const client = await signIn(server.url, { email: OWNER.email, password: "a longer one" });
    expect((await client.me()).user.display_name).toBe(OWNER.display_name);
    // A browser that knows the workspace asks for its events before it knows that nobody is signed in.
    expect(complaints(one, /status of 401 \(Unauthorized\) \S+\/api\/realtime\/events/)).toEqual([]);
  } finally {
    await browser.close();
    await server.stop("SIGKILL");
    await mailbox.close();
    place.remove();
  }
});
