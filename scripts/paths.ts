import { join } from "node:path";

/** Where everything is, whatever directory the script was started from. */
export const root = join(import.meta.dir, "..");
export const web = join(root, "web");
export const webDist = join(web, "dist");
export const dist = join(root, "dist");

/** What `bun run build` makes for this platform. */
export const executable = join(dist, process.platform === "win32" ? "clickclack.exe" : "clickclack");
