import type { ErrorCode, ErrorDetail } from "@clickclack/protocol";

/** The one error class. Any layer throws it; `http/errors.ts` turns it into an answer, once. */
export class AppError extends Error {
  override name = "AppError";
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly options: { details?: ErrorDetail[]; retry_after_s?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
  }
}

/** "Not there" and "not yours to see" are the same answer, so existence never leaks. */
export function notFound(what: string): AppError {
  return new AppError("not_found", `${what} not found`);
}

/** A link or code that was never given out, was used or has ended; which of them is not said. */
export function endedLink(what: string): AppError {
  return new AppError("not_found", `this ${what} is unknown, used up or expired`);
}

export function forbidden(sentence: string): AppError {
  return new AppError("forbidden", sentence);
}

export function invalid(path: string, sentence: string): AppError {
  return new AppError("validation_failed", sentence, { details: [{ path, message: sentence }] });
}

export function conflict(sentence: string): AppError {
  return new AppError("conflict", sentence);
}
