import { plugin } from "bun";
import { compileModule } from "svelte/compiler";

/**
 * Lets `bun test` read `*.svelte.ts`: types are stripped, runes become plain fields and getters.
 * Import this first, then the state by `await import(…)`.
 */
const typescript = new Bun.Transpiler({ loader: "ts", target: "bun" });

plugin({
  name: "svelte-runes",
  setup(build) {
    build.onLoad({ filter: /\.svelte\.ts$/ }, async ({ path }) => {
      const source = typescript.transformSync(await Bun.file(path).text());
      const { js } = compileModule(source, { filename: path, generate: "server" });
      return { contents: js.code, loader: "js" };
    });
  },
});
