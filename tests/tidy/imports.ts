import { posix } from "node:path";
import ts from "typescript";

export interface Import {
  /** As written. */
  specifier: string;
  /** The file of ours it means, from the root of the repository. */
  file?: string;
  /** The package it means, without a path inside it. */
  package?: string;
  /** Vanishes before the program runs; still counts as a dependency of the design. */
  typeOnly: boolean;
}

/** The workspaces import each other by name; the name stands for this file. */
const OURS: Record<string, string> = {
  "@clickclack/protocol": "protocol/index.ts",
  "@clickclack/protocol/openapi.json": "protocol/openapi.json",
  "@clickclack/sdk": "sdk/src/index.ts",
};

export function importsOf(path: string, text: string, has: (path: string) => boolean): Import[] {
  if (!/\.(ts|svelte)$/.test(path)) return [];
  // A component may load another one lazily in its markup: {#await import("./other.svelte")}.
  const lazy = path.endsWith(".svelte") ? [...text.matchAll(/\bimport\("([^"]+)"\)/g)] : [];
  const inMarkup = lazy.map(([, specifier = ""]) => ({ specifier, typeOnly: false }));
  return [...specifiers(path, scriptOf(path, text)), ...inMarkup].map(({ specifier, typeOnly }) => {
    const bare = specifier.replace(/\?.*$/, "");
    if (bare.startsWith(".")) {
      const file = posix.normalize(posix.join(posix.dirname(path), bare));
      return { specifier, typeOnly, file: has(file) ? file : existing(file, has) };
    }
    if (OURS[bare]) return { specifier, typeOnly, file: OURS[bare] };
    return { specifier, typeOnly, package: packageOf(bare) };
  });
}

/** The script of a component with everything else blanked, so that lines stay where they are. */
export function scriptOf(path: string, text: string): string {
  if (!path.endsWith(".svelte")) return text;
  let script = "";
  for (const match of text.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)) {
    const before = text.slice(0, match.index).split("\n").length - 1;
    script = script.padEnd(script.length + Math.max(0, before - (script.split("\n").length - 1)), "\n");
    script += match[1] ?? "";
  }
  return script;
}

export function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, scriptOf(path, text), ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS);
}

function specifiers(path: string, script: string): { specifier: string; typeOnly: boolean }[] {
  const found: { specifier: string; typeOnly: boolean }[] = [];
  const add = (node: ts.Node | undefined, typeOnly: boolean) => {
    if (node && ts.isStringLiteralLike(node)) found.push({ specifier: node.text, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node))
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    else if (
      ts.isNewExpression(node) &&
      node.expression.getText() === "URL" &&
      /import\.meta\.url/.test(node.getText())
    )
      add(node.arguments?.[0], false);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, script, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS));
  return found;
}

function existing(file: string, has: (path: string) => boolean): string | undefined {
  // Vite and Svelte allow the extension to be left out or to be the compiled one.
  return [`${file}.ts`, `${file}.svelte`, `${file}/index.ts`, file.replace(/\.js$/, ".ts")].find(has);
}

function packageOf(specifier: string): string {
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? specifier);
}
