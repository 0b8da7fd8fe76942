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
/** Something will be done about it; whether there was anything to do is not said. */
export const accepted = <Body>(body: Body): Reply<202, Body> => ({ status: 202, body });
/** 0.7's answer to some deletes: a status and no body at all. */
export const noContent = (): Reply<204, undefined> => ({ status: 204, body: undefined });

/** What is left to a caller, as the headers of the answer say it. */
export interface Allowance {
  limit: string;
  remaining: string;
  /** Seconds until the whole allowance is there again. */
  reset: string;
}

/** What the request carries through its way, set once by the context middleware. */
export interface RequestInfo {
  request_id: string;
  correlation_id: string;
  /** Who is at the other end of the connection, whatever headers say. */
  peer: string;
  /** The peer's address, or the one a trusted proxy names. */
  address: string;
  at_ms: number;
  /** The path that answered, when it was one without parameters. */
  route?: string;
  /** Set once the request has been counted; absent without a limit. */
  allowance?: Allowance;
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
  const headers = { ...headersOf(info), ...reply.headers };
  if (reply.body === undefined) delete headers["content-type"];
  return new Response(JSON.stringify(reply.body), { status: reply.status, headers });
}

/** Bytes instead of JSON: a file or a slice of it, or nothing but headers. */
export interface FileReply {
  status: 200 | 206 | 304 | 416;
  file: Blob | undefined;
  headers: Record<string, string>;
}

export function fileResponse(info: RequestInfo, { status, file, headers }: FileReply): Response {
  if (status === 416) {
    const error = "no part of the file lies in the range that was asked for";
    const body: ErrorBody = { error, code: "validation_failed", request_id: info.request_id };
    return jsonResponse(info, { status, body, headers });
  }
  const all = { ...headersOf(info), ...headers };
  if (headers["content-type"] === undefined) delete all["content-type"];
  return new Response(file ?? null, { status, headers: all });
}

/** What every answer says: whose it is, how much is left, and what a browser must not do with it. */
function headersOf(info: RequestInfo): Record<string, string> {
  const headers: Record<string, string> = {
    ...API_HEADERS,
    "x-request-id": info.request_id,
    "x-correlation-id": info.correlation_id,
  };
  const { allowance } = info;
  if (allowance) {
    headers["ratelimit-limit"] = allowance.limit;
    headers["ratelimit-remaining"] = allowance.remaining;
    headers["ratelimit-reset"] = allowance.reset;
  }
  return headers;
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
