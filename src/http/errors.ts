import type { Logger } from "pino";
import { AppError } from "../lib/errors.ts";
import { errorResponse, type RequestInfo } from "./reply.ts";

/** The one place where an error becomes an answer. What we did not expect is logged and hidden. */
export function answerError(
  error: unknown,
  info: RequestInfo,
  log: Logger,
  headers?: Record<string, string>,
): Response {
  if (error instanceof AppError) {
    if (error.code === "internal" || error.code === "unavailable")
      log.warn({ request_id: info.request_id, err: error });
    return errorResponse(info, error, headers);
  }
  log.error({ request_id: info.request_id, err: error });
  const hidden = new AppError(
    "internal",
    "something went wrong on our side; the request id names it in the server's log",
  );
  return errorResponse(info, hidden, headers);
}
