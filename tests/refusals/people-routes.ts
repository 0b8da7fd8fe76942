import { createMagicLink, setPassword } from "../../src/features/auth/auth.ts";
import { createPasswords } from "../../src/lib/password.ts";
import { newcomer } from "../support/newcomer.ts";
import type { Entry } from "./entry.ts";

/** Routes about oneself, and ways in. */
export const people: Record<string, Entry> = {
  "GET /api/me": { reach: "person", ask: () => ({ path: "/api/me" }) },
  "PATCH /api/me": {
    reach: "person",
    bots: "refused",
    ask: () => ({ path: "/api/me", body: { avatar_url: "https://example.com/a.png" } }),
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
