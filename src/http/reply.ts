import { ERROR_STATUS, type ErrorBody } from "@clickclack/protocol";
import type { Context } from "hono";
import type { AppError } from "../lib/errors.ts";

/** What a handler answers: a status its route declares, and the body that goes with it. */
export interface Reply<Status extends number = number, Body = unknown> {
  status: Status;
  body: Body;
  headers?: Record<string, string>;
}

export const ok = <Body>(body: Body, headers?: Record<string, string>): Reply<200, Body> => ({
  status: 200,
  body,
  ...(headers && { headers }),
});
export const created = <Body>(body: Body, headers?: Record<string, string>): Reply<201, Body> => ({
  status: 201,
  body,
  ...(headers && { headers }),
});

/** What the request carries through its way, set once by the context middleware. */
export interface RequestInfo {
  request_id: string;
  correlation_id: string;
  /** Who is at the other end of the connection, whatever headers say. */
  peer: string;
  /** The peer's address, or the one a trusted proxy names. */
  address: string;
  at_ms: number;
}

const API_HEADERS: Record<string, string> = {
  "content-type": "application/json; charset=utf-8",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
};

/** Every JSON answer of the server is made here, so none misses its ids or headers. */
export function jsonResponse(info: RequestInfo, reply: Reply): Response {
  const headers = {
    ...API_HEADERS,
    "x-request-id": info.request_id,
    "x-correlation-id": info.correlation_id,
    ...reply.headers,
  };
  return new Response(JSON.stringify(reply.body), { status: reply.status, headers });
}

export function errorResponse(info: RequestInfo, error: AppError, headers?: Record<string, string>): Response {
  const body: ErrorBody = { error: error.message, code: error.code, request_id: info.request_id };
  if (error.options.details) body.details = error.options.details;
  const retry = error.options.retry_after_s;
  return jsonResponse(info, {
    status: ERROR_STATUS[error.code],
    body,
    headers: { ...(retry !== undefined && { "retry-after": String(retry) }), ...headers },
  });
}

export type AppEnv = {
  Bindings: { server?: Bun.Server<unknown> };
  Variables: { info: RequestInfo };
};
export type AppContext = Context<AppEnv>;
