import { backoffDelay, sleep } from "./backoff.ts";
import { ClickClackError, errorFromResponse } from "./error.ts";
import { fetchWithProgress, type OnProgress } from "./progress.ts";

/** What every method takes as its last argument. */
export interface CallOptions {
  /** Stops the call; it rejects with the signal's reason. */
  signal?: AbortSignal;
  /** The longest the whole call may take, retries included, in milliseconds. */
  timeout_ms?: number;
}

export interface HttpOptions {
  baseUrl: string;
  token: string | undefined;
  userId: string | undefined;
  timeout_ms: number;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
}

export type Query = Record<string, string | number | boolean | undefined>;

export interface Call extends CallOptions {
  query?: Query;
  body?: unknown;
  /** A form with files, instead of a JSON body. */
  form?: FormData;
  /** In a page: how much of the form has been sent. */
  onProgress?: OnProgress | undefined;
  /** A repetition changes nothing: it carries a nonce. Safe methods repeat without being asked. */
  repeatable?: boolean;
  /** A 404 that carries this header means "there is none", so the call answers `undefined`. */
  absent_header?: string;
}

/** The one way to the server. `options` is live: signing in and out changes its token. */
export interface Http {
  readonly options: HttpOptions;
  /** Answers the JSON of the body. */
  request<T>(method: string, path: string, call?: Call): Promise<T>;
  /** Answers the body as it is, for files. */
  download(path: string, call?: Call): Promise<{ blob: Blob; headers: Headers }>;
}

const ATTEMPTS = 5;
const BACKOFF = { base_ms: 250, max_ms: 5_000 };
const RETRY_STATUS = new Set([429, 502, 503, 504]);

export function createHttp(options: HttpOptions): Http {
  return {
    options,
    request: <T>(method: string, path: string, call: Call = {}): Promise<T> =>
      attempts(options, method, call, async (signal) =>
        readJson<T>(options, await send(options, method, path, call, signal), call),
      ),
    download: (path, call = {}) =>
      attempts(options, "GET", call, async (signal) => {
        const response = await send(options, "GET", path, call, signal);
        return { blob: await response.blob(), headers: response.headers };
      }),
  };
}

async function attempts<T>(
  options: HttpOptions,
  method: string,
  call: Call,
  once: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout_ms = call.timeout_ms ?? options.timeout_ms;
  const deadline = Date.now() + timeout_ms;
  const timeout = AbortSignal.timeout(timeout_ms);
  const signal = call.signal ? AbortSignal.any([call.signal, timeout]) : timeout;
  const repeatable = call.repeatable === true || method === "GET" || method === "HEAD";
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await once(signal);
    } catch (error) {
      const failure = explain(error, call.signal, timeout, options.baseUrl);
      const delay_ms = repeatable && attempt + 1 < ATTEMPTS ? retryDelay(failure, attempt) : undefined;
      if (delay_ms === undefined || Date.now() + delay_ms >= deadline) throw failure;
      await sleep(delay_ms, signal).catch((reason) => {
        throw explain(reason, call.signal, timeout, options.baseUrl);
      });
    }
  }
}

async function send(
  options: HttpOptions,
  method: string,
  path: string,
  call: Call,
  signal: AbortSignal,
): Promise<Response> {
  const init: RequestInit = { method, headers: requestHeaders(options, method, call.body), signal };
  if (call.body !== undefined) init.body = JSON.stringify(call.body);
  // Its content type names a boundary that only `fetch` knows.
  if (call.form) init.body = call.form;
  // Some workers reject `credentials`, and only a page has a cookie to send to another origin.
  if (!options.token && "document" in globalThis) init.credentials = "include";
  const url = options.baseUrl + path + queryString(call.query);
  const told = call.onProgress && fetchWithProgress(url, init, call.onProgress);
  const response = await (told ?? options.fetch(url, init));
  if (!response.ok && !isAbsent(response, call)) throw await errorFromResponse(response);
  return response;
}

function isAbsent(response: Response, { absent_header }: Call): boolean {
  return response.status === 404 && absent_header !== undefined && response.headers.has(absent_header);
}

async function readJson<T>(options: HttpOptions, response: Response, call: Call): Promise<T> {
  if (isAbsent(response, call)) return undefined as T;
  const text = await response.text();
  try {
    return (text === "" ? undefined : JSON.parse(text)) as T;
  } catch (cause) {
    throw new ClickClackError(
      `${options.baseUrl} answered with something that is not JSON; is it a ClickClack server?`,
      {
        status: response.status,
        code: "invalid_response",
        cause,
      },
    );
  }
}

function requestHeaders(options: HttpOptions, method: string, body: unknown): Record<string, string> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (options.userId) headers["x-clickclack-user"] = options.userId;
  if (options.token) headers["authorization"] = `Bearer ${options.token}`;
  else if (method !== "GET" && method !== "HEAD") headers["x-clickclack-csrf"] = "1";
  return headers;
}

function queryString(query: Query | undefined): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) params.set(name, String(value));
  }
  const text = params.toString();
  return text ? `?${text}` : "";
}

/** The caller's own abort stays what it is; everything else becomes one kind of error. */
function explain(error: unknown, caller: AbortSignal | undefined, timeout: AbortSignal, baseUrl: string): unknown {
  if (error instanceof ClickClackError) return error;
  if (caller?.aborted) return caller.reason;
  if (timeout.aborted) {
    return new ClickClackError(`${baseUrl} did not answer in time`, { status: 0, code: "timeout", cause: error });
  }
  return new ClickClackError(`cannot reach ${baseUrl}`, { status: 0, code: "network", cause: error });
}

function retryDelay(error: unknown, attempt: number): number | undefined {
  if (!(error instanceof ClickClackError)) return undefined;
  if (error.code !== "network" && !RETRY_STATUS.has(error.status)) return undefined;
  const wait_ms = (error.retry_after_s ?? 0) * 1000;
  return wait_ms + backoffDelay(attempt, BACKOFF);
}
