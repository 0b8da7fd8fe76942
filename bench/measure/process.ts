/** What Linux knows about a process: CPU time and resident memory, read from /proc. */
import { readFileSync } from "node:fs";

/** Kernel clock ticks a second; fixed at 100 for user space on every Linux we build for. */
const TICKS_PER_S = 100;

/** User and system time of all threads, in milliseconds (in steps of 10). */
function cpuTimeMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The command name may contain spaces; the fields after its closing parenthesis do not.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_S;
}

/** What all processes together used, and what the hypervisor took away. */
function machineTimeMs(): number {
  const [all = ""] = readFileSync("/proc/stat", "latin1").split("\n");
  const ticks = all.split(/\s+/).slice(1, 9).map(Number);
  const sum = ticks.reduce((total, value) => total + value, 0);
  // Fields 3 and 4 are idle time and waiting for a disk.
  return ((sum - (ticks[3] ?? 0) - (ticks[4] ?? 0)) * 1000) / TICKS_PER_S;
}

/** Resident memory of a process in megabytes (10^6 bytes). */
export function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  const kib = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? Number.NaN);
  return (kib * 1024) / 1e6;
}

/** Share of one core that each used during a window, in percent. */
export interface CpuWindow {
  server_cpu: number;
  load_cpu: number;
  /** Everything else on the machine; above a few percent the figures suffer. */
  other_cpu: number;
}

/** Measures until the returned function is called, which is done in the load process. */
export function startCpuWindow(server_pid: number): () => CpuWindow {
  const started = performance.now();
  const server = cpuTimeMs(server_pid);
  const load = cpuTimeMs(process.pid);
  const machine = machineTimeMs();
  return () => {
    const elapsed = performance.now() - started;
    const server_cpu = (100 * (cpuTimeMs(server_pid) - server)) / elapsed;
    const load_cpu = (100 * (cpuTimeMs(process.pid) - load)) / elapsed;
    const all = (100 * (machineTimeMs() - machine)) / elapsed;
    return { server_cpu, load_cpu, other_cpu: Math.max(0, all - server_cpu - load_cpu) };
  };
}
