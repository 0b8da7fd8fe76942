/** Lets the event loop go round once, so that long work in slices keeps nobody else waiting. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
