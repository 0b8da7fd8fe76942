import { expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import * as fc from "fast-check";
import { safeFilename } from "./filename.ts";

test("the last part of a path, without what hides or steers", () => {
  const cases: [string, string][] = [
    ["claw.txt", "claw.txt"],
    ["../../etc/passwd", "passwd"],
    ["C:\\Users\\me\\tide table.pdf", "tide table.pdf"],
    ["..", "upload.bin"],
    [".", "upload.bin"],
    ["", "upload.bin"],
    ["   ", "upload.bin"],
    ["a/", "upload.bin"],
    [".env", ".env"],
    ["a\0b\r\nc\t.txt", "abc.txt"],
    ["photo\u202Egnp.exe", "photognp.exe"],
    ["\u2066x\u2069\u200E\uFEFF.png", "x.png"],
    ["\ud800broken.txt", "\ufffdbroken.txt"],
    ["Ärger 漁港 🦀.webp", "Ärger 漁港 🦀.webp"],
    ['"; filename=evil.html', '"; filename=evil.html'],
  ];
  for (const [given, expected] of cases) expect([given, safeFilename(given)]).toEqual([given, expected]);
});

test("300 characters are cut before the ending, never within a character", () => {
  const long = safeFilename(`${"漁".repeat(300)}.jpeg`);
  expect(long).toEndWith("漁.jpeg");
  expect(Buffer.byteLength(long)).toBeLessThanOrEqual(LIMITS.filename_bytes);
  expect(Buffer.byteLength(long)).toBeGreaterThan(LIMITS.filename_bytes - 4);
});

test("any name at all becomes one that is safe, and stays as it is from then on", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (given) => {
      const name = safeFilename(given);
      expect(name).not.toBe("");
      expect(name).not.toMatch(/[\\/\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(LIMITS.filename_bytes);
      expect(safeFilename(name)).toBe(name);
    }),
  );
});
