import { isIP } from "node:net";
import type { Actor, ActorLookup } from "../lib/actor.ts";
import { timestamp } from "../lib/clock.ts";
import { AppError, forbidden } from "../lib/errors.ts";
import type { RequestInfo } from "./reply.ts";

export const SESSION_COOKIE = "cc_session";

export interface ActorOptions {
  lookup: ActorLookup;
  dev_bootstrap: boolean;
  public_url: string | undefined;
}

/** Answers who asks, or `undefined` for nobody. A bad credential is an error, never nobody. */
export async function resolveActor(
  request: Request,
  { peer, address, at_ms }: Pick<RequestInfo, "peer" | "address" | "at_ms">,
  { lookup, dev_bootstrap, public_url }: ActorOptions,
): Promise<Actor | undefined> {
  const at = timestamp(at_ms);
  const bearer = bearerToken(request);
  if (bearer !== undefined) {
    const found = bearer.startsWith("ccb_") ? await lookup.botToken(bearer, at) : await lookup.session(bearer, at);
    if (!found) throw new AppError("unauthenticated", "the token is unknown, expired or revoked; sign in again");
    return { ...found, address, at, at_ms };
  }
  const cookies = cookieValues(request, SESSION_COOKIE);
  if (cookies.length > 1)
    throw new AppError("unauthenticated", "two session cookies were sent; clear the site's cookies");
  if (cookies[0]) {
    const found = await lookup.session(cookies[0], at);
    if (!found) throw new AppError("unauthenticated", "the session has ended; sign in again");
    requireCsrf(request, public_url);
    return { ...found, address, at, at_ms };
  }
  if (dev_bootstrap && isLocalRequest(request, peer)) {
    const found = await lookup.developer(request.headers.get("x-clickclack-user") ?? undefined);
    if (found) return { ...found, address, at, at_ms };
  }
  return undefined;
}

/** The bearer token, from the header or from the sub-protocol of a WebSocket. */
export function bearerToken(request: Request): string | undefined {
  const header = request.headers.get("authorization");
  if (header !== null) {
    const token = /^Bearer\s+(\S+)$/i.exec(header)?.[1];
    if (!token) throw new AppError("unauthenticated", "the Authorization header must be Bearer and a token");
    return token;
  }
  return bearerProtocol(request)?.slice("clickclack.bearer.".length);
}

export function bearerProtocol(request: Request): string | undefined {
  const offered = request.headers.get("sec-websocket-protocol");
  return offered
    ?.split(",")
    .map((one) => one.trim())
    .find((one) => one.startsWith("clickclack.bearer.") && one.length > "clickclack.bearer.".length);
}

function cookieValues(request: Request, name: string): string[] {
  const header = request.headers.get("cookie");
  if (header === null) return [];
  return header
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}

/** A cookie travels by itself, so an unsafe request has to prove that our own page made it. */
function requireCsrf(request: Request, public_url: string | undefined): void {
  if (request.method === "GET" || request.method === "HEAD" || request.method === "OPTIONS") return;
  if (request.headers.get("x-clickclack-csrf") === "1" && isSameOrigin(request, public_url)) return;
  throw forbidden("cross-site session requests are not allowed");
}

/** By `Origin` where the browser sends it, else by `Sec-Fetch-Site`. */
export function isSameOrigin(request: Request, public_url: string | undefined): boolean {
  const origin = request.headers.get("origin");
  const site = request.headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") return false;
  if (origin === null) return true;
  if (public_url !== undefined && origin === new URL(public_url).origin) return true;
  return URL.canParse(origin) && new URL(origin).host === (request.headers.get("host") ?? "");
}

/**
 * Strictly local: the peer, the host, the origin and every hop a proxy names are this machine.
 * This is what keeps DNS rebinding and tunnels from becoming the development user.
 */
export function isLocalRequest(request: Request, peer: string): boolean {
  if (!isLoopback(peer)) return false;
  const host = request.headers.get("host") ?? "";
  if (!isLocalHost(host)) return false;
  const origin = request.headers.get("origin");
  if (origin !== null && !(URL.canParse(origin) && new URL(origin).host === host)) return false;
  const site = request.headers.get("sec-fetch-site");
  if (site !== null && site !== "none" && site !== "same-origin") return false;
  const hops = ["x-forwarded-for", "x-real-ip"].flatMap((name) => request.headers.get(name)?.split(",") ?? []);
  if (!hops.every((hop) => isLoopback(hop.trim()))) return false;
  const hosts = request.headers.get("x-forwarded-host")?.split(",") ?? [];
  return hosts.every((one) => isLocalHost(one.trim())) && request.headers.get("forwarded") === null;
}

export function isLocalHost(host: string): boolean {
  const name = host
    .replace(/:\d+$/, "")
    .replace(/^\[|\]$/g, "")
    .toLowerCase();
  return name === "localhost" || name.endsWith(".localhost") || isLoopback(name);
}

export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, "");
  return plain === "::1" || (isIP(plain) === 4 && plain.startsWith("127."));
}
