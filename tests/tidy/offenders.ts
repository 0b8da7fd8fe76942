/** For each rule a small tree that breaks it, and the words its message must contain. */
interface Offender {
  files: Record<string, string>;
  says: string;
  /** The same tree mended: the rule must be content with it. */
  mended: Record<string, string>;
}

const lines = (count: number) => "let a = 1;\n".repeat(count);
const manifest = (version: string) => JSON.stringify({ dependencies: { hono: version } });
const migration = { "migrations/sqlite/0001_init.sql": "CREATE TABLE a (id TEXT);" };

export const OFFENDERS: Record<string, Offender[]> = {
  "files are short": [
    { files: { "src/lib/a.ts": lines(301) }, says: "301 lines, at most 300", mended: { "src/lib/a.ts": lines(300) } },
    {
      files: { "web/src/shared/a.svelte": "<p>a</p>\n".repeat(251) },
      says: "at most 250",
      mended: { "web/src/shared/a.svelte": "<p>a</p>\n".repeat(250) },
    },
    { files: { "src/lib/a.test.ts": lines(501) }, says: "at most 500", mended: { "src/lib/a.test.ts": lines(500) } },
  ],
  "functions are short": [
    {
      files: { "src/lib/a.ts": `function f() {\n${lines(70)}}` },
      says: "72 lines, at most 70",
      mended: { "src/lib/a.ts": `function f() {\n${lines(68)}}` },
    },
    {
      files: { "web/src/a.svelte": `<script>\nconst f = () => {\n${lines(70)}};\n</script>` },
      says: ":2: a function",
      mended: { "web/src/a.svelte": "<p></p>" },
    },
  ],
  "workspaces import in one direction": [
    {
      files: { "protocol/a.ts": `import "../src/lib/b.ts";`, "src/lib/b.ts": "" },
      says: "protocol/ may import only protocol",
      mended: { "protocol/a.ts": `import "./b.ts";`, "protocol/b.ts": "" },
    },
    {
      files: { "sdk/src/a.ts": `import type { A } from "../../src/lib/b.ts";`, "src/lib/b.ts": "" },
      says: "sdk/ may import only",
      mended: { "sdk/src/a.ts": `import "@clickclack/protocol";` },
    },
    {
      files: { "web/src/a.svelte": `<script>import "../../src/lib/b.ts";</script>`, "src/lib/b.ts": "" },
      says: "web/ may import only",
      mended: { "web/src/a.svelte": `<script>import "@clickclack/sdk";</script>` },
    },
    {
      files: { "src/lib/a.ts": `import "@clickclack/sdk";` },
      says: "src/ may import only",
      mended: { "src/lib/a.ts": `import "@clickclack/protocol";` },
    },
  ],
  "layers import leftwards": [
    {
      files: { "src/lib/a.ts": `import "../db/b.ts";`, "src/db/b.ts": "" },
      says: "stands right of it",
      mended: { "src/db/b.ts": `import "../lib/a.ts";`, "src/lib/a.ts": "" },
    },
    {
      files: { "src/http/a.ts": `const b = await import("../app.ts");`, "src/app.ts": "" },
      says: "stands right of it",
      mended: { "src/app.ts": `import "./http/a.ts";`, "src/http/a.ts": "" },
    },
    {
      files: { "src/extra/a.ts": `import "../lib/b.ts";`, "src/lib/b.ts": "" },
      says: "belongs to no layer",
      mended: {},
    },
  ],
  "features import leftwards": [
    {
      files: {
        "src/features/channels/channels.ts": `import "../messages/messages.ts";`,
        "src/features/messages/messages.ts": "",
      },
      says: "leftwards only",
      mended: {
        "src/features/messages/messages.ts": `import "../channels/channels.ts";`,
        "src/features/channels/channels.ts": "",
      },
    },
    {
      files: {
        "src/features/threads/threads.ts": `import "../reactions/reactions.ts";`,
        "src/features/reactions/reactions.ts": "",
      },
      says: "leftwards only",
      mended: {},
    },
    {
      files: { "src/features/games/games.ts": `import "../users/users.ts";`, "src/features/users/users.ts": "" },
      says: "no place in the order",
      mended: {},
    },
  ],
  "each file of a feature keeps to its role": [
    {
      files: { "src/features/users/routes.ts": `import "./queries.ts";`, "src/features/users/queries.ts": "" },
      says: "a routes file imports",
      mended: { "src/features/users/routes.ts": `import "./users.ts";`, "src/features/users/users.ts": "" },
    },
    {
      files: { "src/features/users/users.ts": `import "../../realtime/feed.ts";`, "src/realtime/feed.ts": "" },
      says: "a verbs file imports",
      mended: { "src/features/users/users.ts": `import "../../realtime/events.ts";`, "src/realtime/events.ts": "" },
    },
    {
      files: { "src/features/users/queries.ts": `import "./users.ts";`, "src/features/users/users.ts": "" },
      says: "a queries file imports",
      mended: { "src/features/users/queries.ts": `import "../../db/database.ts";`, "src/db/database.ts": "" },
    },
    {
      files: { "src/features/users/schema.ts": `import "../../db/database.ts";`, "src/db/database.ts": "" },
      says: "a schema file imports",
      mended: { "src/features/users/schema.ts": `import "../../lib/ids.ts";`, "src/lib/ids.ts": "" },
    },
  ],
  "client commands speak HTTP": [
    {
      files: {
        "src/cli/send.ts": `import "./client-command.ts"; import "../db/database.ts";`,
        "src/cli/client-command.ts": "",
        "src/db/database.ts": "",
      },
      says: "through @clickclack/sdk",
      mended: {
        "src/cli/send.ts": `import "@clickclack/sdk"; import "../lib/clock.ts";`,
        "src/lib/clock.ts": "",
        "src/cli/serve.ts": `import "../server.ts";`,
        "src/server.ts": "",
      },
    },
  ],
  "shared components know no domain": [
    {
      files: {
        "web/src/shared/a.svelte": `<script>import "../thread/b.svelte";</script>`,
        "web/src/thread/b.svelte": "",
      },
      says: "primitive",
      mended: {
        "web/src/thread/b.svelte": `<script>import "../shared/a.svelte";</script>`,
        "web/src/shared/a.svelte": "",
      },
    },
    {
      files: {
        "web/src/thread/a.svelte": `<script>import "../views/b.svelte";</script>`,
        "web/src/views/b.svelte": "",
      },
      says: "only views compose",
      mended: {},
    },
    {
      files: { "web/src/state/a.svelte.ts": `import "../thread/b.svelte";`, "web/src/thread/b.svelte": "" },
      says: "state knows no component",
      mended: {},
    },
  ],
  "no file imports itself in a circle": [
    {
      files: {
        "src/lib/a.ts": `import "./b.ts";`,
        "src/lib/b.ts": `import type { A } from "./c.ts";`,
        "src/lib/c.ts": `import "./a.ts";`,
      },
      says: "src/lib/a.ts → src/lib/b.ts → src/lib/c.ts → src/lib/a.ts",
      mended: {
        "src/lib/a.ts": `import "./b.ts"; import "./c.ts";`,
        "src/lib/b.ts": `import "./c.ts";`,
        "src/lib/c.ts": "",
      },
    },
  ],
  "engine names stay in src/db": [
    {
      files: { "src/server.ts": `import { openSqlite } from "./db/sqlite.ts";` },
      says: "names a database engine",
      mended: { "src/server.ts": `// On sqlite this is quick.\nimport { open } from "./db/open.ts";` },
    },
    {
      files: { "src/lib/a.ts": `import { Database } from "bun:sqlite";` },
      says: "names a database engine",
      mended: { "src/db/a.ts": `import { Database } from "bun:sqlite";` },
    },
    {
      files: { "src/http/a.ts": "if (db.dialect === `postgres`) go();" },
      says: "names a database engine",
      mended: { "src/features/search/postgres.ts": "const a = `postgres`;" },
    },
  ],
  "SQL stays in queries.ts": [
    {
      files: { "src/features/users/users.ts": "await tx.get(`\n  SELECT * FROM users WHERE id = ${id}`);" },
      says: "holds SQL",
      mended: { "src/features/users/queries.ts": "await tx.get(`SELECT * FROM users WHERE id = ${id}`);" },
    },
    {
      files: { "src/http/a.ts": `db.exec("PRAGMA wal_checkpoint")` },
      says: "holds SQL",
      mended: { "src/http/a.ts": `const method = "DELETE"; // SELECT 1` },
    },
  ],
  "two files publish": [
    {
      files: { "src/features/messages/messages.ts": `server.publish("a", "b");` },
      says: "publishes to sockets",
      mended: { "src/realtime/feed.ts": `server.publish("a", "b");` },
    },
    {
      files: { "src/server.ts": `feed(publish);\nserver.publish("a", "b");\npublish("c", "d");` },
      says: "src/server.ts:3: publishes",
      mended: { "src/server.ts": `const publish = (a: string, b: string) => void server.publish(a, b);` },
    },
  ],
  "statuses stay in http": [
    {
      files: { "src/features/users/users.ts": "throw new Oops({ status: 404 });" },
      says: "HTTP status",
      mended: { "src/http/errors.ts": "const a = { status: 404 };" },
    },
    {
      files: { "src/realtime/socket.ts": `return c.json({ error: "no" }, 403);` },
      says: "HTTP status",
      mended: { "src/features/users/routes.ts": "return c.json(user, 201);" },
    },
    {
      files: { "src/lib/a.ts": "if (response.status === 500) again();" },
      says: "HTTP status",
      mended: { "src/lib/a.ts": "const limit = 500;" },
    },
  ],
  "the web client fetches through the SDK": [
    {
      files: { "web/src/thread/a.svelte": `<script>const a = await fetch("/api/me");</script>` },
      says: "calls fetch",
      mended: { "web/src/thread/a.svelte": `<script>const a = await client.me.get();</script>` },
    },
    {
      files: { "web/src/state/a.svelte.ts": `const a = new WebSocket("/api");` },
      says: "calls WebSocket",
      mended: { "sdk/src/a.ts": `const a = new WebSocket("/api");` },
    },
  ],
  "zod and valibot keep to their side": [
    {
      files: { "src/features/users/routes.ts": `import { createRoute, z } from "@hono/zod-openapi";` },
      says: "uses zod",
      mended: { "src/features/users/routes.ts": `import { createRoute } from "@hono/zod-openapi";` },
    },
    {
      files: { "src/lib/a.ts": `import * as v from "valibot";` },
      says: "imports valibot",
      mended: { "protocol/a.ts": `import * as v from "valibot";` },
    },
    {
      files: { "protocol/a.ts": `import { z } from "zod";\nimport * as v from "valibot";` },
      says: "zod and valibot",
      mended: { "src/features/users/schema.ts": `import { z } from "zod";` },
    },
  ],
  "names say what is inside": [
    { files: { "src/lib/utils.ts": "" }, says: `"utils" says nothing`, mended: { "src/lib/clock.ts": "" } },
    { files: { "web/src/helpers/a.ts": "" }, says: `"helpers" says nothing`, mended: { "web/src/timeline/a.ts": "" } },
  ],
  "names are lower-case": [
    {
      files: { "src/lib/BigThing.ts": "" },
      says: "lower-case",
      mended: { "src/lib/big-thing.test.ts": "", "migrations/sqlite/0001_init.sql": "" },
    },
  ],
  "no barrels": [
    {
      files: { "src/features/users/index.ts": `export * from "./users.ts";` },
      says: "only passes others' exports on",
      mended: { "sdk/src/index.ts": `export * from "./client.ts";` },
    },
  ],
  "generated files name their generator": [
    {
      files: { "protocol/generated/contract.ts": "export type A = 1;" },
      says: "line 1",
      mended: { "protocol/generated/contract.ts": "// Generated by scripts/contract.ts", "scripts/contract.ts": "" },
    },
    { files: { "protocol/openapi.json": "{\n}" }, says: "line 1", mended: {} },
  ],
  "every migration is listed": [
    {
      files: { ...migration, "migrations/sqlite/index.ts": "export const migrations = [];" },
      says: "is not listed",
      mended: {
        ...migration,
        "migrations/sqlite/index.ts": `import init from "./0001_init.sql" with { type: "text" };`,
      },
    },
  ],
  "no file is dead": [
    {
      files: { "src/main.ts": "", "src/lib/a.ts": "" },
      says: "not reached from any entry point",
      mended: { "src/main.ts": `import "./lib/a.ts";`, "src/lib/a.ts": "" },
    },
    {
      files: { "src/lib/a.ts": "", "src/lib/a.test.ts": `import "./a.ts";` },
      says: "by tests only",
      mended: { "src/main.ts": `const a = await import("./lib/a.ts");`, "src/lib/a.ts": "" },
    },
    {
      files: { "web/src/styles/a.css": "" },
      says: "not reached",
      mended: {
        "web/index.html": `<script src="/src/main.ts"></script>`,
        "web/src/main.ts": `import "./styles/a.css"; import "./app.svelte";`,
        "web/src/app.svelte": `{#await import("./lazy.svelte") then page}<page.default />{/await}`,
        "web/src/lazy.svelte": "",
        "web/src/styles/a.css": `@import "./b.css";`,
        "web/src/styles/b.css": "",
      },
    },
  ],
  "versions are exact": [
    {
      files: { "package.json": manifest("^4.0.0") },
      says: "pin the exact version",
      mended: { "package.json": manifest("4.0.0") },
    },
    {
      files: { "web/package.json": manifest("latest") },
      says: "pin the exact version",
      mended: { "web/package.json": manifest("npm:hono@4.0.0") },
    },
  ],
  "every dependency has a reason": [
    {
      files: { "package.json": manifest("4.0.0") },
      says: "has no row",
      mended: { "package.json": manifest("4.0.0"), "docs/decisions/dependencies.md": "| `hono` | 4.0.0 | routes |" },
    },
    {
      files: { "docs/decisions/dependencies.md": "| `hono` | 4.0.0 | routes |" },
      says: "no dependency any more",
      mended: {},
    },
  ],
};
