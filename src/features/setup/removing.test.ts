import { afterAll, beforeAll, expect, test } from "bun:test";
import { dirname } from "node:path";
import { FORM_TYPE, formOf, pictureOf, textFile } from "../../../tests/support/form.ts";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { openDatabase } from "../../db/open.ts";
import { cleanUploads } from "../uploads/cleaning.ts";
import { removeDeleted } from "./removing.ts";

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
  await fill(t.workspace.id);
});
afterAll(() => t.close());

/** A request that has to work, because what follows stands on it. */
async function ask(who: Player, method: string, path: string, body?: unknown, type?: string) {
  const answer = await t.call(who, method, path, body, type === undefined ? {} : { headers: { "content-type": type } });
  if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.body?.error}`);
  return answer.body;
}

/** Something of everything that a workspace can hold. */
async function fill(workspace_id: string): Promise<void> {
  const { owner, member } = t.cast;
  const ws = `/api/workspaces/${workspace_id}`;
  const upload = async (form: Uint8Array<ArrayBuffer>) =>
    (await ask(owner, "POST", `/api/uploads?workspace_id=${workspace_id}`, form, FORM_TYPE)).upload.id as string;
  const icon = await upload(
    formOf({ name: "file", value: await pictureOf(4, 4), filename: "icon.png", type: "image/png" }),
  );
  await ask(owner, "PATCH", ws, { icon_url: `/api/uploads/${icon}` });
  const { channel } = await ask(owner, "POST", `${ws}/channels`, { name: "secret", kind: "private" });
  await ask(owner, "PUT", `/api/channels/${channel.id}/members/${member.user.id}`);
  const messages = `/api/channels/${channel.id}/messages`;
  const { message } = await ask(owner, "POST", messages, {
    body: "ahoy @mia",
    upload_ids: [await upload(formOf(textFile()))],
  });
  await ask(owner, "PATCH", `/api/messages/${message.id}`, { body: "ahoy again @mia" });
  for (const emoji of ["🦞", "👍"]) await ask(member, "POST", `/api/messages/${message.id}/reactions`, { emoji });
  await ask(owner, "POST", `/api/channels/${channel.id}/pins`, { message_id: message.id });
  await ask(member, "PUT", `/api/me/saved/${message.id}`);
  for (let n = 0; n < 230; n++)
    await ask(member, "POST", `/api/messages/${message.id}/thread/replies`, { body: `${n} @olivia` });
  const second = await ask(owner, "POST", messages, { body: "@channel soon gone" });
  await ask(owner, "DELETE", `/api/messages/${second.message.id}`);
  const { conversation } = await ask(member, "POST", "/api/dms", { workspace_id, member_ids: [owner.user.id] });
  await ask(member, "POST", `/api/dms/${conversation.id}/messages`, { body: "only for you @olivia" });
  await ask(owner, "PATCH", `${ws}/moderation/members/${member.user.id}`, { moderation_note: "noisy" });
  await ask(owner, "POST", `${ws}/invites`, {});
  const setup_nonce = `nonce-of-${workspace_id}`;
  const bot = await ask(owner, "POST", `${ws}/bots`, { display_name: "Doomed", setup_nonce });
  await ask(owner, "POST", `${ws}/bots/${bot.bot.id}/setup-codes`, {});
  const machine = { user: bot.bot, token: bot.bot_token.token };
  await ask(machine, "PUT", "/api/bots/self/commands", { commands: [{ command: "/tide", description: "Tides" }] });
  await t.db.write(async (tx) => {
    const at = new Date(t.clock.now()).toISOString();
    const id = (prefix: string) => `${prefix}_${workspace_id.slice(4)}`;
    const rows: [string, ...string[]][] = [
      [
        "drafts (id, user_id, workspace_id, conversation_id, target_id, body, updated_at)",
        id("drf"),
        member.user.id,
        workspace_id,
        channel.id,
        channel.id,
        "later",
        at,
      ],
      ["user_sidebars (user_id, workspace_id)", member.user.id, workspace_id],
      ["topics (id, workspace_id, name, created_by, created_at)", id("top"), workspace_id, "tides", owner.user.id, at],
      [
        "user_groups (id, workspace_id, handle, name, created_by, created_at)",
        id("grp"),
        workspace_id,
        "crew",
        "Crew",
        owner.user.id,
        at,
      ],
      ["user_group_members (group_id, user_id)", id("grp"), member.user.id],
      ["user_group_channels (group_id, channel_id)", id("grp"), channel.id],
      [
        "reports (id, workspace_id, message_id, conversation_id, author_id, reporter_id, body, reason, created_at)",
        id("rep"),
        workspace_id,
        message.id,
        channel.id,
        owner.user.id,
        member.user.id,
        "ahoy",
        "rude",
        at,
      ],
      ["guest_posts (workspace_id, user_id, message_id, created_at)", workspace_id, member.user.id, message.id, at],
      [
        "upload_quota_reservations (id, workspace_id, owner_id, byte_size, storage_path, created_at, expires_at)",
        id("upl"),
        workspace_id,
        owner.user.id,
        "1",
        id("path"),
        at,
        at,
      ],
      [
        "invite_uses (invite_id, user_id, used_at) SELECT i.id, i.created_by, i.created_at FROM invites i WHERE i.workspace_id = ?",
        workspace_id,
      ],
    ];
    for (const [into, ...values] of rows) {
      const select = into.includes("SELECT") ? "" : ` VALUES (${values.map(() => "?").join(", ")})`;
      await tx.run(`INSERT INTO ${into}${select}`, ...values);
    }
  });
}

async function make(name: string): Promise<string> {
  const { workspace } = await ask(t.cast.owner, "POST", "/api/workspaces", { name });
  for (const [one, role] of [
    [t.cast.moderator, "moderator"],
    [t.cast.member, "member"],
  ] as const)
    await ask(t.cast.owner, "PUT", `/api/workspaces/${workspace.id}/members/${one.user.id}`, { role });
  await fill(workspace.id);
  return workspace.id;
}

async function tables(): Promise<string[]> {
  const rows = await t.db.read((tx) =>
    tx.all<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"),
  );
  // Of the index only its list of rows: the rest of it is kept as the engine likes.
  return rows.map((row) => row.name).filter((name) => !/^(sqlite_|message_search(?!_docsize))/.test(name));
}

async function countAll(workspace_id?: string): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const table of await tables()) {
    const columns = await t.db.read((tx) => tx.all<{ name: string }>(`SELECT name FROM pragma_table_info('${table}')`));
    const isOf = columns.some((column) => column.name === "workspace_id");
    if (workspace_id !== undefined && !isOf) continue;
    const [where, params] = workspace_id === undefined ? ["", []] : [" WHERE workspace_id = ?", [workspace_id]];
    const row = await t.db.read((tx) => tx.get<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}${where}`, ...params));
    found[table] = row?.n ?? 0;
  }
  return found;
}

