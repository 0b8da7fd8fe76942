import type { Rule } from "./repo.ts";

/** web/src: shared ← domain folders ← views; state knows no component. */
export const webDirection: Rule = (repo) =>
  repo.files.flatMap((file) =>
    file.imports.flatMap(({ file: target }) => {
      const [here, there] = [folderOf(file.path), folderOf(target ?? "")];
      if (!target || !here || !there || here === there || file.path.endsWith(".test.ts")) return [];
      if (here === "shared")
        return [`${file.path}: imports ${target}; a primitive in shared/ knows nothing of the product. Pass it in.`];
      if (here === "state" && target.endsWith(".svelte"))
        return [`${file.path}: imports ${target}; state knows no component.`];
      if (there === "views")
        return [`${file.path}: imports ${target}; only views compose views. Pass it as a snippet or move it.`];
      return [];
    }),
  );

const folderOf = (path: string) => /^web\/src\/([^/]+)\//.exec(path)?.[1];
