import { afterEach, describe, expect, test } from "bun:test";
import { ids, insert, outcomes, put } from "./subject.contract.ts";
import type { ContractOptions, ContractSubject } from "./subject.contract.ts";
import { sharedCommit } from "./shared-commit.contract.ts";

type Open = (options?: ContractOptions) => Promise<ContractSubject>;

const open_subjects: ContractSubject[] = [];

/** Every engine runs this, unchanged. */
export function databaseContract(engine: string, openSubject: Open): void {
  const open: Open = async (options) => {
    const subject = await openSubject(options);
    open_subjects.push(subject);
    return subject;
  };
  afterEach(async () => {
    for (const subject of open_subjects.splice(0)) await subject.dispose();
  });
  describe(`${engine}: one transaction`, () => oneTransaction(open));
  describe(`${engine}: writes that share a commit`, () => sharedCommit(open));
  describe(`${engine}: a foreign await`, () => foreignAwait(open));
  describe(`${engine}: nesting and late use`, () => nesting(open));
  describe(`${engine}: reads`, () => reads(open));
  describe(`${engine}: listeners`, () => listeners(open));
  describe(`${engine}: bounds`, () => bounds(open));
  describe(`${engine}: a disk without space`, () => fullDisk(open));
  describe(`${engine}: close`, () => closing(open));
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function oneTransaction(open: Open): void {
  test("returns what its function returns, and the next read sees it", async () => {
    const { db } = await open();
    const answer = await db.write(async (tx) => {
      const { changes } = await insert(tx, "a", "first");
      const row = await tx.get<{ body: string }>("SELECT body FROM items WHERE id = ?", "a");
      return { changes, body: row?.body };
    });
    expect(answer).toEqual({ changes: 1, body: "first" });
    expect(await ids(db)).toBe("a");
  });

  test("is all or nothing", async () => {
    const { db } = await open();
    const failed = db.write(async (tx) => {
      await insert(tx, "a");
      await insert(tx, "b");
      throw new Error("changed my mind");
    });
    await expect(failed).rejects.toThrow("changed my mind");
    expect(await ids(db)).toBe("");
    await put(db, "c");
    expect(await ids(db)).toBe("c");
  });

  test("passes the error of its function on, even one thrown before any promise", async () => {
    const { db } = await open();
    const thrown = new TypeError("mine");
    const failed = db.write(() => {
      throw thrown;
    });
    expect(await failed.catch((error: unknown) => error)).toBe(thrown);
  });

  test("goes on after an error it caught", async () => {
    const { db } = await open();
    await put(db, "a");
    await db.write(async (tx) => {
      await insert(tx, "a").catch(() => insert(tx, "b"));
    });
    expect(await ids(db)).toBe("a b");
  });

  test("keeps every kind of value", async () => {
    const { db } = await open();
    const row = await db.write((tx) =>
      tx.get(
        "SELECT ? AS text, ? AS whole, ? AS fraction, ? AS bytes, ? AS missing",
        "ü",
        2 ** 52,
        0.5,
        new Uint8Array([0, 255]),
        null,
      ),
    );
    expect(row).toEqual({ text: "ü", whole: 2 ** 52, fraction: 0.5, bytes: new Uint8Array([0, 255]), missing: null });
  });

  test("refuses the wrong number of values instead of guessing", async () => {
    const { db } = await open();
    const sql = "SELECT ? AS value";
    expect(await db.read((tx) => tx.get<{ value: string }>(sql, "secret"))).toEqual({ value: "secret" });
    await expect(db.read((tx) => tx.get(sql))).rejects.toThrow("1 values expected, 0 given");
    await expect(db.read((tx) => tx.get(sql, "a", "b"))).rejects.toThrow("1 values expected, 2 given");
  });
}

function foreignAwait(open: Open): void {
  const never = new Promise<never>(() => {});

  test("is rolled back and fails, wherever it stands, and the others of its batch are saved", async () => {
    const { db } = await open();
    for (const place of [0, 1, 2]) {
      const writes = [0, 1].map((n) => () => put(db, `${place}${n}`));
      writes.splice(place, 0, () =>
        db.write(async (tx) => {
          await insert(tx, `${place}foreign`);
          return never;
        }),
      );
      const settled = await outcomes(writes.map((write) => write()));
      expect(settled.splice(place, 1)).toEqual([expect.stringContaining("awaited something other than its tx")]);
      expect(settled).toEqual([`${place}0`, `${place}1`]);
    }
    expect(await ids(db)).toBe("00 01 10 11 20 21");
  });

  test("is rolled back when the write is alone, and what it does afterwards changes nothing", async () => {
    const { db } = await open();
    const late: unknown[] = [];
    let done = (): void => {};
    const finished = new Promise<void>((resolve) => (done = resolve));
    const write = db.write(async (tx) => {
      await insert(tx, "a");
      await nextTurn();
      await nextTurn();
      late.push(...(await outcomes([insert(tx, "b"), put(db, "c")])));
      done();
    });
    await expect(write).rejects.toThrow("awaited something other than its tx");
    await finished;
    expect(late).toEqual([
      expect.stringContaining("this write is over"),
      expect.stringContaining("a write inside a write"),
    ]);
    expect(await ids(db)).toBe("");
    await put(db, "d");
    expect(await ids(db)).toBe("d");
  });

  test("of two writes in one batch ends both, one after the other", async () => {
    const { db } = await open();
    const stuck = (): Promise<unknown> => db.write(() => never);
    const settled = await outcomes([stuck(), put(db, "a"), stuck(), put(db, "b")]);
    const refused = expect.stringContaining("awaited something other");
    expect(settled).toEqual([refused, "a", refused, "b"]);
    expect(db.stats()).toEqual({ commits: 1, writes: 2, queued: 0 });
  });

  test("of one write is no reason to refuse those that arrive meanwhile", async () => {
    const { db } = await open();
    let innocent: Promise<string> | undefined;
    const write = db.write(async () => {
      await new Promise<void>((resolve) => queueMicrotask(resolve));
      return never;
    });
    const from_outside = new Promise<void>((resolve) =>
      setImmediate(() => {
        innocent = put(db, "innocent");
        resolve();
      }),
    );
    await expect(write).rejects.toThrow("awaited something other");
    await from_outside;
    expect(await innocent).toBe("innocent");
  });
}

function nesting(open: Open): void {
  test("a write or a read inside a write throws, and the outer one may go on", async () => {
    const { db } = await open();
    const inner: unknown[] = [];
    await db.write(async (tx) => {
      await insert(tx, "outer");
      inner.push(...(await outcomes([put(db, "inner"), ids(db)])));
    });
    expect(inner).toEqual([
      expect.stringContaining("a write inside a write is not possible"),
      expect.stringContaining("a read inside a write is not possible"),
    ]);
    expect(await ids(db)).toBe("outer");
  });

  test("a read inside a read throws: two snapshots would not agree", async () => {
    const { db } = await open();
    await expect(db.read(() => ids(db))).rejects.toThrow("a read inside a read is not possible");
  });

  test("what a write leaves behind may write once it is over", async () => {
    const { db } = await open();
    let later: Promise<string> | undefined;
    const fired = new Promise<void>((resolve) => {
      void db.write(async (tx) => {
        await insert(tx, "a");
        setTimeout(() => {
          later = put(db, "b");
          resolve();
        }, 0);
      });
    });
    await fired;
    expect(await later).toBe("b");
  });

  test("a tx used after its function settled throws", async () => {
    const { db } = await open();
    const written = await db.write(async (tx) => [tx]);
    const read = await db.read(async (tx) => [tx]);
    for (const tx of [...written, ...read]) {
      expect(await outcomes([insert(tx, "late"), tx.get("SELECT 1"), tx.all("SELECT 1")])).toEqual(
        Array(3).fill(expect.stringContaining("is over")),
      );
      expect(() => tx.notify("late")).toThrow("is over");
    }
    expect(await ids(db)).toBe("");
  });
}

function reads(open: Open): void {
  test("see one snapshot, whatever is committed meanwhile", async () => {
    const { db } = await open();
    await put(db, "a");
    const count = "SELECT count(*) AS n FROM items";
    const counts = await db.read(async (tx) => {
      const before = await tx.get<{ n: number }>(count);
      await put(db, "b");
      const after = await tx.get<{ n: number }>(count);
      return [before?.n, after?.n];
    });
    expect(counts).toEqual([1, 1]);
    expect(await ids(db)).toBe("a b");
  });

  test("a long one by itself sees what was committed, and changes nothing", async () => {
    const { db } = await open();
    await put(db, "a", "first");
    expect(await db.query("SELECT body FROM items WHERE id = ?", "a")).toEqual([{ body: "first" }]);
    await expect(db.query("INSERT INTO items (id, body) VALUES ('b', '')")).rejects.toThrow();
    await expect(db.query("SELECT nothing FROM items")).rejects.toThrow();
    expect(await ids(db)).toBe("a");
    await db.close();
    await expect(db.query("SELECT body FROM items")).rejects.toMatchObject({ code: "unavailable" });
  });

  test("change nothing and announce nothing", async () => {
    const { db } = await open();
    await expect(db.read((tx) => insert(tx, "a"))).rejects.toThrow();
    await expect(db.read(async (tx) => tx.notify("a"))).rejects.toThrow("notify belongs in a write");
    expect(await ids(db)).toBe("");
  });

  test("that fail give their connection back", async () => {
    const { db } = await open({ readers: 1 });
    await expect(db.read((tx) => tx.get("SELECT nonsense FROM nowhere"))).rejects.toThrow();
    expect(await ids(db)).toBe("");
  });

  test("know no row as undefined and no rows as an empty list", async () => {
    const { db } = await open();
    expect(await db.read((tx) => tx.get("SELECT id FROM items"))).toBeUndefined();
    expect(await db.read((tx) => tx.all("SELECT id FROM items"))).toEqual([]);
  });
}

function listeners(open: Open): void {
  test("hear a commit's keys in order, once each, before any of its writes settles", async () => {
    const { db } = await open();
    const heard: string[] = [];
    db.listen((keys) => heard.push(`commit ${[...keys].join(" ")}`));
    const writes = ["b", "a"].map((id) => put(db, id).then(() => heard.push(`${id} settled`)));
    const failed = db.write(async (tx) => {
      tx.notify("lost");
      throw new Error("no");
    });
    const again = db.write(async (tx) => ["b", "z"].forEach((key) => tx.notify(key)));
    await Promise.allSettled([...writes, failed, again]);
    expect(heard).toEqual(["commit b a z", "b settled", "a settled"]);
  });

  test("find the committed rows when they are called", async () => {
    const { db } = await open();
    const found = new Promise<string>((resolve) => db.listen(() => resolve(ids(db))));
    await put(db, "a");
    expect(await found).toBe("a");
  });

  test("belong to nobody: they may read when a write inside a read woke them", async () => {
    const { db } = await open();
    const found = new Promise<string>((resolve, reject) => db.listen(() => ids(db).then(resolve, reject)));
    await db.read(() => put(db, "a"));
    expect(await found).toBe("a");
  });

  test("may write", async () => {
    const { db } = await open();
    const second = new Promise<string>((resolve) => {
      const remove = db.listen(() => {
        remove();
        resolve(put(db, "b"));
      });
    });
    await put(db, "a");
    expect(await second).toBe("b");
    expect(await ids(db)).toBe("a b");
  });

  test("that throw break neither the write nor the other listeners", async () => {
    const { db } = await open();
    let calls = 0;
    db.listen(() => {
      throw new Error("a broken listener");
    });
    db.listen(() => (calls += 1));
    expect(await put(db, "a")).toBe("a");
    expect(calls).toBe(1);
  });

  test("are silent after removal, and without a key", async () => {
    const { db } = await open();
    let calls = 0;
    const count = (): void => void (calls += 1);
    const remove = db.listen(count);
    db.listen(count);
    await db.write((tx) => insert(tx, "quiet"));
    expect(calls).toBe(0);
    await put(db, "a");
    expect(calls).toBe(2);
    remove();
    await put(db, "b");
    expect(calls).toBe(3);
  });
}

function bounds(open: Open): void {
  test("a write beyond the queue is refused, those in it are saved", async () => {
    const { db } = await open({ max_write_queue: 3 });
    expect(await outcomes(["a", "b", "c", "d"].map((id) => put(db, id)))).toEqual(["a", "b", "c", "unavailable"]);
    await put(db, "e");
    expect(await ids(db)).toBe("a b c e");
  });

  test("a read beyond the queue is refused, those in it are answered", async () => {
    const { db } = await open({ readers: 1, max_read_queue: 1 });
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    const first = db.read(async () => gate);
    const second = ids(db);
    await expect(ids(db)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("Too many reads"),
    });
    go();
    await first;
    expect(await second).toBe("");
    expect(await ids(db)).toBe("");
  });

  test("stats tell commits, the writes they held, and what waits", async () => {
    const { db } = await open();
    const writes = [put(db, "a"), put(db, "b")];
    expect(db.stats()).toEqual({ commits: 0, writes: 0, queued: 2 });
    await Promise.all(writes);
    await db.write(() => Promise.reject(new Error("no"))).catch(() => {});
    expect(db.stats()).toEqual({ commits: 1, writes: 2, queued: 0 });
  });

  test("a busy database is waited for while the process goes on", async () => {
    const { db, occupy } = await open({ busy_timeout_ms: 60_000 });
    const leave = occupy();
    const write = put(db, "a");
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    expect(db.stats().queued).toBe(1);
    expect(await ids(db)).toBe("");
    leave();
    expect(await write).toBe("a");
  });

  test("a database that stays busy refuses the batch, and works again afterwards", async () => {
    const { db, occupy } = await open({ busy_timeout_ms: 30 });
    const leave = occupy();
    expect(await outcomes([put(db, "a"), put(db, "b")])).toEqual(["unavailable", "unavailable"]);
    leave();
    await put(db, "c");
    expect(await ids(db)).toBe("c");
  });
}

