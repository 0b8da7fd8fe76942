/** An example for every body of the contract, made from its schema, so that none is missing or drifts. */

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  minimum?: number;
  example?: unknown;
}

interface Document {
  components?: { schemas?: Record<string, Schema> };
  paths?: Record<string, Record<string, Operation>>;
}

interface Operation {
  requestBody?: { content?: Content };
  responses?: Record<string, { content?: Content }>;
}

type Content = Record<string, { schema?: Schema; example?: unknown }>;

/** Adds to each JSON body what one looks like. */
export function addExamples(document: Record<string, unknown>): Record<string, unknown> {
  const { components, paths = {} } = document as Document;
  const schemas = components?.schemas ?? {};
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path))) {
    const bodies = [operation.requestBody, ...Object.values(operation.responses ?? {})];
    for (const media of bodies.map((body) => body?.content?.["application/json"])) {
      // An error looks the same everywhere; its component shows it once.
      if (media?.schema && media.schema.$ref !== "#/components/schemas/Error")
        media.example = exampleOf(media.schema, schemas, "", 0);
    }
  }
  const { Error: error } = schemas;
  if (error) error.example = { error: "channel not found", code: "not_found", request_id: `req_${"0".repeat(32)}` };
  return document;
}

/** Rows inside rows inside rows explain nothing more. */
const DEEPEST = 5;

function exampleOf(schema: Schema, schemas: Record<string, Schema>, name: string, depth: number): unknown {
  const target = schema.$ref === undefined ? schema : (schemas[schema.$ref.replace(/^.*\//, "")] ?? {});
  if (target.example !== undefined) return target.example;
  if (target.const !== undefined) return target.const;
  if (target.enum) return target.enum[0];
  const choice = (target.anyOf ?? target.oneOf ?? target.allOf)?.find((one) => one.type !== "null");
  if (choice) return exampleOf(choice, schemas, name, depth);
  const type = [target.type].flat().find((one) => one !== "null");
  if (type === "object" || target.properties) return objectExample(target, schemas, name, depth);
  if (type === "array") {
    const item =
      target.items && depth < DEEPEST ? exampleOf(target.items, schemas, singular(name), depth + 1) : undefined;
    return item === undefined ? [] : [item];
  }
  if (type === "boolean") return !name.startsWith("has_");
  if (type === "integer" || type === "number") return NUMBERS[name] ?? Math.max(1, target.minimum ?? 1);
  return type === "string" ? textFor(name) : {};
}

function objectExample(schema: Schema, schemas: Record<string, Schema>, name: string, depth: number): object {
  const example: Record<string, unknown> = {};
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    // All optional fields together would describe something that cannot be, a message in two places.
    if (!schema.required?.includes(key) && !USUAL.has(key)) continue;
    example[key] = exampleOf(property, schemas, key === "id" ? `${singular(name)}_id` : key, depth + 1);
  }
  return example;
}

/** Optional fields that most bodies have. */
const USUAL = new Set(["channel_id", "channel_seq", "thread_state", "reactions", "nonce", "event", "unread_count"]);

const NUMBERS: Record<string, number> = {
  byte_size: 48213,
  width: 1280,
  height: 720,
  duration_ms: 0,
  seq: 7,
  channel_seq: 7,
  last_seq: 7,
  oldest_seq: 1,
  newest_seq: 7,
};

const singular = (name: string) => name.replace(/ies$/, "y").replace(/s$/, "");

const ULID = "01k9s6j4t0zjx0v5q2m8w3e7ra";
const MOMENT = "2026-05-08T12:00:00.000Z";

/** What a text of this name looks like. */
function textFor(name: string): string {
  const exact = TEXTS[name];
  if (exact !== undefined) return exact;
  if (name.endsWith("_at") || name === "before" || name === "after") return MOMENT;
  const prefix = Object.entries(PREFIXES).find(([ending]) => name === ending || name.endsWith(`_${ending}`))?.[1];
  return prefix === undefined ? name.replaceAll("_", " ") || "text" : `${prefix}_${ULID}`;
}

/** The kind of id that a field of this name, or one that ends so, holds. */
const PREFIXES: Record<string, string> = {
  direct_conversation_id: "dm",
  conversation_id: "dm",
  channel_id: "chn",
  message_id: "msg",
  root_id: "msg",
  root_message_id: "msg",
  workspace_id: "wsp",
  upload_id: "upl",
  event_id: "evt",
  invite_id: "inv",
  session_id: "ses",
  bot_token_id: "btok",
  setup_code_id: "bsc",
  magic_link_id: "mln",
  pin_id: "pin",
  user_id: "usr",
  author_id: "usr",
  owner_id: "usr",
  member_id: "usr",
  bot_id: "usr",
  by: "usr",
  id: "msg",
  cursor: "cur",
};

const TEXTS: Record<string, string> = {
  root_id: `msg_${ULID}`,
  thread_root_id: `msg_${ULID}`,
  body: "Deployed **v2.1** to staging",
  body_format: "markdown",
  snippet: "Deployed v2.1 to staging",
  display_name: "Mia Member",
  handle: "mia",
  email: "mia@example.com",
  password: "correct horse battery staple",
  name: "release-train",
  slug: "harbour",
  workspace_name: "Harbour",
  purpose: "what ships on Friday",
  kind: "public",
  emoji: "🦞",
  nonce: "deploy-42",
  token: "ccb_…",
  code: "7KQ2-M8XD-4ZRT",
  filename: "report.pdf",
  content_type: "application/pdf",
  command: "/deploy",
  description: "Deploys a branch",
  args_hint: "[branch]",
  avatar_url: "https://example.com/mia.png",
  icon_url: "",
  url: "https://chat.example.org/invite/7kq2m8xd4zrt9abc",
  claim_url: "https://chat.example.org/claim",
  api_base_url: "https://chat.example.org",
  route_id: "C7KQ2M8XD4ZRT9ABC",
  workspace_route_id: "T7KQ2M8XD4ZRT9ABC",
  target_route_id: "C7KQ2M8XD4ZRT9ABC",
  canonical_path: "/app/T7KQ2M8XD4ZRT9ABC/C7KQ2M8XD4ZRT9ABC",
  type: "message.created",
  q: "deploy from:@mia",
  next_cursor: "eyJ2IjoxfQ",
};
