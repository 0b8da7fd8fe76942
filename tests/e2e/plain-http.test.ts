import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { newPlace, type Place } from "../binary/program.ts";
import { act, actInMenu, composer, log, post, reply, rowOf, rowSaying, say, see } from "./support/app.ts";
import { complaints, launchBrowser, PLAIN_HTTP, type Visitor } from "./support/browser.ts";
import { claim, join } from "./support/cast.ts";
import { type Server, startServer } from "./support/executable.ts";

setDefaultTimeout(120_000);

/**
 * A small team without a certificate: a name in the local network and plain HTTP. Browsers call that an insecure
 * context and take several of their interfaces away.
 */
describe("over plain HTTP, under a name", () => {
  let browser: Browser;
  let place: Place;
  let server: Server;
  let ines: Visitor;
  let abel: Visitor;
  beforeAll(async () => {
    place = newPlace();
    server = await startServer(place, 0, "--public-url", "http://chat.halyard.example");
    browser = await launchBrowser({ "chat.halyard.example": server.port });
    ines = await claim(browser, server);
    abel = await join(browser, ines);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop("SIGKILL");
    place.remove();
  });

  test("the printed link and the invite lead to that name", async () => {
    for (const { page } of [ines, abel]) {
      expect(new URL(page.url()).host).toBe("chat.halyard.example");
      expect(await page.evaluate(() => isSecureContext)).toBe(false);
    }
  });

  test("people write, answer, react, edit and delete", async () => {
    const id = await post(ines.page, "No certificate yet.");
    const row = rowOf(log(abel.page), id);
    await see(row);
    await act(row, "Reply in thread");
    await reply(abel.page, "It works without.");
    await act(row, "React with ✅");
    await see(rowOf(log(ines.page), id).getByRole("button", { name: "✅ 1", exact: true }));
    await actInMenu(rowOf(log(ines.page), id), "Edit");
    await say(ines.page.getByRole("textbox", { name: "Edit message" }), "No certificate needed.");
    await see(rowSaying(log(abel.page), "No certificate needed."));
    await actInMenu(rowOf(log(ines.page), id), "Delete…");
    await ines.page.getByRole("button", { name: "Delete message" }).click();
    await see(row.getByText("Message deleted."));
  });

  test("copying, which the browser does not allow here, says so", async () => {
    await say(composer(ines.page), "```sh\nmake\n```");
    const refusal = (page: Page) => page.getByText("Couldn't copy. Select the text and copy it by hand.");
    await rowSaying(log(ines.page), "make").getByRole("button", { name: "Copy code" }).click();
    await see(refusal(ines.page));
    await actInMenu(rowSaying(log(abel.page), "make"), "Copy text");
    await see(refusal(abel.page));
  });

  test("nothing complained", () => {
    for (const one of [ines, abel]) expect(complaints(one, PLAIN_HTTP)).toEqual([]);
  });
});
