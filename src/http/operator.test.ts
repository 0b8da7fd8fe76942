import { expect, test } from "bun:test";

test("being asked whether it is ready keeps no process from ending", async () => {
  // With a limit of an hour: only a timer that was taken back lets the program end by itself.
  const program = `
    const { readiness } = await import(${JSON.stringify(`${import.meta.dirname}/operator.ts`)});
    console.log(JSON.stringify(await readiness({ ready: async () => ({ answers: 1 }) }, 3_600_000)));
    console.log(JSON.stringify(await readiness({ ready: () => Promise.reject(new Error("no")) }, 3_600_000) ?? null));
    console.log(JSON.stringify(await readiness({ ready: () => new Promise(() => {}) }, 1) ?? null));`;
  const child = Bun.spawn([process.execPath, "-e", program], { stdout: "pipe" });
  expect(await child.exited).toBe(0);
  expect(await new Response(child.stdout).text()).toBe('{"answers":1}\nnull\nnull\n');
});
