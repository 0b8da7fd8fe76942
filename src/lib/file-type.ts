/** The types a browser may show in place; everything else is saved, never shown. */
const INLINE = /^(image\/(png|jpeg|gif|webp)|video\/(mp4|webm)|audio\/[\w.+-]+|text\/plain|application\/pdf)$/;

export function isInlineType(type: string): boolean {
  return INLINE.test(type);
}

/** Pictures that can be decoded and made smaller. */
export function isPictureType(type: string): boolean {
  return /^image\/(png|jpeg|gif|webp)$/.test(type);
}

/**
 * What a file is, by its first bytes. What the client says it is counts only for kinds that are never
 * shown in place, so that no page can pass for a picture.
 */
export function fileType(head: Uint8Array, declared: string): string {
  const known = signatureOf(head);
  if (known) return known;
  const claim = declaredType(declared);
  return claim ?? (isText(head) ? (markupOf(head) ?? "text/plain") : "application/octet-stream");
}

/** The client's word without parameters, unless it would be shown in place or says nothing. */
function declaredType(declared: string): string | undefined {
  const type = (declared.split(";")[0] ?? "").trim().toLowerCase();
  if (type.length > 100 || !/^[a-z]+\/[a-z0-9][a-z0-9.+-]*$/.test(type)) return undefined;
  return isInlineType(type) || type === "application/octet-stream" ? undefined : type;
}

const SIGNATURES: [type: string, offset: number, bytes: string][] = [
  ["image/png", 0, "\x89PNG\r\n\x1a\n"],
  ["image/jpeg", 0, "\xff\xd8\xff"],
  ["image/gif", 0, "GIF87a"],
  ["image/gif", 0, "GIF89a"],
  ["application/pdf", 0, "%PDF-"],
  ["audio/ogg", 0, "OggS"],
  ["audio/flac", 0, "fLaC"],
  ["audio/mpeg", 0, "ID3"],
];
const RIFF: Record<string, string> = { WEBP: "image/webp", WAVE: "audio/wav" };

function signatureOf(head: Uint8Array): string | undefined {
  const start = Buffer.from(head.subarray(0, 64)).toString("latin1");
  const found = SIGNATURES.find(([, offset, bytes]) => start.startsWith(bytes, offset));
  if (found) return found[0];
  if (start.startsWith("RIFF")) return RIFF[start.slice(8, 12)];
  if (start.startsWith("ftyp", 4)) return brandOf(start);
  if (start.startsWith("\x1a\x45\xdf\xa3")) return start.includes("webm") ? "video/webm" : "video/x-matroska";
  // Sound without a header begins with the first frame: eleven bits set, then a layer that exists.
  const [first = 0, second = 0] = head;
  if (first === 0xff && (second & 0xf6) === 0xf0) return "audio/aac";
  if (first === 0xff && (second & 0xe6) === 0xe2) return "audio/mpeg";
  return undefined;
}

function brandOf(start: string): string {
  const brand = start.slice(8, 12);
  if (brand === "M4A " || brand === "M4B ") return "audio/mp4";
  if (brand === "avif" || brand === "avis") return "image/avif";
  if (/^(heic|heix|mif1|msf1)$/.test(brand)) return "image/heic";
  return brand === "qt  " ? "video/quicktime" : "video/mp4";
}

function isText(head: Uint8Array): boolean {
  let text: string;
  try {
    // Whatever was cut off at the end is not held against it.
    text = new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
  } catch {
    return false;
  }
  // oxlint-disable-next-line no-control-regex
  return !/[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]/.test(text);
}

/** Text that begins like a page. */
function markupOf(head: Uint8Array): string | undefined {
  const text = new TextDecoder().decode(head.subarray(0, 4096)).toLowerCase();
  const start = /^<(\?xml|!doctype|[a-z]+)(?=[\s>/])/.exec(withoutComments(text))?.[1];
  if (start === undefined) return undefined;
  if (start === "svg" || (/xml|doctype/.test(start) && /<svg[\s>/]/.test(text))) return "image/svg+xml";
  return start === "?xml" ? "application/xml" : "text/html";
}

/** Without the comments a page may begin with. One expression for all of them would try every way to split them. */
function withoutComments(text: string): string {
  let rest = text.trimStart();
  while (rest.startsWith("<!--")) {
    const end = rest.indexOf("-->", 4);
    if (end === -1) break;
    rest = rest.slice(end + 3).trimStart();
  }
  return rest;
}
