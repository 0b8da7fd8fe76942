import { ClickClackError } from "@clickclack/sdk";

/** One try of a form: busy while it runs, then nothing, or the server's sentence and the field it is about. */
export class Attempt {
  busy = $state(false);
  error = $state("");
  field = $state("");
  /** The server's code, for forms that say it in their own words. */
  code = $state("");

  async run(act: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.error = this.field = this.code = "";
    try {
      await act();
    } catch (error) {
      this.error = error instanceof Error ? upperFirst(error.message) : String(error);
      if (error instanceof ClickClackError) {
        this.code = error.code;
        this.field = error.details[0]?.path ?? "";
        if (error.details[0]) this.error = upperFirst(error.details[0].message);
      }
    } finally {
      this.busy = false;
    }
  }

  /** The error, if it is about this field; an error about none is shown at `fallback`. */
  at(field: string, fallback = false): string {
    return this.field === field || (fallback && this.field === "") ? this.error : "";
  }
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
