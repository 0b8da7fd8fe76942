import { expect, test } from "bun:test";
import { createTurnstile, nextTurn } from "./turn.ts";

test.each([50, 0])("a turnstile lets all pass in order, some in a turn (turns of %i ms)", async (turn_ms) => {
  const pass = createTurnstile(8, turn_ms);
  const passed: number[] = [];
  const come = async (n: number) => {
    await pass();
    passed.push(n);
  };
  const all = Promise.all(Array.from({ length: 40 }, (_, n) => come(n)));
  expect(passed).toEqual([]);
  await nextTurn();
  expect(passed.length).toBeLessThanOrEqual(16);
  await all;
  expect(passed).toEqual(Array.from({ length: 40 }, (_, n) => n));
  await come(40);
  expect(passed.at(-1)).toBe(40);
});
