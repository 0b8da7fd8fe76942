import { afterEach, expect, test } from "bun:test";
import { ClickClackClient } from "./index.ts";
import { startTestServer } from "./test-server.ts";
import type { TestServer } from "./test-server.ts";

let server: TestServer | undefined;
afterEach(() => server?.stop());

test("search asks one page, in the original's spelling and in ours", async () => {
  const asked: Record<string, string>[] = [];
  server = startTestServer((_, url) => {
    asked.push(Object.fromEntries(url.searchParams));
    return Response.json({ results: [], next_cursor: null });
  });
  const client = new ClickClackClient({ baseUrl: server.url });
  const page = await client.search("wsp_1", 'ship "it now"', { channelId: "chn_1", limit: 5 });
  await client.search("wsp_1", "a", { dms: true, cursor: null, sort: "newest", include: ["people", "files"] });
  expect(page).toEqual({ results: [], next_cursor: null });
  expect(asked).toEqual([
    { workspace_id: "wsp_1", q: 'ship "it now"', channel_id: "chn_1", limit: "5" },
    { workspace_id: "wsp_1", q: "a", dms: "true", sort: "newest", include: "people,files" },
  ]);
});
