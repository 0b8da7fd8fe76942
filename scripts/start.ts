/** `bun run start`: install if needed, build the web client if stale, migrate and serve. */
import { ensureInstalled } from "./install.ts";
import { runBun } from "./run.ts";
import { ensureWeb } from "./web.ts";

ensureInstalled();
await ensureWeb();
process.exit(await runBun(["src/main.ts", "serve", ...process.argv.slice(2)]));
