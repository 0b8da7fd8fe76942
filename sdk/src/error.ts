import { ERROR_STATUS } from "@clickclack/protocol";
import type { ErrorCode, ErrorDetail } from "@clickclack/protocol";

/** The server's codes, and the three that only a client can see. */
export type ClientErrorCode = ErrorCode | "network" | "timeout" | "invalid_response";

/**
 * Every failed call rejects with this.
 *
 * - `status`: the HTTP status, or 0 when no answer came.
 * - `code`: the server's code, or `network` (no connection), `timeout`, `invalid_response` (an
 *   answer that is not ours, often a proxy's).
 * - `message`: one sentence a person can act on.
 * - `details`: which fields were wrong, for `validation_failed`.
 * - `retry_after_s`: seconds to wait, when the server said so.
 *
 * A call stopped by your own `AbortSignal` rejects with the signal's reason instead.
 *
 * @example
 * try {
 *   await client.channels.create(workspace.id, { name: "release" });
 * } catch (error) {
 *   if (error instanceof ClickClackError && error.code === "conflict") pickAnotherName();
 *   else throw error;
 * }
 */
export class ClickClackError extends Error {
  override name = "ClickClackError";
  readonly status: number;
  readonly code: ClientErrorCode;
  readonly details: ErrorDetail[];
  readonly request_id: string | undefined;
  readonly retry_after_s: number | undefined;

  constructor(
    message: string,
    fields: {
      status: number;
      code: ClientErrorCode;
      details?: ErrorDetail[];
      request_id?: string | undefined;
      retry_after_s?: number | undefined;
      cause?: unknown;
    },
  ) {
    super(message, { cause: fields.cause });
    this.status = fields.status;
    this.code = fields.code;
    this.details = fields.details ?? [];
    this.request_id = fields.request_id;
    this.retry_after_s = fields.retry_after_s;
  }
}

/** Reads an answer that is not 2xx. The original server sends `{error}` alone; a proxy, anything. */
export async function errorFromResponse(response: Response): Promise<ClickClackError> {
  const text = await response.text();
  const body = parseObject(text);
  const sentence = typeof body?.["error"] === "string" ? body["error"] : undefined;
  return new ClickClackError(sentence ?? `the server answered ${response.status} ${response.statusText}`.trim(), {
    status: response.status,
    code: readCode(body?.["code"], response.status),
    details: readDetails(body?.["details"]),
    request_id: readString(body?.["request_id"]) ?? response.headers.get("x-request-id") ?? undefined,
    retry_after_s: readRetryAfter(response.headers.get("retry-after")),
  });
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function readString(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && Object.hasOwn(ERROR_STATUS, value);
}

function readCode(value: unknown, status: number): ClientErrorCode {
  if (isErrorCode(value)) return value;
  for (const [code, known] of Object.entries(ERROR_STATUS)) {
    if (known === status && isErrorCode(code)) return code;
  }
  if (status === 502 || status === 504) return "unavailable";
  return status >= 500 ? "internal" : status >= 400 ? "validation_failed" : "invalid_response";
}

function readDetails(value: unknown): ErrorDetail[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (item): item is ErrorDetail => typeof item?.path === "string" && typeof item?.message === "string",
  );
}

function readRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}
