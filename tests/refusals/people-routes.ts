import { createMagicLink, mintLink, setPassword } from "../../src/features/auth/auth.ts";
import { createPasswords } from "../../src/lib/password.ts";
import { FORM_TYPE } from "../support/form.ts";
import { newcomer } from "../support/newcomer.ts";
import type { Entry } from "./entry.ts";
import { pictureForm, session } from "./world.ts";

async function avatar() {
  return { path: "/api/me/avatar", body: await pictureForm(), headers: { "content-type": FORM_TYPE } };
}

/** Routes about oneself, and ways in. */
export const people: Record<string, Entry> = {
  "GET /api/me": { reach: "person", ask: () => ({ path: "/api/me" }) },
  "PATCH /api/me": {
    reach: "person",
    bots: "refused",
    ask: () => ({ path: "/api/me", body: { avatar_url: "https://example.com/a.png" } }),
  },
  "PUT /api/me/avatar": { reach: "person", bots: "refused", ask: () => avatar() },
  "DELETE /api/me/avatar": { reach: "person", bots: "refused", ask: () => ({ path: "/api/me/avatar" }) },
  "GET /api/avatars/{key}": {
    reach: "anybody",
    file: true,
    async ask(_ids, { t, owner }) {
      const { path, body, headers } = await avatar();
      const answer = await t.call(owner, "PUT", path, body, { headers });
      return { path: answer.body.user.avatar_url };
    },
  },
  // Whoever owns a workspace cannot; its own tests close accounts.
  "POST /api/me/deactivate": {
    reach: "person",
    bots: "refused",
    status: 409,
    ask: () => ({ path: "/api/me/deactivate" }),
  },
  "GET /api/me/bots": { reach: "person", bots: "refused", ask: () => ({ path: "/api/me/bots" }) },
  "GET /api/event-types": { reach: "person", bots: "unscoped", ask: () => ({ path: "/api/event-types" }) },
  "GET /api/workspaces": { reach: "person", ask: () => ({ path: "/api/workspaces" }) },
  "POST /api/workspaces": {
    reach: "person",
    bots: "refused",
    status: 201,
    ask: () => ({ path: "/api/workspaces", body: { name: "Another" } }),
  },
  "GET /api/auth/setup": { reach: "anybody", ask: () => ({ path: "/api/auth/setup" }) },
  // Nobody claims a server that has people; its own tests claim one that has none.
  "POST /api/auth/setup": {
    reach: "anybody",
    status: 404,
    ask: () => ({
      path: "/api/auth/setup",
      body: { token: "stp_no", display_name: "Nobody", email: "no@example.com", workspace_name: "None" },
    }),
  },
  "POST /api/auth/password/login": {
    reach: "anybody",
    async ask(ids, { t }) {
      const handle = `by-${ids.nonce}`;
      const { user } = await newcomer(t, handle, "member");
      await setPassword(t.db, createPasswords(), user.id, "correct horse", new Date(0).toISOString());
      return { path: "/api/auth/password/login", body: { identifier: handle, password: "correct horse" } };
    },
  },
  "POST /api/auth/magic/consume": {
    reach: "anybody",
    async ask(_ids, { t }) {
      const link = { email: "mia@example.com", display_name: "Mia", at_ms: t.clock.now() };
      return { path: "/api/auth/magic/consume", body: { token: (await createMagicLink(t.db, link)).token } };
    },
  },
  // Links are answered in development only.
  "POST /api/auth/magic/request": {
    reach: "anybody",
    status: 501,
    ask: () => ({ path: "/api/auth/magic/request", body: { email: "mia@example.com" } }),
  },
  // Letters need a mail server, which this application has none of.
  "POST /api/auth/password/reset/request": {
    reach: "anybody",
    status: 501,
    ask: () => ({ path: "/api/auth/password/reset/request", body: { email: "mia@example.com" } }),
  },
  "POST /api/auth/password/reset": {
    reach: "anybody",
    async ask(ids, { t }) {
      const { user } = await newcomer(t, `reset-${ids.nonce}`, "member");
      const link = { purpose: "reset", user_id: user.id, at_ms: t.clock.now() } as const;
      const { token } = await t.db.write((tx) => mintLink(tx, link));
      return { path: "/api/auth/password/reset", body: { token, new_password: "correct horse" } };
    },
  },
  "POST /api/auth/password/change": {
    reach: "person",
    bots: "refused",
    async ask(_ids, { t, owner }) {
      // So that it is the first one each time, and ends nobody's session but those nobody uses here.
      await t.db.write((tx) => tx.run("DELETE FROM user_passwords WHERE user_id = ?", owner.user.id));
      return { path: "/api/auth/password/change", body: { new_password: "correct horse" } };
    },
  },
  "GET /api/auth/methods": { reach: "anybody", ask: () => ({ path: "/api/auth/methods" }) },
  "GET /api/home-link": { reach: "anybody", ask: () => ({ path: "/api/home-link" }) },
  "GET /api/me/sessions": { reach: "person", bots: "refused", ask: () => ({ path: "/api/me/sessions" }) },
  "DELETE /api/me/sessions": { reach: "person", bots: "refused", ask: () => ({ path: "/api/me/sessions" }) },
  "DELETE /api/me/sessions/{session_id}": {
    reach: "person",
    bots: "refused",
    async ask(_ids, w) {
      const extra = await session(w, w.owner);
      const { sessions } = (await w.t.call(extra, "GET", "/api/me/sessions")).body;
      return { path: `/api/me/sessions/${sessions[0].id}` };
    },
  },
  "POST /api/auth/logout": { reach: "anybody", ask: () => ({ path: "/api/auth/logout", body: {} }) },
  "GET /api/invites/{invite}": { reach: "anybody", ask: (ids) => ({ path: `/api/invites/${ids.invite_code}` }) },
  "POST /api/invites/{invite}/accept": {
    reach: "anybody",
    status: 201,
    ask: (ids) => ({
      path: `/api/invites/${ids.invite_code}/accept`,
      body: { display_name: "New", email: `${ids.nonce}@example.com`, password: "correct horse" },
    }),
  },
  "POST /api/bot-setup-codes/claim": {
    reach: "anybody",
    async ask(ids, { t, owner }) {
      const { body } = await t.call(
        owner,
        "POST",
        `/api/workspaces/${ids.workspace_id}/bots/${ids.bot_user_id}/setup-codes`,
        {},
      );
      return { path: "/api/bot-setup-codes/claim", body: { code: body.setup_code.code } };
    },
  },
};
