import { chmodSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** What `login` remembers. It belongs to one server and is never sent to another. */
export interface Settings {
  server?: string;
  token?: string;
  workspace?: string;
  channel?: string;
}

/** `clickclack/config.json` where this system keeps settings, as in the original. */
export function settingsPath(
  env: Record<string, string | undefined> = process.env,
  platform = process.platform,
): string {
  const home = env["HOME"] || homedir();
  const roots: Partial<Record<NodeJS.Platform, string | undefined>> = {
    darwin: join(home, "Library", "Application Support"),
    win32: env["APPDATA"] || join(home, "AppData", "Roaming"),
  };
  return join(roots[platform] ?? (env["XDG_CONFIG_HOME"] || join(home, ".config")), "clickclack", "config.json");
}

/** A file that is missing or unreadable counts as empty: it holds nothing that cannot be had again. */
export function readSettings(path: string): Settings {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof value !== "object" || value === null) return {};
    const texts = Object.entries(value).filter(([, text]) => typeof text === "string" && text !== "");
    return Object.fromEntries(texts);
  } catch {
    return {};
  }
}

/** Replaces the file in one step, readable by its owner only; a symbolic link stays one. */
export function writeSettings(path: string, settings: Settings): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const target = resolveLink(path);
  const temporary = `${target}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  try {
    chmodSync(temporary, 0o600);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

export function deleteSettings(path: string): void {
  rmSync(path, { force: true });
}

/** Scheme and host without case, path without a slash at the end. */
export function sameServer(a: string, b: string): boolean {
  return identity(a) !== undefined && identity(a) === identity(b);
}

function identity(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, "")}`;
}

function resolveLink(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