function fullDisk(open: Open): void {
  const large = "x".repeat(256 * 1024);

  test("in the middle of a batch: nothing of it is kept, nothing acknowledged is lost, reads go on", async () => {
    const { db, fillDisk } = await open();
    const heard: string[] = [];
    db.listen((keys) => heard.push(...keys));
    await put(db, "acknowledged");
    const giveSpaceBack = fillDisk();
    let ran = 0;
    const counted = (id: string): Promise<unknown> =>
      db.write(async (tx) => {
        ran += 1;
        await insert(tx, id);
      });
    const own_refusal = db.write(() => Promise.reject(new Error("refused by its own rules")));
    const batch = [own_refusal, counted("before"), put(db, "large", large), counted("after"), put(db, "last")];
    expect(await outcomes(batch)).toEqual(Array(5).fill("unavailable"));
    expect(ran).toBe(1);
    expect(await put(db, "no space", large).catch((error: Error) => error.message)).toContain("disk");
    expect(await ids(db)).toBe("acknowledged");
    expect(heard).toEqual(["acknowledged"]);
    giveSpaceBack();
    expect(await outcomes([put(db, "again", large), put(db, "small")])).toEqual(["again", "small"]);
    expect(await ids(db)).toBe("acknowledged again small");
  });

  test("a write that swallows the error takes nobody's transaction with it", async () => {
    const { db, fillDisk } = await open();
    const giveSpaceBack = fillDisk();
    const later: string[] = [];
    const swallowing = db.write(async (tx) => {
      await insert(tx, "large", large).catch(() => {});
      await insert(tx, "by itself").catch(() => later.push("refused"));
    });
    const not_reached = db.write(async () => later.push("ran"));
    expect(await outcomes([put(db, "before"), swallowing, not_reached])).toEqual(Array(3).fill("unavailable"));
    expect(later).toEqual(["refused"]);
    giveSpaceBack();
    expect(await ids(db)).toBe("");
  });
}

function closing(open: Open): void {
  test("settles what waits, then refuses clearly, and may be called twice", async () => {
    const { db } = await open({ max_batch: 2 });
    const waiting = ["a", "b", "c", "d", "e"].map((id) => put(db, id));
    const reading = ids(db);
    const closed = [db.close(), db.close()];
    expect(await outcomes([put(db, "late"), ids(db)])).toEqual(["unavailable", "unavailable"]);
    await Promise.all(closed);
    expect(await outcomes(waiting)).toEqual(["a", "b", "c", "d", "e"]);
    expect(await reading).toBe("");
  });
}
