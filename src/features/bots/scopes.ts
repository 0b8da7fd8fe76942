import { SCOPES, type Scope } from "../../lib/actor.ts";
import { invalid } from "../../lib/errors.ts";

const READ: Scope[] = [
  "workspaces:read",
  "channels:read",
  "messages:read",
  "threads:read",
  "dms:read",
  "realtime:read",
  "profile:read",
];
const WRITE: Scope[] = [...READ, "messages:write", "threads:write", "dms:write", "uploads:write", "commands:write"];
const BUNDLES: Record<string, readonly Scope[]> = {
  "bot:read": READ,
  "bot:write": WRITE,
  "bot:admin": [...WRITE, "channels:write"],
};

export const DEFAULT_SCOPES = ["bot:write"];

/** Expands bundles and sorts; an unknown scope is refused by name. */
export function expandScopes(asked: readonly string[]): Scope[] {
  const scopes = new Set<Scope>();
  for (const name of asked) {
    const bundle = BUNDLES[name] ?? SCOPES.filter((scope) => scope === name);
    if (bundle.length === 0) throw invalid("scopes", `unknown scope ${name}`);
    for (const scope of bundle) scopes.add(scope);
  }
  if (scopes.size === 0) throw invalid("scopes", "a token needs at least one scope");
  return [...scopes].sort();
}
