import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { ClickClackClient, ClickClackError } from "./index.ts";
import { errorAnswer, startTestServer, type TestServer } from "./test-server.ts";

// Generous: it bounds a hang on a busy machine, no test measures time.
setDefaultTimeout(60_000);

let server: TestServer | undefined;
afterEach(() => server?.stop());

function clientOf(answer: Parameters<typeof startTestServer>[0]): ClickClackClient {
  server = startTestServer(answer);
  return new ClickClackClient({ baseUrl: server.url, token: "sst_1" });
}

test("a file travels as a form, its numbers before it", async () => {
  const seen: unknown[] = [];
  const client = clientOf(async (request, url) => {
    const text = await request.clone().text();
    const form = await request.formData();
    const file = form.get("file");
    if (!(file instanceof File)) return undefined;
    seen.push(url.search, form.get("width"), file.name, file.type, await file.text());
    expect(text.indexOf('name="width"')).toBeLessThan(text.indexOf('name="file"'));
    return Response.json({ upload: { id: "upl_1" } }, { status: 201 });
  });
  const blob = new Blob(["claw"], { type: "text/plain" });
  const { upload } = await client.uploads.create("wsp_1", blob, "claw.txt", { width: 3 });
  expect(upload.id).toBe("upl_1");
  await client.uploads.create("wsp_1", new Uint8Array([104, 105]));
  expect(seen).toEqual([
    "?workspace_id=wsp_1",
    "3",
    "claw.txt",
    expect.stringMatching(/^text\/plain/),
    "claw",
    "?workspace_id=wsp_1",
    null,
    "upload.bin",
    "application/octet-stream",
    "hi",
  ]);
});

test("is retried with a nonce, and only with one", async () => {
  let calls = 0;
  const client = clientOf((_request, url) => {
    if (url.pathname !== "/api/uploads") return undefined;
    calls++;
    if (calls === 2) return Response.json({ upload: { id: "upl_1" } });
    return errorAnswer(503, "unavailable", "not now");
  });
  const answer = await client.uploads.create("wsp_1", new Blob(["x"]), "x", { nonce: "n" });
  expect([answer.upload.id, calls]).toEqual(["upl_1", 2]);
  await expect(client.uploads.create("wsp_1", new Blob(["x"]))).rejects.toBeInstanceOf(ClickClackError);
  expect(calls).toBe(3);
});

test("no upload with a nonce is undefined; an old server is an error", async () => {
  const client = clientOf((_request, url) => {
    const missing = errorAnswer(404, "not_found", "not found");
    if (url.searchParams.get("nonce") === "new") missing.headers.set("x-clickclack-upload-nonce", "supported");
    return missing;
  });
  expect(await client.uploads.findByNonce("wsp_1", "new")).toBeUndefined();
  await expect(client.uploads.findByNonce("wsp_1", "old")).rejects.toBeInstanceOf(ClickClackError);
});

test("addresses are made without asking", () => {
  const client = new ClickClackClient({ baseUrl: "https://chat.example.org/" });
  expect(client.uploads.url("upl_1")).toBe("https://chat.example.org/api/uploads/upl_1");
  expect(client.uploads.thumbnailUrl("upl_1")).toBe("https://chat.example.org/api/uploads/upl_1/thumbnail");
  expect(client.uploads.thumbnailUrl("upl_1", 640)).toBe("https://chat.example.org/api/uploads/upl_1/thumbnail?w=640");
});
