/** The client as somebody uses it: by the names of its fields, buttons and rows. */
import type { Locator, Page } from "playwright-core";

/** Rows of the conversation; those of the open thread are in the pane beside it. */
export const log = (page: Page) => page.getByRole("log", { name: /^Messages in/ });
export const pane = (page: Page) => page.getByRole("complementary", { name: "Thread" });
export const rowOf = (place: Page | Locator, message_id: string) => place.locator(`[data-message-id="${message_id}"]`);
export const rowSaying = (place: Locator, text: string | RegExp) =>
  place.getByRole("article").filter({ hasText: text });

export async function see(locator: Locator): Promise<void> {
  await locator.waitFor({ state: "visible" });
}

export async function gone(locator: Locator): Promise<void> {
  await locator.waitFor({ state: "detached" });
}

/** The line to the server says "Live" only after everything missed has been applied. */
export async function live(page: Page): Promise<void> {
  await page.locator('.shell[data-connected="true"]').waitFor();
}

export const composer = (page: Page, channel = "general") => page.getByRole("textbox", { name: `Message #${channel}` });

export async function say(box: Locator, text: string): Promise<void> {
  await box.fill(text);
  await box.press("Enter");
}

/** Writes, and answers the id under which the server stored it. */
export async function post(page: Page, text: string): Promise<string> {
  await say(composer(page), text);
  return messageId(rowSaying(log(page), text));
}

export async function reply(page: Page, text: string): Promise<string> {
  await say(pane(page).getByRole("textbox", { name: "Reply" }), text);
  return messageId(rowSaying(pane(page), text));
}

/** An optimistic row has only its nonce; the id comes with the server's answer. */
export async function messageId(row: Locator): Promise<string> {
  const stored = row.and(row.page().locator("[data-message-id]"));
  return (await stored.getAttribute("data-message-id")) ?? "";
}

/** As a hand does it: the pointer arrives, the button goes down, and up a moment later. */
export async function press(target: Locator): Promise<void> {
  await target.hover();
  await target.click({ delay: 80 });
}

/** One of the buttons that appear over a row when the pointer is on it. */
export async function act(row: Locator, name: string | RegExp): Promise<void> {
  await row.hover();
  await press(row.getByRole("toolbar").getByRole("button", { name }));
}

export async function actInMenu(row: Locator, name: string): Promise<void> {
  await act(row, "More actions");
  await press(row.page().getByRole("menuitem", { name }));
}

/** A mark that only a reload can wipe away. */
export async function leaveMark(page: Page): Promise<void> {
  await page.evaluate(() => ((window as { mark?: string }).mark = "still here"));
}

export async function hasMark(page: Page): Promise<boolean> {
  return page.evaluate(() => (window as { mark?: string }).mark === "still here");
}

/** Ids of the whole conversation from top to bottom, read as a reader does: by scrolling up through it. */
export async function readAll(page: Page): Promise<string[]> {
  return log(page).evaluate(async (scroller) => {
    const painted = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const shown = () =>
      [...scroller.querySelectorAll<HTMLElement>("[data-message-id]")]
        .map((row) => ({ id: row.dataset.messageId ?? "", top: row.getBoundingClientRect().top }))
        .sort((a, b) => a.top - b.top)
        .map((row) => row.id);
    /** Rows get their real height only when painted, so the end is where it stays for a while. */
    const toEnd = async () => {
      for (let still = 0; still < 5;) {
        still = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 2 ? still + 1 : 0;
        scroller.scrollTop = scroller.scrollHeight;
        await painted();
      }
    };
    let ids: string[] = [];
    const seen = new Set<string>();
    await toEnd();
    for (let still = 0; still < 10;) {
      const fresh = shown().filter((id) => !seen.has(id));
      for (const id of fresh) seen.add(id);
      ids = [...fresh, ...ids];
      // At the top, older rows may still be on their way.
      still = scroller.scrollTop <= 0 && fresh.length === 0 ? still + 1 : 0;
      scroller.scrollTop -= scroller.clientHeight * 0.8;
      await painted();
    }
    await toEnd();
    return ids;
  });
}
