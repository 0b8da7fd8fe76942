import { LIMITS } from "@clickclack/protocol";
import type { Database } from "../../db/database.ts";
import { createScore } from "../../lib/search-rank.ts";
import type { Position } from "./cursor.ts";
import { isSelective, type Plan, withRights } from "./plan.ts";
import { type HitRow, newestHits } from "./sqlite.ts";

export interface Found {
  /** The messages' numbers in the order to show. */
  doc_ids: number[];
  /** The last word was looked for as the beginning of one. */
  prefix: boolean;
  next: Position | undefined;
}

export interface Wanted {
  sort: "newest" | "relevance";
  from: Position | undefined;
  limit: number;
}

/**
 * Whoever types a word that is common has found it; only when it fills no page is it taken for the
 * beginning of others, which costs the index far more. The cursor remembers which it was.
 */
export async function findHits(db: Database, plan: Plan, wanted: Wanted): Promise<Found> {
  const find = wanted.sort === "newest" ? findNewest : findRanked;
  if (!plan.index.terms.some((term) => term.prefix)) return find(db, plan, wanted, false);
  if (wanted.from?.prefix) return find(db, plan, wanted, true);
  const terms = plan.index.terms.map((term) => ({ ...term, prefix: false }));
  const whole = await find(db, { ...plan, index: { ...plan.index, terms } }, wanted, false);
  const enough = wanted.from !== undefined || whole.doc_ids.length >= wanted.limit;
  return enough ? whole : find(db, plan, wanted, true);
}

async function findNewest(db: Database, plan: Plan, { from, limit }: Wanted, prefix: boolean): Promise<Found> {
  const below = Math.min(plan.filter.below, from?.below ?? plan.filter.below);
  // Some hits more, because a few may not pass: a second look costs more than they do.
  const { passed, end } = await gather(db, plan, { below, enough: limit + 1, batch: limit + SPARE });
  const doc_ids = passed.slice(0, limit).map((row) => row.doc_id);
  const last = doc_ids.at(-1);
  const next = passed.length > limit ? last : end;
  return { doc_ids, prefix, next: next === undefined ? undefined : { sort: "newest", prefix, below: next } };
}

async function findRanked(db: Database, plan: Plan, { from, limit }: Wanted, prefix: boolean): Promise<Found> {
  const shown = from && "score" in from ? from : undefined;
  const below = Math.min(plan.filter.below, from?.below ?? plan.filter.below);
  const bounded = shown
    ? { ...plan, filter: { ...plan.filter, above: Math.max(plan.filter.above, shown.above) } }
    : plan;
  const { passed, end } = await gather(db, bounded, { below, enough: limit + 1, batch: LIMITS.search_ranked_hits });
  const score = createScore(plan.index.terms);
  const ranked = passed
    .map(({ doc_id, body }) => ({ doc_id, score: score(body) }))
    .toSorted((a, b) => b.score - a.score || b.doc_id - a.doc_id);
  const rest = shown ? ranked.filter((one) => isBehind(one, shown)) : ranked;
  const page = rest.slice(0, limit);
  // A later page ranks the same hits again; what is older than they are comes after them.
  const above = shown?.above ?? end ?? plan.filter.above;
  const last = page.at(-1);
  const first = passed[0];
  const more = rest.length > limit && last && first;
  const older = end ?? (shown && shown.above > plan.filter.above ? shown.above : undefined);
  return {
    doc_ids: page.map((one) => one.doc_id),
    prefix,
    next: more
      ? { sort: "relevance", prefix, below: Math.min(below, first.doc_id + 1), above, ...last }
      : older === undefined
        ? undefined
        : { sort: "relevance", prefix, below: older },
  };
}

/** Of a page's worth of hits some are in conversations the actor is not in. */
const SPARE = 24;

interface Ranked {
  score: number;
  doc_id: number;
}

function isBehind(one: Ranked, shown: Ranked): boolean {
  return one.score < shown.score || (one.score === shown.score && one.doc_id < shown.doc_id);
}

type Passed = HitRow & { body: string };

interface Look {
  below: number;
  /** It stops with this many. */
  enough: number;
  /** How many it looks at first. */
  batch: number;
}

/**
 * The newest hits below a number that pass the filter. `end` is the number it got down to when there may be
 * more, either because it has enough or because it has looked at as many as one page may cost.
 *
 * Asking the index for rights too costs many times the search itself where the actor may read nearly all
 * there is, and saves it where they may read little. So where they may, the filter begins alone, and the
 * index helps from the moment the filter lets less than half pass.
 */
async function gather(
  db: Database,
  plan: Plan,
  { below: from, enough, batch: first }: Look,
): Promise<{ passed: Passed[]; end: number | undefined }> {
  const passed: Passed[] = [];
  let below = from;
  let left: number = LIMITS.search_scanned_hits;
  let index = plan.open && isSelective(plan.index) ? plan.index : withRights(plan);
  for (let batch = first; left > 0; batch *= 2) {
    const asked = Math.min(batch, left);
    const rows = await newestHits(db, index, { ...plan.filter, below }, asked);
    const good = rows.flatMap(({ doc_id, body }) => (body === null ? [] : [{ doc_id, body }]));
    passed.push(...good);
    const last = rows.at(-1);
    if (rows.length < asked || !last) return { passed, end: undefined };
    below = last.doc_id;
    left -= asked;
    if (passed.length >= enough) break;
    if (good.length * 2 < rows.length) index = withRights(plan);
  }
  return { passed, end: below };
}
