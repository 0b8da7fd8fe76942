import { LIMITS } from "@clickclack/protocol";
import { isLocalHost, isLoopback, SESSION_COOKIE } from "./actor.ts";
import type { RequestInfo } from "./reply.ts";

/**
 * The session cookie. `Secure` unless the request itself came over plain HTTP from this machine or
 * the public address is plain HTTP: a cookie that a browser silently drops is a defect.
 */
export function sessionCookie(
  token: string,
  request: Request,
  info: RequestInfo,
  public_url: string | undefined,
): string {
  return `${SESSION_COOKIE}=${token}; Path=/; Max-Age=${LIMITS.session_ttl_ms / 1000}${attributes(request, info, public_url)}`;
}

export function expiredCookie(request: Request, info: RequestInfo, public_url: string | undefined): string {
  return `${SESSION_COOKIE}=; Path=/; Max-Age=0${attributes(request, info, public_url)}`;
}

function attributes(request: Request, info: RequestInfo, public_url: string | undefined): string {
  const local =
    request.url.startsWith("http:") && isLoopback(info.address) && isLocalHost(request.headers.get("host") ?? "");
  const plain = public_url?.startsWith("http:") ?? false;
  return `; HttpOnly; SameSite=Lax${local || plain ? "" : "; Secure"}`;
}

/** When, from where and with what program somebody signs in. */
export function moment(request: Request, info: RequestInfo): { at_ms: number; address: string; user_agent: string } {
  return { at_ms: info.at_ms, address: info.address, user_agent: request.headers.get("user-agent") ?? "" };
}
