import type { ClickClackEvent } from "@clickclack/protocol";
import type { App } from "../state/app.svelte.ts";
import type { Pages } from "./pages.svelte.ts";

/** Loads the list, and again whenever an event is about it. Call it while a component is made. */
export function follows<T>(app: App, pages: Pages<T>, isAbout: (event: ClickClackEvent) => boolean): void {
  $effect(() => {
    void pages.load();
    const hear = (event: ClickClackEvent): void => {
      if (isAbout(event)) pages.soon();
    };
    app.hearing.add(hear);
    return () => {
      app.hearing.delete(hear);
      pages.stop();
    };
  });
}
