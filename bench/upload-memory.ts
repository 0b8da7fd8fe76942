/**
 * Memory while a file of the largest size goes to the server and comes back: what the process holds at
 * its peak above what it held before.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { residentMb } from "./measure/process.ts";
import { createReport } from "./measure/report.ts";
import { formatNumber } from "./measure/statistics.ts";
import type { Options } from "./options.ts";
import { clickclackTarget } from "./target/clickclack.ts";
import { startServer, type RunningServer } from "./target/server.ts";
import type { Workspace } from "./target/target.ts";

const FILE_BYTES = 64 * 1024 * 1024;
const UPLOAD_TARGET_MB = 48;
const AT_ONCE = 4;
/** How long the server rests before memory is read. */
const SETTLE_MS = 3_000;

interface Sample {
  upload_mb: number;
  download_mb: number;
  together_mb: number;
}

export async function runUploadMemory(options: Options): Promise<boolean> {
  const report = createReport(`memory of a 64-MiB upload, ${options.rounds} rounds`);
  const samples: Sample[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const sample = await measure(options);
    samples.push(sample);
    const { upload_mb, download_mb, together_mb } = sample;
    console.log(
      `upload: +${formatNumber(upload_mb)} MB, download: +${formatNumber(download_mb)} MB, ${AT_ONCE} uploads at once: +${formatNumber(together_mb)} MB`,
    );
  }
  const all = (name: keyof Sample) => samples.map((sample) => sample[name]);
  report.limit("peak above before, one upload", all("upload_mb"), "MB", UPLOAD_TARGET_MB);
  report.figure("peak above before, one download", all("download_mb"), "MB");
  report.figure(`peak above before, ${AT_ONCE} uploads at once`, all("together_mb"), "MB");
  return report.finish(options);
}

async function measure(options: Options): Promise<Sample> {
  const directory = mkdtempSync(join(tmpdir(), "clickclack-bench-"));
  try {
    const target = clickclackTarget(options);
    const workspace = await target.prepare(directory, { users: 1, channels: 1 });
    const path = join(directory, "large.bin");
    writeFileSync(path, Buffer.alloc(FILE_BYTES, "clickclack\0"));
    const server = await startServer(target, directory);
    try {
      await Bun.sleep(SETTLE_MS);
      let id = "";
      const upload_mb = await growth(server.pid, async () => void (id = await upload(server, workspace, path)));
      const download_mb = await growth(server.pid, () => download(server, workspace, id));
      const together_mb = await growth(server.pid, async () => {
        await Promise.all(Array.from({ length: AT_ONCE }, () => upload(server, workspace, path)));
      });
      return { upload_mb, download_mb, together_mb };
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function growth(pid: number, run: () => Promise<void>): Promise<number> {
  const before_mb = residentMb(pid);
  // 5 sets the kernel's high-water mark back to what is resident now.
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
  await run();
  const peak_kib = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? Number.NaN);
  return (peak_kib * 1024) / 1e6 - before_mb;
}

const asFirst = ({ tokens }: Workspace) => ({ authorization: `Bearer ${tokens[0]}` });

async function upload({ origin }: RunningServer, workspace: Workspace, path: string): Promise<string> {
  const body = new FormData();
  body.append("file", Bun.file(path), "large.bin");
  const query = `workspace_id=${workspace.workspace_id}`;
  const response = await fetch(`${origin}/api/uploads?${query}`, { method: "POST", headers: asFirst(workspace), body });
  if (response.status !== 201) throw new Error(`the upload answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { upload: { id: string } }).upload.id;
}

async function download({ origin }: RunningServer, workspace: Workspace, id: string): Promise<void> {
  const response = await fetch(`${origin}/api/uploads/${id}`, { headers: asFirst(workspace) });
  let bytes = 0;
  for await (const chunk of response.body ?? []) bytes += chunk.byteLength;
  if (bytes !== FILE_BYTES) throw new Error(`${bytes} bytes came back`);
}
