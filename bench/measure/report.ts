/**
 * Collects ratios, prints them first, and holds them against `recorded.json`. Absolute figures
 * drift with the machine and are shown for orientation only.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatSpread, spread } from "./statistics.ts";

/** A ratio below this share of its recorded value is a regression. */
export const REGRESSION_SHARE = 0.85;

const RECORDED_PATH = join(import.meta.dirname, "../recorded.json");

interface Recorded {
  about: string;
  recorded_on: string;
  machine: string;
  ratios: Record<string, number>;
}

export interface Report {
  /** Pairs of one round each; the figure is the median of the quotients. Higher is better. */
  ratio(key: string, label: string, ours: readonly number[], floor: readonly number[], target?: number): void;
  figure(label: string, values: readonly number[], unit: string): void;
  /** A figure with an upper bound of the specification. */
  limit(label: string, values: readonly number[], unit: string, at_most: number): void;
  /** A figure with a lower bound of the specification. */
  reach(label: string, values: readonly number[], unit: string, at_least: number): void;
  /** Prints everything; true when nothing recorded got worse. */
  finish(options: { record: boolean; compare: boolean }): boolean;
}

export function createReport(title: string): Report {
  const ratios = new Map<string, number>();
  const ratio_lines: string[] = [];
  const figure_lines: string[] = [];
  return {
    ratio(key, label, ours, floor, target) {
      const quotients = spread(ours.map((value, index) => value / (floor[index] ?? Number.NaN)));
      ratios.set(key, quotients.median);
      const wanted = target === undefined ? "" : `  target ≥ ${target}${quotients.median >= target ? "" : "  MISSED"}`;
      ratio_lines.push(`  ${label.padEnd(52)} ${formatSpread(quotients)}${wanted}`);
    },
    figure(label, values, unit) {
      figure_lines.push(`  ${label.padEnd(52)} ${formatSpread(spread(values))} ${unit}`);
    },
    limit(label, values, unit, at_most) {
      const measured = spread(values);
      const missed = measured.median > at_most ? "  MISSED" : "";
      figure_lines.push(`  ${label.padEnd(52)} ${formatSpread(measured)} ${unit}  target ≤ ${at_most}${missed}`);
    },
    reach(label, values, unit, at_least) {
      const measured = spread(values);
      const missed = measured.median < at_least ? "  MISSED" : "";
      figure_lines.push(`  ${label.padEnd(52)} ${formatSpread(measured)} ${unit}  target ≥ ${at_least}${missed}`);
    },
    finish({ record, compare }) {
      console.log([`\n${title}`, " ratios", ...ratio_lines, " figures", ...figure_lines].join("\n"));
      if (record) recordRatios(ratios);
      return !compare || compareRatios(ratios);
    },
  };
}

function readRecorded(): Recorded {
  return JSON.parse(readFileSync(RECORDED_PATH, "utf8")) as Recorded;
}

function recordRatios(ratios: ReadonlyMap<string, number>): void {
  const recorded = readRecorded();
  recorded.recorded_on = new Date().toISOString().slice(0, 10);
  recorded.machine = describeMachine();
  for (const [key, ratio] of ratios) recorded.ratios[key] = Number(ratio.toFixed(3));
  writeFileSync(RECORDED_PATH, `${JSON.stringify(recorded, null, 2)}\n`);
  console.log(`recorded ${ratios.size} ratios in bench/recorded.json`);
}

function compareRatios(ratios: ReadonlyMap<string, number>): boolean {
  const { ratios: recorded } = readRecorded();
  let good = true;
  for (const [key, ratio] of ratios) {
    const before = recorded[key];
    if (before === undefined || ratio >= before * REGRESSION_SHARE) continue;
    good = false;
    console.error(
      `regression: ${key} is ${ratio.toFixed(3)}, recorded ${before} (fails below ${REGRESSION_SHARE} of it)`,
    );
  }
  return good;
}

export function describeMachine(): string {
  const cpu = /model name\s*:\s*(.+)/.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "unknown CPU";
  return `${navigator.hardwareConcurrency} × ${cpu}, Linux ${readFileSync("/proc/sys/kernel/osrelease", "utf8").trim()}, Bun ${Bun.version}`;
}
