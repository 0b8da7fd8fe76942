import type { Attachment } from "svelte/attachments";

const NATIVE = typeof CSS !== "undefined" && CSS.supports("field-sizing", "content");

/** Grows a textarea with its text, up to its `max-height`. Newer browsers do it in CSS alone. */
export function autosize(text: () => string): Attachment<HTMLTextAreaElement> {
  return (node) => {
    if (NATIVE) return;
    text();
    node.style.height = "auto";
    node.style.height = `${node.scrollHeight}px`;
  };
}
