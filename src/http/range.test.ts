import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { byteRange } from "./range.ts";

test("one range, as RFC 9110 has it", () => {
  const cases: [string | null, number, ReturnType<typeof byteRange>][] = [
    [null, 10, undefined],
    ["bytes=0-0", 10, { start: 0, end: 1 }],
    ["bytes=2-5", 10, { start: 2, end: 6 }],
    ["bytes=2-", 10, { start: 2, end: 10 }],
    ["bytes=2-999", 10, { start: 2, end: 10 }],
    ["bytes=-3", 10, { start: 7, end: 10 }],
    ["bytes=-99", 10, { start: 0, end: 10 }],
    ["Bytes = 1-2", 10, undefined],
    ["BYTES=1-2", 10, { start: 1, end: 3 }],
    ["bytes=10-", 10, "unsatisfiable"],
    ["bytes=99-100", 10, "unsatisfiable"],
    ["bytes=-0", 10, "unsatisfiable"],
    ["bytes=0-", 0, "unsatisfiable"],
    ["bytes=-1", 0, "unsatisfiable"],
    ["bytes=5-2", 10, undefined],
    ["bytes=-", 10, undefined],
    ["bytes=0-1,4-5", 10, undefined],
    ["bytes=a-b", 10, undefined],
    ["bytes=0x1-2", 10, undefined],
    ["bytes=99999999999999999999-", 10, undefined],
    ["lines=0-1", 10, undefined],
    ["", 10, undefined],
  ];
  for (const [header, size, expected] of cases) expect([header, byteRange(header, size)]).toEqual([header, expected]);
});

test("whatever is asked, a range lies in the file and holds something", () => {
  const bound = fc.option(fc.nat(200), { nil: "" as const });
  fc.assert(
    fc.property(bound, bound, fc.nat(100), (first, last, size) => {
      const range = byteRange(`bytes=${first}-${last}`, size);
      if (range === undefined || range === "unsatisfiable") return;
      expect(range.start).toBeGreaterThanOrEqual(0);
      expect(range.end).toBeGreaterThan(range.start);
      expect(range.end).toBeLessThanOrEqual(size);
    }),
  );
});
