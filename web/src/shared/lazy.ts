const ATTEMPTS = 5;
const FIRST_WAIT_MS = 500;
const RELOADED_KEY = "clickclack:reloaded";
const RELOAD_AGAIN_MS = 60_000;

/**
 * Loads a chunk, again when the network fails for a moment. A server that was upgraded no longer
 * has the old chunks: then, at most once a minute, the page starts over with the new ones.
 */
export async function lazy<T>(load: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await load();
    } catch (error) {
      if (attempt + 1 === ATTEMPTS) reloadOnce();
      if (attempt + 1 >= ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** attempt));
    }
  }
}

function reloadOnce(): void {
  try {
    const last_ms = Number(sessionStorage.getItem(RELOADED_KEY) ?? 0);
    if (Date.now() - last_ms < RELOAD_AGAIN_MS) return;
    sessionStorage.setItem(RELOADED_KEY, String(Date.now()));
    location.reload();
  } catch {
    // Without storage a reload could repeat forever.
  }
}
