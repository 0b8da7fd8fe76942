/** The address people open: `--public-url`, or where this request came in. */
export function publicOrigin(request: Request, public_url: string | undefined): string {
  return public_url ?? new URL(request.url).origin;
}
