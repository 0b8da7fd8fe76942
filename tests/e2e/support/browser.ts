/** One real Chromium, and the people who look at it. */
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { resolveBrowser } from "../../../scripts/browser.ts";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Windows in the background must go on as if somebody looked at them.
  "--disable-renderer-backgrounding",
  "--disable-backgrounding-occluded-windows",
];
const PATIENCE_MS = 45_000;

/** `hosts` maps names to ports of this machine, as a name server would. */
export async function launchBrowser(hosts: Record<string, number> = {}): Promise<Browser> {
  const rules = Object.entries(hosts).map(([host, port]) => `MAP ${host} 127.0.0.1:${port}`);
  const args = rules.length > 0 ? [...FLAGS, `--host-resolver-rules=${rules.join(", ")}`] : FLAGS;
  return chromium.launch({ executablePath: await browserPath(), args, timeout: PATIENCE_MS });
}

async function browserPath(): Promise<string> {
  const chosen = process.env.CLICKCLACK_TEST_BROWSER;
  if (chosen) return chosen;
  const found = await resolveBrowser();
  if ("problem" in found) throw new Error(found.problem);
  return found.path;
}

/** Somebody in front of a window of their own, with their own cookies and storage. */
export interface Visitor {
  page: Page;
  context: BrowserContext;
  /** Console errors, uncaught errors and breaches of the content security policy. */
  problems: string[];
  /** Addresses of requests and sockets, in order. */
  asked: string[];
  /** How many documents were loaded. Moving inside the client loads none. */
  loads(): number;
}

export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};

export const DESK: BrowserContextOptions = { viewport: { width: 1440, height: 900 } };

export async function visitor(browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({ ...DESK, locale: "en-GB", timezoneId: "UTC", ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  // The browser reports some breaches to the page only.
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`content security policy: ${event.violatedDirective} refused ${event.blockedURI}`);
    });
  });
  const page = await context.newPage();
  const problems: string[] = [];
  const asked: string[] = [];
  let loads = 0;
  page.on("domcontentloaded", () => (loads += 1));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => problems.push(`uncaught: ${error.message}`));
  page.on("request", (request) => asked.push(`${request.method()} ${request.url()}`));
  page.on("websocket", (socket) => asked.push(`SOCKET ${socket.url()}`));
  return { page, context, problems, asked, loads: () => loads };
}

/** Somebody who is not signed in is told so once, and Chromium writes that down as an error. */
export const NOT_SIGNED_IN = /status of 401 \(Unauthorized\) \S+\/api\/(me|workspaces)$/;

/** What Chromium says by itself while there is no server. */
export const NO_SERVER = /ERR_CONNECTION_(REFUSED|RESET|CLOSED)|ERR_EMPTY_RESPONSE|WebSocket connection to/;

/** What Chromium says of a header that only counts over HTTPS. */
export const PLAIN_HTTP = /^The Cross-Origin-Opener-Policy header has been ignored/;

/** What a visitor's browser complained of, but for what is expected. */
export function complaints({ problems }: Visitor, ...expected: RegExp[]): string[] {
  return problems.filter((problem) => ![NOT_SIGNED_IN, ...expected].some((pattern) => pattern.test(problem)));
}
