import { DURABLE, type DurableType } from "@clickclack/protocol";
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { ACTS } from "./acts.ts";
import { picture } from "./reader.ts";
import { openStage, type Stage } from "./stage.ts";

setDefaultTimeout(30_000);

/**
 * A client that stayed open and only heard events shows what one shows that was opened just now: for an
 * owner, a guest and a bot, after acts that emit each type there is.
 */
describe("verify", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage?.close());

  for (const type of Object.keys(DURABLE) as DurableType[]) {
    test(type, async () => {
      const act = ACTS[type];
      if (!act) throw new Error(`${type} has no act in tests/verify/acts.ts`);
      await act(stage);
      const seen = await stage.settle();
      expect(new Set(seen.map((event) => event.type))).toContain(type);
      await expectSame();
    });
  }

  test("and so do clients that were without a line all the time", async () => {
    stage.comeBack();
    await stage.settle();
    await expectSame();
  });

  async function expectSame(): Promise<void> {
    const shown = { places: stage.places, root_id: stage.root_id };
    for (const reader of stage.readers) {
      await reader.lookAround();
      const fresh = await reader.fresh(stage.workspace_id);
      expect([reader.name, picture(reader.core, shown)]).toEqual([reader.name, picture(fresh, shown)]);
    }
  }
});
