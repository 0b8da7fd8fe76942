import { afterAll, beforeAll, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
let guest: Player;
let keeper: Player;
let bot: { id: string; display_name: string; handle: string };
let personal: string;
beforeAll(async () => {
  t = await testApp({ config: { trusted_proxy: ["127.0.0.1"] } });
  guest = await newcomer(t, "gast", "guest");
  keeper = await newcomer(t, "keeper", "member");
  const make = async (who: Player, body: object) =>
    (await t.call(who, "POST", `/api/workspaces/${t.workspace.id}/bots`, { ...body, initial_token: false })).body.bot;
  bot = await make(t.cast.owner, { display_name: "Gate", handle: "gate" });
  personal = (await make(keeper, { display_name: "Own", owner_user_id: keeper.user.id })).id;
});
afterAll(() => t.close());

const path = (id: string) => `/api/workspaces/${t.workspace.id}/bots/${id}/setup-codes`;
const mint = async (body: object = {}, who: Player = t.cast.owner, id = bot.id): Promise<string> =>
  (await t.call(who, "POST", path(id), body)).body.setup_code.code;
let addresses = 0;
/** From an address of its own, because attempts are counted by address. */
const claim = (code: string, address = `198.51.100.${++addresses}`) =>
  t.call(undefined, "POST", "/api/bot-setup-codes/claim", { code }, { headers: { "x-forwarded-for": address } });

test("a code is minted with what a gateway needs to claim it", async () => {
  const made = await t.call(t.cast.moderator, "POST", path(bot.id), {
    name: "gateway",
    scopes: ["bot:read"],
    defaults: { defaultTo: "channel:ops", allowFrom: ["usr_1"], agentActivity: true, unknown: 1 },
  });
  expect(made.status).toBe(201);
  const { code, ...rest } = made.body.setup_code;
  expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}$/);
  expect(rest).toMatchObject({
    id: expect.stringMatching(/^bsc_/),
    bot_user_id: bot.id,
    workspace_id: t.workspace.id,
    token_name: "gateway",
    defaults: { defaultTo: "channel:ops", allowFrom: ["usr_1"], agentActivity: true },
    created_by: t.cast.moderator.user.id,
    contract_version: 1,
    claim_url: "http://localhost/api/bot-setup-codes/claim",
    api_base_url: "http://localhost",
  });
  expect(Date.parse(rest.expires_at) - Date.parse(rest.created_at)).toBe(LIMITS.setup_code_ttl_ms);
  const stored = await t.db.read((tx) => tx.all("SELECT * FROM bot_setup_codes"));
  expect(JSON.stringify(stored)).not.toContain(code.replaceAll("-", ""));
});

test("the claim answers a working token and where to go", async () => {
  const claimed = await claim(await mint({ name: "claimed", scopes: ["bot:read"] }));
  expect(claimed.status).toBe(200);
  const { token, ...rest } = claimed.body;
  expect(rest).toEqual({
    bot: { id: bot.id, handle: "gate", display_name: "Gate" },
    workspace: {
      id: t.workspace.id,
      route_id: t.workspace.route_id,
      slug: t.workspace.slug,
      name: t.workspace.name,
    },
    defaults: { defaultTo: "channel:general" },
    contract_version: 1,
    api_base_url: "http://localhost",
  });
  expect((await t.call({ user: t.cast.owner.user, token }, "GET", "/api/me")).body.user.id).toBe(bot.id);
  const { bot_tokens } = (await t.call(t.cast.owner, "GET", `/api/workspaces/${t.workspace.id}/bots/${bot.id}/tokens`))
    .body;
  expect(bot_tokens[0]).toMatchObject({ name: "claimed", created_by: t.cast.owner.user.id });
  expect(bot_tokens[0].scopes).not.toContain("messages:write");
});

test("people write codes as they like", async () => {
  expect((await claim((await mint()).toLowerCase().replaceAll("-", ""))).status).toBe(200);
  const looks = (await mint()).replaceAll("0", "o").replaceAll("1", "l").replaceAll("-", " ");
  expect((await claim(` ${looks} `)).status).toBe(200);
});

