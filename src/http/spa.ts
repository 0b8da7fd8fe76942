import { AppError } from "../lib/errors.ts";
import type { WebAsset } from "./web-assets.ts";

const PAGES = /^\/(app|setup|invite|signin|reset)(\/|$)/;

/** What the client may load: itself, pictures of any site, and its own socket. */
const CSP = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob: https:",
  "font-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS: Record<string, string> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
};

/** Serves the web client; `undefined` for a path that is none of its pages or files. */
export function createSpa(assets: Record<string, WebAsset>): (request: Request, path: string) => Response | undefined {
  return (request, path) => {
    // Relative, because behind a proxy we do not know the scheme people came by.
    if (path === "/") return new Response(null, { status: 302, headers: { ...HEADERS, location: "/app" } });
    const asset = assets[path];
    if (asset && path !== "/index.html")
      return serve(request, asset, asset.immutable ? "public, max-age=31536000, immutable" : "no-cache");
    if (!PAGES.test(path)) return undefined;
    const page = assets["/index.html"];
    if (!page) throw new AppError("unavailable", "the web client is not built; run: bun run build");
    return serve(request, page, "no-store", { "content-security-policy": CSP });
  };
}

function serve(request: Request, asset: WebAsset, caching: string, extra: Record<string, string> = {}): Response {
  const headers: Record<string, string> = {
    ...HEADERS,
    ...extra,
    "cache-control": caching,
    "content-type": asset.type,
  };
  if (asset.br || asset.gz) headers.vary = "Accept-Encoding";
  if (caching !== "no-store") {
    headers.etag = asset.etag;
    if (request.headers.get("if-none-match") === asset.etag) return new Response(null, { status: 304, headers });
  }
  const accepted = request.headers.get("accept-encoding") ?? "";
  const encoding =
    asset.br && /\bbr\b/.test(accepted) ? "br" : asset.gz && /\bgzip\b/.test(accepted) ? "gzip" : undefined;
  if (encoding) headers["content-encoding"] = encoding;
  const file = encoding === "br" ? asset.br : encoding === "gzip" ? asset.gz : asset.file;
  return new Response(Bun.file(file ?? asset.file), { headers });
}
