import { Busboy, type BusboyInstance } from "@fastify/busboy";
import { LIMITS } from "@clickclack/protocol";
import { AppError, invalid } from "./errors.ts";

/** A file as its part of the form describes it; nothing of that is to be believed. */
export interface FilePart {
  filename: string;
  content_type: string;
}

/** Who reads a form while it arrives. */
export interface FormReader {
  /** A text field, cut at 1 KiB. */
  field(name: string, value: string): void;
  /** The part named `file`. It has to read the bytes to their end, or fail. */
  file(part: FilePart, bytes: AsyncIterable<Uint8Array>): Promise<void>;
}

/**
 * Reads a multipart form with one file as it arrives, never faster than the reader takes it, and keeps
 * nothing of it in memory. Settles after the reader has finished with the file, whatever went wrong,
 * so that nobody cleans up behind somebody who still writes.
 */
export async function readForm(
  body: AsyncIterable<Uint8Array>,
  content_type: string,
  reader: FormReader,
): Promise<void> {
  const form = openForm(content_type, reader);
  try {
    for await (const chunk of received(body)) {
      await form.write(chunk);
      if (form.failed()) break;
    }
    await form.end();
  } catch (error) {
    form.fail(error);
  }
  await form.settled();
}

/** The body's chunks, up to what a form may hold. */
async function* received(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0;
  const iterator = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await iterator.next().catch((cause: unknown) => {
        throw new AppError("validation_failed", "the request body did not arrive whole", { cause });
      });
      if (next.done === true) return;
      size += next.value.byteLength;
      if (size > LIMITS.upload_bytes + LIMITS.form_overhead_bytes) throw tooLarge();
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}

export function tooLarge(): AppError {
  return new AppError("payload_too_large", `a file must be at most ${LIMITS.upload_bytes} bytes`);
}

type FileStream = AsyncIterable<Uint8Array> & { destroy(error: Error): void; resume(): void };

/** The parser's events as one thing that is written to, fails once and settles. */
function openForm(content_type: string, reader: FormReader) {
  const parser = parserOf(content_type);
  const failure: { error?: unknown } = {};
  let file: Promise<void> | undefined;
  let stream: FileStream | undefined;
  /** Ends the wait for the parser: when something fails it may never answer again. */
  let wake = () => {};

  function fail(error: unknown): void {
    if (!("error" in failure)) failure.error = error;
    stream?.destroy(error instanceof Error ? error : new Error(String(error)));
    wake();
  }
  const failed = () => "error" in failure;
  const until = (begin: (done: () => void) => void) =>
    new Promise<void>((resolve) => {
      wake = resolve;
      if (failed()) resolve();
      else begin(resolve);
    });

  parser.on("field", (name, value) => {
    try {
      if (!failed()) reader.field(name, value);
    } catch (error) {
      fail(error);
    }
  });
  parser.on("file", (name, bytes, filename, _encoding, type) => {
    // A stream that fails before anybody reads it must not end the process.
    bytes.on("error", () => undefined);
    if (!failed() && file) fail(invalid("file", "send one file in a request"));
    if (!failed() && name !== "file") fail(invalid("file", "the part with the file must be named file"));
    if (failed()) return void bytes.resume();
    stream = bytes;
    file = reader.file({ filename: filename ?? "", content_type: type ?? "" }, bytes).catch(fail);
  });
  parser.on("error", (cause) =>
    fail(new AppError("validation_failed", "the request body is not a whole multipart form", { cause })),
  );
  for (const event of ["partsLimit", "fieldsLimit", "filesLimit"] as const)
    parser.on(event, () => fail(new AppError("validation_failed", "the form has too many parts")));

  return {
    fail,
    failed,
    write: (chunk: Uint8Array) => until((done) => void parser.write(chunk, () => done())),
    end: () =>
      until((done) => {
        parser.on("finish", () => done());
        parser.end();
      }),
    async settled(): Promise<void> {
      await file;
      if (failed()) throw failure.error;
      if (!file) throw invalid("file", "the form must have a part named file");
    },
  };
}

function parserOf(content_type: string): BusboyInstance {
  try {
    return new Busboy({
      headers: { "content-type": content_type },
      // What a path is differs by system; the name is made safe in one place, not here.
      preservePath: true,
      isPartAFile: (name, _type, filename) => name === "file" || filename !== undefined,
      limits: {
        fieldSize: LIMITS.form_field_bytes,
        fields: LIMITS.form_fields,
        parts: LIMITS.form_fields + 2,
        headerPairs: LIMITS.form_fields,
        headerSize: LIMITS.form_header_bytes,
      },
    });
  } catch (cause) {
    throw new AppError("validation_failed", "send the file as multipart/form-data with a part named file", { cause });
  }
}