test("a code works once, for ten minutes, until the next one of that name", async () => {
  const used = await mint();
  expect((await claim(used)).status).toBe(200);
  const late = await mint();
  t.clock.advance(LIMITS.setup_code_ttl_ms);
  const replaced = await mint();
  const other = await mint({ name: "other" });
  const current = await mint();
  const answers = await Promise.all(
    [used, late, replaced, "0000-0000-0000", "no code at all", ""].map((one) => claim(one)),
  );
  expect(answers.map((one) => one.status)).toEqual([404, 404, 404, 404, 404, 404]);
  expect(new Set(answers.map((one) => one.body.error)).size).toBe(1);
  expect((await claim(current)).status).toBe(200);
  expect((await claim(other)).status).toBe(200);
});

test("of two who claim at once, one gets the token", async () => {
  const code = await mint({ name: "race" });
  const answers = await Promise.all(Array.from({ length: 4 }, () => claim(code)));
  expect(answers.map((one) => one.status).sort()).toEqual([200, 404, 404, 404]);
  const { bot_tokens } = (await t.call(t.cast.owner, "GET", `/api/workspaces/${t.workspace.id}/bots/${bot.id}/tokens`))
    .body;
  expect(bot_tokens.filter((one: { name: string }) => one.name === "race")).toHaveLength(1);
});

test("ten attempts a minute from one address, wrong ones and right ones", async () => {
  const code = await mint();
  const address = "203.0.113.7";
  for (let n = 0; n < LIMITS.setup_claims_per_minute; n++)
    expect((await claim(`guess ${n}`, address)).status).toBe(404);
  const refused = await claim(code, address);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  t.clock.advance(60_000);
  expect((await claim(code, address)).status).toBe(200);
});

test("codes are made by managers and by whom the bot belongs to", async () => {
  expect((await t.call(keeper, "POST", path(personal))).status).toBe(201);
  expect((await t.call(t.cast.owner, "POST", path(personal), {})).status).toBe(201);
  for (const [who, status] of [
    [keeper, 403],
    [t.cast.member, 403],
    [guest, 403],
    [t.cast.bot, 403],
    [t.cast.outsider, 404],
    [undefined, 401],
  ] as const)
    expect((await t.call(who, "POST", path(bot.id), {})).status).toBe(status);
  for (const body of [
    { scopes: ["root"] },
    { name: "" },
    { defaults: { defaultTo: "x".repeat(257) } },
    { defaults: { allowFrom: Array.from({ length: 501 }, () => "x") } },
  ])
    expect((await t.call(t.cast.owner, "POST", path(bot.id), body)).status).toBe(400);
  expect((await t.call(t.cast.owner, "POST", path(t.cast.member.user.id), {})).status).toBe(404);
});

test("a code ends with the rights of who made it and with the bot's membership", async () => {
  const made = await mint({}, keeper, personal);
  await t.db.write((tx) => tx.run("UPDATE workspace_members SET role = 'guest' WHERE user_id = ?", keeper.user.id));
  expect((await claim(made)).status).toBe(404);
  await t.db.write((tx) => tx.run("UPDATE workspace_members SET role = 'member' WHERE user_id = ?", keeper.user.id));
  expect((await claim(made)).status).toBe(200);
  const last = await mint({}, keeper, personal);
  await t.call(t.cast.owner, "DELETE", `/api/workspaces/${t.workspace.id}/bots/${personal}/membership`);
  expect((await claim(last)).status).toBe(404);
});

test("a bot has a bounded number of codes waiting", async () => {
  for (let n = 0; n < LIMITS.bot_tokens_per_bot; n++)
    await t.call(t.cast.owner, "POST", path(bot.id), { name: `n${n}` });
  expect((await t.call(t.cast.owner, "POST", path(bot.id), { name: "one more" })).status).toBe(409);
  expect((await t.call(t.cast.owner, "POST", path(bot.id), { name: "n1" })).status).toBe(201);
});
