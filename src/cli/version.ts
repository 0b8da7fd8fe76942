import { defineCommand } from "citty";
import manifest from "../../package.json" with { type: "json" };

declare const BUILD_COMMIT: string | undefined;
declare const BUILD_DATE: string | undefined;

/** The build defines commit and date; run from source there are none. */
export function versionLine(): string {
  const commit = typeof BUILD_COMMIT === "string" ? BUILD_COMMIT : "source";
  const date = typeof BUILD_DATE === "string" ? BUILD_DATE : "unbuilt";
  return `clickclack ${manifest.version} (${commit}, ${date})`;
}

export default defineCommand({
  meta: { name: "version", description: "Print the version" },
  run: () => void process.stdout.write(`${versionLine()}\n`),
});
