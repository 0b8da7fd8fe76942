import type { CpuWindow } from "./process.ts";
import { formatNumber } from "./statistics.ts";

/** A window whose limit was the load client says nothing about the server. */
export function requireFairLoad(what: string, { server_cpu, load_cpu }: CpuWindow): void {
  if (load_cpu <= 95 || server_cpu >= 90) return;
  const figures = `load ${load_cpu.toFixed(0)} %, server ${server_cpu.toFixed(0)} %`;
  throw new Error(`${what}: invalid run, the load client was the limit (${figures})`);
}

/** Who used the processors, as it stands behind each sample. */
export function describeCpu({ server_cpu, load_cpu, other_cpu }: CpuWindow): string {
  const busy = other_cpu > 10 ? "  (the machine was not quiet)" : "";
  return `server ${formatNumber(server_cpu)} %, load ${formatNumber(load_cpu)} %, others ${formatNumber(other_cpu)} %${busy}`;
}
