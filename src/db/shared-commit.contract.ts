import { expect, test } from "bun:test";
import type { Tx } from "./database.ts";
import { type ContractOptions, type ContractSubject, ids, insert, put } from "./subject.contract.ts";

type Open = (options?: ContractOptions) => Promise<ContractSubject>;

/** Writes that share a commit. */
export function sharedCommit(open: Open): void {
  test("are one commit, run in the order of their arrival, and settle after it", async () => {
    const { db } = await open();
    const seen: string[] = [];
    const writes = ["a", "b", "c"].map((id) =>
      db
        .write(async (tx) => {
          const before = await tx.all<{ id: string }>("SELECT id FROM items ORDER BY id");
          seen.push(`${id} after "${before.map((row) => row.id).join("")}"`);
          await insert(tx, id);
        })
        .then(() => seen.push(`${id} settled`)),
    );
    await Promise.all(writes);
    expect(seen).toEqual(['a after ""', 'b after "a"', 'c after "ab"', "a settled", "b settled", "c settled"]);
    expect(db.stats()).toEqual({ commits: 1, writes: 3, queued: 0 });
  });

  test("run their last statements after all of them, in order, and those of a failed write never", async () => {
    const { db } = await open();
    const last = "INSERT INTO items (id, body) VALUES (?, ?)";
    const one = db.write(async (tx) => {
      tx.runLast(last, "one", "");
      tx.runLast("DELETE FROM items WHERE id = ?", "b");
      return ids({ read: (fn) => fn(tx) });
    });
    const two = db.write(async (tx) => {
      await insert(tx, "b");
      tx.runLast(last, "two", "");
      throw new Error("no");
    });
    const three = db.write(async (tx) => {
      await insert(tx, "b");
      return ids({ read: (fn) => fn(tx) });
    });
    expect(await Promise.allSettled([one, two, three])).toMatchObject([
      { value: "" },
      { status: "rejected" },
      { value: "b" },
    ]);
    expect(await ids(db)).toBe("one");
  });

  test("are lost together when a last statement fails, whoever said it", async () => {
    const { db } = await open();
    const last = db.write(async (tx) => tx.runLast("INSERT INTO items (id, body) VALUES (?, ?)", "a", ""));
    const settled = await Promise.allSettled([put(db, "a"), last, put(db, "c")]);
    expect(settled.map((one) => one.status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(await ids(db)).toBe("");
    await put(db, "d");
    expect(await ids(db)).toBe("d");
  });

  test("fail alone", async () => {
    const { db } = await open();
    const refused = async (tx: Tx): Promise<void> => {
      await insert(tx, "b");
      await insert(tx, "a");
    };
    const thrown = async (tx: Tx): Promise<void> => {
      await insert(tx, "d");
      throw new Error("no");
    };
    const writes = [put(db, "a"), db.write(refused), put(db, "c"), db.write(thrown), put(db, "e")];
    const settled = await Promise.allSettled(writes);
    expect(settled.map((one) => one.status === "fulfilled")).toEqual([true, false, true, false, true]);
    expect(await ids(db)).toBe("a c e");
    expect(db.stats()).toEqual({ commits: 1, writes: 3, queued: 0 });
  });

  test("include what arrives later in the same turn of the event loop", async () => {
    const { db } = await open();
    const later = async (): Promise<string> => {
      for (let step = 0; step < 20; step += 1) await Promise.resolve();
      return put(db, "b");
    };
    await Promise.all([put(db, "a"), later()]);
    expect(db.stats()).toEqual({ commits: 1, writes: 2, queued: 0 });
  });

  test("are at most as many as allowed; the others follow in the next", async () => {
    const { db } = await open({ max_batch: 2 });
    await Promise.all(["a", "b", "c", "d", "e"].map((id) => put(db, id)));
    expect(db.stats()).toEqual({ commits: 3, writes: 5, queued: 0 });
  });
}
