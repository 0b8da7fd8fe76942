import { byteRange } from "./range.ts";
import type { FileReply } from "./reply.ts";

/** A file as it is served. */
export interface ServedFile {
  blob: Blob;
  /** Changes when the bytes do. */
  etag: string;
  modified_ms: number;
  content_type: string;
  filename: string;
  /** Shown in place, or saved. */
  inline: boolean;
}

/**
 * What others uploaded must never act as our own page: no guessing of types, no scripts, no forms, no
 * frames, whatever the file contains and however it is opened.
 */
const CSP = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'";

/** Answers a file: the whole, a part, or that the client's copy is still good. */
export function fileReply(request: Request, served: ServedFile): FileReply {
  const { blob, etag } = served;
  const last_modified = new Date(served.modified_ms).toUTCString();
  const headers: Record<string, string> = {
    // Who may see a file changes, so a copy is asked about before each use.
    "cache-control": "private, no-cache",
    "content-security-policy": CSP,
    "accept-ranges": "bytes",
    etag,
    "last-modified": last_modified,
  };
  if (isCurrent(request, etag, served.modified_ms)) return { status: 304, file: undefined, headers };
  headers["content-type"] = served.content_type;
  headers["content-disposition"] = disposition(served.inline ? "inline" : "attachment", served.filename);
  const condition = request.headers.get("if-range");
  const isSame = condition === null || condition === etag || condition === last_modified;
  const range = isSame ? byteRange(request.headers.get("range"), blob.size) : undefined;
  if (range === "unsatisfiable") {
    headers["content-range"] = `bytes */${blob.size}`;
    return { status: 416, file: undefined, headers };
  }
  // Named for HEAD, which would have to read the file to know it.
  headers["content-length"] = String(range ? range.end - range.start : blob.size);
  if (!range) return { status: 200, file: blob, headers };
  headers["content-range"] = `bytes ${range.start}-${range.end - 1}/${blob.size}`;
  return { status: 206, file: blob.slice(range.start, range.end), headers };
}

/** Answers a file that was made for this request, to be saved. */
export function attachmentReply(
  made: Pick<ServedFile, "blob" | "content_type" | "filename">,
  more: Record<string, string> = {},
): FileReply {
  const headers = {
    "cache-control": "no-store",
    "content-security-policy": CSP,
    "content-type": made.content_type,
    "content-disposition": disposition("attachment", made.filename),
    "content-length": String(made.blob.size),
    ...more,
  };
  return { status: 200, file: made.blob, headers };
}

/** By tag where the client names one, else by date, as RFC 9110 orders them. */
function isCurrent(request: Request, etag: string, modified_ms: number): boolean {
  const tags = request.headers.get("if-none-match");
  if (tags !== null) return tags.split(",").some((tag) => ["*", etag, `W/${etag}`].includes(tag.trim()));
  const since = Date.parse(request.headers.get("if-modified-since") ?? "");
  return Math.floor(modified_ms / 1000) * 1000 <= since;
}

/** The name in plain ASCII for old clients, and whole (RFC 5987) for all others. */
function disposition(kind: "inline" | "attachment", filename: string): string {
  if (/^[\w!#$&+.^`|~-]+$/.test(filename)) return `${kind}; filename=${filename}`;
  const ascii = filename.replace(/[^\x20-\x7e]/g, "_").replace(/["\\%]/g, "_");
  const whole = encodeURIComponent(filename).replace(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${whole}`;
}
