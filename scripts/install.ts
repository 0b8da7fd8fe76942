/**
 * Makes sure that the dependencies are there. Imports nothing but built-ins, because on a fresh
 * clone there is nothing else to import.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.ts";

const stamp = join(root, "node_modules", ".clickclack-lock");

/** Runs `bun install --frozen-lockfile` unless the last one was for this very lockfile. */
export function ensureInstalled(): void {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "bun.lock")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;

  console.log("Installing dependencies (once; needs the network) …");
  const { exitCode } = Bun.spawnSync([process.execPath, "install", "--frozen-lockfile"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (exitCode !== 0) {
    console.error("bun install failed; look at its message above, then run the command again.");
    process.exit(1);
  }
  writeFileSync(stamp, lock);
}

if (import.meta.main) ensureInstalled();
