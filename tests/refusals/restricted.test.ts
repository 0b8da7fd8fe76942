/** Whoever was timed out or blocked reads on, arranges their own things, and does nothing that others see. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ROUTES } from "./routes.ts";
import { type Kind, place, type World, world } from "./world.ts";

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.t.close());

/** What is somebody's own: where they have read to, what they keep and hide, and going. */
const OWN: ReadonlySet<string> = new Set([
  "POST /api/channels/{channel_id}/read",
  "POST /api/channels/{channel_id}/unread",
  "PATCH /api/channels/{channel_id}/notification-settings",
  "DELETE /api/channels/{channel_id}/members/{user_id}",
  "POST /api/dms/{conversation_id}/read",
  "POST /api/dms/{conversation_id}/unread",
  "DELETE /api/dms/{conversation_id}",
  "POST /api/dms/{conversation_id}/open",
  "POST /api/messages/{message_id}/thread/read",
  "POST /api/messages/{message_id}/thread/unread",
  "PUT /api/messages/{message_id}/thread/follow",
  "DELETE /api/messages/{message_id}/thread/follow",
  "PUT /api/me/saved/{message_id}",
  "DELETE /api/me/saved/{message_id}",
  "PUT /api/me/drafts/{target_id}",
  "DELETE /api/me/drafts/{target_id}",
  // Names what one reads by an address.
  "POST /api/messages/{message_id}/route",
]);

/** The owner stands for everybody: nobody may do more, and nobody but this test can hold them. */
async function hold(restricted_until: string): Promise<void> {
  await w.t.db.write((tx) =>
    tx.run("UPDATE workspace_members SET restricted_until = ? WHERE user_id = ?", restricted_until, w.owner.user.id),
  );
}

/** A file, or why there is none. */
async function told(response: Response): Promise<{ status: number; code?: string }> {
  const { status } = response;
  return status < 400 ? { status } : { status, code: ((await response.json()) as { code: string }).code };
}

const held = ["blocked", "9999-01-01T00:00:00.000Z"];
const concerned = Object.entries(ROUTES).filter(([, { reach, by }]) => /workspace|conversation/.test(reach) && !by);

describe.each(concerned)("%s", (name, entry) => {
  const kinds: Kind[] = entry.in ?? ["open"];
  const method = name.split(" ")[0] ?? "";
  // What only managers see, they see to manage.
  const isOpen = OWN.has(name) || (method === "GET" && !entry.managers);
  test(isOpen ? "goes on" : "is refused", async () => {
    for (const [index, kind] of kinds.entries()) {
      const ids = await place(w, kind);
      const { path, body, headers } = await entry.ask(ids, w);
      const knock = async () => {
        if (entry.file) return told(await w.t.fetch(w.owner, path, { method }));
        const answer = await w.t.call(w.owner, method, path, body, headers ? { headers } : {});
        return { status: answer.status, code: answer.body?.code };
      };
      await hold(held[index % 2] ?? "");
      const { status, code } = await knock();
      await hold("");
      if (isOpen) expect([name, kind, status]).toEqual([name, kind, entry.status ?? 200]);
      else {
        expect([name, kind, status, code]).toEqual([name, kind, 403, "forbidden"]);
        // The same act works for whoever is free.
        expect([name, kind, (await knock()).status]).toEqual([name, kind, entry.status ?? 200]);
      }
    }
  });
});
