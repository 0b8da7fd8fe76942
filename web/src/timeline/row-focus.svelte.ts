import type { Attachment } from "svelte/attachments";
import type { App } from "../state/app.svelte.ts";
import type { Row } from "./grouping.ts";

const LONG_PRESS_MS = 450;
const STILL_PX = 10;
/** Nearer than this to the top of the view, the toolbar opens below its row. */
const FLIP_PX = 40;

/** Which row has the pointer or the focus, and the long press that stands for both on a phone. */
export class RowFocus {
  #active = $state.raw<{ key: string; side: "above" | "below" } | null>(null);
  /** The row that Tab leads to; the newest until another was focused. */
  #stop = $state<string | null>(null);

  of(key: string): "above" | "below" | null {
    return this.#active?.key === key ? this.#active.side : null;
  }

  stop(key: string, last: boolean): 0 | -1 {
    return (this.#stop === null ? last : this.#stop === key) ? 0 : -1;
  }

  watch(app: App, rows: () => Row[], in_thread = false): Attachment<HTMLElement> {
    return (scroller) => {
      const find = (event: Event): { row: Extract<Row, { kind: "message" }>; node: HTMLElement } | undefined => {
        const node = (event.target as Element).closest<HTMLElement>("[data-message-id]");
        const row = rows().find((one) => one.kind === "message" && one.message.id === node?.dataset.messageId);
        return node && row?.kind === "message" ? { row, node } : undefined;
      };
      // What hangs on a row's button goes away with the button, so its row stays while that is open.
      const held = (): boolean => scroller.contains(app.overlays.floating?.anchor ?? null);
      const show = (event: Event): void => {
        const found = find(event);
        if (!found || held()) return;
        const near = found.node.getBoundingClientRect().top - scroller.getBoundingClientRect().top < FLIP_PX;
        this.#active = { key: found.row.key, side: near ? "below" : "above" };
        if (event.type === "focusin") this.#stop = found.row.key;
      };
      const hide = (): void => {
        if (!held() && !scroller.contains(document.activeElement)) this.#active = null;
      };
      const stopPress = this.#press(app, scroller, find, in_thread);
      scroller.addEventListener("pointerover", show);
      scroller.addEventListener("focusin", show);
      scroller.addEventListener("pointerleave", hide);
      return () => {
        stopPress();
        scroller.removeEventListener("pointerover", show);
        scroller.removeEventListener("focusin", show);
        scroller.removeEventListener("pointerleave", hide);
      };
    };
  }

  #press(
    app: App,
    scroller: HTMLElement,
    find: (event: Event) => { row: Extract<Row, { kind: "message" }> } | undefined,
    in_thread: boolean,
  ): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let from = { x: 0, y: 0 };
    let opened = false;
    const cancel = (): void => clearTimeout(timer);
    const down = (event: PointerEvent): void => {
      cancel();
      opened = false;
      const found = event.pointerType === "mouse" ? undefined : find(event);
      if (!found || found.row.message.deleted_at) return;
      from = { x: event.clientX, y: event.clientY };
      timer = setTimeout(() => {
        opened = true;
        app.overlays.sheet = { message: found.row.message, in_thread };
      }, LONG_PRESS_MS);
    };
    // The finger leaves over the sheet that rose under it; that is no tap on what lies there now.
    const up = (event: TouchEvent): void => {
      if (opened && event.cancelable) event.preventDefault();
      opened = false;
    };
    const move = (event: PointerEvent): void => {
      if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > STILL_PX) cancel();
    };
    // The browser's own long-press menu would cover ours.
    const menu = (event: Event): void => {
      if (app.appearance.touch) event.preventDefault();
    };
    scroller.addEventListener("pointerdown", down);
    scroller.addEventListener("pointermove", move);
    scroller.addEventListener("touchend", up, { passive: false });
    scroller.addEventListener("contextmenu", menu);
    for (const type of ["pointerup", "pointercancel", "scroll"]) scroller.addEventListener(type, cancel);
    return () => {
      cancel();
      scroller.removeEventListener("pointerdown", down);
      scroller.removeEventListener("pointermove", move);
      scroller.removeEventListener("touchend", up);
      scroller.removeEventListener("contextmenu", menu);
      for (const type of ["pointerup", "pointercancel", "scroll"]) scroller.removeEventListener(type, cancel);
    };
  }
}
