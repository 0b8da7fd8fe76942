/** The files the rules look at, as text: the real tree, or a made-up one in a test of a rule. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { importsOf, type Import } from "./imports.ts";

export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  path: string;
  text: string;
  /** What it imports; empty for anything but TypeScript and Svelte. */
  imports: Import[];
}

export interface Repo {
  files: SourceFile[];
  has(path: string): boolean;
}

/** A rule returns one sentence for each offence: where, what, and how to mend it. */
export type Rule = (repo: Repo) => string[];

const FOLDERS = ["protocol", "sdk", "migrations", "scripts", "src", "web", "tests", "bench", "examples", "docs"];
const SKIPPED = new Set(["node_modules", "dist", "images", "results"]);
const TEXT = /\.(ts|svelte|json|sql|md|css|html|js|toml)$/;

export function readRepo(root: string): Repo {
  const paths = ["package.json", "bunfig.toml"];
  for (const folder of FOLDERS) walk(root, folder, paths);
  return repoOf(Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), "utf8")])));
}

export function repoOf(texts: Record<string, string>): Repo {
  const has = (path: string) => Object.hasOwn(texts, path);
  const files = Object.entries(texts).map(([path, text]) => ({ path, text, imports: importsOf(path, text, has) }));
  return { files, has };
}

function walk(root: string, folder: string, into: string[]): void {
  let entries;
  try {
    entries = readdirSync(join(root, folder), { withFileTypes: true });
  } catch {
    return; // Not every folder exists from the first day.
  }
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) walk(root, path, into);
    } else if (TEXT.test(entry.name)) into.push(path);
  }
}

export const isTest = (path: string) => /\.(test|contract)\.ts$/.test(path) || path.startsWith("tests/");
export const isCode = (path: string) => /\.(ts|svelte)$/.test(path);
/** Line 1 says so, which is a rule of its own. */
export const isGenerated = (file: SourceFile) => /^.{0,30}generated[- ]by.{0,5} scripts\//i.test(file.text);
