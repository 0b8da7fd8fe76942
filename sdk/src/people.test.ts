/** Joining, belonging, order and oneself through the SDK, against the server itself and a real mail server. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { linkIn, openMailbox } from "../../tests/support/mailbox.ts";
import type { Mailbox } from "../../tests/support/mailbox.ts";
import { testServer } from "../../tests/support/test-server.ts";
import { ClickClackClient, ClickClackError } from "./index.ts";
import type { Channel, ClickClackEvent, Workspace } from "./index.ts";

// Generous: it bounds a hang on a busy machine, no test measures time.
setDefaultTimeout(60_000);

const PASSWORD = "correct horse battery";

let mailbox: Mailbox;
let server: Awaited<ReturnType<typeof testServer>>;
let baseUrl: string;
let owner: ClickClackClient;
let mia: ClickClackClient;
let sam: ClickClackClient;
let workspace: Workspace;
let general: Channel;
let mia_id: string;
let sam_id: string;

beforeAll(async () => {
  mailbox = await openMailbox();
  server = await testServer({ smtp_url: mailbox.url, public_url: "https://chat.example.com" });
  // Not where the letters point to: nobody here resolves that name.
  baseUrl = `http://127.0.0.1:${server.port}`;
  owner = new ClickClackClient({ baseUrl });
  const token = new URL(server.claim_url ?? "").searchParams.get("token") ?? "";
  const person = { display_name: "Olivia", email: "olivia@example.com", password: PASSWORD };
  ({ workspace, channel: general } = await owner.auth.setup({ token, ...person, workspace_name: "Harbour" }));
  const { invite } = await owner.invites.create(workspace.id);
  mia = new ClickClackClient({ baseUrl });
  const newcomer = { display_name: "Mia", email: "mia@example.com", password: PASSWORD };
  mia_id = (await mia.invites.accept(invite.code, newcomer)).user.id;
  await mia.updateMe({ handle: "mia" });
});
afterAll(async () => {
  await server.close();
  await mailbox.close();
});

async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof ClickClackError ? error.code : "no error";
}

const another = (token?: string) => new ClickClackClient({ baseUrl, token });

describe("joining", () => {
  test("an invite for one address is sent there, and lets only that person in", async () => {
    const made = await owner.invites.create(workspace.id, { role: "guest", email: "sam@example.com", max_uses: 1 });
    expect([made.sent, made.invite.role]).toEqual([true, "guest"]);
    const letter = await mailbox.next();
    expect([letter.to, linkIn(letter)]).toEqual(["sam@example.com", made.invite.url]);
    expect((await another().invites.get(made.invite.code)).invite.email_hint).toMatch(/^s.*@example\.com$/);
    expect(await refusal(mia.invites.accept(made.invite.code))).toBe("forbidden");
    sam = another();
    sam_id = (await sam.invites.accept(made.invite.code, { display_name: "Sam", password: PASSWORD })).user.id;
    const { invites } = await owner.invites.list(workspace.id, { state: "ended", limit: 5 });
    expect(invites[0]?.accepted.map(({ user }) => user.id)).toEqual([sam_id]);
    expect(await refusal(mia.invites.list(workspace.id))).toBe("forbidden");
  });

  test("links sign in, and set another password, by mail", async () => {
    const { methods } = await another().auth.methods();
    expect(methods).toEqual({ password: true, magic_link: true, password_reset: true });
    expect(await another().auth.requestPasswordReset({ email: "mia@example.com" })).toEqual({ ok: true });
    const reset = new URL(linkIn(await mailbox.next())).hash.slice(1);
    const new_password = `another ${PASSWORD}`;
    const forgetful = another();
    expect((await forgetful.auth.resetPassword({ token: reset, new_password })).user.id).toBe(mia_id);
    expect(await refusal(mia.me())).toBe("unauthenticated");
    // The letter that was answered proved the address: from now on a link is enough.
    const visitor = another();
    expect(await visitor.auth.requestMagicLink({ email: "mia@example.com" })).toEqual({ ok: true });
    const token = new URL(linkIn(await mailbox.next())).hash.slice(1);
    expect((await visitor.auth.consumeMagicLink(token)).user.id).toBe(mia_id);
    expect(await refusal(another().auth.resetPassword({ token: reset, new_password }))).toBe("not_found");
    expect(await forgetful.auth.changePassword({ current_password: new_password, new_password: PASSWORD })).toEqual({
      ok: true,
    });
    expect(await refusal(forgetful.auth.changePassword({ current_password: "wrong", new_password }))).toBe(
      "unauthenticated",
    );
    mia = forgetful;
  });

  test("sessions are listed and ended", async () => {
    const other = another();
    await other.auth.login({ identifier: "mia@example.com", password: PASSWORD });
    const { sessions } = await mia.sessions.list();
    const foreign = sessions.find(({ current }) => !current);
    expect(await mia.sessions.revoke(foreign?.id ?? "")).toEqual({ ok: true });
    expect(await refusal(other.me())).toBe("unauthenticated");
    await other.auth.login({ identifier: "mia@example.com", password: PASSWORD });
    await mia.sessions.revokeOthers();
    expect(await refusal(other.me())).toBe("unauthenticated");
    expect((await mia.sessions.list()).sessions.map(({ current }) => current)).toEqual([true]);
  });
});

describe("belonging", () => {
  test("roles, sign-in links and deactivation", async () => {
    const page = await owner.members.list(workspace.id, { limit: 2 });
    expect([page.members.length, page.total_count, page.total_by_role?.["guest"]]).toEqual([2, 3, 1]);
    const changed = await owner.members.update(workspace.id, sam_id, { role: "member" });
    expect([changed.member.role, changed.event?.type]).toEqual(["member", "member.updated"]);
    expect(await refusal(mia.members.update(workspace.id, sam_id, { role: "guest" }))).toBe("forbidden");
    const { url } = await owner.members.signInLink(workspace.id, sam_id);
    expect((await another().auth.consumeMagicLink(new URL(url).hash.slice(1))).user.id).toBe(sam_id);
    const { member } = await owner.members.deactivate(workspace.id, sam_id);
    expect(member.user.deactivated_at).toEndWith("Z");
    expect(await refusal(sam.me())).toBe("unauthenticated");
    await owner.members.reactivate(workspace.id, sam_id);
    sam = another();
    await sam.auth.login({ identifier: "sam@example.com", password: PASSWORD });
  });

  test("a workspace is arranged, handed over, left and ended", async () => {
    const { workspace: pier } = await owner.workspaces.create({ name: "Pier" });
    expect((await owner.members.add(pier.id, mia_id, { role: "moderator" })).member.role).toBe("moderator");
    const { channel } = await owner.channels.create(pier.id, { name: "lobby" });
    const room = { waiting_room_channel_id: channel.id, guest_post_budget: 1 };
    expect((await owner.workspaces.update(pier.id, room)).workspace).toMatchObject(room);
    expect(await refusal(owner.members.leave(pier.id))).toBe("conflict");
    expect((await owner.workspaces.transferOwnership(pier.id, mia_id)).workspace.role).toBe("moderator");
    expect(await owner.members.leave(pier.id)).toEqual({ ok: true });
    expect(await mia.workspaces.delete(pier.id)).toBeUndefined();
    expect((await mia.workspaces.list()).workspaces.map(({ id }) => id)).toEqual([workspace.id]);
  });

  test("groups are mentioned together", async () => {
    const { group } = await owner.groups.create(workspace.id, { handle: "crew", name: "The crew" });
    expect((await owner.groups.addMember(group.id, mia_id)).group.member_ids).toEqual([mia_id]);
    const { event } = await owner.channels.sendMessage(general.id, "hello @crew");
    expect(event?.mentioned_user_ids).toEqual([mia_id]);
    expect((await owner.groups.removeMember(group.id, mia_id)).group.member_ids).toEqual([]);
    expect((await owner.groups.update(group.id, { name: "Crew" })).group.name).toBe("Crew");
    expect((await mia.groups.get(group.id)).group.handle).toBe("crew");
    expect(await refusal(mia.groups.delete(group.id))).toBe("forbidden");
    await owner.groups.delete(group.id);
    expect((await mia.groups.list(workspace.id)).groups).toEqual([]);
  });
});

describe("order", () => {
  test("time-outs, notes and reports", async () => {
    const { message } = await mia.channels.sendMessage(general.id, "buy ropes");
    const { report } = await sam.reports.create(message.id, { reason: "Spam" });
    expect((await sam.reports.create(message.id, { reason: "Spam" })).report.id).toBe(report.id);
    const queue = await owner.reports.list(workspace.id, { status: "open" });
    expect([queue.open_count, queue.reports[0]?.body]).toEqual([1, "buy ropes"]);
    const moderated = await owner.moderation.update(workspace.id, mia_id, { timeout_minutes: 5, moderation_note: "x" });
    expect(moderated.member).toMatchObject({ moderation_note: "x", timeout_until: expect.any(String) });
    expect(await refusal(mia.channels.sendMessage(general.id, "but"))).toBe("forbidden");
    await owner.moderation.update(workspace.id, mia_id, { clear_timeout: true, moderation_note: "" });
    await mia.channels.sendMessage(general.id, "thank you");
    expect((await owner.reports.update(report.id, { status: "resolved" })).report.status).toBe("resolved");
    expect((await owner.moderation.list(workspace.id, { q: "mia" })).members).toHaveLength(1);
    expect(await refusal(mia.moderation.list(workspace.id))).toBe("forbidden");
  });

  test("the audit log is read, filtered and exported", async () => {
    const { audit_log_entries } = await owner.auditLog.list(workspace.id, 2);
    expect(audit_log_entries).toHaveLength(2);
    const filter = { action: ["member.deactivated", "member.reactivated"] as const, target: sam_id };
    const { audit_log_entries: found } = await owner.auditLog.list(workspace.id, filter);
    expect(found.map(({ action }) => action)).toEqual(["member.reactivated", "member.deactivated"]);
    const { file, next_cursor } = await owner.auditLog.export(workspace.id, { ...filter, format: "csv" });
    expect([file.name, next_cursor]).toEqual(["audit-log.csv", undefined]);
    expect((await file.text()).trimEnd().split("\r\n")).toHaveLength(3);
    expect(await refusal(mia.auditLog.list(workspace.id))).toBe("forbidden");
    expect(await refusal(mia.auditLog.export(workspace.id, { format: "json" }))).toBe("forbidden");
  });
});

describe("oneself", () => {
  test("profile, picture and settings", async () => {
    const { user } = await mia.updateMe({
      status: { emoji: "🌴", text: "On leave" },
      timezone: "Europe/Vienna",
      notification_settings: { level: "mentions" },
      sidebar_preferences: { channel_order: { [workspace.id]: [general.id] } },
    });
    expect(user).toMatchObject({ status: { emoji: "🌴" }, timezone: "Europe/Vienna" });
    expect(user.notification_settings?.level).toBe("mentions");
    expect((await mia.updateMe({ status: {}, timezone: "" })).user.status).toBeUndefined();
    const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    const pictured = await mia.avatar.set(new Uint8Array(Buffer.from(pixel, "base64")));
    expect((await fetch(new URL(pictured.user.avatar_url, baseUrl))).status).toBe(200);
    expect((await mia.avatar.remove()).user.avatar_url).not.toBe(pictured.user.avatar_url);
    expect(await refusal(mia.avatar.set(new Blob(["no picture"])))).not.toBe("no error");
  });

  test("drafts, reminders and topics reach one's devices", async () => {
    const seen: ClickClackEvent["type"][] = [];
    const ready = Promise.withResolvers<void>();
    const told = Promise.withResolvers<void>();
    const wanted = ["draft.updated", "draft.deleted", "saved.added"] as const;
    const subscription = mia.events.subscribe({
      workspaceId: workspace.id,
      onEvent: ({ type }) => {
        seen.push(type);
        if (wanted.every((one) => seen.includes(one))) told.resolve();
      },
      onState: ({ name }) => void (name === "live" && ready.resolve()),
    });
    await ready.promise;
    expect((await mia.drafts.save(general.id, { body: "Dear all," })).event?.type).toBe("draft.updated");
    expect((await mia.drafts.save(general.id, { body: "Dear all," })).event).toBeUndefined();
    expect((await mia.drafts.get(general.id)).draft.body).toBe("Dear all,");
    expect((await mia.drafts.list(workspace.id)).drafts).toHaveLength(1);
    await mia.drafts.remove(general.id);
    const { topic } = await owner.topics.create(workspace.id, { name: "Release", channel_id: general.id });
    const { message } = await owner.channels.sendMessage(general.id, { body: "It is out", topic_id: topic.id });
    await owner.channels.sendMessage(general.id, "Lunch?");
    const page = await mia.channels.messages(general.id, { topic_id: topic.id });
    expect(page.messages.map(({ id }) => id)).toEqual([message.id]);
    expect((await owner.messages.update(message.id, { topic_id: "" })).message.topic_id).toBeUndefined();
    await owner.topics.update(topic.id, { name: "Release 2", archived: true });
    expect((await mia.topics.list(workspace.id)).topics[0]).toMatchObject({ name: "Release 2" });
    const remind_at = new Date(Date.now() + 3_600_000).toISOString();
    expect((await mia.saved.add(message.id, { remind_at })).saved.remind_at).toBe(remind_at);
    await told.promise;
    subscription.close();
    await subscription.closed;
    expect((await mia.eventTypes.list()).event_types).toEqual(expect.arrayContaining([...wanted]));
  });

  test("an account is given up, with its password", async () => {
    expect(await refusal(owner.deactivateMe({ password: PASSWORD }))).toBe("conflict");
    expect(await refusal(sam.deactivateMe({ password: "wrong" }))).not.toBe("no error");
    await sam.deactivateMe({ password: PASSWORD });
    expect(sam.token).toBeUndefined();
    expect(await refusal(another().auth.login({ identifier: "sam@example.com", password: PASSWORD }))).toBe(
      "unauthenticated",
    );
    expect((await owner.homeLink()).url).toBe("/");
  });
});
