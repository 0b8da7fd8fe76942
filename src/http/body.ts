import { LIMITS } from "@clickclack/protocol";
import { AppError } from "../lib/errors.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Reads one JSON value of at most 1 MiB of valid UTF-8, or says what is wrong with it. */
export async function readJson(request: Request): Promise<unknown> {
  const bytes = await readBytes(request, LIMITS.json_body_bytes).catch((error: unknown) => {
    if (error instanceof AppError) throw error;
    // The connection ended in the middle: nobody reads the answer, and nothing is wrong on our side.
    throw new AppError("validation_failed", "the request body did not arrive whole", { cause: error });
  });
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new AppError("validation_failed", "the request body is not valid UTF-8");
  }
  if (text.trim() === "") throw new AppError("validation_failed", "the request body must be a JSON object");
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new AppError("validation_failed", "the request body must contain a single valid JSON value");
  }
}

/** True for `application/json` with any parameters. */
export function isJson(request: Request): boolean {
  return /^application\/json\s*(;|$)/i.test(request.headers.get("content-type") ?? "");
}

async function readBytes(request: Request, max_bytes: number): Promise<Uint8Array> {
  const declared = request.headers.get("content-length");
  if (declared !== null) {
    if (Number(declared) > max_bytes) throw tooLarge(max_bytes);
    return new Uint8Array(await request.arrayBuffer());
  }
  // Without a declared length the body is counted as it comes, and cut off at the limit.
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > max_bytes) throw tooLarge(max_bytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(max_bytes: number): AppError {
  return new AppError("payload_too_large", `the request body must be at most ${max_bytes} bytes`);
}
