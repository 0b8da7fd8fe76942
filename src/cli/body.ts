import { readFileSync } from "node:fs";
import type { ArgsDef } from "citty";
import { UsageError } from "./failure.ts";

/** Where a message's text may come from. */
export const BODY_FLAGS = {
  body: { type: "string", description: "The text" },
  file: { type: "string", description: "Read the text from a file; - is standard input", valueHint: "path" },
  stdin: { type: "boolean", description: "Read the text from standard input" },
} as const satisfies ArgsDef;

export interface BodyArgs {
  body?: string | undefined;
  file?: string | undefined;
  stdin?: boolean | undefined;
}

/** `--body`, else `--file`, else `--stdin`, else the words; `-` alone is standard input. */
export async function readBody(args: BodyArgs, words: string[], may_be_empty = false): Promise<string> {
  const body = await readSource(args, words);
  if (body.trim() === "" && !may_be_empty)
    throw new UsageError('there is no text: write words, --body "…", --file path or --stdin');
  return body;
}

async function readSource(args: BodyArgs, words: string[]): Promise<string> {
  if (args.body !== undefined) return args.body === "-" ? readStandardInput() : args.body;
  if (args.file !== undefined) return args.file === "-" ? readStandardInput() : readTextFile(args.file);
  if (args.stdin || (words.length === 1 && words[0] === "-")) return readStandardInput();
  return words.join(" ");
}

/** Everything on standard input, which must be UTF-8. */
export async function readStandardInput(): Promise<string> {
  return decode(new Uint8Array(await Bun.stdin.arrayBuffer()), "standard input");
}

function readTextFile(path: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    const reason =
      cause instanceof Error && "code" in cause && cause.code === "ENOENT" ? "does not exist" : "cannot be read";
    throw new UsageError(`--file ${path} ${reason}`, { cause });
  }
  return decode(bytes, path);
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UsageError(`${name} is not UTF-8 text`, { cause });
  }
}
