/** One file of the web client, where to read it and what to send with it. */
export interface WebAsset {
  file: string;
  br?: string;
  gz?: string;
  type: string;
  etag: string;
  /** Its name has the content's hash in it. */
  immutable: boolean;
}

/**
 * The built web client, by URL path; nothing when it has not been built. The path is a literal, so
 * the compiler puts the files into the executable.
 */
export async function loadWebAssets(): Promise<Record<string, WebAsset>> {
  try {
    const manifest = (await import("../../web/dist/manifest.ts")) as unknown as { assets: Record<string, WebAsset> };
    return manifest.assets;
  } catch {
    return {};
  }
}
