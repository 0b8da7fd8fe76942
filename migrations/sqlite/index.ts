import type { Migration } from "../../src/db/migrate.ts";
import init from "./0001_init.sql" with { type: "text" };
import conversations from "./0002_conversations.sql" with { type: "text" };
import uploads from "./0003_uploads.sql" with { type: "text" };
import bots from "./0004_bots.sql" with { type: "text" };
import saved from "./0005_saved.sql" with { type: "text" };
import people from "./0006_people.sql" with { type: "text" };

/** Every migration in order. Imported as text, so the executable carries them. */
export const migrations: Migration[] = [
  { name: "0001_init", sql: init },
  { name: "0002_conversations", sql: conversations },
  { name: "0003_uploads", sql: uploads },
  { name: "0004_bots", sql: bots },
  { name: "0005_saved", sql: saved },
  { name: "0006_people", sql: people },
];
