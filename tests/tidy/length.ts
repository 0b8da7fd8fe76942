import ts from "typescript";
import { parse } from "./imports.ts";
import { isCode, isGenerated, isTest, type Rule, type SourceFile } from "./repo.ts";

const FILE_LINES = 300;
const COMPONENT_LINES = 250;
const TEST_LINES = 500;
const FUNCTION_LINES = 70;

/**
 * Files that were too long when the rule came. The list may only shrink: a file that fits again
 * must leave it, and a new one is split instead.
 */
export type Allowed = Readonly<Record<string, number>>;

/** A file does one thing; a long one does two. */
export function fileLength(allowed: Allowed): Rule {
  return (repo) => {
    const offences: string[] = [];
    for (const file of repo.files.filter((one) => isCode(one.path) && !isGenerated(one))) {
      const limit = limitOf(file.path);
      const lines = linesOf(file);
      const exception = allowed[file.path];
      if (exception !== undefined && lines <= limit)
        offences.push(`${file.path}: fits again (${lines} lines); take it off the allow-list.`);
      else if (lines > (exception ?? limit))
        offences.push(
          `${file.path}: ${lines} lines, at most ${exception ?? limit}; move one of its things into a file of its own.`,
        );
    }
    for (const path of Object.keys(allowed).filter((one) => !repo.has(one)))
      offences.push(`${path}: is gone; take it off the allow-list.`);
    return offences;
  };
}

/** Tests describe many small stories in one `describe`, so only their own functions count. */
export const functionLength: Rule = (repo) =>
  repo.files
    .filter((file) => isCode(file.path) && !isGenerated(file) && !isTest(file.path))
    .flatMap((file) => {
      const source = parse(file.path, file.text);
      const offences: string[] = [];
      const visit = (node: ts.Node): void => {
        const lines = ts.isFunctionLike(node) && "body" in node && node.body ? spanOf(source, node) : 0;
        if (lines > FUNCTION_LINES)
          offences.push(
            `${file.path}:${lineOf(source, node)}: a function of ${lines} lines, at most ${FUNCTION_LINES}; give its parts names.`,
          );
        ts.forEachChild(node, visit);
      };
      visit(source);
      return offences;
    });

function limitOf(path: string): number {
  if (path.endsWith(".svelte")) return COMPONENT_LINES;
  return isTest(path) ? TEST_LINES : FILE_LINES;
}

function linesOf(file: SourceFile): number {
  return file.text.replace(/\n$/, "").split("\n").length;
}

function lineOf(source: ts.SourceFile, node: ts.Node): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

function spanOf(source: ts.SourceFile, node: ts.Node): number {
  return source.getLineAndCharacterOfPosition(node.getEnd()).line + 2 - lineOf(source, node);
}
