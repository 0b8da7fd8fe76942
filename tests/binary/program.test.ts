import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { ClickClackClient } from "@clickclack/sdk";
import { newPlace, run, serve, type Place, type Running } from "./program.ts";

describe("the compiled file", () => {
  let place: Place;
  let server: Running;
  beforeAll(async () => {
    place = newPlace();
    server = await serve(place);
  });
  afterAll(async () => {
    await server.stop();
    place.remove();
  });

  const get = (path: string, accept = "identity") =>
    fetch(`${server.url}${path}`, { headers: { "accept-encoding": accept }, decompress: false });

  test("says its version, commit and date", async () => {
    const { code, stdout } = await run(place, "version");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^clickclack \d+\.\d+\.\d+ \([^,]+, \d{4}-\d\d-\d\dT[^)]+\)\n$/);
  });

  test("prints where to click, and lets the first person claim the server", () => {
    expect(server.greeting).toContain(server.url);
    expect(server.greeting).toMatch(/setup\S*[?#/=]\S+/);
  });

  test("answers its health and its contract", async () => {
    expect(await (await get("/healthz")).json()).toEqual({ status: "ok" });
    expect(await (await get("/readyz")).json()).toMatchObject({ status: "ready" });
    const contract = (await (await get("/api/openapi.json")).json()) as { openapi: string; paths: object };
    expect(contract.openapi).toStartWith("3.1");
    expect(Object.keys(contract.paths)).toContain("/api/channels/{channel_id}/messages");
  });

  test("commits durably", async () => {
    expect(await (await get("/readyz")).json()).toMatchObject({ synchronous: "FULL" });
  });

  test("carries the web client, compressed beforehand", async () => {
    const page = await get("/app");
    expect(page.headers.get("content-type")).toStartWith("text/html");
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1] ?? "";
    const plain = await (await get(script)).bytes();

    const brotli = await get(script, "gzip, br");
    expect(brotli.headers.get("content-encoding")).toBe("br");
    expect(brotli.headers.get("cache-control")).toContain("immutable");
    expect(brotliDecompressSync(await brotli.bytes()).equals(plain)).toBe(true);

    const gzip = await get(script, "gzip");
    expect(gzip.headers.get("content-encoding")).toBe("gzip");
    expect(gunzipSync(await gzip.bytes()).equals(plain)).toBe(true);
  });

  test("carries the migrations: somebody signs up, writes and reads", async () => {
    const token = /[?#&/=]([A-Za-z0-9_-]{20,})(?:\s|$)/m.exec(server.greeting)?.[1] ?? "";
    const client = new ClickClackClient({ baseUrl: server.url });
    const owner = { display_name: "Ada", email: "ada@example.org", workspace_name: "Works", password: "correct horse" };
    const { channel } = await client.auth.setup({ token, ...owner });
    const { message } = await client.channels.sendMessage(channel.id, "out of one file");
    const page = await client.channels.messages(channel.id);
    expect(page.messages.map((one) => one.id)).toEqual([message.id]);
  });

  test("leaves nothing in the home directory but its data", () => {
    expect(readdirSync(place.home)).toEqual(["data"]);
  });
});

describe("stopping", () => {
  test("SIGTERM closes sockets with 1001 and ends with 0", async () => {
    const place = newPlace();
    try {
      const server = await serve(place, "--dev-bootstrap");
      const client = new ClickClackClient({ baseUrl: server.url });
      const { workspaces } = await client.workspaces.list();
      const address = `${server.url.replace(/^http/, "ws")}/api/realtime/ws?workspace_id=${workspaces[0]?.id}`;
      const socket = new WebSocket(address);
      const closed = new Promise<number>((resolve) => (socket.onclose = (event) => resolve(event.code)));
      await new Promise((resolve) => (socket.onmessage = resolve));
      expect(await server.stop("SIGTERM")).toBe(0);
      expect(await closed).toBe(1001);

      const again = await serve(place, "--dev-bootstrap");
      const restarted = new ClickClackClient({ baseUrl: again.url });
      expect((await restarted.workspaces.list()).workspaces).toEqual(workspaces);
      expect(await again.stop("SIGINT")).toBe(0);
    } finally {
      place.remove();
    }
  }, 30_000);
});
