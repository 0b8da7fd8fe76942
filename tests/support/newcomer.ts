import type { Member } from "@clickclack/protocol";
import { createSession } from "../../src/features/auth/auth.ts";
import { createUser } from "../../src/features/users/users.ts";
import { addMember } from "../../src/features/workspaces/workspaces.ts";
import type { Player, TestApp } from "./test-app.ts";

/** Somebody beside the cast, signed in, with a role in its workspace. */
export async function newcomer(t: TestApp, handle: string, role: Member["role"]): Promise<Player> {
  const at_ms = t.clock.now();
  const at = new Date(at_ms).toISOString();
  return t.db.write(async (tx) => {
    const user = await createUser(tx, { display_name: handle, handle, at });
    await addMember(tx, t.workspace.id, user, role, at);
    return { user, token: (await createSession(tx, user, { at_ms, address: "", user_agent: "test" })).token };
  });
}
