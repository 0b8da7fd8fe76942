import type { Tx } from "../../db/database.ts";
import { type SearchFile, type SearchPlace, scopeWords } from "../../lib/search-scope.ts";
import { segmentText } from "../../lib/segment.ts";

/** What the full-text row of a message is made of. */
export interface SearchDoc extends SearchPlace {
  doc_id: number;
  body: string;
  files: readonly SearchFile[];
}

/**
 * Adds a message to the full-text index, in the transaction that stores it, so a search right
 * after a send finds it; at its end, because a savepoint makes the index write out what it holds. The scope column carries ids as words, which makes "in this workspace, in
 * this channel, by this author" part of the match instead of a join.
 */
export function indexMessage(tx: Tx, doc: SearchDoc): void {
  tx.runLast(
    "INSERT INTO message_search (rowid, body, scope) VALUES (?, ?, ?)",
    doc.doc_id,
    segmentText(doc.body),
    scopeWords(doc, doc.files),
  );
}

export function unindexMessage(tx: Tx, doc_id: number): void {
  tx.runLast("DELETE FROM message_search WHERE rowid = ?", doc_id);
}
