export * from "./audit.ts";
export * from "./errors.ts";
export * from "./events.ts";
export * from "./ids.ts";
export * from "./limits.ts";
export type { paths } from "./generated/contract.ts";
