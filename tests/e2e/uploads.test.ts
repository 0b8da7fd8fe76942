/** A server that is killed in the middle of an upload, and started again. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ClickClackClient } from "@clickclack/sdk";
import { newPlace, type Place } from "../binary/program.ts";
import { beginUpload } from "../support/half-upload.ts";
import { type Server, startServer } from "./support/executable.ts";

setDefaultTimeout(60_000);

let place: Place;
let server: Server;
let client: ClickClackClient;
let workspace_id: string;
beforeAll(async () => {
  place = newPlace();
  server = await startServer(place);
  client = new ClickClackClient({ baseUrl: server.url });
  const token = new URL(server.claim_url ?? "").searchParams.get("token") ?? "";
  const owner = { display_name: "Olivia", email: "olivia@example.com", workspace_name: "Harbour" };
  ({
    workspace: { id: workspace_id },
  } = await client.auth.setup({ token, ...owner }));
});
afterAll(async () => {
  await server?.stop();
  place?.remove();
});

function files(): string[] {
  const directory = join(place.data, "uploads");
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}

async function until(what: () => boolean): Promise<void> {
  while (!what()) await Bun.sleep(10);
}

test("leaves what was whole, removes what was half, and frees its nonce", async () => {
  const { upload } = await client.uploads.create(workspace_id, new Blob(["claw"]), "claw.txt");
  const path = `/api/uploads?workspace_id=${workspace_id}&nonce=half`;
  const half = await beginUpload(server.url, path, client.token ?? "");
  await until(() => files().some((name) => name.endsWith(".part")));
  await server.stop("SIGKILL");
  half.end();
  expect(files()).toHaveLength(2);

  server = await startServer(place, server.port);
  const again = await client.uploads.create(workspace_id, new Blob(["whole"]), "claw.txt", { nonce: "half" });
  await until(() => !files().some((name) => name.endsWith(".part")));
  expect(files().sort()).toEqual([upload.id, again.upload.id].sort());
  const headers = { authorization: `Bearer ${client.token}` };
  for (const [id, text] of [
    [upload.id, "claw"],
    [again.upload.id, "whole"],
  ] as const) {
    const answer = await fetch(client.uploads.url(id), { headers });
    expect([answer.status, await answer.text()]).toEqual([200, text]);
  }
});