const forever = () => true;

async function sweep(): Promise<void> {
  await removeDeleted(t.db, t.clock.now(), forever);
  await cleanUploads({ db: t.db, store: t.uploads }, t.clock.now());
}

test("only the owner deletes a workspace, and everybody is out at once", async () => {
  const { owner, moderator, member, outsider } = t.cast;
  const id = await make("Short lived");
  const path = `/api/workspaces/${id}`;
  const guest = await newcomer(t, "gus", "guest");
  await ask(owner, "PUT", `${path}/members/${guest.user.id}`, { role: "guest" });
  const { bot, bot_token } = await ask(owner, "POST", `${path}/bots`, { display_name: "Short", handle: "short" });
  const machine = { user: bot, token: bot_token.token };
  const both = await ask(owner, "POST", `${path}/bots`, { display_name: "Elsewhere too" });
  const { workspace: harbour } = await ask(owner, "GET", `/api/workspaces/${t.workspace.id}`);
  await t.db.write((tx) =>
    tx.run(
      `INSERT INTO workspace_members (workspace_id, user_id, role, role_sort, sort_name, sort_handle, created_at)
       VALUES (?, ?, 'bot', 4, 'elsewhere too', '', '')`,
      harbour.id,
      both.bot.id,
    ),
  );
  const { invite } = await ask(owner, "POST", `${path}/invites`, {});
  const { channels } = await ask(owner, "GET", `${path}/channels`);
  for (const [who, status] of [
    [moderator, 403],
    [member, 403],
    [guest, 403],
    [machine, 403],
    [outsider, 404],
  ] as const)
    expect([who.user.handle, (await t.call(who, "DELETE", path)).status]).toEqual([who.user.handle, status]);
  expect((await t.call(owner, "DELETE", path)).status).toBe(204);

  for (const who of [owner, moderator, member, guest]) {
    expect((await t.call(who, "GET", path)).status).toBe(404);
    expect((await t.call(who, "GET", `/api/channels/${channels[0].id}/messages`)).status).toBe(404);
    expect(
      (await t.call(who, "GET", "/api/workspaces")).body.workspaces.some((one: { id: string }) => one.id === id),
    ).toBe(false);
  }
  expect((await t.call(owner, "DELETE", path)).status).toBe(404);
  expect((await t.call(machine, "GET", "/api/me")).status).toBe(401);
  expect((await t.call(outsider, "POST", `/api/invites/${invite.code}/accept`, {})).status).toBe(404);
  const users = await t.db.read((tx) =>
    tx.all(
      "SELECT deleted_at IS NOT NULL AS gone, handle, former_handle FROM users WHERE id IN (?, ?) ORDER BY id",
      bot.id,
      both.bot.id,
    ),
  );
  expect(users).toEqual([
    { gone: 1, handle: "", former_handle: "short" },
    { gone: 0, handle: "", former_handle: null },
  ]);
  // The slug is free before anything is swept.
  expect((await ask(outsider, "POST", "/api/workspaces", { name: "x", slug: "short-lived" })).workspace.slug).toBe(
    "short-lived",
  );
  await t.db.write((tx) => tx.run("DELETE FROM workspace_members WHERE user_id = ?", both.bot.id));
  await sweep();
});

