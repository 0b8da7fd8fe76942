import { isIP } from "node:net";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { LIMITS } from "@clickclack/protocol";
import * as v from "valibot";

/** What the server runs with: flag, else environment, else file, else default; read once, then frozen. */
export type Config = Readonly<v.InferOutput<typeof ConfigSchema>>;

/** A value that cannot be used, with what to write instead. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/** Values by key, as text from flags and environment or as JSON from the file. `undefined` is "not given". */
export type ConfigSource = Partial<Record<keyof Config, unknown>>;

const WORDS: Record<string, boolean> = {
  true: true,
  yes: true,
  on: true,
  "1": true,
  false: false,
  no: false,
  off: false,
  "0": false,
};

const truth = v.pipe(
  v.union([v.boolean(), v.string()], "write true or false"),
  v.transform((value) => (typeof value === "boolean" ? value : WORDS[value.toLowerCase()])),
  v.boolean("write true or false"),
);

const wholeNumber = (hint: string) =>
  v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/, hint), v.transform(Number))], hint),
    v.safeInteger(hint),
    v.minValue(0, hint),
  );

const ADDRESS_HINT = 'write host:port or :port, for example ":8080" or "127.0.0.1:8080"';
const PROXY_HINT = 'write addresses or blocks, separated by commas, for example "127.0.0.1,10.0.0.0/8"';
const RATE_HINT = "write a whole number of requests a minute, or off";
const UPLOADS_HINT = "write the path of a directory, or file:// and the path";
const SMTP_HINT =
  'write the mail server as an address, for example "smtp://user:password@mail.example.org:587" or smtps://';
const FROM_HINT = 'write an address, or a name and an address, for example "Harbour <chat@example.org>"';
const HOME_HINT = 'write a path or an http address, for example "/" or "https://example.org/team"';
const LABEL_HINT = `write 1 to ${LIMITS.home_label_chars} characters`;
const URL_HINT = 'write the address people open, without a path, for example "https://chat.example.org"';

