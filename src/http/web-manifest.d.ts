// The built client's manifest exists after `bun run build`; before it, this is its shape.
declare module "*/web/dist/manifest.ts" {
  export const assets: Record<string, import("./web-assets.ts").WebAsset>;
}
