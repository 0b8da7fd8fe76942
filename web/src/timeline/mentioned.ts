import type { Mentioned } from "../shared/markdown.ts";
import type { App } from "../state/app.svelte.ts";

const functions = new WeakMap<App, { version: string; who: Mentioned }>();

/** One function per set of known handles, so rendered text is cached until a handle changes. */
export function mentionedBy(app: App): Mentioned {
  const { handles } = app.people;
  const mine = app.session.me?.handle ?? "";
  const version = `${mine} ${[...handles.keys()].join(" ")}`;
  const known = functions.get(app);
  if (known?.version === version) return known.who;
  const all = new Set(handles.keys());
  const who: Mentioned = (handle) => (handle === mine ? "me" : all.has(handle) ? "known" : "nobody");
  functions.set(app, { version, who });
  return who;
}
