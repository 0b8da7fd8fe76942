import type { Rule } from "./repo.ts";

/** Two files that need each other are one file, or need a third below both. Types count as well. */
export const cycles: Rule = (repo) => {
  const next = new Map(repo.files.map((file) => [file.path, file.imports.flatMap((one) => one.file ?? [])]));
  const done = new Set<string>();
  const offences: string[] = [];

  const visit = (path: string, trail: string[]): void => {
    const at = trail.indexOf(path);
    if (at !== -1) {
      const round = [...trail.slice(at), path].join(" → ");
      offences.push(`${path}: imports itself in a circle (${round}); move what both need into a file below them.`);
      return;
    }
    if (done.has(path)) return;
    for (const target of next.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of next.keys()) visit(path, []);
  return offences;
};
