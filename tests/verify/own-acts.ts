/** Acts on what people keep for themselves, drafts and reminders, and on topics. */
import type { DurableType } from "@clickclack/protocol";
import { type Act, say } from "./act.ts";

const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();

export const own = {
  "saved.updated": async (stage) => {
    const { owner, guest, bot, shared } = stage;
    const id = await say(stage, shared.id, "For later");
    for (const { client } of [owner, guest, bot]) {
      await client.saved.add(id);
      await client.saved.add(id, { remind_at: inHours(30) });
      await client.saved.add(id, { remind_at: inHours(40) });
    }
    await guest.client.saved.add(id, { remind_at: "" });
  },
  "saved.reminded": async (stage) => {
    const { mia, owner, guest, bot, shared, direct_id } = stage;
    const id = await say(stage, shared.id, "In an hour");
    for (const { client } of [mia, owner, guest, bot]) await client.saved.add(id, { remind_at: inHours(1) });
    const { message } = await mia.client.dms.sendMessage(direct_id, "You too");
    await owner.client.saved.add(message.id, { remind_at: inHours(2) });
    await stage.remind();
  },
  "draft.updated": async ({ mia, owner, guest, shared, direct_id, root_id, workspace_id }) => {
    const { channel } = await mia.client.channels.create(workspace_id, { name: "cabin", kind: "private" });
    for (const { id } of [owner, guest]) await mia.client.channels.addMember(channel.id, id);
    for (const { client } of [mia, owner, guest])
      for (const id of [shared.id, channel.id, root_id]) await client.drafts.save(id, { body: "Dear all," });
    await owner.client.drafts.save(direct_id, { body: "Dear Mia," });
    await owner.client.drafts.save(shared.id, { body: "Dear crew," });
    // Where somebody may not read any more they see no draft, and see it again when they may.
    for (const { id } of [owner, guest]) await mia.client.channels.removeMember(channel.id, id);
    await mia.client.channels.addMember(channel.id, owner.id);
  },
  "draft.deleted": async ({ owner, guest, shared, direct_id, root_id }) => {
    for (const { client } of [owner, guest]) {
      await client.drafts.save(root_id, { body: "Never mind" });
      await client.drafts.remove(root_id);
      await client.drafts.remove(shared.id);
    }
    await owner.client.drafts.remove(direct_id);
    await owner.client.drafts.save(direct_id, { body: "Dear Mia, again" });
  },
  "topic.created": async ({ mia, owner, shared, deck, workspace_id }) => {
    const { channel } = await mia.client.channels.create(workspace_id, { name: "drawer", kind: "private" });
    for (const channel_id of [shared.id, deck.id, channel.id]) {
      const { topic } = await mia.client.topics.create(workspace_id, { name: "Sails", channel_id });
      await mia.client.channels.sendMessage(channel_id, { body: "About the sails", topic_id: topic.id });
    }
    const { topic } = await mia.client.topics.create(workspace_id, { name: "Sails" });
    const { message } = await mia.client.channels.sendMessage(shared.id, { body: "Of all", topic_id: topic.id });
    await owner.client.messages.update(message.id, { topic_id: "" });
  },
  "topic.updated": async ({ mia, owner, shared, deck, workspace_id }) => {
    for (const channel_id of [shared.id, deck.id]) {
      const { topic } = await mia.client.topics.create(workspace_id, { name: "Ropes", channel_id });
      await owner.client.topics.update(topic.id, { name: "Knots" });
      const { message } = await mia.client.channels.sendMessage(channel_id, "About knots");
      await mia.client.messages.update(message.id, { topic_id: topic.id });
      await mia.client.topics.update(topic.id, { archived: true });
    }
    const { channel } = await mia.client.channels.create(workspace_id, { name: "locker", kind: "private" });
    const { topic } = await mia.client.topics.create(workspace_id, { name: "Lost", channel_id: channel.id });
    await mia.client.topics.update(topic.id, { name: "Found" });
    await mia.client.channels.update(channel.id, { kind: "public" });
    await owner.client.channels.update(channel.id, { kind: "private" });
  },
} satisfies Partial<Record<DurableType, Act>>;