test("nothing of a deleted workspace is left in any table, and nothing else is touched", async () => {
  const before = { all: await countAll(), harbour: await countAll(t.workspace.id) };
  const id = await make("Doomed");
  const held = await countAll(id);
  const empty = Object.entries(held).filter(([, n]) => n === 0);
  // Files wait there for a moment only.
  expect(empty.map(([table]) => table)).toEqual(["pending_upload_cleanups"]);
  await ask(t.cast.owner, "DELETE", `/api/workspaces/${id}`);
  await sweep();
  const left = Object.entries(await countAll(id)).filter(([, n]) => n > 0);
  expect(left).toEqual([]);
  const after = await countAll();
  // A bot that was made for it stays as the name of what nobody can read any more.
  expect(after).toEqual({ ...before.all, users: (before.all["users"] ?? 0) + 1 });
  expect(await countAll(t.workspace.id)).toEqual(before.harbour);
});

test("what is written while it is deleted is not left behind", async () => {
  const before = await countAll();
  const { owner, member } = t.cast;
  const id = await make("Raced");
  const { channels } = await ask(owner, "GET", `/api/workspaces/${id}/channels`);
  const general = channels.find((one: { name: string }) => one.name === "general").id;
  const writes = Array.from({ length: 60 }, (_, n) => [
    t.call(member, "POST", `/api/channels/${general}/messages`, { body: `late ${n}` }),
    t.call(member, "POST", `/api/uploads?workspace_id=${id}`, formOf(textFile()), {
      headers: { "content-type": FORM_TYPE },
    }),
    t.call(member, "POST", `/api/workspaces/${id}/channels`, { name: `late-${n}` }),
    ...(n === 20 ? [t.call(owner, "DELETE", `/api/workspaces/${id}`), sweep()] : []),
  ]);
  await Promise.all(writes.flat());
  await sweep();
  expect(await countAll()).toEqual({ ...before, users: (before["users"] ?? 0) + 1 });
});

test("a removal that is killed in the middle goes on where it stopped", async () => {
  const before = await countAll();
  const id = await make("Killed");
  await ask(t.cast.owner, "DELETE", `/api/workspaces/${id}`);
  const program = `
    import { openDatabase } from "${import.meta.dir}/../../db/open.ts";
    import { removeDeleted } from "${import.meta.dir}/removing.ts";
    const db = await openDatabase(process.argv[1], "test");
    await removeDeleted(db, Number(process.argv[2]), () => { console.log("slice"); return true; });
    console.log("done");`;
  const directory = dirname(t.uploads_path);
  const child = Bun.spawn([process.execPath, "-e", program, directory, String(t.clock.now())], {
    stdout: "pipe",
    stderr: "inherit",
  });
  let told = "";
  for await (const chunk of child.stdout) {
    told += new TextDecoder().decode(chunk);
    if (told.split("slice").length > 3) break;
  }
  child.kill("SIGKILL");
  await child.exited;
  expect(told).toContain("slice");
  // As a server finds it that starts anew.
  const again = await openDatabase(directory, "test");
  await removeDeleted(again, t.clock.now(), forever);
  await again.close();
  await cleanUploads({ db: t.db, store: t.uploads }, t.clock.now());
  expect(await countAll()).toEqual({ ...before, users: (before["users"] ?? 0) + 1 });
  expect(await t.db.read((tx) => tx.all("SELECT id FROM workspaces WHERE id = ?", id))).toEqual([]);
});

test("the search finds what others said, and every message is still in its place", async () => {
  const found = await ask(t.cast.owner, "GET", `/api/search?workspace_id=${t.workspace.id}&q=ahoy`);
  expect(found.results).toHaveLength(1);
});