/** One line, with one address and perhaps a name before it. */
const SENDER = /^(?:[^\s@<>,;"]+@[^\s@<>,;"]+|[^<>\p{Cc}@,;"]+ <[^\s@<>,;"]+@[^\s@<>,;"]+>)$/u;

const ConfigSchema = v.object({
  /** Where to listen. An empty hostname means every interface. */
  addr: v.pipe(
    v.string(ADDRESS_HINT),
    v.check((text) => readAddress(text) !== undefined, ADDRESS_HINT),
  ),
  /** The data directory, absolute. */
  data: v.pipe(
    v.string("write the path of a directory"),
    v.minLength(1, "write the path of a directory"),
    v.transform((path) => resolve(path)),
  ),
  /** Where files are kept, absolute; `uploads` in the data directory when left out. */
  uploads: v.optional(
    v.pipe(
      v.string(UPLOADS_HINT),
      v.minLength(1, UPLOADS_HINT),
      v.check((text) => !/^[a-z][a-z0-9+.-]+:/i.test(text) || isFileUrl(text), UPLOADS_HINT),
      v.transform((text) => resolve(isFileUrl(text) ? fileURLToPath(text) : text)),
    ),
  ),
  /** The origin people open, without a slash at the end. */
  public_url: v.optional(
    v.pipe(
      v.string(URL_HINT),
      v.check(isOrigin, URL_HINT),
      v.transform((text) => new URL(text).origin),
    ),
  ),
  /** Addresses and blocks whose `X-Forwarded-For` is believed. */
  trusted_proxy: v.pipe(
    v.union(
      [
        v.array(v.string()),
        v.pipe(
          v.string(),
          v.transform((text) => text.split(",")),
        ),
      ],
      PROXY_HINT,
    ),
    v.transform((entries) => entries.map((entry) => entry.trim()).filter((entry) => entry !== "")),
    v.check((entries) => entries.every(isBlock), PROXY_HINT),
    v.readonly(),
  ),
  /** Makes a first user, workspace and channel, and lets strictly local requests in without credentials. */
  dev_bootstrap: truth,
  /** Requests a minute of one actor or address; 0, written off, is no limit. */
  rate_limit: v.pipe(
    v.union(
      [
        v.pipe(
          v.literal("off"),
          v.transform(() => 0),
        ),
        wholeNumber(RATE_HINT),
      ],
      RATE_HINT,
    ),
    v.number(RATE_HINT),
  ),
  /** The server that takes our letters; without one none are written. */
  smtp_url: v.optional(v.pipe(v.string(SMTP_HINT), v.check(isSmtpUrl, SMTP_HINT))),
  /** What stands under From. */
  mail_from: v.optional(v.pipe(v.string(FROM_HINT), v.regex(SENDER, FROM_HINT))),
  /** Where the link home leads, and what it says. */
  home_url: v.pipe(v.string(HOME_HINT), v.check(isHome, HOME_HINT)),
  home_label: v.pipe(
    v.string(LABEL_HINT),
    v.trim(),
    v.minLength(1, LABEL_HINT),
    v.check((text) => [...text].length <= LIMITS.home_label_chars, LABEL_HINT),
  ),
  metrics_enabled: truth,
  access_log: v.picklist(["all", "errors", "off"], "write all, errors or off"),
  log_level: v.picklist(["debug", "info", "warn", "error", "silent"], "write debug, info, warn, error or silent"),
});

const DEFAULTS = {
  addr: ":8080",
  data: "./data",
  trusted_proxy: [],
  dev_bootstrap: false,
  rate_limit: LIMITS.requests_per_minute,
  home_url: "/",
  home_label: "cc",
  metrics_enabled: false,
  access_log: "errors",
  log_level: "info",
} satisfies ConfigSource;

/**
 * Merges the sources and checks every value.
 *
 * @throws ConfigError with one line that names the value, where it came from and what to write.
 */
export function readConfig(sources: {
  flags: ConfigSource;
  env: Record<string, string | undefined>;
  file?: unknown;
  file_path?: string;
}): Config {
  const file = readFileValues(sources.file, sources.file_path);
  const entries = Object.entries(ConfigSchema.entries).map(([key, schema]) => {
    const env_name = `CLICKCLACK_${key.toUpperCase()}`;
    const candidates: [unknown, string][] = [
      [sources.flags[key as keyof Config], `--${key.replaceAll("_", "-")}`],
      [sources.env[env_name] || undefined, env_name],
      [file[key], `"${key}" in ${sources.file_path}`],
      [DEFAULTS[key as keyof typeof DEFAULTS], "the default"],
    ];
    const [value, origin] = candidates.find(([given]) => given !== undefined) ?? [undefined, "the default"];
    const result = v.safeParse(schema, value);
    if (result.success) return [key, result.output];
    // It holds a password, and messages end up in logs.
    const shown = key === "smtp_url" ? "no mail server" : JSON.stringify(value);
    throw new ConfigError(`${origin} is ${shown}: ${result.issues[0].message}`);
  });
  return Object.freeze(v.parse(ConfigSchema, Object.fromEntries(entries)));
}

/** Host and port of `addr`. The hostname is empty for `:8080`. */
export function readAddress(addr: string): { hostname: string; port: number } | undefined {
  const match = /^(?:(\[[0-9a-f:.]+\]|[^:[\]\s/]*):)?(\d{1,5})$/i.exec(addr);
  if (!match) return undefined;
  const port = Number(match[2]);
  const hostname = (match[1] ?? "").replace(/^\[|\]$/g, "");
  return port <= 65_535 ? { hostname, port } : undefined;
}

function readFileValues(file: unknown, path: string | undefined): Record<string, unknown> {
  if (file === undefined) return {};
  if (typeof file === "object" && file !== null && !Array.isArray(file)) return { ...file };
  throw new ConfigError(`${path} must hold one JSON object, for example {"addr": ":8080"}`);
}

function isFileUrl(text: string): boolean {
  return /^file:\/\/\//i.test(text) && URL.canParse(text);
}

function isSmtpUrl(text: string): boolean {
  if (!/^smtps?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { hostname, pathname, search, hash, username, password } = new URL(text);
  const isBare = (pathname === "" || pathname === "/") && search === "" && hash === "";
  return hostname !== "" && isBare && isEncoded(username) && isEncoded(password);
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function isHome(text: string): boolean {
  if (/[\s\p{Cc}\\]/u.test(text)) return false;
  if (text.startsWith("/")) return !text.startsWith("//");
  return /^https?:\/\//i.test(text) && URL.canParse(text) && new URL(text).username === "";
}

function isOrigin(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  return url.pathname === "/" && url.search === "" && url.hash === "" && url.username === "";
}

function isBlock(entry: string): boolean {
  const [address = "", bits, ...rest] = entry.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
