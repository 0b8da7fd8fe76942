import { afterAll, beforeAll, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";

let t: TestApp;
let guest: Player;
beforeAll(async () => {
  t = await testApp();
  guest = await newcomer(t, "gast", "guest");
});
afterAll(() => t.close());

const set = (commands: unknown, who: Player | undefined = t.cast.bot) =>
  t.call(who, "PUT", "/api/bots/self/commands", { commands });
const menu = (who: Player | undefined = t.cast.member) =>
  t.call(who, "GET", `/api/workspaces/${t.workspace.id}/bot-commands`);

test("a bot replaces its menu as a whole; what stays keeps its id", async () => {
  const first = await set([
    { command: "/status", description: "Say how it goes", args_hint: "[service]" },
    { command: " /Deploy ", description: " Ship it " },
  ]);
  expect(first.status).toBe(200);
  expect(first.body.bot_commands).toEqual([
    {
      id: expect.stringMatching(/^botcmd_/),
      workspace_id: t.workspace.id,
      bot_user_id: t.cast.bot.user.id,
      command: "/deploy",
      description: "Ship it",
      args_hint: "",
      created_at: expect.any(String),
      updated_at: expect.any(String),
    },
    expect.objectContaining({ command: "/status", args_hint: "[service]" }),
  ]);
  const [, status] = first.body.bot_commands;
  const second = await set([{ command: "/status", description: "Say more" }]);
  expect(second.body.bot_commands).toEqual([
    { ...status, description: "Say more", args_hint: "", updated_at: expect.any(String) },
  ]);
  expect(second.body.bot_commands[0].updated_at > status.updated_at).toBe(true);
  expect((await set([])).body.bot_commands).toEqual([]);
});

test("the workspace's menu is of all bots, by handle and command", async () => {
  const { bot, bot_token } = (
    await t.call(t.cast.owner, "POST", `/api/workspaces/${t.workspace.id}/bots`, {
      display_name: "Able",
      handle: "able",
    })
  ).body;
  await set([
    { command: "/b", description: "B" },
    { command: "/a", description: "A" },
  ]);
  await set([{ command: "/z", description: "Z" }], { user: bot, token: bot_token.token });
  for (const who of [t.cast.member, guest, t.cast.reader]) {
    const { bot_commands } = (await menu(who)).body;
    const shown = bot_commands.map((one: { bot: { handle: string }; command: string }) => [
      one.bot.handle,
      one.command,
    ]);
    expect(shown).toEqual([
      ["able", "/z"],
      ["pinch", "/a"],
      ["pinch", "/b"],
    ]);
  }
  expect((await menu()).body.bot_commands[0]).toEqual({
    id: expect.any(String),
    command: "/z",
    description: "Z",
    args_hint: "",
    bot: { id: bot.id, handle: "able", display_name: "Able", avatar_url: "" },
    created_at: expect.any(String),
    updated_at: expect.any(String),
  });
});

test("only a bot with the scope declares, only the workspace reads", async () => {
  const commands = [{ command: "/x", description: "X" }];
  for (const who of [t.cast.owner, t.cast.reader]) expect((await set(commands, who)).status).toBe(403);
  expect((await t.call(undefined, "PUT", "/api/bots/self/commands", { commands })).status).toBe(401);
  expect((await menu(t.cast.outsider)).status).toBe(404);
  expect((await t.call(undefined, "GET", `/api/workspaces/${t.workspace.id}/bot-commands`)).status).toBe(401);
  const elsewhere = (await t.call(t.cast.outsider, "GET", "/api/workspaces")).body.workspaces[0].id;
  expect((await t.call(t.cast.bot, "GET", `/api/workspaces/${elsewhere}/bot-commands`)).status).toBe(404);
});

test("a menu with one bad entry changes nothing", async () => {
  const before = (await set([{ command: "/good", description: "Good" }])).body.bot_commands;
  const entry = (more: object) => ({ command: "/fine", description: "Fine", ...more });
  for (const commands of [
    [entry({ command: "status" })],
    [entry({ command: "/" })],
    [entry({ command: "/two words" })],
    [entry({ command: `/${"x".repeat(33)}` })],
    [entry({ description: " " })],
    [entry({ description: "x".repeat(101) })],
    [entry({ args_hint: "x".repeat(101) })],
    [entry({}), entry({ command: "/FINE" })],
    Array.from({ length: LIMITS.bot_commands + 1 }, (_, n) => entry({ command: `/c${n}` })),
    "none",
    undefined,
  ])
    expect((await set(commands)).status).toBe(400);
  const { bot_commands } = (await menu()).body;
  const mine = bot_commands.filter((one: { bot: { handle: string } }) => one.bot.handle === "pinch");
  expect(mine.map((one: { id: string }) => one.id)).toEqual(before.map((one: { id: string }) => one.id));
});
