import { expect, test } from "bun:test";
import { readHeader, TARGETS, wrongHeader } from "./headers.ts";

test("the running Bun is recognised as an executable of this machine", () => {
  const os = { linux: "linux", darwin: "macos", win32: "windows" }[process.platform as string];
  const own = TARGETS.filter((target) => target.name.startsWith(`${os}-${process.arch}`));
  expect(own.some((target) => wrongHeader(process.execPath, target) === undefined)).toBe(true);
});

test("the running Bun is refused for every other machine", () => {
  const fitting = TARGETS.filter((target) => wrongHeader(process.execPath, target) === undefined);
  expect(fitting).toHaveLength(1);
});

test("Mach-O and PE headers name their machine", () => {
  const macho = Buffer.alloc(64);
  macho.writeUInt32LE(0xfeedfacf, 0);
  macho.writeUInt32LE(0x0100000c, 4);
  expect(readHeader(macho)).toEqual({ format: "macho", machine: 0x0100000c });

  const pe = Buffer.alloc(256);
  pe.write("MZ", 0, "latin1");
  pe.writeUInt32LE(128, 0x3c);
  pe.write("PE\0\0", 128, "latin1");
  pe.writeUInt16LE(0x8664, 132);
  expect(readHeader(pe)).toEqual({ format: "pe", machine: 0x8664 });
});

test("text and half a header are no executable", () => {
  expect(readHeader(Buffer.from("#!/bin/sh\n".repeat(20))).format).toBe("unknown");
  expect(readHeader(Buffer.from("MZ")).format).toBe("unknown");
});
