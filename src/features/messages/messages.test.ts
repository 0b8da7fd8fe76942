import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type TestApp, testApp } from "../../../tests/support/test-app.ts";

describe("messages", () => {
  let t: TestApp;
  beforeAll(async () => {
    t = await testApp();
  });
  afterAll(() => t.close());
  const send = (body: unknown, who = t.cast.member) => t.call(who, "POST", `/api/channels/${t.general.id}/messages`, body);

  test("a sent message is answered with its event and its place in the channel", async () => {
    const sent = await send({ body: "  hello **there**  ", nonce: "n-1", unknown_field: 1 });
    expect(sent.status).toBe(201);
    expect(sent.body.message).toMatchObject({ body: "hello **there**", nonce: "n-1", channel_seq: 1, kind: "message", author_id: t.cast.member.user.id, reactions: [], attachments: [] });
    expect(sent.body.event).toMatchObject({ type: "message.created", seq: 1, channel_id: t.general.id });
    expect(sent.body.event.payload).toMatchObject({ message_id: sent.body.message.id, author_id: t.cast.member.user.id, nonce: "n-1" });
    expect(sent.body.event.payload.message).toBeUndefined();
  });
});
