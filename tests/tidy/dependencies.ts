import type { Repo, Rule } from "./repo.ts";

const LIST = "docs/decisions/dependencies.md";
const EXACT = /^(npm:(@?[\w./-]+)@)?\d+\.\d+\.\d+(-[\w.]+)?$/;

interface Dependency {
  manifest: string;
  name: string;
  version: string;
}

/** What a stranger installs must be what was tested. */
export const exactVersions: Rule = (repo) =>
  dependencies(repo)
    .filter(({ version }) => !EXACT.test(version))
    .map(({ manifest, name, version }) => `${manifest}: ${name} is "${version}"; pin the exact version.`);

/** Each dependency owes one line of reason, and the list owes its truth. */
export const dependencyReasons: Rule = (repo) => {
  const text = repo.files.find((file) => file.path === LIST)?.text ?? "";
  const rows = new Map(
    [...text.matchAll(/^\| `([^`]+)` \| ([^|]+) \| \S/gm)].map(([, name, version]) => [name, version?.trim()]),
  );
  const used = dependencies(repo);
  const missing = used
    .filter(({ name, version }) => rows.get(name) !== version.replace(/^npm:/, ""))
    .map(
      ({ manifest, name, version }) =>
        `${manifest}: ${name} ${version} has no row in ${LIST}; add "| \`${name}\` | ${version.replace(/^npm:/, "")} | why |".`,
    );
  const gone = [...rows.keys()]
    .filter((name) => !used.some((one) => one.name === name))
    .map((name) => `${LIST}: ${name} is no dependency any more; remove its row.`);
  return [...missing, ...gone];
};

function dependencies(repo: Repo): Dependency[] {
  return repo.files
    .filter((file) => /(^|\/)package\.json$/.test(file.path))
    .flatMap((file) => {
      const { dependencies = {}, devDependencies = {} } = JSON.parse(file.text) as Record<
        string,
        Record<string, string>
      >;
      return Object.entries({ ...dependencies, ...devDependencies })
        .filter(([, version]) => !version.startsWith("workspace:"))
        .map(([name, version]) => ({ manifest: file.path, name, version }));
    });
}
