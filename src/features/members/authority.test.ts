import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { newcomer } from "../../../tests/support/newcomer.ts";
import { type Player, type TestApp, testApp } from "../../../tests/support/test-app.ts";
import { timestamp } from "../../lib/clock.ts";
import { AppError } from "../../lib/errors.ts";
import { addMember, createWorkspace, type Role } from "../workspaces/workspaces.ts";
import { requireAuthority } from "./authority.ts";

let t: TestApp;
beforeEach(async () => {
  t = await testApp();
});
afterEach(() => t.close());

/** What somebody is told who wants to act on another's account: "", or the code of the refusal. */
async function told(who: Player, whom: Player, workspace_id = t.workspace.id): Promise<string> {
  const at_ms = t.clock.now();
  const credential = { kind: "session", id: "ses_test" } as const;
  const actor = { user: who.user, credential, address: "", at_ms, at: timestamp(at_ms) };
  try {
    await t.db.read((tx) => requireAuthority(tx, actor, workspace_id, whom.user.id));
    return "";
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

/** A second workspace in which each of these has the role given. */
async function secondWorkspace(owner: Player, others: [Player, Role][]): Promise<string> {
  const at = timestamp(t.clock.now());
  return t.db.write(async (tx) => {
    const by = { user_id: owner.user.id, address: "", at };
    const { id } = await createWorkspace(tx, owner.user, { name: "Second" }, by);
    for (const [who, role] of others) await addMember(tx, id, who.user, role, at);
    return id;
  });
}

const restrict = (workspace_id: string, who: Player, until: string) =>
  t.db.write((tx) =>
    tx.run(
      "UPDATE workspace_members SET restricted_until = ? WHERE workspace_id = ? AND user_id = ?",
      until,
      workspace_id,
      who.user.id,
    ),
  );

test("of every pair of roles, only managers stand above, and only those below them", async () => {
  const { owner, moderator, member, outsider, bot } = t.cast;
  const guest = await newcomer(t, "gus", "guest");
  const peer = await newcomer(t, "peer", "moderator");
  const everybody = { owner, moderator, peer, member, guest, bot, outsider };
  const allowed = ["owner moderator", "owner peer", "owner member", "owner guest"];
  allowed.push("moderator member", "moderator guest", "peer member", "peer guest");
  for (const [a, who] of Object.entries(everybody))
    for (const [b, whom] of Object.entries(everybody)) {
      const pair = `${a} ${b}`;
      const answer = await told(who, whom);
      if (allowed.includes(pair)) expect([pair, answer]).toEqual([pair, ""]);
      else if (a === "outsider" || b === "outsider") expect([pair, answer]).toEqual([pair, "not_found"]);
      // Of a bot its owner is told that it has routes of its own.
      else expect([pair, ["forbidden", "validation_failed"].includes(answer)]).toEqual([pair, true]);
    }
});

describe("somebody who is also elsewhere", () => {
  test("is under a manager who stands above them there too", async () => {
    const { owner, member } = t.cast;
    await secondWorkspace(owner, [[member, "moderator"]]);
    expect(await told(owner, member)).toBe("");
  });

  test("is not under whoever is nobody there", async () => {
    const { owner, moderator, member, outsider } = t.cast;
    expect(await told(moderator, member)).toBe("");
    await secondWorkspace(outsider, [[member, "guest"]]);
    expect(await told(owner, member)).toBe("forbidden");
    expect(await told(moderator, member)).toBe("forbidden");
  });

  test("is not under whoever is no manager there, or stands no higher", async () => {
    const { owner, moderator, member, outsider } = t.cast;
    const guest = await newcomer(t, "gus", "guest");
    await secondWorkspace(outsider, [
      [owner, "member"],
      [moderator, "moderator"],
      [member, "moderator"],
      [guest, "guest"],
    ]);
    // A member stands above a guest, and commands nobody.
    expect(await told(owner, guest)).toBe("forbidden");
    expect(await told(moderator, guest)).toBe("");
    expect(await told(moderator, member)).toBe("forbidden");
  });

  test("is not under whoever is held back here or there", async () => {
    const { owner, moderator, member } = t.cast;
    const second = await secondWorkspace(owner, [
      [moderator, "moderator"],
      [member, "member"],
    ]);
    for (const workspace_id of [second, t.workspace.id]) {
      expect(await told(moderator, member)).toBe("");
      for (const until of ["blocked", timestamp(t.clock.now() + 60_000)]) {
        await restrict(workspace_id, moderator, until);
        expect(await told(moderator, member)).toBe("forbidden");
        expect(await told(moderator, member, second)).toBe("forbidden");
      }
      await restrict(workspace_id, moderator, timestamp(t.clock.now()));
      expect(await told(moderator, member)).toBe("");
      await restrict(workspace_id, moderator, "");
    }
  });

  test("who owns a workspace is under nobody", async () => {
    const { owner, member } = t.cast;
    expect(await told(owner, member)).toBe("");
    await secondWorkspace(member, [[owner, "moderator"]]);
    expect(await told(owner, member)).toBe("forbidden");
  });
});
