import { ClickClackError } from "@clickclack/sdk";
import type { ClientErrorCode } from "@clickclack/sdk";
import { AppError } from "../lib/errors.ts";

/** Exit codes: 0 done · 1 unexpected · 2 usage · 3 not signed in · 4 not found · 5 refused · 10 network · 11 timed out. */
export const EXIT = {
  unexpected: 1,
  usage: 2,
  signed_out: 3,
  not_found: 4,
  refused: 5,
  network: 10,
  timeout: 11,
} as const;

/** The command line itself is wrong; the sentence says what to write. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** What is printed, and how the program ends. */
export interface Failure {
  message: string;
  code: string;
  exit_code: number;
  request_id?: string;
  details?: { path: string; message: string }[];
}

const EXIT_OF: Partial<Record<ClientErrorCode, number>> = {
  network: EXIT.network,
  timeout: EXIT.timeout,
  unauthenticated: EXIT.signed_out,
  not_found: EXIT.not_found,
  forbidden: EXIT.refused,
  conflict: EXIT.refused,
  validation_failed: EXIT.refused,
  payload_too_large: EXIT.refused,
  unsupported_media_type: EXIT.refused,
  rate_limited: EXIT.refused,
};

/** The one place where an error becomes a line and an exit code, for client, admin and server commands alike. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof UsageError) return { message: error.message, code: "usage", exit_code: EXIT.usage };
  if (error instanceof ClickClackError) return describeCall(error);
  if (error instanceof AppError) {
    return {
      message: error.message,
      code: error.code,
      exit_code: EXIT_OF[error.code] ?? EXIT.unexpected,
      ...(error.options.details && { details: error.options.details }),
    };
  }
  // citty's own complaints: a missing argument, an unknown command.
  if (error instanceof Error && error.name === "CLIError") {
    return { message: Bun.stripANSI(error.message), code: "usage", exit_code: EXIT.usage };
  }
  return { message: describeSystem(error), code: "internal", exit_code: EXIT.unexpected };
}

function describeCall(error: ClickClackError): Failure {
  return {
    message: error.status === 0 ? error.message : `${error.status}: ${error.message}`,
    code: error.code,
    exit_code: EXIT_OF[error.code] ?? EXIT.unexpected,
    ...(error.request_id && { request_id: error.request_id }),
    ...(error.details.length > 0 && { details: error.details }),
  };
}

/** Refusals of the operating system, most of them at start. */
function describeSystem(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, path, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  const where = path ?? "that path";
  const place = port === undefined ? "that address" : `port ${port}`;
  const sentences: Record<string, string> = {
    EADDRINUSE: `${place} is in use; stop the other program or choose another with --addr`,
    EADDRNOTAVAIL: `${address ?? "that address"} is not an address of this machine; choose another with --addr`,
    EACCES: `no permission for ${path ? where : place}; ${path ? "choose another directory with --data or change its owner" : "choose a port above 1023 with --addr"}`,
    EPERM: `no permission for ${where}; choose another directory with --data or change its owner`,
    EROFS: `${where} is on a read-only file system; choose another directory with --data`,
    ENOSPC: "the disk is full; make room and start again",
    ENOTDIR: `${where} is not a directory; choose another with --data`,
    EEXIST: `${where} exists and is not a directory; choose another with --data`,
    ENOENT: `${where} does not exist`,
  };
  return sentences[code ?? ""] ?? firstLine(error.message);
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text;
}
