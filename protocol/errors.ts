/** The closed list of error codes and the HTTP status each one travels with. */
export const ERROR_STATUS = {
  validation_failed: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  internal: 500,
  not_configured: 501,
  unavailable: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** One field that was wrong: where, and what to do about it. */
export interface ErrorDetail {
  path: string;
  message: string;
}

/** Every error body of the API. `error` is one sentence a person can act on. */
export interface ErrorBody {
  error: string;
  code: ErrorCode;
  details?: ErrorDetail[];
  request_id: string;
}

/** WebSocket close codes of the realtime endpoint. */
export const CLOSE = {
  /** The server is going away; reconnect with the cursor. */
  going_away: 1001,
  /** Session, token or membership ended; the reason says which. */
  revoked: 1008,
  /** Try again later with the same cursor. */
  try_again: 1013,
  /** The cursor can not be replayed: drop it, refetch, start from a fresh tail. */
  resync: 4001,
} as const;
