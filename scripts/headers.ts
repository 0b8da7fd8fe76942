/** Reads the first bytes of an executable and says for which machine it really is. */
import { closeSync, openSync, readSync } from "node:fs";

export interface Target {
  name: string;
  /** As `bun build --target` calls it. */
  bun: string;
  format: "elf" | "macho" | "pe";
  /** The machine number of the format's own header. */
  machine: number;
  /** The dynamic loader an ELF file asks for tells glibc from musl. */
  loader?: string;
}

const ELF_X64 = 0x3e;
const ELF_ARM64 = 0xb7;
const MACHO_X64 = 0x01000007;
const MACHO_ARM64 = 0x0100000c;
const PE_X64 = 0x8664;

export const TARGETS: Target[] = [
  { name: "linux-x64", bun: "bun-linux-x64", format: "elf", machine: ELF_X64, loader: "ld-linux-x86-64.so.2" },
  { name: "linux-arm64", bun: "bun-linux-arm64", format: "elf", machine: ELF_ARM64, loader: "ld-linux-aarch64.so.1" },
  { name: "linux-x64-musl", bun: "bun-linux-x64-musl", format: "elf", machine: ELF_X64, loader: "ld-musl-x86_64.so.1" },
  {
    name: "linux-arm64-musl",
    bun: "bun-linux-arm64-musl",
    format: "elf",
    machine: ELF_ARM64,
    loader: "ld-musl-aarch64.so.1",
  },
  { name: "macos-x64", bun: "bun-darwin-x64", format: "macho", machine: MACHO_X64 },
  { name: "macos-arm64", bun: "bun-darwin-arm64", format: "macho", machine: MACHO_ARM64 },
  { name: "windows-x64", bun: "bun-windows-x64", format: "pe", machine: PE_X64 },
];

export interface Header {
  format: Target["format"] | "unknown";
  machine: number;
  loader?: string;
}

/** What is wrong with the file as one sentence, or `undefined`. */
export function wrongHeader(file: string, target: Target): string | undefined {
  const header = readHeader(firstBytes(file));
  if (header.format !== target.format) return `is ${header.format}, not ${target.format}`;
  if (header.machine !== target.machine)
    return `is for machine 0x${header.machine.toString(16)}, not 0x${target.machine.toString(16)}`;
  if (target.loader && !header.loader?.endsWith(`/${target.loader}`))
    return `asks for the loader ${header.loader ?? "(none)"}, not ${target.loader}`;
  return undefined;
}

export function readHeader(bytes: Buffer): Header {
  if (bytes.length < 64) return { format: "unknown", machine: 0 };
  if (bytes.readUInt32BE(0) === 0x7f454c46) {
    return { format: "elf", machine: bytes.readUInt16LE(18), loader: elfLoader(bytes) };
  }
  if (bytes.readUInt32LE(0) === 0xfeedfacf) return { format: "macho", machine: bytes.readUInt32LE(4) };
  if (bytes.toString("latin1", 0, 2) === "MZ") {
    const pe = bytes.readUInt32LE(0x3c);
    if (pe + 6 <= bytes.length && bytes.toString("latin1", pe, pe + 4) === "PE\0\0") {
      return { format: "pe", machine: bytes.readUInt16LE(pe + 4) };
    }
  }
  return { format: "unknown", machine: 0 };
}

/** The text of the PT_INTERP program header of a 64-bit little-endian ELF file. */
function elfLoader(bytes: Buffer): string | undefined {
  const PT_INTERP = 3;
  const table = Number(bytes.readBigUInt64LE(32));
  const size = bytes.readUInt16LE(54);
  const count = bytes.readUInt16LE(56);
  for (let i = 0; i < count; i++) {
    const at = table + i * size;
    if (at + size > bytes.length) return undefined;
    if (bytes.readUInt32LE(at) !== PT_INTERP) continue;
    const offset = Number(bytes.readBigUInt64LE(at + 8));
    const length = Number(bytes.readBigUInt64LE(at + 32));
    return bytes.toString("latin1", offset, offset + length).replace(/\0.*$/s, "");
  }
  return undefined;
}

function firstBytes(file: string): Buffer {
  const bytes = Buffer.alloc(64 * 1024);
  const descriptor = openSync(file, "r");
  try {
    return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(descriptor);
  }
}

if (import.meta.main) {
  const [file, name] = process.argv.slice(2);
  const target = TARGETS.find((one) => one.name === name);
  if (!file || !target) {
    console.error(`usage: bun scripts/headers.ts <file> <${TARGETS.map((one) => one.name).join("|")}>`);
    process.exit(2);
  }
  const wrong = wrongHeader(file, target);
  console.log(wrong ? `${file} ${wrong}` : `${file} is for ${target.name}`);
  process.exit(wrong ? 1 : 0);
}
