import { parseArgs } from "node:util";
import type { ArgsDef } from "citty";
import { UsageError } from "./failure.ts";

type Option = { type: "boolean" | "string"; short?: string };

/** citty lets unknown flags and missing values pass; a typo must not be taken for an answer. */
export function requireKnownFlags(rawArgs: string[], args: ArgsDef): void {
  const options: Record<string, Option> = {};
  for (const [name, definition] of Object.entries(args)) {
    if (definition.type === "positional") continue;
    const type = definition.type === "boolean" ? "boolean" : "string";
    options[name] = { type };
    for (const alias of [("alias" in definition && definition.alias) || []].flat()) {
      if (alias.length === 1) options[name].short = alias;
      else options[alias] = { type };
    }
  }
  try {
    parseArgs({ args: rawArgs, options, strict: true, allowPositionals: true, allowNegative: true });
  } catch (error) {
    const [sentence = "the flags cannot be read"] = String(error instanceof Error ? error.message : error).split(
      /\n|\. /,
      1,
    );
    throw new UsageError(sentence);
  }
}

/** A whole number of at least `min`, or `undefined` when the flag was not given. */
export function readCount(name: string, value: string | undefined, min = 0): number | undefined {
  if (value === undefined) return undefined;
  const count = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(count) || count < min) {
    throw new UsageError(`--${name} is "${value}": write a whole number from ${min}`);
  }
  return count;
}

const UNIT_MS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `10m`, `2h`, `3d` ago, or an RFC 3339 time; the answer is milliseconds since 1970. */
export function readSince(value: string, now_ms: number, name = "since"): number {
  return readMoment(name, value, (span_ms) => now_ms - span_ms);
}

/** `10m`, `2h`, `3d` from now on, or an RFC 3339 time, as the server takes it. */
export function readUntil(name: string, value: string, now_ms: number): string {
  return new Date(readMoment(name, value, (span_ms) => now_ms + span_ms)).toISOString();
}

function readMoment(name: string, value: string, away: (span_ms: number) => number): number {
  const span_ms = spanOf(value);
  const time = span_ms === undefined ? timeOf(value) : away(span_ms);
  if (Number.isNaN(time))
    throw new UsageError(`--${name} is "${value}": write 10m, 2h, 3d or a time like 2026-05-08T12:00:00Z`);
  return time;
}

function timeOf(value: string): number {
  return /^\d{4}-\d{2}-\d{2}/.test(value) ? Date.parse(value) : Number.NaN;
}

/** One of the words there are, or `undefined` when nothing was said. */
export function readChoice<const Choice extends string>(
  name: string,
  value: string | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  if (value === undefined) return undefined;
  const found = choices.find((choice) => choice === value);
  if (!found)
    throw new UsageError(`${name} is "${value}": write ${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`);
  return found;
}

/** `30s`, `10m`, `2h`, `3d` in milliseconds, or `undefined` when nothing was said. */
export function readSpan(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const span_ms = spanOf(value);
  if (!span_ms) throw new UsageError(`${name} is "${value}": write 30s, 10m, 2h or 3d`);
  return span_ms;
}

function spanOf(value: string): number | undefined {
  const span = /^(\d{1,6})([smhd])$/.exec(value);
  return span ? Number(span[1]) * (UNIT_MS[span[2] ?? ""] ?? 0) : undefined;
}

/** Words separated by commas or spaces. */
export function readList(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}

/** Every value of a flag that may be given several times; citty keeps the last one only. */
export function readRepeated(rawArgs: string[], name: string): string[] {
  const { values } = parseArgs({
    args: rawArgs,
    options: { [name]: { type: "string", multiple: true } },
    strict: false,
    allowPositionals: true,
  });
  return [values[name] ?? []].flat().filter((value) => typeof value === "string");
}
