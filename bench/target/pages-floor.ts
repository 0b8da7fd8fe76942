import { join } from "node:path";
import type { Target } from "./target.ts";

/** The floor of S5, on the product's own database. */
export function pagesFloor(): Pick<Target, "name" | "ready_path" | "command"> {
  const script = join(import.meta.dirname, "../floor/pages.ts");
  return {
    name: "floor",
    ready_path: "/healthz",
    command: (directory, port) => ({ argv: [process.execPath, script, String(port), directory] }),
  };
}
