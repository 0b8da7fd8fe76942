/** Every field, every parameter of every route, with what nobody meant: an answer, and never a fault of the server. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openApiDocument } from "../../src/app.ts";
import { ROUTES } from "../refusals/routes.ts";
import { type Ids, place, session, type World, world } from "../refusals/world.ts";
import type { Player } from "../support/test-app.ts";

let w: World;
let ids: Ids;

interface Operation {
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: { properties?: Record<string, unknown> } }> };
}
const paths = openApiDocument().paths as unknown as Record<string, Record<string, Operation>>;

const WORDS: string[] = [
  ...[
    "",
    " ",
    "\0",
    "\ud800",
    "\u202e\u2066",
    "\u200b",
    "a\r\nBcc: x@y",
    "=1+1",
    "__proto__",
    "null",
    "me",
    "*",
    "%00",
    "../..",
  ],
  ...["'; DROP TABLE users; --", "💥".repeat(200), "x".repeat(5000), "9".repeat(400), "\u0130\u212a\ufdfa".repeat(20)],
  ...["0000-00-00T00:00:00Z", "9999-12-31T23:59:59.999Z", "-271821-04-20T00:00:00Z", "2026-02-30T00:00:00Z"],
];
const GARBAGE: unknown[] = [
  ...WORDS,
  ...[0, -1, 0.5, 1e308, -1e308, Number.MAX_SAFE_INTEGER, true, false],
  ...[
    [],
    [[]],
    [""],
    ["\ud800"],
    {},
    { __proto__: null, a: 1 },
    { constructor: { prototype: {} } },
    { "\ud800": "\0" },
  ],
];
/** Text that JSON holds and `JSON.stringify` would not write. */
const RAW = [
  '{"__proto__":{"a":1}}',
  '{"toString":1,"valueOf":2}',
  "1e999",
  "-0",
  '"\\ud800"',
  `${"[".repeat(5000)}${"]".repeat(5000)}`,
];

/** Acts that end what the others stand on. */
const ENDS = new Set(["DELETE /api/workspaces/{workspace_id}", "POST /api/me/deactivate"]);

async function actor(name: string): Promise<Player | undefined> {
  const entry = ROUTES[name];
  if (entry?.reach === "anybody") return undefined;
  // A session of its own: some acts end it, whatever comes with them.
  return entry?.by === "bot" ? w.bot : session(w, w.owner);
}

async function requireAnswer(name: string, what: unknown, path: string, body?: string, headers?: HeadersInit) {
  const method = name.split(" ")[0] ?? "";
  const who = await actor(name);
  const json = { "content-type": "application/json", ...(who && { authorization: `Bearer ${who.token}` }) };
  const init = { method, headers: { ...json, ...headers }, ...(body !== undefined && { body }) };
  const answer = await w.t.fetch(undefined, path, init);
  const text = await answer.text();
  if (answer.status >= 500 && answer.status !== 501) expect([name, what, answer.status, text]).toEqual([]);
}

describe.each(Object.entries(ROUTES).filter(([name]) => !ENDS.has(name)))("%s", (name, entry) => {
  // Each has a world of its own: what comes through changes more than one would guess.
  beforeAll(async () => {
    w = await world();
    ids = await place(w, entry.in?.[0] ?? "open");
  });
  afterAll(() => w.t.close());
  const [method = "", template = ""] = name.split(" ");
  const operation = paths[template]?.[method.toLowerCase()];
  const fields = Object.keys(operation?.requestBody?.content["application/json"]?.schema.properties ?? {});
  const queries = (operation?.parameters ?? []).filter((one) => one.in === "query").map((one) => one.name);

  if (fields.length > 0)
    test("takes any field as anything", async () => {
      const { path, body } = await entry.ask(ids, w);
      const rest = typeof body === "object" && body !== null ? body : {};
      for (const field of fields) {
        for (const value of GARBAGE) {
          // Deriving takes its time and looks at nothing but the length.
          if (/password/.test(field) && typeof value === "string" && value.length >= 8) continue;
          await requireAnswer(name, [field, value], path, JSON.stringify({ ...rest, [field]: value }));
        }
        const others = JSON.stringify(rest).slice(1, -1);
        for (const value of RAW)
          await requireAnswer(
            name,
            [field, value],
            path,
            `{${others}${others && ","}${JSON.stringify(field)}:${value}}`,
          );
      }
    }, 30_000);

  if (queries.length > 0)
    test("takes any query as anything", async () => {
      const { path } = await entry.ask(ids, w);
      const [base = "", known = ""] = path.split("?");
      const forged = [{ id: 1 }, { at: "x", id: null }, [], { id: "\ud800", at: "\0" }, "x"].map((one) =>
        Buffer.from(JSON.stringify(one)).toString("base64url"),
      );
      for (const query of queries)
        for (const value of [...WORDS, ...forged, '"', '"" OR ""', "from:@ in:# NEAR(a)", "a".repeat(200)]) {
          const search = new URLSearchParams(known);
          search.set(query, value);
          await requireAnswer(name, [query, value], `${base}?${search}`);
          await requireAnswer(
            name,
            [query, value],
            `${base}?${known}&${query}=%ff%00&${query}=${encodeURIComponent(query)}`,
          );
        }
    }, 30_000);

  if (template.includes("{"))
    test("takes any id as anything", async () => {
      const { body } = await entry.ask(ids, w);
      const sent = body === undefined || body instanceof Uint8Array ? undefined : JSON.stringify(body);
      for (const value of [
        "%00",
        "%ff",
        "..",
        "me",
        "__proto__",
        "usr_",
        "x".repeat(65),
        "x".repeat(5000),
        "%F0%9F%92%A5",
        "dm_",
        "msg_",
      ])
        await requireAnswer(name, value, template.replace(/\{\w+\}/g, value), sent);
    });
});
