/**
 * `bun run check`: the whole gate. Every step runs even when one before it failed, except those
 * that have nothing to test then. The last line is `N passed, N failed`: all tests together, and
 * each step that is not a test run counts as one.
 */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureInstalled } from "./install.ts";

ensureInstalled();
const { resolveBrowser } = await import("./browser.ts");
const { command, tests, total } = await import("./steps.ts");
const { executable, root } = await import("./paths.ts");

const browser = await resolveBrowser();

await command("types", ["node_modules/@typescript/native/bin/tsc", "-p", "tsconfig.json"]);
await command("svelte", [
  "web/node_modules/svelte-check/bin/svelte-check",
  "--workspace",
  "web",
  "--tsconfig",
  "./tsconfig.json",
  "--fail-on-warnings",
]);
await command("lint", ["node_modules/oxlint/bin/oxlint", "--deny-warnings"]);
await command("format", ["node_modules/oxfmt/bin/oxfmt", "--check"]);
await command("contract", ["scripts/contract.ts", "--check"]);
// The last two folders need the executable, and come after it.
const crossCutting = readdirSync(join(root, "tests"))
  .filter((name) => name !== "binary" && name !== "e2e")
  .map((name) => `./tests/${name}`);
await tests("tests", ["./src", "./protocol", "./sdk", "./web/src", "./scripts", "./bench", ...crossCutting]);

if (await command("build", ["scripts/build.ts"])) {
  const env = { CLICKCLACK_BINARY: executable };
  await tests("executable", ["./tests/binary"], env);
  if ("path" in browser) await tests("browser", ["./tests/e2e"], { ...env, CLICKCLACK_TEST_BROWSER: browser.path });
  else total.fail("browser", browser.problem);
} else {
  total.fail("executable", "not run: the executable did not build");
  total.fail("browser", "not run: the executable did not build");
}

const line = total.line();
// .ci/run repeats this line after whatever npm and bun have to say about the exit code.
if (process.env.CLICKCLACK_TOTALS) writeFileSync(process.env.CLICKCLACK_TOTALS, `${line}\n`);
console.log(line);
process.exit(total.failed === 0 ? 0 : 1);
