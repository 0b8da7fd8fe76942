import { expect, test } from "bun:test";
import { fileType, isInlineType } from "./file-type.ts";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const text = (value: string) => Buffer.from(value);
const FTYP = "00000020 66747970";

test("a file is what its first bytes say, whatever the client says", () => {
  const cases: [Uint8Array, string, string][] = [
    [hex("89504e470d0a1a0a 0000000d"), "text/html", "image/png"],
    [hex("ffd8ffe0"), "image/svg+xml", "image/jpeg"],
    [text("GIF89a....."), "", "image/gif"],
    [text("RIFF....WEBPVP8 "), "", "image/webp"],
    [text("RIFF....WAVEfmt "), "", "audio/wav"],
    [text("%PDF-1.7"), "text/plain", "application/pdf"],
    [hex(`${FTYP} 69736f6d`), "", "video/mp4"],
    [hex(`${FTYP} 4d344120`), "", "audio/mp4"],
    [hex(`${FTYP} 71742020`), "", "video/quicktime"],
    [hex(`${FTYP} 61766966`), "", "image/avif"],
    [Buffer.concat([hex("1a45dfa3 9f428286"), text("\x04webm")]), "", "video/webm"],
    [hex("1a45dfa3 00000000"), "", "video/x-matroska"],
    [text("ID3\x04"), "", "audio/mpeg"],
    [hex("fffb9064"), "", "audio/mpeg"],
    [hex("fff15080"), "", "audio/aac"],
    [text("OggS"), "", "audio/ogg"],
    [text("claw"), "text/plain; charset=utf-8", "text/plain"],
    [text(""), "", "text/plain"],
    [text("# Tide"), "text/markdown", "text/markdown"],
    [text("Grüße 漁港").subarray(0, -1), "", "text/plain"],
    [hex("00010203"), "application/zip", "application/zip"],
    [hex("00010203"), "", "application/octet-stream"],
    // UTF-16 is neither sound nor text.
    [hex("fffe6100"), "", "application/octet-stream"],
  ];
  for (const [head, declared, expected] of cases)
    expect([String(head), fileType(head, declared)]).toEqual([String(head), expected]);
});

test("a type that would be shown in place is never taken on trust", () => {
  for (const claim of ["image/png", "video/mp4", "audio/mpeg", "application/pdf", "IMAGE/PNG", " image/gif ;x=y"])
    expect(isInlineType(fileType(hex("00010203"), claim))).toBe(false);
  for (const claim of ["nonsense", "a/b/c", "text/html\r\nx: y", `text/${"x".repeat(200)}`])
    expect(fileType(hex("00010203"), claim)).toBe("application/octet-stream");
});

test("pages and drawings are never shown in place, whatever they call themselves", () => {
  const pages = [
    "<!doctype html><script>alert(1)</script>",
    "\ufeff  <HTML><body>",
    "<!-- hello --><script>alert(1)</script>",
    '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "<svg onload=alert(1)>",
    "<!DOCTYPE svg><svg/>",
    '<?xml version="1.0"?><x/>',
    "<img src=x onerror=alert(1)>",
  ];
  for (const page of pages) {
    for (const claim of ["", "text/plain", "image/png", "text/html", "image/svg+xml"])
      expect([page, claim, isInlineType(fileType(text(page), claim))]).toEqual([page, claim, false]);
  }
  expect(fileType(text("<svg onload=alert(1)>"), "")).toBe("image/svg+xml");
  expect(fileType(text("let a = '<script>';"), "")).toBe("text/plain");
});
