import type { PageOptions } from "./contract.ts";
import type { Query } from "./http.ts";

/** Turns the two spellings, and the original's bare `afterSeq` number, into one query. */
export function pageQuery(options: number | PageOptions | undefined): Query {
  if (options === undefined) return {};
  if (typeof options === "number") return { after_seq: options };
  return {
    after_seq: options.after_seq ?? options.afterSeq,
    before_seq: options.before_seq ?? options.beforeSeq,
    around_seq: options.around_seq ?? options.aroundSeq,
    topic_id: options.topic_id,
    limit: options.limit,
  };
}

/** A part of a path. An id of the server needs no escaping; an emoji does. */
export function segment(value: string): string {
  return encodeURIComponent(value);
}
