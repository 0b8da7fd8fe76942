import { createContext } from "svelte";
import type { App } from "./app.svelte.ts";

/** The way components reach the state: `const app = useApp()`. */
export const [useApp, provideApp] = createContext<App>();
