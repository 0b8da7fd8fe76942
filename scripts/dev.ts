/**
 * `bun run dev`: the server restarts when its sources change, Vite serves the client with hot
 * reload and passes /api on, and an empty ./data-dev is filled with a workspace to click through.
 */
import { ensureInstalled } from "./install.ts";
import { web } from "./paths.ts";
import { startBun } from "./run.ts";

const BASE_URL = "http://127.0.0.1:8080";
const DATA = "./data-dev";
const READY_WITHIN_MS = 15_000;
const STOP_WITHIN_MS = 1500;

ensureInstalled();
const server = startBun([
  ...["--watch", "--no-clear-screen", "src/main.ts", "serve"],
  ...["--dev-bootstrap", "--data", DATA, "--addr", new URL(BASE_URL).host, ...process.argv.slice(2)],
]);
const vite = startBun(["node_modules/vite/bin/vite.js", "--clearScreen", "false"], { cwd: web });
const stop = () => {
  server.kill();
  vite.kill();
  // With --watch Bun stays after its program has ended, waiting for the next change.
  setTimeout(() => server.kill("SIGKILL"), STOP_WITHIN_MS);
};
process.on("SIGINT", stop);
process.on("SIGTERM", stop);

if (await ready()) {
  const { seedDemo } = await import("./demo.ts");
  await seedDemo(BASE_URL, DATA).catch((error: unknown) => console.error("The demo data could not be made:", error));
}
await Promise.race([server.exited, vite.exited]);
stop();
await Promise.all([server.exited, vite.exited]);
process.exit(0);

async function ready(): Promise<boolean> {
  const deadline_ms = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline_ms && server.exitCode === null) {
    const answer = await fetch(`${BASE_URL}/healthz`).catch(() => undefined);
    if (answer?.ok) return true;
    await Bun.sleep(50);
  }
  return false;
}
