/** Lets the event loop go round once, so that long work in slices keeps nobody else waiting. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Lets some pass in each turn of the event loop, in the order of their coming: `most` while turns are
 * shorter than `turn_ms`, down to a quarter when they are not. Thousands that come at once then take turns with
 * everybody else instead of holding the loop until the last of them.
 */
export function createTurnstile(most: number, turn_ms: number): () => Promise<void> {
  // Turns can also be long for other reasons; whoever waits must not pay for those for ever.
  const least = Math.ceil(most / 4);
  let waiting: (() => void)[] = [];
  let per_turn = most;
  let turned_at = 0;

  function turn(): void {
    const now = performance.now();
    if (now - turned_at > turn_ms) per_turn = Math.max(least, per_turn >> 1);
    else per_turn = Math.min(most, per_turn + 1);
    turned_at = now;
    const passing = waiting.slice(0, per_turn);
    waiting = waiting.slice(per_turn);
    if (waiting.length > 0) setImmediate(turn);
    for (const pass of passing) pass();
  }

  return () =>
    new Promise((pass) => {
      waiting.push(pass);
      if (waiting.length > 1) return;
      turned_at = performance.now();
      setImmediate(turn);
    });
}
