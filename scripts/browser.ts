/** Finds a Chromium or Chrome for the browser tests, and installs one where there is none. */
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { root } from "./paths.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];

/** The path of a browser, or a sentence that says what to do. */
export async function resolveBrowser(): Promise<{ path: string } | { problem: string }> {
  const chosen = process.env.CHROME_PATH;
  if (chosen && !existsSync(chosen)) return { problem: `CHROME_PATH names ${chosen}, which does not exist.` };
  const found = chosen ?? findBrowser();
  if (found) return { path: found };

  console.log("No Chromium or Chrome found; installing one …");
  await installWithPlaywright();
  const installed = findBrowser() ?? (await installWithApt());
  if (installed) return { path: installed };
  return {
    problem:
      "No browser for the browser tests. Install Chromium or Chrome, or set CHROME_PATH to its executable, and run the check again.",
  };
}

function findBrowser(): string | undefined {
  for (const name of NAMES) {
    const path = Bun.which(name);
    if (path) return path;
  }
  return [...usualPlaces(), ...playwrightPlaces()].find((path) => existsSync(path));
}

function usualPlaces(): string[] {
  if (process.platform === "darwin") {
    return ["Google Chrome", "Chromium"].flatMap((name) =>
      ["/Applications", join(homedir(), "Applications")].map(
        (folder) => `${folder}/${name}.app/Contents/MacOS/${name}`,
      ),
    );
  }
  if (process.platform === "win32") {
    return [process.env.ProgramFiles, process.env["ProgramFiles(x86)"], process.env.LOCALAPPDATA]
      .filter((folder) => folder !== undefined)
      .map((folder) => join(folder, "Google/Chrome/Application/chrome.exe"));
  }
  return ["/usr/bin/chromium", "/usr/bin/google-chrome", "/opt/google/chrome/chrome", "/snap/bin/chromium"];
}

/** Playwright keeps its browsers in one folder per revision; the newest is taken. */
function playwrightPlaces(): string[] {
  const home = homedir();
  const cache =
    process.env.PLAYWRIGHT_BROWSERS_PATH ??
    { darwin: join(home, "Library/Caches/ms-playwright"), win32: join(home, "AppData/Local/ms-playwright") }[
      process.platform as string
    ] ??
    join(home, ".cache/ms-playwright");
  if (!existsSync(cache)) return [];
  const inside = [
    "chrome-linux/chrome",
    "chrome-linux64/chrome",
    "chrome-mac/Chromium.app/Contents/MacOS/Chromium",
    "chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
    "chrome-mac-x64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
    "chrome-win/chrome.exe",
    "chrome-win64/chrome.exe",
  ];
  const revisions = readdirSync(cache).filter((name) => /^chromium-\d+$/.test(name));
  revisions.sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)));
  return revisions.flatMap((name) => inside.map((path) => join(cache, name, path)));
}

async function installWithPlaywright(): Promise<void> {
  const playwright = [process.execPath, "node_modules/playwright-core/cli.js"];
  const env = { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: "10000" };
  const downloaded = await run([...playwright, "install", "--no-shell", "chromium"], env);
  // Only root can add the libraries it needs; anyone else would be asked for a password.
  if (downloaded && process.getuid?.() === 0) await run([...playwright, "install-deps", "chromium"]);
}

async function installWithApt(): Promise<string | undefined> {
  if (process.getuid?.() !== 0 || !Bun.which("apt-get")) return undefined;
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  if (await run(["apt-get", "update"], env))
    await run(["apt-get", "install", "-y", "chromium", "fonts-noto-color-emoji"], env);
  return findBrowser();
}

async function run(command: string[], env: Record<string, string> = {}): Promise<boolean> {
  const child = Bun.spawn(command, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
  return (await child.exited) === 0;
}

if (import.meta.main) {
  const browser = await resolveBrowser();
  if ("problem" in browser) {
    console.error(browser.problem);
    process.exit(1);
  }
  console.log(browser.path);
}
