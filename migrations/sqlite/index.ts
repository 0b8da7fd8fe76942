import type { Migration } from "../../src/db/migrate.ts";
import init from "./0001_init.sql" with { type: "text" };

/** Every migration in order. Imported as text, so the executable carries them. */
export const migrations: Migration[] = [{ name: "0001_init", sql: init }];
