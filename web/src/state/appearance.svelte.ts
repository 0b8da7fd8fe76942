import { MediaQuery } from "svelte/reactivity";
import { readText, writeText } from "../shared/storage.ts";

export type Theme = "system" | "light" | "dark";
export type Density = "comfortable" | "compact";

/** The keys are read by public/boot.js before the first paint. */
const THEME_KEY = "clickclack:theme:v1";
const DENSITY_KEY = "clickclack:density:v1";

/** How it looks: the reader's choices, kept in this browser for the next start, and the width of the window. */
export class Appearance {
  theme = $state<Theme>(readTheme());
  density = $state<Density>(readText(DENSITY_KEY) === "compact" ? "compact" : "comfortable");
  readonly #phone = new MediaQuery("(max-width: 719px)");
  readonly #touch = new MediaQuery("(hover: none)");

  get phone(): boolean {
    return this.#phone.current;
  }

  get touch(): boolean {
    return this.#touch.current;
  }

  /** As it was chosen on another device. */
  adopt({ color_mode, density }: { color_mode?: string; density?: string }): void {
    this.setTheme(color_mode === "light" || color_mode === "dark" ? color_mode : "system");
    this.setDensity(density === "compact" ? density : "comfortable");
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    writeText(THEME_KEY, theme === "system" ? null : theme);
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }

  setDensity(density: Density): void {
    this.density = density;
    writeText(DENSITY_KEY, density === "compact" ? density : null);
    if (density === "compact") document.documentElement.dataset.density = density;
    else delete document.documentElement.dataset.density;
  }
}

function readTheme(): Theme {
  const stored = readText(THEME_KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}
