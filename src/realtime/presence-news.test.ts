import { beforeEach, describe, expect, test } from "bun:test";
import { LIMITS } from "@clickclack/protocol";
import { createPresence, type Presence } from "./presence.ts";
import { createPresenceNews, type PresenceNews } from "./presence-news.ts";

/** Time that passes when the test says so. */
function manualTime() {
  let now_ms = 0;
  const timers: { due_ms: number; fn: () => void }[] = [];
  return {
    clock: { now: () => now_ms },
    later(delay_ms: number, fn: () => void) {
      const timer = { due_ms: now_ms + delay_ms, fn };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer) >>> 0, 1);
    },
    waiting: () => timers.length,
    async pass(ms: number) {
      const until = now_ms + ms;
      for (;;) {
        const next = timers.toSorted((a, b) => a.due_ms - b.due_ms)[0];
        if (!next || next.due_ms > until) break;
        timers.splice(timers.indexOf(next), 1);
        now_ms = next.due_ms;
        next.fn();
        // What a timer began reads and tells before the next one.
        for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      }
      now_ms = until;
    },
  };
}

describe("news of presence", () => {
  let time: ReturnType<typeof manualTime>;
  let presence: Presence;
  let news: PresenceNews;
  let told: string[];
  const come = (user_id: string) => void (presence.arrived(user_id) && news.arrived(user_id));
  const go = (user_id: string) => {
    const was = presence.left(user_id);
    if (was) news.left(user_id, was);
  };
  const crowd = (count: number, prefix = "p") => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

  beforeEach(() => {
    time = manualTime();
    presence = createPresence();
    told = [];
    news = createPresenceNews({
      presence,
      clock: time.clock,
      later: time.later,
      workspacesOf: async (ids) => ids.map((id) => (id.startsWith("both") ? ["one", "two"] : ["one"])),
      ephemeral: {
        presenceChanged: (workspace_id, user_id, status) => void told.push(`${workspace_id} ${user_id} ${status}`),
        tell: (type, workspace_id) => void told.push(`${workspace_id} ${type}`),
      },
      failed(error) {
        throw error;
      },
    });
  });

  test("an arrival is told in every workspace of the person, a departure after its grace", async () => {
    come("both");
    await time.pass(LIMITS.presence_flush_ms);
    expect(told).toEqual(["one both online", "two both online"]);
    go("both");
    await time.pass(LIMITS.presence_grace_ms - 1);
    expect(told).toHaveLength(2);
    expect(presence.status("both")).toBe("offline");
    await time.pass(1 + LIMITS.presence_flush_ms);
    expect(told.slice(2)).toEqual(["one both offline", "two both offline"]);
    expect(time.waiting()).toBe(0);
  });

  test("who is back within the grace was never gone", async () => {
    come("a");
    await time.pass(1000);
    for (let n = 0; n < 10; n++) {
      go("a");
      await time.pass(1000);
      come("a");
      await time.pass(1000);
    }
    expect(told).toEqual(["one a online"]);
  });

  test("who was listed as gone meanwhile, or away before, is told to be back", async () => {
    for (const id of ["a", "b"]) come(id);
    presence.report("b", "away");
    await time.pass(1000);
    told.length = 0;
    for (const id of ["a", "b"]) go(id);
    expect(presence.list(["a", "b"])).toEqual([]);
    for (const id of ["a", "b"]) come(id);
    await time.pass(1000);
    expect(told).toEqual(["one a online", "one b online"]);
    go("a");
    come("a");
    presence.report("b", "away");
    go("b");
    come("b");
    await time.pass(1000);
    expect(told.slice(2)).toEqual(["one b online"]);
  });

  test("somebody who left before their arrival was told is shown as they were, then as gone", async () => {
    come("a");
    go("a");
    await time.pass(LIMITS.presence_flush_ms);
    expect(told).toEqual(["one a online"]);
    await time.pass(LIMITS.presence_grace_ms);
    expect(told).toEqual(["one a online", "one a offline"]);
  });

  test("a storm is one presence.reset at its end; few at once are frames", async () => {
    for (const id of crowd(LIMITS.presence_frames_per_flush)) come(id);
    await time.pass(LIMITS.presence_flush_ms);
    expect(told).toHaveLength(LIMITS.presence_frames_per_flush);
    told.length = 0;
    for (let wave = 0; wave < 5; wave++) {
      for (const id of crowd(500, `w${wave}-`)) come(id);
      await time.pass(LIMITS.presence_flush_ms);
    }
    come("both-late");
    expect(told).toEqual([]);
    await time.pass(LIMITS.presence_flush_ms);
    expect(told.toSorted()).toEqual(["one presence.reset", "two both-late online"]);
    come("after");
    await time.pass(LIMITS.presence_flush_ms);
    expect(told.at(-1)).toBe("one after online");
    expect(time.waiting()).toBe(0);
  });

  test("a storm without an end tells in between", async () => {
    const waves = (2 * LIMITS.presence_storm_ms) / LIMITS.presence_flush_ms;
    for (let wave = 0; wave <= waves; wave++) {
      for (const id of crowd(40, `w${wave}-`)) come(id);
      await time.pass(LIMITS.presence_flush_ms);
    }
    expect(told).toEqual(["one presence.reset", "one presence.reset"]);
  });

  test("a stopped server has no timers left", async () => {
    come("a");
    go("a");
    news.stop();
    expect(time.waiting()).toBe(0);
    come("b");
    go("b");
    expect(time.waiting()).toBe(0);
  });
});
