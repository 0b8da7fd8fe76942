import { describe, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import * as fc from "fast-check";
import { FORM_TYPE as TYPE, formOf } from "../../tests/support/form.ts";
import { AppError } from "./errors.ts";
import { type FilePart, readForm } from "./multipart.ts";

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

interface Read {
  fields: [string, string][];
  part?: FilePart;
  bytes?: Buffer;
}

async function read(body: AsyncIterable<Uint8Array>, type = TYPE): Promise<Read> {
  const found: Read = { fields: [] };
  await readForm(body, type, {
    field: (name, value) => void found.fields.push([name, value]),
    async file(part, bytes) {
      found.part = part;
      const chunks: Uint8Array[] = [];
      for await (const chunk of bytes) chunks.push(chunk);
      found.bytes = Buffer.concat(chunks);
    },
  });
  return found;
}

async function refusal(run: Promise<unknown>): Promise<AppError> {
  const error = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw new Error(`expected a refusal, got ${String(error)}`);
}

describe("a form with one file", () => {
  test("arrives whole however it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 4000 }), fc.integer({ min: 1, max: 700 }), async (value, size) => {
        const form = formOf(
          { name: "workspace_id", value: "wsp_a" },
          { name: "file", value, filename: "grüße 🦀.bin", type: "application/x-thing" },
          { name: "width", value: "12" },
        );
        const found = await read(inPieces(form, size));
        expect(found.bytes?.equals(Buffer.from(value))).toBe(true);
        expect(found.part).toEqual({ filename: "grüße 🦀.bin", content_type: "application/x-thing" });
        expect(found.fields).toEqual([
          ["workspace_id", "wsp_a"],
          ["width", "12"],
        ]);
      }),
      { numRuns: 60 },
    );
  });

  test("keeps a path as it was sent, needs no file name and no type", async () => {
    const path = await read(inPieces(formOf({ name: "file", value: "x", filename: "../../etc/passwd" }), 9));
    expect(path.part?.filename).toBe("../../etc/passwd");
    const bare = await read(inPieces(formOf({ name: "file", value: "x" }), 9));
    expect(bare.part?.filename).toBe("");
    expect(bare.bytes?.toString()).toBe("x");
  });

  test("text fields are cut at 1 KiB", async () => {
    const value = "y".repeat(5000);
    const found = await read(inPieces(formOf({ name: "note", value }, { name: "file", value: "x" }), 100));
    expect(found.fields[0]?.[1]).toHaveLength(LIMITS.form_field_bytes);
  });

  test("the reader is never overtaken", async () => {
    const form = formOf({ name: "file", value: new Uint8Array(4 * 1024 * 1024), filename: "a" });
    let given = 0;
    async function* counted() {
      for await (const chunk of inPieces(form, 64 * 1024)) {
        given += chunk.byteLength;
        yield chunk;
      }
    }
    let taken = 0;
    let ahead = 0;
    await readForm(counted(), TYPE, {
      field: () => undefined,
      async file(_part, bytes) {
        for await (const chunk of bytes) {
          taken += chunk.byteLength;
          ahead = Math.max(ahead, given - taken);
          // Whoever reads a disk lets everybody else go on first.
          await new Promise((resolve) => setImmediate(resolve));
        }
      },
    });
    expect(taken).toBe(4 * 1024 * 1024);
    expect(ahead).toBeLessThan(512 * 1024);
  });
});

describe("a bad form", () => {
  const file = { name: "file", value: "x", filename: "a.txt" };
  const cases: [string, Uint8Array, string, RegExp][] = [
    ["no multipart", Buffer.from("{}"), "application/json", /multipart\/form-data/],
    ["no content type", Buffer.from("{}"), "", /multipart\/form-data/],
    ["no boundary", formOf(file), "multipart/form-data", /multipart\/form-data/],
    ["another boundary", formOf(file), "multipart/form-data; boundary=other", /whole multipart form|part named file/],
    ["nothing in it", Buffer.from(""), TYPE, /whole multipart form|part named file/],
    ["no file", formOf({ name: "note", value: "x" }), TYPE, /part named file/],
    ["a file by another name", formOf({ ...file, name: "picture" }), TYPE, /named file/],
    ["two files", formOf(file, file), TYPE, /one file/],
    ["cut in the file", formOf(file).subarray(0, -20), TYPE, /whole multipart form/],
    ["cut in a header", formOf(file).subarray(0, 30), TYPE, /whole multipart form/],
    [
      "too many fields",
      formOf(...Array.from({ length: 40 }, () => ({ name: "n", value: "1" })), file),
      TYPE,
      /too many parts/,
    ],
  ];
  for (const [name, body, type, sentence] of cases) {
    test(name, async () => {
      for (const size of [1, 7, 10_000]) {
        const error = await refusal(read(inPieces(body, size), type));
        expect(error.code).toBe("validation_failed");
        expect(error.message).toMatch(sentence);
      }
    });
  }

  test("too large is said as soon as it is known, and the rest is not read", async () => {
    let given = 0;
    const chunk = new Uint8Array(1024 * 1024);
    async function* endless() {
      yield formOf(file).subarray(0, -30);
      for (;;) {
        given += chunk.byteLength;
        yield chunk;
      }
    }
    expect((await refusal(read(endless()))).code).toBe("payload_too_large");
    expect(given).toBeLessThan(LIMITS.upload_bytes + 2 * chunk.byteLength);
  });

  test("a connection that ends is told to whoever reads the file, and waited for", async () => {
    async function* broken() {
      yield formOf({ name: "file", value: "x".repeat(1000), filename: "a" }).subarray(0, 500);
      throw new Error("the connection was reset");
    }
    const seen: string[] = [];
    const error = await refusal(
      readForm(broken(), TYPE, {
        field: () => undefined,
        async file(_part, bytes) {
          try {
            for await (const chunk of bytes) seen.push(`${chunk.byteLength > 0}`);
          } finally {
            await new Promise((resolve) => setImmediate(resolve));
            seen.push("cleaned up");
          }
        },
      }),
    );
    expect(error.message).toContain("did not arrive whole");
    expect(seen.at(-1)).toBe("cleaned up");
  });

  test("a reader that fails stops the form with its own error", async () => {
    const form = formOf({ name: "file", value: new Uint8Array(1024 * 1024), filename: "a" });
    for (const when of ["at once", "in the middle"]) {
      const error = await refusal(
        readForm(inPieces(form, 1000), TYPE, {
          field: () => undefined,
          async file(_part, bytes) {
            if (when === "in the middle") for await (const _ of bytes) break;
            throw new AppError("not_found", "no room");
          },
        }),
      );
      expect(error.message).toBe("no room");
    }
    const thrown = await refusal(
      readForm(inPieces(formOf({ name: "n", value: "1" }, file), 10), TYPE, {
        field: () => {
          throw new AppError("conflict", "no such field");
        },
        file: async () => undefined,
      }),
    );
    expect(thrown.message).toBe("no such field");
  });
});
