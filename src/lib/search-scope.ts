/**
 * The words that a message's full-text row carries beside its text. "In this workspace, in this
 * channel, by this author, with a file" is then part of the match, so rights and filters cost nothing.
 */
import { indexWords } from "./segment.ts";

export interface SearchPlace {
  kind: "public" | "private" | "dm";
  workspace_id: string;
  conversation_id: string;
  author_id: string;
}

/** What is attached to a message, as far as search is concerned. */
export interface SearchFile {
  filename: string;
  content_type: string;
}

export function scopeWords(place: SearchPlace, files: readonly SearchFile[] = []): string {
  const words = [
    rightsWord(place.kind, place.workspace_id),
    idWord(place.conversation_id),
    idWord(place.author_id),
    ...(files.length > 0 ? [HAS_FILE] : []),
    ...(files.some((file) => file.content_type.startsWith("image/")) ? [HAS_IMAGE] : []),
    ...files.flatMap((file) => indexWords(file.filename).map(fileWord)),
  ];
  return words.join(" ");
}

export const HAS_FILE = "hasfile";
export const HAS_IMAGE = "hasimage";

/** A word of an attached file's name, kept apart from ids. */
export function fileWord(word: string): string {
  return `fn${word}`;
}

/** An id as one word: the index would take it apart at the underscore. */
export function idWord(id: string): string {
  return id.replace("_", "");
}

const KINDS: Record<SearchPlace["kind"], string> = { public: "wsp", private: "prv", dm: "dms" };

/** What all conversations of a kind share: `wsp…` public, `prv…` private, `dms…` direct. */
export function rightsWord(kind: SearchPlace["kind"], workspace_id: string): string {
  return workspace_id.replace(/^wsp_/, KINDS[kind]);
}
