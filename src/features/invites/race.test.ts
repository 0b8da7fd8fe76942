import { afterAll, beforeAll, expect, test } from "bun:test";
import { testServer } from "../../../tests/support/test-server.ts";
import { timestamp } from "../../lib/clock.ts";
import { createSession } from "../auth/auth.ts";
import { createUser } from "../users/users.ts";
import { createWorkspace } from "../workspaces/workspaces.ts";

const MANY = 100;

let server: Awaited<ReturnType<typeof testServer>>;
let owner: string;
let workspace_id: string;
beforeAll(async () => {
  server = await testServer({ trusted_proxy: "127.0.0.1" });
  const [first] = await people(1, "owner");
  owner = first?.token ?? "";
  workspace_id = await server.db.write(async (tx) => {
    const by = { user_id: first?.user.id ?? null, address: "", at: timestamp(Date.now()) };
    if (!first) throw new Error("nobody to own the workspace");
    return (await createWorkspace(tx, first.user, { name: "Harbour" }, by)).id;
  });
});
afterAll(() => server.close());

async function people(count: number, name: string) {
  const at_ms = Date.now();
  return server.db.write(async (tx) => {
    const made = [];
    for (let n = 0; n < count; n++) {
      const user = await createUser(tx, { display_name: `${name} ${n}`, at: timestamp(at_ms) });
      made.push(await createSession(tx, user, { at_ms, address: "", user_agent: "test" }));
    }
    return made;
  });
}

async function ask(method: string, path: string, token: string | undefined, body?: object, address = "192.0.2.1") {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      "content-type": "application/json",
      "x-forwarded-for": address,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, never> };
}

interface Made {
  id: string;
  code: string;
  uses: number;
  accepted: object[];
}

async function makeInvite(max_uses: number): Promise<Made> {
  return (await ask("POST", `/api/workspaces/${workspace_id}/invites`, owner, { max_uses })).body["invite"] ?? fail();
}

async function readInvite(id: string): Promise<Made> {
  const { body } = await ask("GET", `/api/workspaces/${workspace_id}/invites`, owner);
  return (body["invites"] as unknown as Made[]).find((one) => one.id === id) ?? fail();
}

function fail(): never {
  throw new Error("there is no such invite");
}

async function memberCount(): Promise<number> {
  return (await ask("GET", `/api/workspaces/${workspace_id}/members`, owner)).body["total_count"] ?? 0;
}

const tally = (statuses: number[]) => {
  const counts: Record<number, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

test.each([1, 7])("a link of %p uses that a hundred people open at once lets so many in", async (max_uses) => {
  const before = await memberCount();
  const invite = await makeInvite(max_uses);
  const crowd = await people(MANY, `racer of ${max_uses}`);
  const answers = await Promise.all(
    crowd.map(({ token }) => ask("POST", `/api/invites/${invite.code}/accept`, token, {})),
  );
  expect(tally(answers.map((one) => one.status))).toEqual({ 200: max_uses, 404: MANY - max_uses });
  expect(new Set(answers.filter((one) => one.status === 404).map((one) => one.body["error"])).size).toBe(1);
  expect(await memberCount()).toBe(before + max_uses);
  const after = await readInvite(invite.id);
  expect([after.uses, after.accepted.length]).toEqual([max_uses, max_uses]);
});

test("nor do new people, of whom only the one who is in is made", async () => {
  const invite = await makeInvite(1);
  const count = async () =>
    (await server.db.read((tx) => tx.get<{ n: number }>("SELECT COUNT(*) AS n FROM users")))?.n ?? 0;
  const before = await count();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      ask(
        "POST",
        `/api/invites/${invite.code}/accept`,
        undefined,
        { display_name: `New ${n}`, email: `new-${n}@example.com`, password: "correct horse battery" },
        `198.51.100.${n}`,
      ),
    ),
  );
  expect(tally(answers.map((one) => one.status))).toEqual({ 201: 1, 404: 19 });
  expect(await count()).toBe(before + 1);
});

test("one person who opens a link a hundred times at once is in once and uses it once", async () => {
  const invite = await makeInvite(2);
  const [eager] = await people(1, "eager");
  const answers = await Promise.all(
    Array.from({ length: MANY }, () => ask("POST", `/api/invites/${invite.code}/accept`, eager?.token, {})),
  );
  expect(tally(answers.map((one) => one.status))).toEqual({ 200: MANY });
  expect((await readInvite(invite.id)).uses).toBe(1);
});

test("a revocation among them lets nobody in after it", async () => {
  const invite = await makeInvite(MANY);
  const crowd = await people(MANY, "late");
  const [gone, ...answers] = await Promise.all([
    ask("DELETE", `/api/invites/${invite.id}`, owner),
    ...crowd.map(({ token }) => ask("POST", `/api/invites/${invite.code}/accept`, token, {})),
  ]);
  expect(gone?.status).toBe(200);
  const counts = tally(answers.map((one) => one.status));
  expect((counts[200] ?? 0) + (counts[404] ?? 0)).toBe(MANY);
  expect((await readInvite(invite.id)).uses).toBe(counts[200] ?? 0);
  const [last] = await people(1, "last");
  expect((await ask("POST", `/api/invites/${invite.code}/accept`, last?.token, {})).status).toBe(404);
});
