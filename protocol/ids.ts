/**
 * Ids are `<prefix>_` + lower-case monotonic ULID (26 characters). They sort by time within a
 * prefix. Route ids (one letter + 16 Crockford characters) are the short ids of URLs.
 */

/** The prefix of each kind of id on the wire. */
export const ID_PREFIX = {
  user: "usr",
  identity: "idn",
  workspace: "wsp",
  channel: "chn",
  message: "msg",
  dm: "dm",
  event: "evt",
  cursor: "cur",
  ephemeral: "eph",
  pin: "pin",
  upload: "upl",
  upload_cleanup: "ucl",
  invite: "inv",
  magic_link: "mln",
  session: "ses",
  bot_token: "btok",
  bot_setup_code: "bsc",
  bot_command: "botcmd",
  topic: "top",
  audit: "aud",
  group: "grp",
  report: "rpt",
  draft: "drf",
  mail: "mail",
} as const;

/** Prefixes of secrets. A secret is shown once and stored only as a SHA-256 hash. */
export const SECRET_PREFIX = {
  session: "sst",
  magic_link: "mgt",
  bot_token: "ccb",
  invite: "inv",
  setup: "stp",
} as const;

export type IdKind = keyof typeof ID_PREFIX;
export type Id<K extends IdKind> = `${(typeof ID_PREFIX)[K]}_${string}`;

const ULID = "[0-9a-hjkmnp-tv-z]{26}";

/** A regular expression for one kind of id. The original's ids are matched case-sensitively. */
export function idPattern(kind: IdKind): RegExp {
  return new RegExp(`^${ID_PREFIX[kind]}_${ULID}$`);
}

/** Route ids in URLs: `T` workspace, `C` channel, `D` direct conversation, `M` message. */
export const ROUTE_ID = /^[TCDM][0-9A-HJKMNP-TV-Z]{16}$/;

/** A user handle without `@`. */
export const HANDLE = /^[a-z0-9][a-z0-9_-]{1,31}$/;

/** An event cursor as it travels; opaque to clients, ordered as a string. */
export const CURSOR = new RegExp(`^cur_${ULID}$`);
