/** A browser brings the session's cookie to whoever asks it to: every unsafe route wants proof of our own page. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ROUTES } from "../refusals/routes.ts";
import { type Ids, place, session, type World, world } from "../refusals/world.ts";

let w: World;
let ids: Ids;
let direct: Ids;
beforeAll(async () => {
  w = await world();
  ids = await place(w, "open");
  direct = await place(w, "direct");
});
afterAll(() => w.t.close());

const PROOF = { "x-clickclack-csrf": "1" };
const forged: Record<string, Record<string, string>> = {
  "no proof": {},
  "the origin of another site": { ...PROOF, origin: "https://evil.example" },
  "an origin that ends like ours": { ...PROOF, origin: "http://localhost.evil.example" },
  "an opaque origin": { ...PROOF, origin: "null" },
  "a fetch of another site": { ...PROOF, "sec-fetch-site": "cross-site" },
  "a fetch of a sibling": { ...PROOF, "sec-fetch-site": "same-site" },
  "two cookies, one of them planted": { ...PROOF, cookie: "cc_session=ses_planted; cc_session=%TOKEN" },
};

async function ledger(): Promise<unknown> {
  const rows = await w.t.db.read((tx) =>
    tx.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'message_search%'"),
  );
  const counts: Record<string, unknown> = {};
  for (const { name } of rows) counts[name] = await w.t.db.read((tx) => tx.get(`SELECT COUNT(*) AS n FROM ${name}`));
  const me = await w.t.call(w.owner, "GET", "/api/me");
  return [counts, me.body];
}

const unsafe = Object.entries(ROUTES).filter(
  ([name, entry]) => !name.startsWith("GET ") && entry.reach !== "anybody" && entry.by !== "bot",
);

describe.each(unsafe)("%s", (name, entry) => {
  test("is not done by a cookie alone", async () => {
    const method = name.split(" ")[0] ?? "";
    const asked = await entry.ask(entry.in?.[0] === "direct" ? direct : ids, w);
    const body = asked.body instanceof Uint8Array ? new Uint8Array(asked.body) : JSON.stringify(asked.body ?? {});
    const { token } = await session(w, w.owner);
    const before = await ledger();
    for (const [what, headers] of Object.entries(forged)) {
      const cookie = headers.cookie?.replace("%TOKEN", token) ?? `cc_session=${token}`;
      const sent = { "content-type": "application/json", ...asked.headers, ...headers, cookie };
      const answer = await w.t.fetch(undefined, asked.path, { method, headers: sent, body });
      expect([what, answer.status]).toEqual([what, headers.cookie ? 401 : 403]);
    }
    expect(await ledger()).toEqual(before);
  });
});

const doors = Object.entries(ROUTES).filter(([name, entry]) => name.startsWith("POST ") && entry.reach === "anybody");
describe.each(doors)("%s", (_name, entry) => {
  test("is not knocked at from another site, nor by a form", async () => {
    const { path, body } = await entry.ask(ids, w);
    const text = JSON.stringify(body ?? {});
    const knock = (headers: Record<string, string>) =>
      w.t.fetch(undefined, path, { method: "POST", headers, body: text });
    const json = { "content-type": "application/json" };
    if (path === "/api/bot-setup-codes/claim") return; // It opens no session, and machines call it from anywhere.
    expect((await knock({ ...json, origin: "https://evil.example" })).status).toBe(403);
    expect((await knock({ ...json, "sec-fetch-site": "cross-site" })).status).toBe(403);
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
      expect((await knock({ "content-type": type })).status).toBe(415);
    const fine = await knock(json);
    expect(fine.headers.get("set-cookie") ?? "HttpOnly; SameSite=Lax").toMatch(/HttpOnly; SameSite=Lax/);
  });
});
