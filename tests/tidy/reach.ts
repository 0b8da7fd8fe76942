import { posix } from "node:path";
import { isTest, type Repo, type Rule } from "./repo.ts";

/** Programs nobody imports: they are started by name. */
const ENTRIES = [
  /^src\/main\.ts$/,
  /^src\/(.*\/)?([a-z]+-)?worker\.ts$/,
  /^web\/(vite|svelte)\.config\.(ts|js)$/,
  /^(bench|examples)\/[^/]+\.ts$/,
  /\.d\.ts$/,
];

/** A file that only tests reach is as dead as one that nothing reaches. */
export const deadFiles: Rule = (repo) => {
  const program = reach(repo, [...entryPoints(repo)]);
  const tests = reach(repo, [...program, ...paths(repo).filter((path) => path.endsWith(".test.ts"))]);
  return paths(repo)
    .filter((path) => /\.(ts|svelte|css)$/.test(path) && !path.startsWith("docs/"))
    .filter((path) => !(isTest(path) || isTestSupport(path) ? tests : program).has(path))
    .map((path) => {
      const only = tests.has(path) ? "is reached by tests only" : "is not reached from any entry point";
      return `${path}: ${only}; use it or remove it.`;
    });
};

export const unlistedMigrations: Rule = (repo) =>
  paths(repo)
    .filter((path) => path.startsWith("migrations/") && path.endsWith(".sql"))
    .flatMap((path) => {
      const index = `${posix.dirname(path)}/index.ts`;
      const listed = repo.files.some((file) => file.path === index && file.imports.some((one) => one.file === path));
      return listed ? [] : [`${path}: is not listed in ${index}, so no database ever gets it; import it there.`];
    });

function entryPoints(repo: Repo): Set<string> {
  const entries = new Set(paths(repo).filter((path) => ENTRIES.some((pattern) => pattern.test(path))));
  for (const file of repo.files) {
    const folder = posix.dirname(file.path);
    if (file.path.endsWith("package.json")) {
      const { exports = {}, scripts = {} } = JSON.parse(file.text) as {
        exports?: Record<string, string>;
        scripts?: Record<string, string>;
      };
      for (const target of Object.values(exports)) entries.add(posix.join(folder, target));
      for (const [script] of Object.values(scripts)
        .join(" ")
        .matchAll(/\S+\.ts/g))
        entries.add(posix.join(folder, script));
    }
    // Scripts and scenarios start programs by name, from the root or from where they are.
    if (/^(scripts|bench)\//.test(file.path) && !isTest(file.path))
      for (const [, program = ""] of file.text.matchAll(/"([\w./-]+\.ts)"/g)) {
        entries.add(posix.normalize(program));
        entries.add(posix.join(folder, program));
      }
    if (file.path === "web/index.html")
      for (const [, script] of file.text.matchAll(/src="\/(src\/[^"]+)"/g)) entries.add(`web/${script}`);
  }
  return entries;
}

function reach(repo: Repo, from: string[]): Set<string> {
  const byPath = new Map(repo.files.map((file) => [file.path, file]));
  const seen = new Set<string>();
  const queue = [...from];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    const file = byPath.get(path);
    if (!file || seen.has(path)) continue;
    seen.add(path);
    for (const one of file.imports) if (one.file) queue.push(one.file);
    for (const [, target] of file.path.endsWith(".css") ? file.text.matchAll(/@import\s+"(\.[^"]+)"/g) : [])
      queue.push(posix.join(posix.dirname(path), target ?? ""));
  }
  return seen;
}

const paths = (repo: Repo) => repo.files.map((file) => file.path);
const isTestSupport = (path: string) => /(^|\/)(testing\/|test-[a-z-]+\.ts$)/.test(path);
