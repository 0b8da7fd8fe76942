/**
 * `bun run build`: the executable of this platform at `dist/clickclack`. `--all`: one for every
 * platform in `dist/release`, with SHA-256 sums. Bun fetches the runtime of a foreign platform
 * from the package registry by itself and keeps it in its cache.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { TARGETS, wrongHeader } from "./headers.ts";
import { ensureInstalled } from "./install.ts";
import { dist, executable, root } from "./paths.ts";
import { buildWeb, ensureWeb } from "./web.ts";

interface Version {
  version: string;
  commit: string;
  date: string;
}

ensureInstalled();
const version = versionOf();
if (process.argv.includes("--all")) {
  await buildWeb();
  buildRelease();
} else {
  await ensureWeb();
  mkdirSync(dist, { recursive: true });
  compile(executable);
  console.log(`Built ${executable} (${version.version}, ${version.commit})`);
}

function buildRelease(): void {
  const release = join(dist, "release");
  rmSync(release, { recursive: true, force: true });
  mkdirSync(release, { recursive: true });
  const sums: string[] = [];
  for (const target of TARGETS) {
    const suffix = target.format === "pe" ? ".exe" : "";
    const file = join(release, `clickclack-${version.version}-${target.name}${suffix}`);
    compile(file, target.bun);
    const wrong = wrongHeader(file, target);
    if (wrong) fail(`${basename(file)}: ${wrong}`);
    sums.push(`${createHash("sha256").update(readFileSync(file)).digest("hex")}  ${basename(file)}\n`);
    console.log(`Built ${basename(file)}`);
  }
  writeFileSync(join(release, "SHA256SUMS"), sums.join(""));
}

function compile(outfile: string, target?: string): void {
  // A Worker is a program of its own; the compiled file carries it only as a further entry point.
  const workers = [...new Bun.Glob("src/**/*worker.ts").scanSync(root)].sort();
  const constants = {
    BUILD_COMMIT: version.commit,
    BUILD_DATE: version.date,
  };
  const { exitCode, stderr } = Bun.spawnSync(
    [
      process.execPath,
      "build",
      "--compile",
      "--minify",
      // Without --format=esm, bytecode cannot be made of modules with top-level await.
      "--bytecode",
      "--format=esm",
      ...(target ? [`--target=${target}`] : []),
      ...Object.entries(constants).flatMap(([name, value]) => ["--define", `${name}=${JSON.stringify(value)}`]),
      "src/main.ts",
      ...workers,
      "--outfile",
      outfile,
    ],
    { cwd: root, stdio: ["ignore", "ignore", "pipe"] },
  );
  if (exitCode !== 0) fail(stderr.toString());
}

function versionOf(): Version {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const git = Bun.spawnSync(["git", "log", "-1", "--format=%h %cI"], { cwd: root, stderr: "ignore" });
  const [commit, date] = git.exitCode === 0 ? git.stdout.toString().trim().split(" ") : [];
  // Outside a repository (a tarball) there is no commit to name.
  return { version, commit: commit ?? "unknown", date: date ?? new Date().toISOString() };
}

function fail(message: string): never {
  console.error(message.trim());
  process.exit(1);
}
