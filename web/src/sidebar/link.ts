import type { App } from "../state/app.svelte.ts";

/** A plain click on a link of ours stays in the page; a new tab, a copy or a middle click is the browser's. */
export function follow(app: App, event: MouseEvent & { currentTarget: HTMLAnchorElement }): void {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const { pathname, search } = new URL(event.currentTarget.href);
  app.router.go(pathname + search);
  app.overlays.drawer = false;
}
