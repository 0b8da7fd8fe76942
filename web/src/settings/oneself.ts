import type { App } from "../state/app.svelte.ts";
import { whole } from "./whole.ts";

type Patch = Parameters<ReturnType<typeof whole>["updateMe"]>[0];

/** Changes what belongs to the reader; the answer is what everybody sees from now on. */
export async function updateMe(app: App, patch: Patch): Promise<void> {
  const { user } = await whole(app).updateMe(patch);
  app.session.signIn(user);
  app.people.add(user);
}
