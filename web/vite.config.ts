import { LIMITS } from "@clickclack/protocol";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

/** The one font every page needs is fetched beside the style sheet, not after it. */
function preloadFont(pattern: RegExp): Plugin {
  return {
    name: "preload-font",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(_html, context) {
        const file = Object.keys(context.bundle ?? {}).find((name) => pattern.test(name));
        if (!file) return [];
        const attrs = { rel: "preload", as: "font", type: "font/woff2", href: `/${file}`, crossorigin: "" };
        return [{ tag: "link", attrs, injectTo: "head" as const }];
      },
    },
  };
}

/** Each limit that the client reads becomes its number, so that the table of all of them stays out. */
function inlineLimits(): Plugin {
  const all: Record<string, number> = LIMITS;
  return {
    name: "inline-limits",
    apply: "build",
    transform: {
      filter: { code: /\bLIMITS\./ },
      handler: (code) => code.replaceAll(/\bLIMITS\.(\w+)/g, (text, name: string) => `${all[name] ?? text}`),
    },
  };
}

/**
 * What every page needs, and what the first timeline needs beside it, are one file each: in small pieces they
 * compress several kilobytes worse. What is only needed now and then stays out.
 */
const CORE = {
  name: "core",
  test: /node_modules\/svelte\/|\/valibot\/|\/protocol\/|\/sdk\/src\/(?!index|client|audit|avatar|bot|drafts|event-types|groups|moderation|reports|search|sessions|topics)|\/web\/src\/state\/|\/shared\/(words|avatar|icon-button|format|storage|nonce|lazy)\b/,
};
const CHAT = {
  name: "chat",
  test: /\/(marked|dompurify|virtua)\/|\/shared\/(markdown|emoji|place-icon)\b|\/web\/src\/(sidebar|channel|views\/(chat|conversation|shortcuts|nothing)|timeline\/(?!empty|editor)|composer\/(?!tray))/,
};

export default defineConfig({
  base: "/",
  plugins: [svelte(), inlineLimits(), preloadFont(/schibsted-grotesk-latin-wght-normal.*\.woff2$/)],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsDir: "assets",
    // The content security policy forbids data: scripts and fonts, so nothing is inlined.
    assetsInlineLimit: 0,
    target: "es2023",
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { advancedChunks: { groups: [CORE, CHAT] } } },
  },
  server: {
    proxy: {
      "/api": { target: "http://127.0.0.1:8080", ws: true },
      "/healthz": { target: "http://127.0.0.1:8080" },
    },
  },
});
