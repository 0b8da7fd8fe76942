/** Pictures of the running client. Only a run that is asked to replaces those of the documentation. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";

export const COMMITTED = join(import.meta.dir, "../../../docs/images");

export interface Album {
  take(page: Page, name: string): Promise<void>;
  /** Names of what was taken, sorted. */
  names(): string[];
  close(): void;
}

export function openAlbum(): Album {
  const update = process.env.CLICKCLACK_UPDATE_IMAGES === "1";
  const folder = update ? COMMITTED : mkdtempSync(join(tmpdir(), "clickclack-images-"));
  mkdirSync(folder, { recursive: true });
  const taken: string[] = [];
  return {
    async take(page, name) {
      // What still moves or loads would make every picture a different one.
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled", caret: "hide" });
      taken.push(`${name}.png`);
    },
    names: () => taken.toSorted(),
    close() {
      if (update) for (const old of readdirSync(folder)) if (!taken.includes(old)) rmSync(join(folder, old));
      if (!update) rmSync(folder, { recursive: true, force: true });
    },
  };
}
