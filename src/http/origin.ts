import { invalid } from "../lib/errors.ts";

/** The address people open: `--public-url`, or where this request came in. */
export function publicOrigin(request: Request, public_url: string | undefined): string {
  if (public_url !== undefined) return public_url;
  if (URL.canParse(request.url)) return new URL(request.url).origin;
  throw invalid("host", "the Host header must name a host");
}
